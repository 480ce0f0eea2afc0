"""Solids that aids are made of: bent tubes, tyres, boards and bands."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.body.rotations import rotation_between
from render.figure.mesh import Faces

_AROUND, _TYRE_AROUND = 12, 28


@frozen
class Solid:
    """A closed surface: ``vertices (n, 3)`` m, ``faces (m, 3)`` that face outward, ``grain (n, 2)`` m along and around."""

    vertices: Array
    faces: Faces
    grain: Array


def joined(solids: Sequence[Solid]) -> Solid:
    """All of them as one."""
    starts = np.cumsum([0, *(len(solid.vertices) for solid in solids[:-1])])
    return Solid(
        np.concatenate([solid.vertices for solid in solids]),
        np.concatenate([solid.faces + start for solid, start in zip(solids, starts, strict=True)]),
        np.concatenate([solid.grain for solid in solids]),
    )


def tube(path: ArrayLike, radius: float | Array) -> Solid:
    """A round bar along ``path (k, 3)`` with flat ends; ``radius`` m, one or one per point."""
    path = np.asarray(path, float)
    radius = np.broadcast_to(radius, len(path))
    ways: Array = np.gradient(path, axis=0)
    across = np.cross(ways[0], [0.3, 0.2, 1.0] if abs(ways[0][2]) < abs(ways[0]).max() else [1.0, 0.2, 0.3])
    across /= np.linalg.norm(across)
    rings = []
    for k, (point, way) in enumerate(zip(path, ways, strict=True)):
        if k:
            across = rotation_between(ways[k - 1], way) @ across
        beside = np.cross(way / np.linalg.norm(way), across)
        angle = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)[:, None]
        rings.append(point + radius[k] * (np.cos(angle) * across + np.sin(angle) * beside))
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    around = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False) * radius.mean()
    grain = np.stack(np.meshgrid(along, around, indexing="ij"), axis=-1).reshape(-1, 2)
    side = Solid(np.concatenate(rings), _grid_faces(len(path), _AROUND), grain)
    return joined([side, _cap(rings[0][::-1], path[0]), _cap(rings[-1], path[-1])])


def tyre(centre: Array, radius: float, thickness: float) -> Solid:
    """A ring about the x axis through ``centre (3,)``; ``radius`` m to the middle of its ``thickness``."""
    turn = np.linspace(0, 2 * np.pi, _TYRE_AROUND, endpoint=False)[:, None]
    angle = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)[None]
    out = radius + 0.5 * thickness * np.cos(angle)
    across = np.broadcast_to(0.5 * thickness * np.sin(angle), (_TYRE_AROUND, _AROUND))
    vertices = np.stack([across, out * np.cos(turn), out * np.sin(turn)], axis=-1).reshape(-1, 3) + centre
    grain = np.stack(np.broadcast_arrays(radius * turn, 0.5 * thickness * angle), axis=-1).reshape(-1, 2)
    return Solid(vertices, _grid_faces(_TYRE_AROUND, _AROUND, closed=True)[:, ::-1], grain)


def board(low: Sequence[float], high: Sequence[float]) -> Solid:
    """A block between two corners ``(3,)``, its six sides apart so that its edges stay sharp."""
    corner = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)])
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    least, most = np.array(low, float), np.array(high, float)
    points = least + corner[np.array(sides)] * (most - least)
    faces = np.concatenate([[[4 * k, 4 * k + 1, 4 * k + 2], [4 * k, 4 * k + 2, 4 * k + 3]] for k in range(len(sides))])
    points = points.reshape(-1, 3)
    return Solid(points, faces, np.stack([points[:, 0] + points[:, 1], points[:, 2]], axis=1))


def band(centre: Array, axis: Array, size: tuple[float, float, float], opening: float) -> Solid:
    """A cuff about ``axis (3,)``: ``size`` is its radius, height and thickness (m), ``opening`` the angle (rad) left free in front."""
    radius, height, thickness = size
    angle = np.linspace(0.5 * opening, 2 * np.pi - 0.5 * opening, _TYRE_AROUND)
    inner, outer = radius, radius + thickness
    section = [(inner, -0.5), (outer, -0.5), (outer, 0.5), (inner, 0.5)]
    rings = np.array([[[r * np.sin(a), h * height, r * np.cos(a)] for r, h in section] for a in angle])
    turn = rotation_between(np.array([0.0, 1.0, 0.0]), np.asarray(axis))
    vertices = rings.reshape(-1, 3) @ turn.T + centre
    faces = _grid_faces(len(angle), len(section))
    last = len(vertices) - len(section)
    ends = [[0, 2, 1], [0, 3, 2], [last, last + 1, last + 2], [last, last + 2, last + 3]]
    grain = np.stack(np.meshgrid(radius * angle, height * np.arange(4.0), indexing="ij"), axis=-1).reshape(-1, 2)
    return Solid(vertices, np.concatenate([faces, ends])[:, ::-1], grain)


def _grid_faces(rows: int, columns: int, *, closed: bool = False) -> Faces:
    """Faces of rings of vertices, each ring closed; with ``closed`` the last ring joins the first."""
    row = np.arange(rows if closed else rows - 1)[:, None]
    column = np.arange(columns)[None]
    here, beside = row * columns + column, row * columns + (column + 1) % columns
    ahead = ((row + 1) % rows) * columns + column
    across = ((row + 1) % rows) * columns + (column + 1) % columns
    faces = [np.stack([here, beside, across], axis=-1), np.stack([here, across, ahead], axis=-1)]
    return np.concatenate([part.reshape(-1, 3) for part in faces])


def _cap(ring: Array, centre: Array) -> Solid:
    """A disc on ``ring (k, 3)``, which runs to the left seen from outside."""
    count = len(ring)
    faces = np.array([[k, (k + 1) % count, count] for k in range(count)])
    vertices = np.concatenate([ring, centre[None]])
    return Solid(vertices, faces, vertices[:, [0, 2]])
