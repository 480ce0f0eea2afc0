"""Pinhole cameras, pure numpy.

Camera axes are OpenCV's: x right, y down, z forward. A point ``p`` of the render world lies at ``R p + t`` seen from the camera and at
``K (R p + t)`` in the picture; pixel (0, 0) is the middle of the top left one, so the picture spans −0.5 to size − 0.5.
"""

from dataclasses import dataclass

import numpy as np

from engine.cycle import Array

UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Camera:
    """``intrinsics (3, 3)``, ``rotation (3, 3)`` and ``translation (3,)`` from world to camera, ``size`` (width, height) in pixels."""

    name: str
    intrinsics: Array
    rotation: Array
    translation: Array
    size: tuple[int, int]

    @property
    def position(self) -> Array:
        """Where the camera stands ``(3,)``."""
        return -self.rotation.T @ self.translation

    def in_camera(self, points: Array) -> Array:
        """Points ``(…, 3)`` of the world in camera axes."""
        return points @ self.rotation.T + self.translation

    def project(self, points: Array) -> tuple[Array, Array]:
        """Pixels ``(…, 2)`` and depths ``(…)`` of points ``(…, 3)``; pixels of points behind the camera mean nothing."""
        seen = self.in_camera(points)
        depth = seen[..., 2]
        flat = seen @ self.intrinsics.T
        return flat[..., :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth)[..., None], depth

    def rays(self, pixels: Array) -> Array:
        """Directions ``(…, 3)`` in the world, of unit depth, that ``pixels (…, 2)`` look along."""
        homogeneous = np.concatenate([pixels, np.ones((*pixels.shape[:-1], 1))], axis=-1)
        return homogeneous @ np.linalg.inv(self.intrinsics).T @ self.rotation

    def in_frame(self, pixels: Array, depth: Array) -> Array:
        """Whether pixels ``(…, 2)`` at ``depth (…)`` lie inside the picture: ``(…)``."""
        inside = (pixels >= -0.5) & (pixels < np.array(self.size) - 0.5)
        return inside.all(axis=-1) & (depth > 0)


def look_rotation(forward: Array) -> Array:
    """World-to-camera rotation ``(3, 3)`` of an upright camera that looks along ``forward (3,)`` (not straight up or down)."""
    z = forward / np.linalg.norm(forward)
    x = np.cross(z, UP)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z])


def make_intrinsics(field_of_view: float, size: tuple[int, int]) -> Array:
    """Square pixels, centred; ``field_of_view`` is that of the width, rad."""
    focal = 0.5 * size[0] / np.tan(0.5 * field_of_view)
    return np.array([[focal, 0.0, 0.5 * (size[0] - 1)], [0.0, focal, 0.5 * (size[1] - 1)], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class View:
    """From where a static camera looks: ``bearing`` rad from straight ahead of the walker towards their left (0: from the front, π/2: from
    their left side), ``elevation`` rad above the horizon, ``field_of_view`` rad across the picture's width, ``margin`` share of the half
    picture kept free around the person, ``least_distance`` m to the nearest point of the person."""

    bearing: float
    elevation: float
    field_of_view: float
    margin: float
    least_distance: float


def fit_camera(name: str, view: View, size: tuple[int, int], points: Array) -> Camera:
    """The nearest static camera of that view that keeps all ``points (n, 3)`` in the picture.

    With the orientation fixed, moving the camera by (a, b, −d) along its own axes keeps point i inside the half width s if
    ``|x_i − a| ≤ s (z_i + d)``; the least d over both image axes follows in closed form.
    """
    level = np.array([np.sin(view.bearing), 0.0, np.cos(view.bearing)])
    forward = -(np.cos(view.elevation) * level + np.sin(view.elevation) * UP)
    rotation = look_rotation(forward)
    seen = points @ rotation.T
    half_width = np.tan(0.5 * view.field_of_view) * (1 - view.margin)
    slopes = (half_width, half_width * size[1] / size[0])
    shifts, distances = zip(*(_tightest(seen[:, k], seen[:, 2], slope) for k, slope in enumerate(slopes)), strict=True)
    distance = max(*distances, view.least_distance - seen[:, 2].min())
    translation = -np.array([*shifts, -distance])
    return Camera(name, make_intrinsics(view.field_of_view, size), rotation, translation, size)


def _tightest(across: Array, depth: Array, slope: float) -> tuple[float, float]:
    """Shift and distance at which both outermost points touch the frame."""
    high, low = (across - slope * depth).max(), (across + slope * depth).min()
    return 0.5 * (high + low), (high - low) / (2 * slope)
