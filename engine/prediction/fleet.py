"""Many simulations: a pool of single-threaded processes that skips what an earlier run finished."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from engine.cohort.subject_file import read_subject
from engine.errors import DataError, SpecError
from engine.files import remove_unfinished
from engine.fleet import THREAD_LIMITS
from engine.pipeline import load_stages
from engine.prediction.jobs import Job, propose
from engine.prediction.predictor import feasible_first, predict
from engine.prediction.write import is_finished, write_simulation

OnJob = Callable[[Job], None]


def simulate_jobs(jobs: Sequence[Job], folder: Path, *, workers: int, on_job: OnJob) -> None:
    """Simulates every job into ``folder/<name>``; ``on_job`` is called as each is finished, those of an earlier run included.

    Raises:
        SpecError: the folder cannot be made, or holds the result of something else under a job's name.
        DataError: a subject cannot be read, or a worker process died.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpecError(f"{folder}: cannot be written ({error}); choose a folder that can") from error
    remove_unfinished(folder)
    todo = [job for job in jobs if not is_finished(folder / job.name, job)]
    for job in jobs:
        if job not in todo:
            on_job(job)
    if todo:
        _run(todo, folder.resolve(), min(workers, len(todo)), on_job)


def _run(todo: Sequence[Job], folder: Path, workers: int, on_job: OnJob) -> None:
    for name in THREAD_LIMITS:
        os.environ[name] = "1"
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context) as pool:
        futures = {pool.submit(simulate_job, job, folder / job.name): job for job in todo}
        try:
            for future in as_completed(futures):
                future.result()
                on_job(futures[future])
        except BrokenProcessPool as error:
            raise DataError(
                f"{folder}: a worker process died (out of memory?). Finished subjects are kept: run the same command again"
            ) from error
        except (Exception, KeyboardInterrupt):
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def simulate_job(job: Job, folder: Path) -> None:
    """One subject from its proposal to its files."""
    if job.subject_file is not None:
        proposal, shape = read_subject(job.subject_file)
    elif job.spec is not None:
        stages = load_stages(job.spec, film=False)
        proposal, shape = propose(job, stages)
        proposal = feasible_first(proposal, shape, stages.enforcer)
    else:
        raise ValueError(f"{job.name}: neither a subject's file nor a spec")
    write_simulation(folder, job, proposal, predict(proposal, shape))
