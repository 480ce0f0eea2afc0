"""Large triangles cut into small ones, since a lens bends lines only where it moves vertices."""

from dataclasses import replace

import numpy as np

from engine.core.arrays import Array, Index
from render.places.surfaces import Room

LONGEST_M, LONGEST_SHARE = 0.5, 0.12
"""Longest edges, and how they grow with the distance from the eye."""
_MOST_PASSES = 40


def finely_cut(room: Room, eye: Array) -> Room:
    """The mesh with its edges halved until none is longer than `LONGEST_M` or `LONGEST_SHARE` of its distance from ``eye (3,)``.

    Whether and where an edge is cut depends on its ends alone, so that triangles that share it agree and no crack opens.
    """
    names = ("vertices", "normals", "colours", "grain", "surface")
    widths = np.cumsum([getattr(room, name).shape[1] for name in names])[:-1]
    columns, faces = np.hstack([getattr(room, name) for name in names]).astype(float), room.faces
    for _ in range(_MOST_PASSES):
        edge, length = _longest_edges(columns[faces, :3], eye)
        long = length > 1.0
        if not long.any():
            break
        a, b, c = np.take_along_axis(faces[long], (edge[long, None] + np.arange(3)) % 3, axis=1).T
        middle = len(columns) + np.arange(len(a))
        columns = np.concatenate([columns, 0.5 * (columns[a] + columns[b])])
        halves = np.stack([a, middle, c], axis=1), np.stack([middle, b, c], axis=1)
        faces = np.concatenate([faces[~long], *halves])
    parts = np.split(columns.astype(np.float32), widths, axis=1)
    return replace(room, faces=faces, **dict(zip(names, parts, strict=True)))


def _longest_edges(corners: Array, eye: Array) -> tuple[Index, Array]:
    """Which edge of each triangle ``corners (m, 3, 3)`` is longest for its distance, and how long in the length that is allowed there."""
    ends = np.roll(corners, -1, axis=1)
    distance = np.linalg.norm(0.5 * (corners + ends) - eye, axis=2)
    length = np.linalg.norm(ends - corners, axis=2) / np.maximum(LONGEST_M, LONGEST_SHARE * distance)
    return length.argmax(axis=1), length.max(axis=1)
