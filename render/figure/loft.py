"""Lofted surfaces: tubes and skirts through rows of points, and smooth outlines around points in a plane."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from engine.core.arrays import Array
from render.figure.mesh import Faces

_DIRECTIONS = 144
"""In which outlines are measured before they are resampled."""


def grid_faces(rows: int, columns: int, *, closed: bool = False) -> Faces:
    """Triangles between neighbouring points of a grid, numbered row by row; ``closed`` joins the last column to the first. They face
    where row direction × column direction points."""
    index = np.arange(rows * columns).reshape(rows, columns)
    if closed:
        index = np.concatenate([index, index[:, :1]], axis=1)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])


def both_sides(points: Array, faces: Faces) -> tuple[Array, Faces]:
    """A sheet and, on points of its own so that it has normals of its own, its back: ``(2 n, 3)`` and ``(2 m, 3)``."""
    return np.concatenate([points, points]), np.concatenate([faces, faces[:, ::-1] + len(points)])


def tube(path: Array, radii: Array, around: int, *, closed: bool = False) -> tuple[Array, Faces]:
    """Vertices and outward faces of a round tube along ``path (k, 3)``, ``radii (k,)`` wide; ``closed`` paths join end to start."""
    ahead, behind = np.roll(path, -1, axis=0), np.roll(path, 1, axis=0)
    if not closed:
        ahead[-1], behind[0] = path[-1], path[0]
    along = _unit(ahead - behind)
    flattest = np.eye(3)[np.abs(along).mean(axis=0).argmin()]
    side = _unit(np.cross(along, flattest))
    up = np.cross(side, along)
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)[:, None]
    ring = np.cos(turn)[None] * side[:, None] + np.sin(turn)[None] * up[:, None]
    points = path[:, None] + ring * radii[:, None, None]
    faces = grid_faces(len(path), around, closed=True)
    if closed:
        last = np.arange(around) + (len(path) - 1) * around
        first = np.arange(around)
        rows = np.stack([last, np.roll(last, -1), np.roll(first, -1), first], axis=1)
        faces = np.concatenate([faces, rows[:, [0, 3, 2]], rows[:, [0, 2, 1]]])
    return points.reshape(-1, 3), faces


def outline(points: Array, room: float, softness: float) -> tuple[Array, Array]:
    """Support ``(k,)`` of the convex hull of plane ``points (n, 2)``, ``room`` wider and rounded by ``softness`` rad, in directions
    ``(k, 2)`` that turn from −y over +x.

    A mean over directions of a convex body's support is again the support of one (Schneider 2014, Convex Bodies, section 3.3).
    """
    turn = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    directions = np.stack([np.sin(turn), -np.cos(turn)], axis=1)
    support = (points @ directions.T).max(axis=0) + room
    return gaussian_filter1d(support, softness * _DIRECTIONS / (2 * np.pi), mode="wrap"), directions


def boundary(support: Array, directions: Array) -> Array:
    """Points ``(k, 2)`` where a convex body touches its tangents: h n + h′ n′."""
    step = 2 * np.pi / len(support)
    slope = (np.roll(support, -1) - np.roll(support, 1)) / (2 * step)
    tangents = np.stack([-directions[:, 1], directions[:, 0]], axis=1)
    return support[:, None] * directions + slope[:, None] * tangents


def along_loop(loop: Array, shares: Array) -> Array:
    """Points ``(n, d)`` at ``shares (n,)`` of the way round the closed ``loop (k, d)``, from its first point on."""
    ring = np.concatenate([loop, loop[:1]])
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(ring, axis=0), axis=1))])
    return np.stack([np.interp(np.asarray(shares) * length[-1], length, column) for column in ring.T], axis=1)


def _unit(vectors: Array) -> Array:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
