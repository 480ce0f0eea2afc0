"""What ``gaitforge cohort`` and ``gaitforge join`` show a person: progress while they work, a summary at the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from engine.cohort.layout import CohortFiles
from engine.cohort.write import Outcome
from engine.core.errors import SpecError
from engine.population.spec import load_spec
from engine.population.subjects import SubjectPlan
from engine.run.join import join_cohort
from engine.run.make_cohort import make_cohort
from engine.run.parts import WHOLE, Part
from engine.stages import load_stage

TOLD = 5
"""Failed subjects whose reason is printed."""


@dataclass(frozen=True)
class RunOptions:
    """How a cohort is run; none of it changes the cohort."""

    workers: int
    executor: str = "local"
    part: Part = WHOLE
    retry_failed: bool = False


def run_cohort(spec_file: Path, folder: Path, seed: int | None, options: RunOptions) -> bool:
    """Makes the cohort with a progress bar; prints what was kept, what was rejected or failed and where to look. True if nobody failed.

    Raises:
        SpecError: something in the spec or the folder is wrong; nothing has been written then.
    """
    spec = load_spec(spec_file, seed)
    console = Console()
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        total = sum(group.subjects for group in spec.groups)
        task = progress.add_task(spec.name, total=len(options.part.choose(range(total))))

        def on_subject(plan: SubjectPlan, _: Outcome) -> None:
            progress.update(task, advance=1, description=f"{spec.name} · {plan.subject.condition.name}")

        outcomes = make_cohort(
            spec,
            folder,
            executor=load_stage("executor", options.executor),
            workers=options.workers,
            on_subject=on_subject,
            part=options.part,
            retry_failed=options.retry_failed,
        )
    files = CohortFiles(folder)
    if options.part == WHOLE:
        return _tell(console, outcomes, files, files.failures, f"gaitforge report {folder}")
    console.print(f"Part {options.part} of {spec.name}:")
    return _tell(
        console, outcomes, files, files.subject("*").failure, f"the other parts, then gaitforge join {folder} … -o OUT"
    )


def run_join(parts: Sequence[Path], output: Path | None) -> bool:
    """Joins parts of a cohort and prints what they hold. True if nobody failed.

    Raises:
        SpecError: there is no ``output`` for several parts, or they do not fit together.
        DataError: a part cannot be read, or subjects are missing.
    """
    if output is None and len(parts) > 1:
        raise SpecError("--output: several folders are joined into one; name it (-o)")
    files = CohortFiles(output or parts[0])
    return _tell(Console(), join_cohort(parts, files.folder), files, files.failures, f"gaitforge report {files.folder}")


def _tell(console: Console, outcomes: Sequence[Outcome], files: CohortFiles, reasons: Path, further: str) -> bool:
    made = sum(bool(outcome.rows) for outcome in outcomes)
    rejected = sum(len(outcome.rejections) for outcome in outcomes)
    failures = [outcome.failure for outcome in outcomes if outcome.failure is not None]
    accepted = made / max(made + rejected, 1)
    console.print(
        f"{made} of {len(outcomes)} subjects made; {accepted:.0%} of proposals accepted, {rejected} rejected."
    )
    if failures:
        console.print(
            f"{len(failures)} failed and stay so. What a spec asks for in vain needs another spec, in a new folder; "
            "else `gaitforge cohort … --retry-failed` tries them again:"
        )
        for failure in failures[:TOLD]:
            told = f"  {failure['subject_id']}: {failure['reason']} ({files.folder / failure['file']})"
            console.print(told, markup=False, soft_wrap=True)
        if len(failures) > TOLD:
            console.print(f"  and {len(failures) - TOLD} more in {reasons}", soft_wrap=True)
    console.print(f"Cohort: {files.folder}    next: {further}", soft_wrap=True)
    return not failures
