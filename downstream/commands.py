"""Commands of the reader: train, evaluate, analyze."""

from pathlib import Path
from typing import Annotated

import typer

from engine.core.conventions import Sex, SplitChoice
from engine.options import Purpose, Workers

app = typer.Typer()


@app.command(rich_help_panel=Purpose.LEARN)
def train(
    cohort: Annotated[Path, typer.Argument(help="Folder of a finished cohort made with `points: true`.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the reader.")],
    examples: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Views to learn from, each a walk before a camera drawn anew; by default 150,000, of few walks 400 of each.",
        ),
    ] = None,
    clips: Annotated[int, typer.Option(min=1, help="Views of a walk each time it is read from disk.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and cohort, same reader.")] = 0,
    workers: Workers = 0,
) -> None:
    """Train a reader of walks on a cohort: joint angles, forces, muscles, foot events, speed and more from keypoints.

    Only subjects of split `train` teach; those of `validation` set the uncertainties. 150,000 views take about half an hour on two
    cores. Stopped, it goes on when the same command is given again, to the same reader.

    Example: gaitforge train runs/reader -o runs/reader_weights
    """
    from rich.console import Console

    from downstream.training.train_run import run_training, what_was_learnt

    trained_on = run_training(cohort, output, examples, clips=clips, seed=seed, processes=workers)
    Console().print(what_was_learnt(trained_on, cohort, output), soft_wrap=True, highlight=False, markup=False)


@app.command(rich_help_panel=Purpose.LEARN)
def evaluate(
    model: Annotated[Path, typer.Argument(help="Folder of a trained reader.")],
    cohort: Annotated[Path, typer.Argument(help="Folder of a finished cohort with `points: true`.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="JSON file; by default evaluation.json in the cohort, where the report finds it."
        ),
    ] = None,
    split: Annotated[SplitChoice, typer.Option(help="Whose walks.")] = "test",
    clips: Annotated[int, typer.Option(min=1, help="Recordings of each walk.")] = 4,
    rows: Annotated[Path | None, typer.Option(help="CSV file for the error of every recording and quantity.")] = None,
    card: Annotated[bool, typer.Option("--card", help="Write MODEL_CARD.md beside the reader's weights.")] = False,
) -> None:
    """Say how good a reader is on a cohort's people: errors beside those of geometry and of the training mean, on the same recordings.

    The figures are synthetic validation: views are drawn, a detector's noise is simulated.

    Example: gaitforge evaluate runs/reader_weights runs/reader
    """
    from rich.console import Console
    from rich.progress import Progress

    from downstream.evaluation.evaluate_reader import evaluate as evaluate_reader
    from downstream.evaluation.evaluation_file import as_table, write_evaluation, write_rows
    from downstream.evaluation.reader_card import write_model_card
    from downstream.network.curve_network import load_network
    from engine.cohort.layout import CohortFiles

    network = load_network(model)
    with Progress(transient=True) as progress:
        evaluation = evaluate_reader(network, model.resolve().name, cohort, split, clips=clips, progress=progress)
    path = output or CohortFiles(cohort).evaluation
    write_evaluation(evaluation, path)
    console = Console()
    console.print(as_table(evaluation))
    console.print(f"Evaluation: {path}", soft_wrap=True)
    if rows:
        write_rows(evaluation, rows)
        console.print(f"Errors: {rows}", soft_wrap=True)
    if card:
        console.print(f"Model card: {write_model_card(evaluation, model)}", soft_wrap=True)


@app.command(rich_help_panel=Purpose.BRING)
def analyze(
    recording: Annotated[
        Path,
        typer.Argument(
            help="Video; or keypoints: .npz, .json, .csv, .trc, or a folder with a .json for each frame. Or a folder of recordings."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder for reading.html, reading.json and tables; of many recordings, one in it for each.",
        ),
    ] = None,
    height: Annotated[
        float | None, typer.Option(help="Height of the person in metres; without it speed and step length are rough.")
    ] = None,
    age: Annotated[
        float | None, typer.Option(min=0, max=120, help="Years; without it nothing is compared with healthy people.")
    ] = None,
    sex: Annotated[Sex | None, typer.Option(help="Norms of speed, cadence and step length depend on it.")] = None,
    people: Annotated[
        Path | None,
        typer.Option(
            help="For a folder: a table with the columns file, age_years, sex, height_m, and a row for each recording."
        ),
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
    model: Annotated[Path | None, typer.Option(help="Folder of a reader; by default the shipped one.")] = None,
    detector: Annotated[str | None, typer.Option(help="Pose detector for videos, if several are installed.")] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print the readings as JSON, one line for each recording, instead of a table."),
    ] = False,
) -> None:
    """Read the gait of a walking person from a video or from keypoints.

    Speed, cadence, step length and width, phases, asymmetry and variability, joint angles, ground forces, moments and muscle activity, each
    with its uncertainty, beside those of healthy people. Files of OpenPose, MMPose, AlphaPose, COCO, MediaPipe, Sports2D and DeepLabCut are
    read (docs/estimators.md). A camera that stands still tells most; before one that follows, or a treadmill, speed cannot be read.

    Of several bouts of walking the longest is read. In a folder of recordings one that cannot be read does not stop the others; it is named
    at the end, and the exit status is 1.

    Example: gaitforge analyze walk.mp4 --height 1.70 --age 62 --sex female -o runs/walk

    Example: gaitforge analyze recordings/ --people people.csv -o runs/recordings

    Example: gaitforge analyze walk.npz --height 1.70 --json
    """
    from rich.console import Console

    with Console(stderr=True).status("Loading the reader"):
        from downstream.analysis.analyze_file import Told, load_reader
        from downstream.analysis.recordings_in import is_one_recording
        from downstream.analysis.run import run_many, run_one
        from downstream.recordings.reading import Said

        told = Told(Said(height, fps, capture_fps, _sides(image_size), person), age, sex)
        reader = load_reader(model, detector)
    if is_one_recording(recording):
        run_one(reader, recording, told, people, output, as_json=as_json)
    elif not run_many(reader, recording, told, people, output, as_json=as_json):
        raise typer.Exit(1)


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
