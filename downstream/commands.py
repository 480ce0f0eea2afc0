"""Commands of the estimators: train, evaluate, analyze."""

from pathlib import Path
from typing import Annotated

import typer

from engine.core.conventions import SplitChoice
from engine.options import Purpose

app = typer.Typer()


@app.command(rich_help_panel=Purpose.LEARN)
def train(
    cohort: Annotated[Path, typer.Argument(help="Folder of a finished cohort with cameras.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the estimator.")],
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the noisy walks.")] = 30,
    noisy_walks: Annotated[int, typer.Option(min=2, help="Noisy copies of the recordings, in all.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and cohort, same estimator.")] = 0,
) -> None:
    """Train an estimator of speed, cadence and step length on a cohort's keypoints.

    Only subjects of split `train` teach; those of `validation` set the level of the uncertainties. Minutes on a laptop.

    Example: gaitforge train runs/keypoints -o runs/estimator
    """
    from rich.console import Console

    from downstream.train_estimator import TrainingSettings, train_estimator

    settings = TrainingSettings(epochs=epochs, noisy_walks=noisy_walks, seed=seed)
    trained_on = train_estimator(cohort, output, settings).config["trained_on"]
    Console().print(
        f"Estimator: {output} (trained on {trained_on['walks_by_camera']} recordings of {trained_on['subjects']} subjects; "
        f"{trained_on['walks_left_out']} too short)",
        soft_wrap=True,
    )


@app.command(rich_help_panel=Purpose.LEARN)
def evaluate(
    model: Annotated[Path, typer.Argument(help="Folder of an estimator.")],
    cohort: Annotated[Path, typer.Argument(help="Folder of a finished cohort with cameras.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="JSON file; by default evaluation.json in the cohort, where the report finds it."
        ),
    ] = None,
    split: Annotated[SplitChoice, typer.Option(help="Whose walks.")] = "test",
) -> None:
    """Say how good an estimator is on a cohort's subjects: r and mean absolute error, beside the training mean and geometry alone.

    The figures are synthetic validation, with simulated detector noise.

    Example: gaitforge evaluate runs/estimator runs/keypoints
    """
    from rich.console import Console
    from rich.progress import Progress

    from downstream.evaluate import as_table, write_evaluation
    from downstream.evaluate import evaluate as evaluate_model
    from engine.cohort.layout import CohortFiles

    with Progress(transient=True) as progress:
        evaluation = evaluate_model(model, cohort, split, progress=progress)
    path = output or CohortFiles(cohort).evaluation
    write_evaluation(evaluation, path)
    Console().print(as_table(evaluation))
    Console().print(f"Evaluation: {path}", soft_wrap=True)


@app.command(rich_help_panel=Purpose.BRING)
def analyze(
    file: Annotated[
        Path,
        typer.Argument(help="Video; or keypoints: .npz, .json, .csv, .trc, or a folder with a .json for each frame."),
    ],
    height: Annotated[
        float | None, typer.Option(help="Height of the person in metres; without it speed is rough.")
    ] = None,
    fps: Annotated[float | None, typer.Option(help="Frames per second, where the file does not tell.")] = None,
    capture_fps: Annotated[
        float | None, typer.Option(help="Frames per second of the camera, for slow motion; wins over the file.")
    ] = None,
    image_size: Annotated[
        str | None, typer.Option(metavar="WxH", help="Picture in pixels, like 1920x1080, where the file does not tell.")
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(help="Which of several people; by default who walks through most of the picture."),
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of an estimator; by default the shipped one.")] = None,
    detector: Annotated[str | None, typer.Option(help="Pose detector for videos, if several are installed.")] = None,
) -> None:
    """Read speed, cadence and step length from one recording of a walking person; print JSON.

    Files of OpenPose, MMPose, AlphaPose, COCO, MediaPipe, Sports2D and DeepLabCut are read (docs/estimators.md). The camera must
    stand still. From the side, height is enough; from the front the focal length matters as well (`focal_px` or `K` in an .npz).

    Example: gaitforge analyze walk.mp4 --height 1.70
    """
    import json

    from rich.console import Console

    with Console(stderr=True).status("Reading the walk"):
        from downstream.analyze import analyze as analyze_file
        from downstream.recordings.reading import Said

        said = Said(height, fps, capture_fps, _sides(image_size), person)
        found = analyze_file(file, said, model_folder=model, detector=detector)
    typer.echo(json.dumps(found, indent=1))


def _sides(image_size: str | None) -> tuple[float, float] | None:
    """Width and height of ``1920x1080``."""
    if image_size is None:
        return None
    sides = image_size.lower().split("x")
    if len(sides) != 2 or not all(side.isdigit() and int(side) > 0 for side in sides):
        raise typer.BadParameter(
            f"{image_size!r}, expected width and height in pixels, like 1920x1080", param_hint="--image-size"
        )
    return float(sides[0]), float(sides[1])
