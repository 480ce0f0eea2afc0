"""From where the figure's shadow is drawn: along the key light, and from below the floor."""

import numpy as np

from engine.core.arrays import Array, Single
from render.figure.mesh import Faces

CLEARANCE_FROM_M, CLEARANCE_SPAN_M = -0.05, 0.15
"""Heights between which what is near the floor is looked at."""
_HALF_SHARE = 0.8
"""Half width of the light's view, in statures."""
_WIDEST_M, _BORDER_M = 0.22, 0.08
_CELLS = 12
_TO_TEXTURE = np.array([[0.5, 0, 0, 0.5], [0, 0.5, 0, 0.5], [0, 0, 0.5, 0.5], [0, 0, 0, 1.0]])


def along_light(to_key: Array, centre: Array | Single, stature: float) -> tuple[Array, Array]:
    """Matrix ``(4, 4)`` from the world to the clip cube of the light's view around ``centre (3,)``, and its width and depth ``(2,)``, m.

    The view reaches from the figure to the floor that its shadow falls on.
    """
    half = _HALF_SHARE * stature
    depth = 2 * stature * max(1.0, 0.5 + 0.6 / max(to_key[1], 0.1))
    right = np.cross([0.0, 0.0, 1.0] if abs(to_key[2]) < 0.9 else [1.0, 0.0, 0.0], to_key)
    right /= np.linalg.norm(right)
    axes = np.stack([right / half, np.cross(to_key, right) / half, -2 * to_key / depth])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = axes, -axes @ centre
    return matrix, np.array([2 * half, depth])


def from_below(low: Array | Single, high: Array | Single) -> Array:
    """Matrix ``(4, 4)`` from the world to the clip cube of a view from below on the floor between corners ``low`` and ``high (3,)``."""
    centre, half = 0.5 * (low + high), 0.5 * (high - low).max() + _BORDER_M
    matrix = np.zeros((4, 4))
    matrix[0, [0, 3]] = 1 / half, -centre[0] / half
    matrix[1, [2, 3]] = 1 / half, -centre[2] / half
    matrix[2, [1, 3]] = 2 / CLEARANCE_SPAN_M, -1 - 2 * CLEARANCE_FROM_M / CLEARANCE_SPAN_M
    matrix[3, 3] = 1.0
    return matrix


def texture_of(clip: Array) -> Array:
    """The matrix from the world to where a texture of that view holds it, 0 to 1."""
    return _TO_TEXTURE @ clip


def cast_on_floor(points: Array | Single, to_key: Array) -> Array:
    """Where the light throws ``points (n, 3)`` on the floor."""
    return points - to_key * (points[:, 1:2] / max(to_key[1], 0.1))


def penumbra_border(softness: float, stature: float) -> float:
    """How far, m, a shadow on the floor may reach beyond that of a point light."""
    return min(0.5 * softness * stature, _WIDEST_M) + _BORDER_M


def sheet() -> tuple[Array, Faces]:
    """A square grid: vertices ``(n, 3)`` over the unit square of x and z, and faces ``(m, 3)`` that look up."""
    side = np.linspace(0.0, 1.0, _CELLS + 1)
    x, z = (grid.ravel() for grid in np.meshgrid(side, side, indexing="ij"))
    corner = (np.arange(_CELLS)[:, None] * (_CELLS + 1) + np.arange(_CELLS)).ravel()
    a, b, c, d = corner, corner + 1, corner + _CELLS + 2, corner + _CELLS + 1
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    return np.stack([x, np.zeros_like(x), z], axis=1), faces
