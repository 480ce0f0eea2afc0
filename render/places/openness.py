"""Ambient shading of a place: how much light from all around the things that stand in it take from floor, walls and each other.

Each solid is taken as its upright bounding box. The share of the light that a face of it hides from a point is its form factor,
exact by Lambert's contour integral (Baum, Rushmeier & Winget 1989, SIGGRAPH, 325, eq. 7); the face sends back its own albedo.
"""

from collections.abc import Sequence

import numpy as np

from engine.core.arrays import Array, Index
from render.places.surfaces import Room

_LEAST = 0.3
_REACH = 1.6
"""Boxes further away than this many times their size are left out."""
_LEAST_REACH_M, _MOST_REACH_M = 0.3, 1.2
_THIN_M, _HIGH_M = 0.045, 0.9
"""Upright boards and bars thinner than this, and what begins higher, cast no shade worth the time; walls, of no thickness, do."""
_NEXT, _LAST = [1, 2, 0], [2, 0, 1]
"""Axes of the factors of a cross product; `numpy.cross` spends most of its time on small arrays with its arguments."""
_FACES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))


def bounds(room: Room) -> Array:
    """Least and greatest corner ``(2, 3)`` of a mesh."""
    return np.stack([room.vertices.min(axis=0), room.vertices.max(axis=0)]).astype(float)


def albedo(room: Room) -> float:
    """Mean reflectance of a mesh, over its colours."""
    return float(np.clip(room.colours[:, :3].mean(), 0.0, 1.0))


def openness(points: Array, normals: Array, owner: Index, solids: Sequence[Room]) -> Array:
    """Share of the light from all around ``(n,)`` that still reaches ``points (n, 3)`` with ``normals (n, 3)`` among ``solids``.

    ``owner (n,)``: the solid that each point belongs to, −1 for none; a solid does not shade itself.
    """
    hidden = np.zeros(len(points))
    order = np.argsort(points[:, 2], kind="stable")
    depths = points[order, 2]
    for k, solid in enumerate(solids):
        low, high = bounds(solid)
        size = high - low
        width = np.sort(size)[1]
        if 0 < min(size[0], size[2]) < _THIN_M or low[1] > _HIGH_M:
            continue
        reach = np.clip(_REACH * width, _LEAST_REACH_M, _MOST_REACH_M)
        first, last = np.searchsorted(depths, (low[2] - reach, high[2] + reach))
        near = order[first:last]
        gap = np.linalg.norm(np.maximum(np.maximum(low - points[near], points[near] - high), 0.0), axis=1)
        close = (gap < reach) & (owner[near] != k)
        near, gap = near[close], gap[close]
        factor = np.where(gap > 0, _box_factor(points[near], normals[near], low, high), 1.0)
        hidden[near] += (1 - (gap / reach) ** 2) * (1 - albedo(solid)) * factor
    return np.clip(1 - hidden, _LEAST, 1.0)


def _box_factor(points: Array, normals: Array, low: Array, high: Array) -> Array:
    """Form factor ``(n,)`` of a box seen from ``points`` with ``normals``: the sum over the faces that look at each point."""
    corners = np.array([[(low, high)[b][k] for k, b in enumerate((i >> 2 & 1, i >> 1 & 1, i & 1))] for i in range(8)])
    total = np.zeros(len(points))
    for k, face in enumerate(_FACES):
        axis, upper = k // 2, k % 2
        before = points[:, axis] > high[axis] if upper else points[:, axis] < low[axis]
        if before.any():
            total[before] += form_factor(points[before], normals[before], corners[list(face)])
    return np.clip(total, 0.0, 1.0)


def form_factor(points: Array, normals: Array, polygon: Array) -> Array:
    """Share ``(n,)`` of the light on small surfaces at ``points`` facing ``normals (n, 3)`` that would come through ``polygon (k, 3)``.

    Exact for a polygon wholly above a surface's horizon; corners below are lifted onto it.
    """
    towards = polygon - points[:, None]
    below = np.minimum(np.einsum("nka,na->nk", towards, normals), 0.0)
    towards = towards - below[..., None] * normals[:, None]
    towards /= np.maximum(np.sqrt(np.einsum("nka,nka->nk", towards, towards)), 1e-9)[..., None]
    following = towards[:, [*range(1, len(polygon)), 0]]
    across = towards[..., _NEXT] * following[..., _LAST] - towards[..., _LAST] * following[..., _NEXT]
    sine = np.sqrt(np.einsum("nka,nka->nk", across, across))
    angle = np.arctan2(sine, np.einsum("nka,nka->nk", towards, following))
    weight = np.where(sine > 1e-9, angle / np.maximum(sine, 1e-9), 0.0)
    return np.abs(np.einsum("nk,nk->n", weight, np.einsum("nka,na->nk", across, normals))) / (2 * np.pi)
