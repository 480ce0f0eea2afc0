"""Many subjects: each is made, rejected or failed; a run goes on where a killed one stopped."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path

from engine.cohort.layout import CohortFiles
from engine.cohort.manifest import failure_row
from engine.cohort.write import (
    Outcome,
    clear_subject,
    open_cohort,
    read_outcome,
    remove_tables,
    write_failure,
    write_tables,
)
from engine.core.errors import DataError
from engine.core.tasks import Failure
from engine.population.spec import CohortSpec
from engine.population.subjects import SubjectPlan, draw_subjects
from engine.run.identity import identity
from engine.run.make_subject import load_stages, make_subject
from engine.run.parts import WHOLE, Part, some_of
from engine.stages import Executor

OnSubject = Callable[[SubjectPlan, Outcome], None]


def make_cohort(
    spec: CohortSpec,
    folder: Path,
    *,
    executor: Executor,
    workers: int,
    on_subject: OnSubject,
    part: Part = WHOLE,
    retry_failed: bool = False,
) -> list[Outcome]:
    """Makes (or finishes) a part of the cohort in ``folder`` and returns the outcome of each of its subjects, in order.

    ``on_subject`` is called as each subject is finished, those of an earlier run included. A subject that meets an error has failed, which
    is an outcome too: it stays so unless ``retry_failed``. The tables of a cohort are written by a run of the whole; while there is work
    to do there are none. The result does not depend on ``executor`` and ``workers``.

    Raises:
        SpecError: the folder holds something else, cannot be written, or a stage is missing.
        DataError, MachineError: weights, a library, memory or disk space lack, so that no subject could be made; or the executor lost some.
    """
    stages = load_stages(spec, film=spec.needs_filmer)
    if stages.filmer is not None:
        stages.filmer.check(spec.cameras, stages.body, video=spec.video)
    files = open_cohort(identity(spec, stages), folder)
    plans = {plan.subject.id: plan for plan in part.choose(draw_subjects(spec))}
    outcomes = _of_earlier_runs(files, plans, retry_failed)
    for name, outcome in outcomes.items():
        on_subject(plans[name], outcome)
    todo = {name: plan for name, plan in plans.items() if name not in outcomes}
    _reopen(files, todo)
    for made in executor.run(partial(_maker, spec, CohortFiles(folder.resolve())), todo, workers=workers):
        plan, result = plans[made.key], made.result
        outcomes[made.key] = _failed(files, plan, result) if isinstance(result, Failure) else result
        on_subject(plan, outcomes[made.key])
    _require_all(files, todo, outcomes)
    ordered = [outcomes[name] for name in plans]
    if part == WHOLE:
        write_tables(files, ordered)
    return ordered


def _maker(spec: CohortSpec, files: CohortFiles) -> Callable[[SubjectPlan], Outcome]:
    """Loads the stages once per process: weights, bodies and compiled kernels are then warm for every subject. What they read here, maybe
    on another machine, must be what the cohort was begun with."""
    stages = load_stages(spec, film=spec.needs_filmer)
    open_cohort(identity(spec, stages), files.folder)
    return lambda plan: make_subject(plan, spec, stages, files.subject(plan.subject.id))


def _of_earlier_runs(files: CohortFiles, names: Iterable[str], retry_failed: bool) -> dict[str, Outcome]:
    """Outcomes that are kept."""
    found = {name: read_outcome(files.subject(name).outcome) for name in names}
    return {
        name: outcome
        for name, outcome in found.items()
        if outcome is not None and not (retry_failed and outcome.failure is not None)
    }


def _reopen(files: CohortFiles, todo: Collection[str]) -> None:
    """Tables say that a cohort is finished, an outcome that a subject is."""
    if todo:
        remove_tables(files)
    for own in map(files.subject, todo):
        if own.outcome.is_file():
            clear_subject(own)


def _require_all(files: CohortFiles, todo: Collection[str], outcomes: Mapping[str, Outcome]) -> None:
    lost = [name for name in todo if name not in outcomes]
    if lost:
        raise DataError(
            f"{files.folder}: the executor told nothing of {len(lost)} of {len(todo)} subjects: {some_of(lost)}; "
            "the same command goes on with them"
        )


def _failed(files: CohortFiles, plan: SubjectPlan, failure: Failure) -> Outcome:
    own = files.subject(plan.subject.id)
    file = own.failure.relative_to(files.folder).as_posix()
    return write_failure(own, failure_row(plan.subject, failure.reason, file), failure.traceback)
