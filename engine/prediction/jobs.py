"""What to simulate: the subjects of a cohort spec, or a subject of a finished cohort, as proposals on bodies."""

from dataclasses import dataclass
from pathlib import Path

from engine.cohort.layout import SubjectFiles
from engine.conditions import load_card
from engine.errors import SpecError
from engine.records import BodyShape, Proposal
from engine.seeds import stage_seed
from engine.spec import CohortSpec, load_spec
from engine.stages import BodyMaker, Proposer
from engine.subjects import SubjectPlan, draw_subjects


@dataclass(frozen=True)
class Job:
    """One subject to simulate under ``name``: drawn from a spec (``plan``, ``spec``) or kept in a cohort (``subject_file``)."""

    name: str
    plan: SubjectPlan | None = None
    spec: CohortSpec | None = None
    subject_file: Path | None = None


def find_jobs(sources: tuple[Path, ...]) -> list[Job]:
    """Jobs of cohort specs (YAML files) and of subjects' folders.

    Raises:
        SpecError: a spec is wrong, a folder is not a subject's, or two subjects have one name.
    """
    jobs = [job for source in sources for job in _jobs(source)]
    names = [job.name for job in jobs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SpecError(
            f"subjects {', '.join(twice)} are named twice; simulate their cohorts into folders of their own"
        )
    return jobs


def _jobs(source: Path) -> list[Job]:
    if source.is_dir():
        file = SubjectFiles(source).subject
        if not file.is_file():
            raise SpecError(f"{source}: holds no subject.json; give COHORT/subjects/SUBJECT, or a cohort spec (YAML)")
        return [Job(source.name, subject_file=file)]
    spec = load_spec(source)
    return [Job(plan.subject.id, plan=plan, spec=spec) for plan in draw_subjects(spec)]


def propose(job: Job, bodies: BodyMaker, proposer: Proposer) -> tuple[Proposal, BodyShape]:
    """The proposal that a cohort of the job's spec would start from (attempt 0)."""
    if job.plan is None or job.spec is None:
        raise ValueError(f"{job.name}: not a subject of a spec")
    subject, card = job.plan.subject, load_card(job.plan.card)
    body = bodies.make(subject)
    seed = stage_seed(job.spec.seed, subject.id, "proposal 0")
    return proposer.propose(subject, body, card, speed_mps=job.plan.speed_mps, seed=seed), body
