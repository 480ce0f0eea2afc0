"""Commands of the engine: cohort, report, doctor."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def cohort(
    spec: Annotated[Path, typer.Argument(help="Cohort spec, a YAML file (see configs/cohorts/).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the cohort: new, or one to go on with.")],
    seed: Annotated[int | None, typer.Option(help="Use this seed instead of the spec's.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 means one per core.")] = 0,
) -> None:
    """Make a cohort of labelled walks from a spec.

    A run that was stopped goes on where it was when you give the same command again.

    Example: gaitforge cohort configs/cohorts/tiny.yaml -o runs/tiny --workers 2
    """
    from engine.cohort_run import run_cohort

    run_cohort(spec, output, seed, workers)


@app.command()
def report(
    cohort: Annotated[Path, typer.Argument(help="Folder of a finished cohort.")],
) -> None:
    """Write report.html, one self-contained page about a cohort: people, curves over norms, forces, physics, estimators.

    Example: gaitforge report runs/tiny
    """
    from rich.console import Console

    from engine.cohort.report import write_report

    with Console().status("Drawing the report"):
        path = write_report(cohort)
    Console().print(f"Report: {path}")


@app.command()
def doctor() -> None:
    """Check this machine: Python packages, OpenSim, graphics, body model, weights; say how to mend what is missing.

    Example: gaitforge doctor
    """
    from engine.doctor import examine

    raise typer.Exit(examine())
