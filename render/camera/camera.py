"""Cameras with a lens and a shutter, pure numpy.

Camera axes are OpenCV's: x right, y down, z forward. A point ``p`` of the render world lies at ``R p + t`` seen from the camera, is bent by
the lens (`render.camera.lens`; all zeros: a pinhole) in the plane at unit depth, and lies at ``K`` times that in the picture; pixel (0, 0)
is the middle of the top left one, so the picture spans −0.5 to size − 0.5.
"""

from dataclasses import dataclass, field

import numpy as np

from engine.core.arrays import Array, Mask, Single
from engine.core.frozen import frozen
from render.camera.lens import distort, undistort

_SHUTTER_STEPS = 4
"""Each step shrinks the error by how far a point moves in a line's time, in lines: below 0.1 for walkers."""
UP = np.array([0.0, 1.0, 0.0])


@frozen
class Camera:
    """``intrinsics (3, 3)``, ``rotation (3, 3)`` and ``translation (3,)`` from world to camera, ``size`` (width, height) in pixels.

    ``distortion (5,)`` is the lens in OpenCV's order k1 k2 p1 p2 k3. ``line_s`` is the time from one line of the picture to the next, s
    (0: all at once). Rotation and translation are those at the time of the middle line, when the camera itself moves at ``travel (3,)`` m/s
    and turns at ``turning (3,)`` rad/s, both in the axes of the world.
    """

    name: str
    intrinsics: Array
    rotation: Array
    translation: Array
    size: tuple[int, int]
    distortion: Array = field(default_factory=lambda: np.zeros(5))
    line_s: float = 0.0
    travel: Array = field(default_factory=lambda: np.zeros(3))
    turning: Array = field(default_factory=lambda: np.zeros(3))

    @property
    def position(self) -> Array:
        """Where the camera stands ``(3,)``."""
        return -self.rotation.T @ self.translation

    def in_camera(self, points: Array | Single) -> Array:
        """Points ``(…, 3)`` of the world in camera axes."""
        return points @ self.rotation.T + self.translation

    def project(self, points: Array | Single, velocity: Array | Single | None = None) -> tuple[Array, Array]:
        """Pixels ``(…, 2)`` and depths ``(…)`` of points ``(…, 3)`` that move at ``velocity (…, 3)`` m/s (``None``: that stand still).

        With a rolling shutter a point is seen where it is at the time of the line that it is seen in; both are found by fixed
        point. Pixels of points behind the camera mean nothing.
        """
        pixels, depth = self._see(points)
        if self.line_s == 0:
            return pixels, depth
        passing = self.passing(points, velocity)
        for _ in range(_SHUTTER_STEPS):
            late = np.clip(pixels[..., 1], -0.5, self.size[1] - 0.5) - 0.5 * (self.size[1] - 1)
            pixels, depth = self._see(points + self.line_s * late[..., None] * passing)
        return pixels, depth

    def passing(self, points: Array | Single, velocity: Array | Single | None = None) -> Array:
        """Velocity ``(…, 3)`` m/s, in world axes, at which points ``(…, 3)`` move past the camera's own axes."""
        still = self.travel + np.cross(self.turning, points - self.position)
        return -still if velocity is None else velocity - still

    def _see(self, points: Array | Single) -> tuple[Array, Array]:
        seen = self.in_camera(points)
        depth = seen[..., 2]
        flat = seen[..., :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth)[..., None]
        if self.distortion.any():
            flat = distort(flat, self.distortion)
        return flat @ self.intrinsics[:2, :2].T + self.intrinsics[:2, 2], depth

    def rays(self, pixels: Array) -> Array:
        """Directions ``(…, 3)`` in the world, of unit depth, that ``pixels (…, 2)`` look along at the time of the middle line."""
        flat = (pixels - self.intrinsics[:2, 2]) @ np.linalg.inv(self.intrinsics[:2, :2]).T
        if self.distortion.any():
            flat = undistort(flat, self.distortion)
        return np.concatenate([flat, np.ones((*pixels.shape[:-1], 1))], axis=-1) @ self.rotation

    def in_frame(self, pixels: Array, depth: Array) -> Mask:
        """Whether pixels ``(…, 2)`` at ``depth (…)`` lie inside the picture: ``(…)``."""
        inside = (pixels >= -0.5) & (pixels < np.array(self.size) - 0.5)
        return inside.all(axis=-1) & (depth > 0)


def look_rotation(forward: Array) -> Array:
    """World-to-camera rotations ``(…, 3, 3)`` of upright cameras that look along ``forward (…, 3)`` (not straight up or down)."""
    z = forward / np.linalg.norm(forward, axis=-1, keepdims=True)
    x = np.cross(z, UP)
    x /= np.linalg.norm(x, axis=-1, keepdims=True)
    return np.stack([x, np.cross(z, x), z], axis=-2)


def make_intrinsics(field_of_view: float, size: tuple[int, int]) -> Array:
    """Square pixels, centred; ``field_of_view`` is that of the width, rad."""
    focal = 0.5 * size[0] / np.tan(0.5 * field_of_view)
    return np.array([[focal, 0.0, 0.5 * (size[0] - 1)], [0.0, focal, 0.5 * (size[1] - 1)], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class View:
    """What a camera is asked for: from where it looks, through which lens, and how it is moved.

    ``bearing`` rad from straight ahead of the walker towards their left (0: from the front, π/2: from their left side), ``elevation`` rad
    above the horizon, ``field_of_view`` rad across the picture's width, ``margin`` share of the half picture kept free around the person,
    ``least_distance`` m to the nearest point of the person, ``roll`` rad of the picture about its middle, clockwise.

    ``motion`` is static, pan or follow (`render.camera.camera_paths`); ``agility_hz`` and ``damping`` are natural frequency and damping
    ratio of the hand that steers (1: just no overshoot); ``shake`` is 0 on a tripod, 1 in hands. ``size`` is (width, height) in pixels,
    ``fps`` frames per second; ``corner_bend`` is the share by which the lens moves the picture's corner outwards (negative: barrel),
    ``decentring (2,)`` its p1 and p2; ``readout_s`` is the time from the first line to the last (0: all at once).
    """

    bearing: float
    elevation: float
    field_of_view: float
    margin: float
    least_distance: float
    roll: float = 0.0
    motion: str = "static"
    agility_hz: float = 1.0
    damping: float = 0.8
    shake: float = 0.0
    size: tuple[int, int] = (512, 512)
    fps: float = 30.0
    corner_bend: float = 0.0
    decentring: tuple[float, float] = (0.0, 0.0)
    readout_s: float = 0.0

    @property
    def backward(self) -> Array:
        """Unit vector ``(3,)`` from the person to the camera."""
        level = np.array([np.sin(self.bearing), 0.0, np.cos(self.bearing)])
        return np.cos(self.elevation) * level + np.sin(self.elevation) * UP

    def rotation_along(self, forward: Array) -> Array:
        """World-to-camera rotations ``(…, 3, 3)`` that look along ``forward (…, 3)``, with this view's roll."""
        cosine, sine = np.cos(self.roll), np.sin(self.roll)
        return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]]) @ look_rotation(forward)

    @property
    def distortion(self) -> Array:
        """The lens ``(5,)`` as in `Camera`: radial by its first coefficient alone."""
        reach2 = np.tan(0.5 * self.field_of_view) ** 2 * (1 + (self.size[1] / self.size[0]) ** 2)
        return np.array([self.corner_bend / reach2, 0.0, *self.decentring, 0.0])


def fit_camera(name: str, view: View, size: tuple[int, int], points: Array | Single) -> Camera:
    """The nearest static pinhole camera of that view that keeps all ``points (n, 3)`` in the picture.

    With the orientation fixed, moving the camera by (a, b, −d) along its own axes keeps point i inside the half width s if
    ``|x_i − a| ≤ s (z_i + d)``; the least d over both image axes follows in closed form.
    """
    rotation = view.rotation_along(-view.backward)
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
