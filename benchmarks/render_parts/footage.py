"""Scenes of real or drawn walks: pictures that were taken in one place, whole and as squares around the person."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from PIL import Image as Pillow

from engine.core.arrays import Array
from render.core.frame import Image

DETECTOR = Path(__file__).parent / "detector.py"
_PICTURES, _VIDEOS = {".png", ".jpg", ".jpeg"}, {".mp4", ".avi", ".mov"}
_ROUND_PERSON, _LEAST_PX = 1.4, 96
"""Side of a square over the extent of the keypoints, and the least side that is used."""


@dataclass(frozen=True)
class Scene:
    """Pictures ``(height, width, 3)``, a list for each of the clips that were taken there."""

    name: str
    clips: tuple[list[Image], ...]

    @property
    def pictures(self) -> list[Image]:
        """Of all clips."""
        return [picture for clip in self.clips for picture in clip]


def read_scenes(folder: Path, pictures: int) -> list[Scene]:
    """What lies in one folder below ``folder`` is one scene: videos or single pictures, about ``pictures`` of them spread over all; a drawn
    picture (``.npz``, `render_parts.drawn_pictures`) is a scene of its own."""
    scenes = [_drawn(path) for path in sorted(folder.rglob("[0-9]*[0-9].npz"))]
    for place in sorted({path.parent for path in folder.rglob("*") if path.suffix.lower() in _PICTURES | _VIDEOS}):
        videos = [path for path in sorted(place.iterdir()) if path.suffix.lower() in _VIDEOS]
        each = max(pictures // max(len(videos), 1), 1)
        clips = [clip for path in videos if (clip := read_moments(path, each))]
        clips += [[np.asarray(Pillow.open(path).convert("RGB"))] for path in _spread(_stills(place), pictures)]
        scenes.append(Scene(str(place.relative_to(folder)), tuple(clips)))
    return [scene for scene in scenes if scene.clips]


def read_moments(video: Path, moments: int) -> list[Image]:
    """So many pictures in the middles of equal stretches of a video."""
    with av.open(str(video)) as container:
        frames = container.streams.video[0].frames
        wanted = set(((np.arange(moments) + 0.5) / moments * frames).astype(int).tolist())
        return [
            frame.to_ndarray(format="rgb24")
            for k, frame in zip(range(max(wanted) + 1), container.decode(video=0), strict=False)
            if k in wanted
        ]


def people(scenes: list[Scene], python: str) -> list[Scene]:
    """Of each scene the squares around the person that MediaPipe Pose (run by ``python``) finds; scenes without any are left out."""
    numbered = [picture for scene in scenes for picture in scene.pictures]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for k, picture in enumerate(numbered):
            np.savez(folder / f"{k:05d}.npz", picture=picture)
        subprocess.run([python, str(DETECTOR), name], check=True, stderr=subprocess.DEVNULL)
        found = [np.load(folder / f"{k:05d}.found.npz")["picture"] for k in range(len(numbered))]
    squares = iter([_square(picture, points) for picture, points in zip(numbered, found, strict=True)])
    cut = [
        Scene(
            scene.name, tuple([square for _ in clip if (square := next(squares)) is not None] for clip in scene.clips)
        )
        for scene in scenes
    ]
    return [scene for scene in cut if scene.pictures]


def _square(picture: Image, points: Array) -> Image | None:
    """Around the keypoints ``(17, 2)``; ``None`` where nobody was found, the square leaves the picture or has too few pixels."""
    if not np.isfinite(points).all():
        return None
    middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
    half = 0.5 * _ROUND_PERSON * np.ptp(points, axis=0).max()
    height, width = picture.shape[:2]
    half = min(half, 0.5 * width, 0.5 * height)
    middle = np.clip(middle, half, [width - half, height - half])
    left, top = np.round(middle - half).astype(int)
    side = int(2 * half)
    return picture[top : top + side, left : left + side] if side >= _LEAST_PX else None


def _drawn(path: Path) -> Scene:
    with np.load(path) as data:
        return Scene(path.stem, ([data["picture"]],))


def _stills(place: Path) -> list[Path]:
    return [path for path in sorted(place.iterdir()) if path.suffix.lower() in _PICTURES]


def _spread(paths: list[Path], most: int) -> list[Path]:
    return [paths[k] for k in np.unique(np.linspace(0, len(paths) - 1, most).astype(int))] if paths else []
