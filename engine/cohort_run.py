"""What ``gaitforge cohort`` shows a person: progress while it works, a summary at the end."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from engine.cohort.write import Outcome
from engine.fleet import make_cohort
from engine.spec import load_spec
from engine.subjects import SubjectPlan


def run_cohort(spec_file: Path, folder: Path, seed: int | None, workers: int) -> None:
    """Makes the cohort with a progress bar; prints what was kept, what was rejected and where to look.

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
    total = sum(group.subjects for group in spec.groups)
    rejected = 0
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(spec.name, total=total)

        def on_subject(plan: SubjectPlan, outcome: Outcome) -> None:
            nonlocal rejected
            rejected += len(outcome.rejections)
            progress.update(task, advance=1, description=f"{spec.name} · {plan.subject.condition.name}")

        outcomes = make_cohort(spec, folder, workers=workers, on_subject=on_subject)
    made = sum(bool(outcome.rows) for outcome in outcomes)
    accepted = made / max(made + rejected, 1)
    console.print(f"{made} of {total} subjects made; {accepted:.0%} of proposals accepted, {rejected} rejected.")
    console.print(f"Cohort: {folder}    next: gaitforge report {folder}", soft_wrap=True)
