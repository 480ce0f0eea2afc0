"""Commands of the renderer: render, contact-sheet, export-labels."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.options import Purpose

if TYPE_CHECKING:
    from render.film.look_file import LookFile

app = typer.Typer()


class Form(StrEnum):
    """Whose form labels are exported in."""

    coco = "coco"
    amass = "amass"
    bedlam = "bedlam"


class KeypointsOption(StrEnum):
    """A set of keypoints."""

    coco17 = "coco17"
    body25 = "body25"
    smplx = "smplx"


@app.command(rich_help_panel=Purpose.LOOK)
def render(
    walk: Annotated[Path, typer.Argument(help="Folder of one walk of a cohort (holds smplx.npz).")],
    camera: Annotated[
        list[str] | None,
        typer.Option(
            help="Camera, may be given again: side, front, follow, phone_portrait, random0, random1, … Default: side."
        ),
    ] = None,
    look: Annotated[
        str,
        typer.Option(
            help="Scene description: a look that ships (default, plain, clinic, home, …) or a .yaml file of yours."
        ),
    ] = "default",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write; default: the walk's folder.")
    ] = None,
    video: Annotated[bool, typer.Option(help="Draw the video too, not only labels.")] = True,
    preview: Annotated[
        bool, typer.Option("--preview", help="Instead: one picture with a frame of each of many draws of the look.")
    ] = False,
    tiles: Annotated[int, typer.Option(min=1, max=400, help="Draws in the preview.")] = 24,
    seed: Annotated[int, typer.Option(help="Draws places, random cameras and sensors.")] = 0,
) -> None:
    """Film a walk again: other cameras, another look, or pictures where a cohort holds labels only.

    A look file names what differs from what ships (configs/render/): odds of places and clothes, ranges of light, cameras and
    sensors, labels per pixel, the backend. Tune it with --preview.

    Examples:

    gaitforge render runs/tiny/subjects/s00000/w00 --camera oblique --camera random3 -o runs/film

    gaitforge render runs/tiny/subjects/s00000/w00 --look street.yaml --preview -o runs/preview.jpg
    """
    from rich.console import Console

    from render.film.look_file import read_look
    from render.film.refilm import refilm

    console, scene = Console(), read_look(look)
    if preview:
        picture = output or Path("preview.jpg")
        _preview(walk, scene, picture, tiles, seed)
        console.print(f"{tiles} draws of {look}: {picture}")
        return
    with console.status("Filming"):
        shots = refilm(walk, scene, camera or ["side"], output or walk, video=video, seed=seed)
    for shot in shots:
        console.print(f"{shot.camera}: {output or walk}/{shot.video or shot.annotations}")


def _preview(walk: Path, look: "LookFile", output: Path, tiles: int, seed: int) -> None:
    from rich.progress import track

    from render.film.preview import preview_tiles, write_preview
    from render.film.refilm import read_body_walk

    tiled = preview_tiles(read_body_walk(walk), look, tiles, seed=seed)
    write_preview(output, list(track(tiled, "drawing", total=tiles)))


@app.command("contact-sheet", rich_help_panel=Purpose.LOOK)
def contact_sheet(
    place: Annotated[Path, typer.Argument(help="A video, or the folder of a walk, a subject or a cohort.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write (PNG).")] = Path("sheet.png"),
    frames: Annotated[int, typer.Option(min=1, max=40, help="Frames per video.")] = 6,
    height: Annotated[int, typer.Option(min=32, max=2048, help="Height of a frame in pixels.")] = 256,
) -> None:
    """Put frames of all videos of a walk or cohort into one picture.

    Example: gaitforge contact-sheet runs/quickstart -o sheet.png
    """
    from rich.console import Console
    from rich.progress import track

    from render.core.contact_sheet import find_videos, write_contact_sheet

    console, videos = Console(), find_videos(place)
    shown = track(videos, "reading videos", console=console, transient=True)
    write_contact_sheet(shown, output, frames=frames, height=height)
    console.print(f"{len(videos)} videos: {output}", soft_wrap=True)


@app.command("export-labels", rich_help_panel=Purpose.LOOK)
def export_labels(
    source: Annotated[Path, typer.Argument(help="Folder of a cohort, or of one filmed walk (holds smplx.npz).")],
    form: Annotated[Form, typer.Option("--format", help="Whose form to write.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write into.")],
    camera: Annotated[
        list[str] | None, typer.Option(help="Only this camera, may be given again. Default: all.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Take one of so many frames (coco, bedlam).")] = 1,
    images: Annotated[
        bool, typer.Option(help="Write the frames as JPEG too; without: labels alone, of all views.")
    ] = True,
    keypoints: Annotated[KeypointsOption, typer.Option(help="Set of keypoints (coco).")] = KeypointsOption.coco17,
) -> None:
    """Write labels in the form of COCO keypoints (JSON), AMASS (.npz per walk) or BEDLAM (.npz per split).

    COCO: annotations/person_keypoints_SPLIT.json with boxes, keypoints, and masks where they were kept; pictures below images/.
    AMASS: SUBJECT/WALK_stageii.npz, SMPL-X motion in a world with z up.
    BEDLAM: SPLIT.npz with pose, shape and camera of every frame; pictures below png/.

    Examples:

    gaitforge export-labels runs/quickstart --format coco --every 10 -o runs/coco

    gaitforge export-labels runs/tiny/subjects/s00000/w00 --format amass -o runs/amass
    """
    from rich.console import Console
    from rich.progress import Progress

    from render.export.export import ExportChoice, export_walks
    from render.export.sources import find_walks

    console = Console()
    walks = find_walks(source, camera or ())
    choice = ExportChoice(form.value, keypoints.value, every, images)
    with Progress(console=console) as progress:
        task = progress.add_task(form.value, total=choice.steps(walks))
        written = export_walks(walks, output, choice, lambda: progress.advance(task))
    console.print(f"{len(walks)} walks, {len(written)} files: {output}")
