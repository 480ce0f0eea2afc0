"""Commands of the renderer: render, contact-sheet."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def render(
    walk: Annotated[Path, typer.Argument(help="Folder of one walk of a cohort (holds smplx.npz).")],
    camera: Annotated[
        list[str] | None,
        typer.Option(help="Camera, may be given again: side, oblique, front, random0, random1, … Default: side."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write; default: the walk's folder.")
    ] = None,
    video: Annotated[bool, typer.Option(help="Draw the video too, not only labels.")] = True,
    seed: Annotated[int, typer.Option(help="Draws the random cameras and the sensor noise.")] = 0,
) -> None:
    """Film a walk again, with other cameras, or with pictures where a cohort holds labels only.

    Example: gaitforge render runs/tiny/subjects/s000/w00 --camera oblique --camera random3 -o runs/film
    """
    from rich.console import Console

    from render.refilm import refilm

    console = Console()
    with console.status("Filming"):
        shots = refilm(walk, camera or ["side"], output or walk, video=video, seed=seed)
    for shot in shots:
        console.print(f"{shot.camera}: {output or walk}/{shot.video or shot.annotations}")


@app.command("contact-sheet")
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

    from render.contact_sheet import find_videos, write_contact_sheet

    videos = find_videos(place)
    write_contact_sheet(videos, output, frames=frames, height=height)
    Console().print(f"{len(videos)} videos: {output}")
