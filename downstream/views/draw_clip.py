"""A clip of a walk before a camera, both drawn anew each time: what a perfect detector would find in a film of it."""

from collections.abc import Sequence

import numpy as np

from downstream.views.camera_course import CameraCourse, fit_course
from downstream.views.hidden import BODY_POINTS, hidden_points
from downstream.views.view_odds import CameraKind, View, ViewOdds, draw_view
from downstream.walks.time_base import smooth
from engine.cohort.points_file import WalkPoints
from engine.core.arrays import Array, Mask, Single
from engine.core.frozen import frozen

_HIDDEN_HZ = 12.0
_HIPS = ("left_hip", "right_hip")
_UP = np.array([0.0, 1.0, 0.0])


@frozen
class Clip:
    """Points ``names (P,)`` of somebody who walks, in the frames of one camera.

    ``pixels (F, P, 2)``: u to the right, v down; ``inside (F, P)``: in the picture, ``hidden (F, P)``: behind the body itself, in the
    picture or not; ``time (F,)`` s on the walk's clock, at ``fps``; ``bearing`` rad as in `View`. ``camera`` tells focal length, picture
    size, and where the camera was; before a treadmill it saw somebody who was moved back as fast as they went.
    """

    kind: CameraKind
    names: tuple[str, ...]
    pixels: Single
    inside: Mask
    hidden: Mask
    time: Array
    fps: float
    bearing: float
    camera: CameraCourse

    def __len__(self) -> int:
        return len(self.time)

    @property
    def keypoints(self) -> Single:
        """Pixels and 1 where inside, 0 where not: ``(F, P, 3)``."""
        return np.concatenate([self.pixels, self.inside[..., None]], axis=-1, dtype=np.float32)

    @property
    def visible(self) -> float:
        """Share of all points in all frames that are in the picture."""
        return float(self.inside.mean())


def clip_rng(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The generator of one clip: training draws anew in each ``epoch``, and the same again from the same ``seed``, in any order."""
    return np.random.default_rng([seed, epoch, index])


def draw_clip(points: WalkPoints, names: Sequence[str], rng: np.random.Generator, odds: ViewOdds | None = None) -> Clip:
    """A clip of ``points``, which must hold ``names`` and COCO's keypoints; a walk that is shorter than a clip is shown whole.

    Raises:
        KeyError: a point is not there.
    """
    odds = odds or ViewOdds()
    view = draw_view(odds, rng)
    forward, speed = facing(points), _velocity(points)
    instants = _instants(points, view, _longest(points, view, odds, speed), rng)
    seconds = instants - points.time[0]
    places = smooth(points.of((*names, *BODY_POINTS)), points.rate_hz, seconds)
    if view.kind == "treadmill":
        places = places - (seconds[:, None] * speed)[:, None].astype(np.float32)
    places, body = np.split(places, [len(names)], axis=1)
    camera = fit_course(view, places, forward)
    pixels, inside = camera.project(places)
    hidden = _hidden(camera, places, body, view.fps)
    return Clip(view.kind, tuple(names), pixels, inside, hidden, instants, view.fps, view.bearing, camera)


def _hidden(camera: CameraCourse, places: Single, body: Single, fps: float) -> Mask:
    """Found some times a second and held: what hides a point does so for long, and it costs more than all else."""
    step = max(round(fps / _HIDDEN_HZ), 1)
    found = hidden_points(camera.every(step), places[::step], body[::step])
    return np.repeat(found, step, axis=0)[: len(places)]


def facing(points: WalkPoints) -> Array:
    """Unit vector ``(3,)`` along the floor that the person faces, by their hips; on a treadmill too."""
    left, right = points.of(_HIPS).mean(axis=0, dtype=float)
    ahead = np.cross(left - right, _UP)
    return ahead / np.linalg.norm(ahead)


def _velocity(points: WalkPoints) -> Array:
    """Mean velocity ``(3,)`` m/s along the floor: the least-squares slope of the hips' middle."""
    middle = points.of(_HIPS).mean(axis=1, dtype=float)
    centred = points.time - points.time.mean()
    slope = centred @ middle / (centred @ centred)
    return slope * (1 - _UP)


def _longest(points: WalkPoints, view: View, odds: ViewOdds, speed: Array) -> float:
    """Seconds that a clip may last before the person, who walks across the picture of a standing camera, would be too small in it."""
    if view.kind != "standing":
        return np.inf
    across = float(np.linalg.norm(speed) * abs(np.sin(view.bearing)))
    tall = float(np.ptp(points.places[0, :, 1]))
    width = tall * view.size[0] / (view.size[1] * odds.least_share)
    return max((width - tall) / max(across, 1e-6), odds.seconds[0])


def _instants(points: WalkPoints, view: View, longest: float, rng: np.random.Generator) -> Array:
    there = float(points.time[-1] - points.time[0])
    seconds = min(view.seconds, longest, there)
    start = points.time[0] + rng.uniform(0, there - seconds)
    return start + np.arange(int(seconds * view.fps + 1e-6) + 1) / view.fps
