"""Many simulations, each finished or failed by itself; what an earlier run finished is skipped."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from engine.cohort.subject_file import read_subject
from engine.core.errors import SpecError
from engine.core.files import remove_unfinished
from engine.core.tasks import Failure
from engine.population.spec import CohortSpec, StageChoices
from engine.run.make_subject import Stages, load_stages
from engine.stages import Executor
from engine.tools.prediction.jobs import Job, propose
from engine.tools.prediction.predictor import feasible_first, predict
from engine.tools.prediction.simulation_files import is_finished, write_failure, write_simulation

OnJob = Callable[[Job], None]


def simulate_jobs(
    jobs: Sequence[Job], folder: Path, *, executor: Executor, workers: int, on_job: OnJob
) -> dict[str, Failure]:
    """Simulates every job into ``folder/<name>`` and returns which failed and why: the next run tries these again.

    ``on_job`` is called as each is finished, those of an earlier run included.

    Raises:
        SpecError: the folder cannot be made, or holds the result of something else under a job's name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpecError(f"{folder}: cannot be written ({error}); choose a folder that can") from error
    remove_unfinished(folder)
    todo = {job.name: job for job in jobs if not is_finished(folder / job.name, job)}
    for job in jobs:
        if job.name not in todo:
            on_job(job)
    failures: dict[str, Failure] = {}
    for done in executor.run(partial(_simulator, folder.resolve()), todo, workers=workers):
        if isinstance(done.result, Failure):
            failures[done.key] = done.result
            write_failure(folder / done.key, done.result)
        on_job(todo[done.key])
    return failures


def _simulator(folder: Path) -> Callable[[Job], None]:
    """Loads the stages of each spec once per process."""
    loaded: list[tuple[StageChoices, Stages]] = []

    def stages_of(spec: CohortSpec) -> Stages:
        for chosen, stages in loaded:
            if chosen == spec.stages:
                return stages
        loaded.append((spec.stages, load_stages(spec, film=False)))
        return loaded[-1][1]

    return lambda job: _simulate(job, folder / job.name, stages_of)


def _simulate(job: Job, folder: Path, stages_of: Callable[[CohortSpec], Stages]) -> None:
    """One subject from its proposal to its files."""
    if job.subject_file is not None:
        proposal, shape = read_subject(job.subject_file)
    elif job.spec is not None:
        stages = stages_of(job.spec)
        proposal, shape = propose(job, stages)
        proposal = feasible_first(proposal, shape, stages.enforcer)
    else:
        raise ValueError(f"{job.name}: neither a subject's file nor a spec")
    write_simulation(folder, job, proposal, predict(proposal, shape))
