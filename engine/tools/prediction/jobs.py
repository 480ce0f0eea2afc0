"""What to simulate: the subjects of a cohort spec, or a subject of a finished cohort, as proposals on bodies."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.cohort.layout import SubjectFiles
from engine.cohort.subject_file import subject_folder, subject_record
from engine.core.errors import SpecError
from engine.core.seeds import stage_seed
from engine.gait.records import BodyShape, Proposal
from engine.population.spec import CohortSpec, StageChoice, load_spec
from engine.population.subjects import SubjectPlan, draw_subjects
from engine.run.identity import plain_stages
from engine.run.make_subject import Stages
from engine.stages import load_stage


@dataclass(frozen=True)
class Job:
    """One subject to simulate under ``name``: drawn from a spec (``plan``, ``spec``) or kept in a cohort (``subject_file``)."""

    name: str
    plan: SubjectPlan | None = None
    spec: CohortSpec | None = None
    subject_file: Path | None = None

    def fingerprint(self) -> str:
        """Of all that the subject's simulation is made from: the same one, the same result.

        Raises:
            SpecError: nobody fills the role of the spec's proposer.
        """
        return hashlib.sha256(self._origin()).hexdigest()[:16]

    def _origin(self) -> bytes:
        if self.subject_file is not None:
            return self.subject_file.read_bytes()
        if self.plan is None or self.spec is None:
            raise ValueError(f"{self.name}: neither a subject's file nor a spec")
        subject = self.plan.subject
        origin = {
            "subject": subject_record(subject)["subject"],
            "cards": [burden.card.model_dump(mode="json", exclude={"aids", "sources"}) for burden in subject.burdens],
            "speed_mps": self.plan.speed_mps,
            "seed": self.spec.seed,
            "stages": {role: choice for role, choice in plain_stages(self.spec).items() if role != "filmer"},
            "weights": _weights(self.spec.stages.proposer),
        }
        return json.dumps(origin, sort_keys=True).encode()


def _weights(proposer: StageChoice) -> str:
    return _fingerprint(proposer.name, json.dumps(proposer.settings), proposer.folder)


@cache
def _fingerprint(name: str, settings: str, folder: Path) -> str:
    return load_stage("proposer", name, json.loads(settings), folder).fingerprint()


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
    folder = subject_folder(source)
    if folder.is_dir():
        file = SubjectFiles(folder).subject
        if not file.is_file():
            raise SpecError(f"{source}: holds no subject.json; give COHORT/ID, or a cohort spec (YAML)")
        return [Job(folder.name, subject_file=file)]
    spec = load_spec(source)
    return [Job(plan.subject.id, plan=plan, spec=spec) for plan in draw_subjects(spec)]


def propose(job: Job, stages: Stages) -> tuple[Proposal, BodyShape]:
    """The proposal that a cohort of the job's spec would give to physics first (attempt 0), adapted if the spec asks for it."""
    if job.plan is None or job.spec is None:
        raise ValueError(f"{job.name}: not a subject of a spec")
    subject = job.plan.subject
    body = stages.body.make(subject)
    seed = stage_seed(job.spec.seed, subject.id, "proposal 0")
    proposal = stages.proposer.propose(subject, body, speed_mps=job.plan.speed_mps, seed=seed)
    return (proposal if stages.adapter is None else stages.adapter.adapt(proposal, body)), body
