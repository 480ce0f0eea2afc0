"""Many subjects: a pool of single-threaded processes, progress, and going on where a killed run stopped."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from engine.cohort.layout import CohortFiles
from engine.cohort.manifest import write_manifest, write_rejections
from engine.cohort.write import Outcome, open_cohort, read_outcome
from engine.errors import DataError, GaitForgeError
from engine.pipeline import Stages, load_stages, make_subject
from engine.spec import CohortSpec
from engine.subjects import SubjectPlan, draw_subjects

OnSubject = Callable[[SubjectPlan, Outcome], None]

THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_worker_stages: Stages | None = None


def _start_worker(spec: CohortSpec) -> None:
    """Loads the stages once per process: weights, bodies and compiled kernels are then warm for every subject."""
    global _worker_stages
    _worker_stages = load_stages(spec, film=bool(spec.cameras))


def _work(plan: SubjectPlan, spec: CohortSpec, files: CohortFiles) -> Outcome:
    if _worker_stages is None:
        raise RuntimeError("the worker was not started by the fleet")
    try:
        return make_subject(plan, spec, _worker_stages, files.subject(plan.subject.id))
    except Exception as error:
        error.add_note(f"while making subject {plan.subject}")
        raise


def make_cohort(spec: CohortSpec, folder: Path, *, workers: int, on_subject: OnSubject) -> list[Outcome]:
    """Makes (or finishes) the cohort in ``folder`` and returns the outcome of each subject, in order.

    ``on_subject`` is called as each subject is finished, those of an earlier run included. The result does not depend on ``workers``.

    Raises:
        SpecError: the folder holds something else, cannot be written, or a stage is missing.
        DataError: a worker process died.
    """
    stages = load_stages(spec, film=bool(spec.cameras))
    if stages.filmer is not None:
        stages.filmer.check(spec.cameras)
    files = open_cohort(spec, folder, stages.proposer.fingerprint())
    plans = draw_subjects(spec)
    outcomes: dict[str, Outcome] = {}
    todo: list[SubjectPlan] = []
    for plan in plans:
        done = read_outcome(files.subject(plan.subject.id).outcome)
        if done is None:
            todo.append(plan)
        else:
            outcomes[plan.subject.id] = done
            on_subject(plan, done)
    _run(todo, spec, files, workers, outcomes, on_subject)
    ordered = [outcomes[plan.subject.id] for plan in plans]
    write_rejections(files.rejections, [row for outcome in ordered for row in outcome.rejections])
    write_manifest(files.manifest, [row for outcome in ordered for row in outcome.rows])
    return ordered


def _run(
    todo: Sequence[SubjectPlan],
    spec: CohortSpec,
    files: CohortFiles,
    workers: int,
    outcomes: dict[str, Outcome],
    on_subject: OnSubject,
) -> None:
    if not todo:
        return
    for name in THREAD_LIMITS:
        os.environ[name] = "1"
    # A fresh interpreter per worker, also for one worker: numbers then never depend on what the caller has loaded.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(todo)), context, initializer=_start_worker, initargs=(spec,))
    with pool:
        futures = {pool.submit(_work, plan, spec, files): plan for plan in todo}
        try:
            for future in as_completed(futures):
                plan, outcome = futures[future], future.result()
                outcomes[plan.subject.id] = outcome
                on_subject(plan, outcome)
        except BrokenProcessPool as error:
            raise DataError(
                f"{files.folder}: a worker process died (out of memory?). Finished subjects are kept: "
                "run the same command again, perhaps with fewer --workers"
            ) from error
        except (Exception, KeyboardInterrupt) as error:
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, GaitForgeError):
                notes = "; ".join(getattr(error, "__notes__", []))
                raise type(error)(f"{error} ({notes})" if notes else str(error)) from error
            raise
