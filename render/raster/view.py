"""What part of the picture is drawn, and the matrices that put the world there."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array, Single
from render.camera.camera import Camera
from render.camera.lens import valid_radius2

NEAR_M, FAR_M = 0.1, 80.0
_BORDER_PX = 6


@dataclass(frozen=True)
class Box:
    """A part of the picture: left, top, width and height in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its lines and columns."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def whole(camera: Camera) -> Box:
    """All of the camera's picture."""
    return Box(0, 0, *camera.size)


def box_around(camera: Camera, points: Array) -> Box | None:
    """The part of the picture that holds ``points (n, 3)`` and a narrow border; ``None`` if it holds none."""
    pixels, depth = camera.project(points)
    pixels = pixels[depth > NEAR_M]
    size = np.array(camera.size)
    if not len(pixels):
        return None
    low = np.clip(np.floor(pixels.min(axis=0)) - _BORDER_PX, 0, size).astype(int)
    high = np.clip(np.ceil(pixels.max(axis=0)) + _BORDER_PX, 0, size).astype(int)
    if (high <= low).any():
        return None
    return Box(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def world_to_eye(camera: Camera) -> Array:
    """Matrix ``(4, 4)`` from the world to OpenGL's camera axes: x right, y up, z back."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = camera.rotation, camera.translation
    return np.diag([1.0, -1.0, -1.0, 1.0]) @ matrix


def eye_to_clip(camera: Camera, box: Box) -> Array:
    """Matrix ``(4, 4)`` that fills OpenGL's clip cube with ``box`` of the picture; depth by `NEAR_M` and `FAR_M`."""
    k = camera.intrinsics
    matrix = np.zeros((4, 4))
    matrix[0, :3] = 2 * k[0, 0] / box.width, 2 * k[0, 1] / box.width, 1 - 2 * (k[0, 2] + 0.5 - box.left) / box.width
    matrix[1, 1:3] = 2 * k[1, 1] / box.height, 2 * (k[1, 2] + 0.5 - box.top) / box.height - 1
    matrix[2, 2:] = -(FAR_M + NEAR_M) / (FAR_M - NEAR_M), -2 * FAR_M * NEAR_M / (FAR_M - NEAR_M)
    matrix[3, 2] = -1.0
    return matrix


def metres(raw: Single) -> Single:
    """Depths in metres of what the depth buffer holds; 0 where nothing was drawn."""
    depth = raw * (NEAR_M - FAR_M)
    depth += FAR_M
    np.divide(NEAR_M * FAR_M, depth, out=depth)
    depth[raw == 1.0] = 0.0
    return depth


def eye_and_clip(camera: Camera, box: Box) -> dict[str, Array]:
    """The matrices of `world_to_eye` and `eye_to_clip` by the names that the shaders give them."""
    return {"view": world_to_eye(camera), "projection": eye_to_clip(camera, box)}


def view_uniforms(camera: Camera, box: Box) -> dict[str, Array | float]:
    """What the shaders need to know of the camera."""
    lens = {"distortion": camera.distortion, "lens_edge": valid_radius2(camera.distortion)} if bends(camera) else {}
    shutter = {"travel": camera.travel, "turning": camera.turning, "lines": _lines(camera)} if rolls(camera) else {}
    return {**eye_and_clip(camera, box), "eye": camera.position, **lens, **shutter}


def _lines(camera: Camera) -> Array:
    """Focal length, how far the lens' centre lies below the middle line, half the height (all pixels), seconds a line."""
    height, k = camera.size[1], camera.intrinsics
    return np.array([k[1, 1], k[1, 2] - 0.5 * (height - 1), 0.5 * height, camera.line_s])


def bends(camera: Camera) -> bool:
    """Whether the camera's lens bends straight lines."""
    return bool(camera.distortion.any())


def rolls(camera: Camera) -> bool:
    """Whether the camera's shutter shows a still place otherwise than it is at one instant."""
    return camera.line_s != 0 and bool(camera.travel.any() or camera.turning.any())


def same_view(one: Camera, other: Camera) -> bool:
    """Whether both cameras see a still scene alike."""
    names = ("intrinsics", "rotation", "translation", "size", "distortion", "travel", "turning")
    return one is other or (
        one.line_s == other.line_s and all(np.array_equal(getattr(one, n), getattr(other, n)) for n in names)
    )


def as_exposed(camera: Camera, points: Single, velocity: Single | None) -> Array | Single:
    """Where ``points (n, 3)`` are, past the camera's own axes, at the time of the line that they are seen in (rolling shutter).

    ``velocity (n, 3)`` m/s (``None``: they stand still); the rule is that of `Camera.project`.
    """
    if camera.line_s == 0 or (velocity is None and not rolls(camera)):
        return points
    pixels, _ = camera.project(points, velocity)
    late = np.clip(pixels[:, 1], -0.5, camera.size[1] - 0.5) - 0.5 * (camera.size[1] - 1)
    return points + camera.line_s * late[:, None] * camera.passing(points, velocity)
