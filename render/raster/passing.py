"""How what stands still moves across the picture of a camera that does not."""

from functools import lru_cache

import numpy as np

from engine.core.arrays import Array, Single
from render.camera.camera import Camera

_GRID_PX = 8
"""The lens is looked up at every so many pixels, and changes evenly between them."""
_STEP = 1e-4


def room_velocity(camera: Camera, following: Camera, depth: Single) -> Single:
    """Velocities ``(h, w, 2)``, pixels a frame, of what ``camera`` sees standing still at ``depth (h, w)`` m, as ``following`` sees it in
    the next frame, through the same lens; 0 where nothing is seen.

    Exact for a lens that does not bend; through others a pixel's way is taken to be short, so that the bend is the same all along it.
    """
    turn = following.rotation @ camera.rotation.T
    shift = following.translation - turn @ camera.translation
    flat, pixels_by_slope = _lens(camera.intrinsics.tobytes(), camera.distortion.tobytes(), camera.size)
    x, y, z = (
        (row[0] * flat[0] + row[1] * flat[1] + row[2]) * depth + by
        for row, by in zip(turn.astype(np.float32), shift.astype(np.float32), strict=True)
    )
    nearness = np.divide(1, z, out=np.zeros_like(z), where=(depth > 0) & (z > 0))
    seen = nearness > 0
    across, down = (x * nearness - flat[0]) * seen, (y * nearness - flat[1]) * seen
    return np.stack([along[0] * across + along[1] * down for along in pixels_by_slope], axis=-1)


@lru_cache(maxsize=2)
def _lens(intrinsics: bytes, distortion: bytes, size: tuple[int, int]) -> tuple[Single, Single]:
    """Where each pixel looks at unit depth ``(2, h, w)``, right and down, and by how many pixels (across, down) what is seen there moves as
    that changes ``(2, 2, h, w)``."""
    lens = Camera("", np.frombuffer(intrinsics).reshape(3, 3), np.eye(3), np.zeros(3), size, np.frombuffer(distortion))
    (columns, to_columns), (lines, to_lines) = (_knots(n) for n in size)
    looks = lens.rays(np.stack(np.meshgrid(columns, lines), axis=-1))
    slopes = [
        (lens.project(looks + step)[0] - lens.project(looks - step)[0]) / (2 * _STEP) for step in _STEP * np.eye(3)[:2]
    ]
    known = np.concatenate([looks[..., :2], *slopes], axis=-1)
    x, y, *moves = (to_lines @ known[..., k] @ to_columns.T for k in range(known.shape[-1]))
    return np.stack([x, y]).astype(np.float32), np.array([moves[0::2], moves[1::2]], np.float32)


def _knots(pixels: int) -> tuple[Array, Array]:
    """Places along a side of ``pixels``, and the weights ``(pixels, n)`` of linear interpolation between them."""
    places = np.linspace(0, pixels - 1, -(-pixels // _GRID_PX) + 1)
    return places, np.stack([np.interp(np.arange(pixels), places, one) for one in np.eye(len(places))], axis=1)
