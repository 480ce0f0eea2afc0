"""Command of the predictive tier: simulate."""

from pathlib import Path
from typing import Annotated

import typer

from engine.options import Executor, Purpose, Workers

app = typer.Typer()


@app.command(rich_help_panel=Purpose.CHECK)
def simulate(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Cohort specs (YAML) or subjects of cohorts (COHORT/ID).", show_default=False),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder of the simulations: new, or one to go on with.")
    ],
    workers: Workers = 0,
    executor: Executor = "local",
) -> None:
    """Let OpenSim Moco walk each subject's body in the sagittal plane, near the gait that was proposed for it.

    A slow, independent check of the fast physics: forces, contact and muscle activity come from optimal control (about half a minute per
    symmetric subject). Per subject are written coordinates.mot, grf.mot, grf.xml, activations.sto, moments.sto (one cycle),
    planar_model.osim and simulation.json. A run that was stopped goes on where it was; a folder with results of something else is refused.
    The status is 1 if a subject did not converge, or met an error, which then stands in its failure.txt.

    Examples:

    gaitforge simulate configs/cohorts/tiny.yaml -o runs/moco --workers 2

    gaitforge simulate runs/tiny/s00000 -o runs/moco
    """
    from engine.tools.prediction.simulate_run import run_simulate

    if not run_simulate(tuple(sources), output, workers, executor):
        raise typer.Exit(1)
