"""Ambient occlusion: how much of the surroundings each vertex of a figure sees."""

import numpy as np

from engine.core.arrays import Array, Mask
from render.figure.mesh import Faces

_DIRECTIONS = 36
_CELL, _DEPTH = 0.008, 0.018
"""Grid of the depth maps and what counts as in front, shares of stature."""
_DARKEST, _GAIN = 0.2, 0.9


def ambient_occlusion(vertices: Array, normals: Array, faces: Faces, stature: float) -> Array:
    """Openness ``(n,)`` from `_DARKEST` to 1, cosine weighted over directions spread evenly on the sphere.

    Per direction the surface (vertices and middles of faces) is splatted into a coarse depth map.
    """
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    surface = np.concatenate([vertices, (a + b + c) / 3])
    seen, total = np.zeros(len(vertices)), np.full(len(vertices), 1e-6)
    for direction in _even_directions(_DIRECTIONS):
        cosine = np.maximum(normals @ direction, 0.0)
        seen += cosine * _in_front(vertices, surface, direction, stature)
        total += cosine
    return np.clip(_DARKEST + _GAIN * seen / total, 0.0, 1.0)


def _even_directions(count: int) -> Array:
    """A Fibonacci spiral on the sphere ``(count, 3)``."""
    k = np.arange(count) + 0.5
    height, turn = 1 - 2 * k / count, np.pi * (1 + np.sqrt(5)) * k
    flat = np.sqrt(1 - height**2)
    return np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], axis=1)


def _in_front(vertices: Array, surface: Array, direction: Array, stature: float) -> Mask:
    across = np.linalg.svd(direction[None])[2][1:]
    cells = np.floor(surface @ across.T / (_CELL * stature)).astype(int)
    cells -= cells.min(axis=0)
    index = cells[:, 0] * (cells[:, 1].max() + 1) + cells[:, 1]
    nearest = np.full(index.max() + 1, -np.inf)
    np.maximum.at(nearest, index, surface @ direction)
    return vertices @ direction > nearest[index[: len(vertices)]] - _DEPTH * stature
