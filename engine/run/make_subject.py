"""One subject from start to end: body, proposal, adaptation, enforcement, walks, film. Reads like the flow diagram of the design."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.cohort.layout import SubjectFiles
from engine.cohort.manifest import Row, manifest_row, rejection_row
from engine.cohort.write import Outcome, write_outcome, write_subject, write_walk
from engine.core.errors import SpecError
from engine.core.files import remove_unfinished, replace_folder
from engine.core.seeds import stage_seed
from engine.gait.gait_parameters import gait_parameters
from engine.gait.records import BodyShape, Gait, Rejection, Walk
from engine.population.spec import CohortSpec, StageChoice
from engine.population.subjects import SubjectPlan
from engine.stages import Adapter, BodyMaker, Enforcer, Filmer, Proposer, Shot, load_stage


@dataclass(frozen=True)
class Stages:
    """Who fills the roles. ``adapter`` is optional; ``filmer`` is None where nobody is to be seen."""

    body: BodyMaker
    proposer: Proposer
    adapter: Adapter | None
    enforcer: Enforcer
    filmer: Filmer | None


def load_stages(spec: CohortSpec, *, film: bool) -> Stages:
    """The stages that the spec chooses, the filmer only for ``film``.

    Raises:
        SpecError: a name that nobody fills, a setting that is wrong, or an adapter that would count twice.
    """
    chosen, look = spec.stages, {} if spec.look is None else {"look": spec.look}

    def load(role: str, choice: StageChoice, **given: Any) -> Any:
        return load_stage(role, choice.name, choice.settings, choice.folder, **given)

    proposer: Proposer = load("proposer", chosen.proposer)
    if chosen.adapter is not None and proposer.adapted:
        raise SpecError(
            f"stages.adapter: {chosen.adapter.name} would count the body's effect on gait twice: the gaits of the proposer "
            f"{chosen.proposer.name} show it already; leave the adapter out, or name a proposer of gaits that do not"
        )
    return Stages(
        body=load("body", chosen.body),
        proposer=proposer,
        adapter=load("adapter", chosen.adapter) if chosen.adapter else None,
        enforcer=load("enforcer", chosen.enforcer),
        filmer=load("filmer", chosen.filmer, **look) if film else None,
    )


def make_subject(plan: SubjectPlan, spec: CohortSpec, stages: Stages, files: SubjectFiles) -> Outcome:
    """Makes one subject's walks and writes them; proposals that cannot be repaired are replaced, up to ``spec.attempts``."""
    files.folder.mkdir(parents=True, exist_ok=True)
    remove_unfinished(files.folder)
    body = stages.body.make(plan.subject)
    rejections: list[Row] = []
    for attempt in range(spec.attempts):
        seed = stage_seed(spec.seed, plan.subject.id, f"proposal {attempt}")
        made = _attempt(plan, spec, stages, body, seed)
        if isinstance(made, Rejection):
            rejections.append(rejection_row(made, attempt, seed))
            continue
        rows = _write(plan, spec, stages, files, made, seed)
        return write_outcome(files.outcome, Outcome(rows=tuple(rows), rejections=tuple(rejections)))
    return write_outcome(files.outcome, Outcome(rows=(), rejections=tuple(rejections)))


def _attempt(plan: SubjectPlan, spec: CohortSpec, stages: Stages, body: BodyShape, seed: int) -> list[Walk] | Rejection:
    proposal = stages.proposer.propose(plan.subject, body, speed_mps=plan.speed_mps, seed=seed)
    if stages.adapter is not None:
        proposal = stages.adapter.adapt(proposal, body)
    gait = stages.enforcer.enforce(proposal, body)
    if isinstance(gait, Rejection):
        return gait
    return _walks(gait, plan, spec, stages.enforcer)


def _walks(gait: Gait, plan: SubjectPlan, spec: CohortSpec, enforcer: Enforcer) -> list[Walk] | Rejection:
    walks = []
    for number in range(plan.walks):
        seed = stage_seed(spec.seed, gait.subject.id, f"walk {number}")
        walk = enforcer.walk(gait, spec.strides, seed=seed)
        if isinstance(walk, Rejection):
            return walk
        walks.append(walk)
    return walks


def _write(
    plan: SubjectPlan, spec: CohortSpec, stages: Stages, files: SubjectFiles, walks: Sequence[Walk], seed: int
) -> list[Row]:
    gait = walks[0].gait
    write_subject(files.subject, gait)
    if spec.keep == "everything":
        stages.enforcer.export_model(gait, files.model)
    rows: list[Row] = []
    for number, walk in enumerate(walks):
        walk_id = f"w{number:02d}"
        target = files.walk(walk_id).folder
        with replace_folder(target) as folder:
            write_walk(folder, walk, keep=spec.keep)
            shots = _film(walk, spec, stages, folder, walk_id)
        rows += _rows(walk, shots, plan, walk_id, seed, files.folder)
    return rows


def _film(walk: Walk, spec: CohortSpec, stages: Stages, folder: Path, walk_id: str) -> list[Shot]:
    if stages.filmer is None:
        return []
    seed = stage_seed(spec.seed, walk.subject.id, f"film {walk_id}")
    motion = spec.keep == "everything"
    return stages.filmer.film(
        walk, spec.cameras, folder, video=spec.video, seed=seed, points=spec.points, motion=motion
    )


def _rows(walk: Walk, shots: Sequence[Shot], plan: SubjectPlan, walk_id: str, seed: int, folder: Path) -> list[Row]:
    parameters = gait_parameters(walk)
    # How far the proposal was moved is settled in its cycle; a walk is only moved from its own guess.
    figures = replace(walk.figures, motion_change_deg=walk.gait.figures.motion_change_deg)
    place = Path("subjects") / folder.name / walk_id
    return [
        manifest_row(
            walk.subject,
            parameters,
            figures,
            walk_id=walk_id,
            split=plan.split,
            seed=seed,
            camera=shot.camera,
            video=str(place / shot.video) if shot.video else "",
            annotations=str(place / shot.annotations) if shot.annotations else "",
            aid=shot.aid,
            orthoses=shot.orthoses,
        )
        for shot in (shots or [Shot(camera="", video=None, annotations="")])
    ]
