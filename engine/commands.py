"""Commands of the engine: cohort, join, enforce, report, doctor."""

from pathlib import Path
from typing import Annotated

import typer

from engine.core.conventions import Sex
from engine.options import Executor, Purpose, Workers

app = typer.Typer()


@app.command(rich_help_panel=Purpose.MAKE)
def cohort(
    spec: Annotated[Path, typer.Argument(help="Cohort spec, a YAML file (see configs/cohorts/).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the cohort: new, or one to go on with.")],
    seed: Annotated[int | None, typer.Option(help="Use this seed instead of the spec's.")] = None,
    workers: Workers = 0,
    executor: Executor = "local",
    part: Annotated[
        str,
        typer.Option(metavar="K/N", help="Make only every N-th subject, from the K-th on; `gaitforge join` follows."),
    ] = "1/1",
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try subjects again that failed in an earlier run.")
    ] = False,
) -> None:
    """Make a cohort of labelled walks from a spec.

    A run that was stopped goes on where it was when you give the same command again. A subject that meets an error has failed and the
    others go on: failures.parquet gives the reasons, subjects/ID/failure.txt each error in full. The status is 1 if a subject failed.

    A cohort may be made in parts, on machines that share the folder or in folders of their own; `gaitforge join` makes them one.

    Examples:

    gaitforge cohort configs/cohorts/tiny.yaml -o runs/tiny --workers 2

    gaitforge cohort large.yaml -o /shared/large --part 3/16
    """
    from engine.run.cohort_run import RunOptions, run_cohort
    from engine.run.parts import Part

    options = RunOptions(workers, executor, Part.parse(part), retry_failed)
    if not run_cohort(spec, output, seed, options):
        raise typer.Exit(1)


@app.command(rich_help_panel=Purpose.MAKE)
def join(
    parts: Annotated[list[Path], typer.Argument(help="Folders of the parts, or the one that they share.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the whole cohort; may be left out with one folder.")
    ] = None,
) -> None:
    """Join the parts of a cohort: the same manifest as of one run. Subjects are copied; the parts stay as they are.

    The parts must be of one spec, with the same cards and weights. Subjects that nobody made are named, with the command that makes them.
    The status is 1 if a subject failed.

    Examples:

    gaitforge join /shared/large

    gaitforge join runs/part1 runs/part2 -o runs/whole
    """
    from engine.run.cohort_run import run_join

    if not run_join(parts, output):
        raise typer.Exit(1)


@app.command(rich_help_panel=Purpose.BRING)
def enforce(
    motion: Annotated[
        Path,
        typer.Argument(
            help="Recorded walking: .mot or .sto (coordinates), .trc or .c3d (markers), .npz (SMPL-X poses), .b3d (AddBiomechanics)."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the labels: new, or one of this command.")],
    model: Annotated[
        Path | None, typer.Option(help="Your OpenSim model (.osim); without it, ours of that size.")
    ] = None,
    contact: Annotated[
        Path | None,
        typer.Option(help="Contact spheres of your model's feet (ContactGeometrySet, .xml), if not inside it."),
    ] = None,
    height: Annotated[float | None, typer.Option(help="Stature in metres; needed without --model.")] = None,
    mass: Annotated[
        float | None, typer.Option(help="Mass in kg; needed without --model, scales the model's with it.")
    ] = None,
    age: Annotated[float, typer.Option(help="Age in years.")] = 30.0,
    sex: Annotated[Sex, typer.Option(help="Of who walked.")] = "female",
    start: Annotated[float | None, typer.Option(help="Use the recording from this second on.")] = None,
    end: Annotated[
        float | None, typer.Option(help="Use it up to this second. With --start: exactly this one stride.")
    ] = None,
    strides: Annotated[int, typer.Option(min=2, help="Strides of the walk that is written.")] = 4,
    belt_speed: Annotated[float, typer.Option(help="Speed in m/s of the treadmill on which it was recorded.")] = 0.0,
) -> None:
    """Make your own recorded walk obey physics, and write its forces and muscle activity.

    The most typical stride is found, closed to a cycle, moved as little as possible until forces explain it, replayed in OpenSim and
    unrolled to a walk. Written are coordinates.mot, grf.mot, grf.xml, activations.sto, moments.sto, events.json, imu.parquet, model.osim,
    all figures (enforced.json) and a picture (enforced.png). The status is 1 if physics rejects the motion; the reason is printed.

    A model of your own must have our 31 coordinates and 80 muscles (the names of Rajagopal et al. 2016, as the models of OpenCap and
    AddBiomechanics have them); what does not fit is listed. Markers need a model that carries them.

    Examples:

    gaitforge enforce ik.mot --model subject.osim --mass 71.5 -o runs/mine

    gaitforge enforce ik.mot --height 1.72 --mass 65 --sex male --age 41 -o runs/mine

    gaitforge enforce trial.c3d --model scaled.osim --start 2.0 -o runs/mine

    gaitforge enforce treadmill.mot --model subject.osim --belt-speed 1.25 -o runs/mine

    gaitforge enforce smplx.npz --height 1.60 --mass 58 -o runs/mine
    """
    from engine.tools.motion_files.enforce_recording import Request
    from engine.tools.motion_files.enforce_run import run_enforce
    from engine.tools.motion_files.person import Description

    who = Description(motion.stem, age, sex, height, mass, model, contact)
    if not run_enforce(Request(motion, who, strides, start, end, belt_speed), output):
        raise typer.Exit(1)


@app.command(rich_help_panel=Purpose.LOOK)
def report(
    cohort: Annotated[Path, typer.Argument(help="Folder of a finished cohort.")],
) -> None:
    """Write report.html, one self-contained page about a cohort: people, curves over norms, forces, physics, estimators.

    Example: gaitforge report runs/tiny
    """
    from rich.console import Console

    from engine.report.report import write_report

    with Console().status("Drawing the report"):
        path = write_report(cohort)
    Console().print(f"Report: {path}", soft_wrap=True)


@app.command(rich_help_panel=Purpose.CHECK)
def doctor() -> None:
    """Check this machine: Python packages, OpenSim, graphics, body model, weights; say how to mend what is missing.

    Example: gaitforge doctor
    """
    from engine.run.doctor import examine

    raise typer.Exit(examine())
