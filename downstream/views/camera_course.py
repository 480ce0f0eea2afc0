"""Where a drawn camera is in every frame, and what it sees: upright pinhole cameras in the world of labels (x left, y up, z ahead)."""

import numpy as np
from scipy.signal import lfilter

from downstream.views.view_odds import View
from engine.core.arrays import Array, Mask, Single
from engine.core.frozen import frozen

_UP = np.array([0.0, 1.0, 0.0])
_ROUNDS, _FARTHER, _STEP_M = 12, 1.05, 0.02
"""How often a camera is moved back and aimed again until the person is in the picture, and by how much more than seems to be needed."""
_NEAREST_M = 1.0
"""No point is nearer to the lens."""


@frozen
class CameraCourse:
    """``rotation (F, 3, 3)`` from the world to OpenCV's camera axes (x right, y down, z ahead), ``position (F, 3)`` m of the camera;
    ``focal_px``, and ``size`` (width, height) of the picture, whose middle is the principal point."""

    rotation: Array
    position: Array
    focal_px: float
    size: tuple[int, int]

    def every(self, step: int) -> "CameraCourse":
        """Every ``step``-th frame, from the first on."""
        return CameraCourse(self.rotation[::step], self.position[::step], self.focal_px, self.size)

    def in_camera(self, places: Single) -> Array:
        """Places ``(F, P, 3)`` of the world in camera axes."""
        return (places - self.position[:, None]) @ np.swapaxes(self.rotation, -1, -2)

    def project(self, places: Single) -> tuple[Single, Mask]:
        """Pixels ``(F, P, 2)``, 0 is the middle of the first, and whether they lie in the picture ``(F, P)``."""
        seen = self.in_camera(places)
        depth = np.maximum(seen[..., 2], 1e-6)
        flat = seen[..., :2] / depth[..., None] * self.focal_px
        half = 0.5 * np.array(self.size)
        right, down = np.moveaxis(np.abs(flat), -1, 0)
        inside = (right <= half[0]) & (down <= half[1]) & (seen[..., 2] > 0)
        return (flat + half - 0.5).astype(np.float32), inside


def fit_course(view: View, places: Single, forward: Array) -> CameraCourse:
    """The camera of ``view`` before points ``(F, P, 3)`` of somebody who faces ``forward (3,)``: as near as the view says, or as far away
    as it takes to keep all of the person in the picture in the share of frames that the view says."""
    centre = places.mean(axis=1)
    middle = centre.mean(axis=0)
    tall = float(np.ptp(places[..., 1], axis=1).max())
    trailed = np.column_stack([_trail(centre[:, k], view) for k in (0, 2)])
    paths = {True: np.insert(trailed, 1, middle[1], axis=1), False: np.broadcast_to(middle, centre.shape)}
    base, aim = paths[view.kind == "following"], paths[view.kind in ("following", "panning")]
    left = np.cross(_UP, forward)
    backward = np.cos(view.bearing) * forward + np.sin(view.bearing) * left
    distance = max(view.focal_px * tall / (view.share * view.size[1]), 2 * _NEAREST_M)
    for _ in range(_ROUNDS):
        course = _course(view, base, aim, distance * backward)
        short = _too_near(view, course.in_camera(places))
        if short <= 0:
            break
        distance += _FARTHER * short + _STEP_M
    return course


def _trail(path: Array, view: View) -> Array:
    """A path ``(F,)`` as a hand follows it: a first-order lag that begins in step."""
    keep = np.exp(-1 / (view.trail_s * view.fps))
    return lfilter([1 - keep], [1, -keep], path, zi=[keep * path[0]])[0]


def _course(view: View, base: Array, aim: Array, back: Array) -> CameraCourse:
    position = base + back
    position[:, 1] = view.height_m
    ahead = aim - position
    z = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    x = z[:, [2, 1, 0]] * [-1.0, 0.0, 1.0] / np.hypot(z[:, 0], z[:, 2])[:, None]
    upright = np.stack([x, np.cross(z, x), z], axis=1)
    return CameraCourse(_beside(view) @ upright, position, view.focal_px, view.size)


def _beside(view: View) -> Array:
    """Turns ``(3, 3)`` the camera so that what it aimed at lies beside the middle of the picture, and rolls it."""
    yaw, pitch = np.arctan(np.array(view.aim) * view.slopes)
    turned = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    nodded = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    rolled = [[np.cos(view.roll), -np.sin(view.roll), 0], [np.sin(view.roll), np.cos(view.roll), 0], [0, 0, 1]]
    return np.array(rolled) @ np.array(nodded) @ np.array(turned)


def _too_near(view: View, seen: Array) -> float:
    """How much farther away, m, the camera must be: moved back by e along its own axis, a point is in the picture if |x| ≤ s (z + e)."""
    right, down, depth = np.moveaxis(seen, -1, 0)
    needed = np.maximum(np.abs(right) / view.slopes[0], np.abs(down) / view.slopes[1]) - depth
    return float(max(np.quantile(needed.max(axis=1), view.whole), _NEAREST_M - depth.min()))
