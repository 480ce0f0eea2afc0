"""Walks of a cohort, and all that is needed to draw them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.gait.records import BodyShape, Subject
from render.camera.camera import Camera, fit_camera
from render.camera.cameras import choose_views, read_cameras
from render.film.look_file import read_look
from render.film.refilm import read_take
from render.film.shoot import standing_pose
from render.labels import BodyTrack, track_body
from render.people.figure import Figure, dress

_CELL_PIXELS = 1.25


@dataclass(frozen=True)
class DrawnWalk:
    """One walk of a cohort, in ``folder``: the dressed ``figure``, ``transforms (F, 55, 3, 4)``, ``track`` of keypoints, ``fps``,
    ``stances`` (side, first and last frame) that lie wholly in the video."""

    subject: Subject
    folder: Path
    body: BodyShape
    figure: Figure
    transforms: Array
    track: BodyTrack
    fps: float
    stances: tuple[tuple[str, int, int], ...]

    def camera(self, name: str, size: tuple[int, int]) -> Camera:
        """One of the static cameras, for pictures of ``size`` (width, height)."""
        return fit_camera(name, choose_views(read_cameras(), [name], 0)[name], size, self.track.outline)

    def figure_for(self, camera: Camera) -> Figure:
        """The figure without detail below 1¼ pixels."""
        _, depth = camera.project(self.track.joints)
        return self.figure.simplified(_CELL_PIXELS * float(depth.min() / camera.intrinsics[0, 0]))


def cohort_walks(cohort: Path, most: int) -> Iterator[DrawnWalk]:
    """The first ``most`` walks of a cohort, one by one."""
    look = read_look()
    for folder in sorted(cohort.glob("subjects/*/w*"))[:most]:
        take = read_take(folder, look)
        figure = dress(take.person, take.appearance, standing_pose(take.model, take.body))
        track = track_body(take.model, take.body.betas, take.pose)
        transforms = take.pose.transforms(figure.joints)
        stances = _stances(folder, take.fps, len(transforms))
        yield DrawnWalk(take.subject, folder, take.body, figure, transforms, track, take.fps, stances)


def _stances(folder: Path, fps: float, frames: int) -> tuple[tuple[str, int, int], ...]:
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))
    stances = []
    for side, times in events.items():
        offs = np.array(times["toe_offs"])
        for strike in times["heel_strikes"]:
            later = offs[offs > strike]
            first = int(np.ceil(strike * fps))
            if len(later) and (last := int(np.floor(later[0] * fps))) < frames:
                stances.append((side, first, last))
    return tuple(stances)
