"""Frames of videos in a grid: a walk, a subject or a cohort at a glance."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from engine.core.arrays import Labels
from engine.core.errors import DataError
from engine.core.files import replace_file
from render.core.video import read_frames

_LABEL_HEIGHT = 16
_GAP = 2


def find_videos(place: Path) -> list[Path]:
    """All ``.mp4`` files at or under ``place``, in order of their paths.

    Raises:
        DataError: there is none.
    """
    videos = [place] if place.is_file() else sorted(place.rglob("*.mp4"))
    if not videos:
        raise DataError(f"{place}: no video (.mp4) at or under it; film one with `gaitforge render`")
    return videos


def write_contact_sheet(videos: Iterable[Path], output: Path, *, frames: int, height: int) -> None:
    """A picture with one row per video: ``frames`` moments spread over it, each ``height`` pixels high, under its path.

    Raises:
        DataError: a video cannot be read.
    """
    rows = [_row(path, frames, height) for path in videos]
    sheet = Pillow.new("RGB", (max(row.width for row in rows), sum(row.height for row in rows)), "white")
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height
    output.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(output) as temporary:
        sheet.save(temporary, format="PNG")


def _row(path: Path, frames: int, height: int) -> Pillow.Image:
    pictures = read_frames(path)
    if not pictures:
        raise DataError(f"{path}: the video holds no frame")
    moments = np.linspace(0, len(pictures) - 1, min(frames, len(pictures))).astype(int)
    thumbs = [_thumb(pictures[moment], height) for moment in moments]
    width = thumbs[0].width + _GAP
    row = Pillow.new("RGB", (width * len(thumbs), height + _LABEL_HEIGHT + _GAP), "white")
    ImageDraw.Draw(row).text((4, 2), "/".join(path.parts[-3:]), fill="black")
    for k, thumb in enumerate(thumbs):
        row.paste(thumb, (k * width, _LABEL_HEIGHT))
    return row


def _thumb(picture: Labels, height: int) -> Pillow.Image:
    image = Pillow.fromarray(picture)
    return image.resize((round(image.width * height / image.height), height), Pillow.Resampling.LANCZOS)
