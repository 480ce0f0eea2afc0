"""Places as coloured surfaces: quads and boxes, joined into one mesh."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from engine.core.arrays import Array, Single
from engine.core.frozen import frozen
from render.figure.mesh import Faces
from render.figure.part import Material


@frozen
class Room:
    """One mesh: ``vertices``, ``normals (n, 3)``, ``faces (m, 3)``, ``colours (n, 4)`` linear RGB and openness, ``grain (n, 2)`` metres
    on the surface, ``surface (n, 2)`` material number and roughness."""

    vertices: Single
    normals: Single
    faces: Faces
    colours: Single
    grain: Single
    surface: Single


@frozen
class Quad:
    """``corner`` plus two edges; its normal is their cross product. ``openness`` at corner, corner + first, opposite, corner + second."""

    corner: Array
    first: Array
    second: Array
    colour: Array
    material: Material
    roughness: float
    openness: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)


def box(
    centre: ArrayLike,
    half: ArrayLike,
    colour: Array,
    roughness: float,
    material: Material = Material.PLAIN,
) -> list[Quad]:
    """The six sides of an upright box, `half` its extent in each direction (m)."""
    middle, size = np.array(centre), np.array(half)
    quads = []
    for axis in range(3):
        j, k = (axis + 1) % 3, (axis + 2) % 3
        for sign in (1.0, -1.0):
            first, second = np.zeros(3), np.zeros(3)
            first[j], second[k] = 2 * size[j], 2 * size[k]
            corner = middle - size
            corner[axis] += (1 + sign) * size[axis]
            edges = (first, second) if sign > 0 else (second, first)
            quads.append(Quad(corner, *edges, colour, material, roughness))
    return quads


def join(quads: Sequence[Quad]) -> Room:
    """One mesh of all quads; grain runs in metres along their surfaces."""
    corners = np.array(
        [[q.corner, q.corner + q.first, q.corner + q.first + q.second, q.corner + q.second] for q in quads]
    )
    normals = np.cross([q.first for q in quads], [q.second for q in quads])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    colours = np.array([[[*q.colour, openness] for openness in q.openness] for q in quads])
    surface = np.array([[float(q.material), q.roughness] for q in quads])
    start = 4 * np.arange(len(quads))[:, None]
    faces = np.concatenate([start + np.array(corner) for corner in ((0, 1, 2), (0, 2, 3))])
    flat = corners.reshape(-1, 3)
    lying, facing = (np.repeat(np.abs(normals[:, k]) > 0.5, 4) for k in (1, 2))
    grain = np.stack([np.where(facing, flat[:, 0], flat[:, 2]), np.where(lying, flat[:, 0], flat[:, 1])], axis=1)
    return Room(
        vertices=flat.astype(np.float32),
        normals=np.repeat(normals, 4, axis=0).astype(np.float32),
        faces=faces,
        colours=colours.reshape(-1, 4).astype(np.float32),
        grain=grain.astype(np.float32),
        surface=np.repeat(surface, 4, axis=0).astype(np.float32),
    )


def merge(rooms: Sequence[Room]) -> Room:
    """One mesh of several."""
    starts = np.cumsum([0, *(len(room.vertices) for room in rooms[:-1])])
    faces = np.concatenate([room.faces + start for room, start in zip(rooms, starts, strict=True)])
    columns = ("vertices", "normals", "colours", "grain", "surface")
    return Room(faces=faces, **{name: np.concatenate([getattr(room, name) for room in rooms]) for name in columns})


def placed(room: Room, at: ArrayLike, turn: float = 0.0) -> Room:
    """The mesh turned by ``turn`` rad about the vertical axis through the origin (z towards x), then moved by ``at (3,)`` m."""
    s, c = np.sin(turn), np.cos(turn)
    rotation = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]], np.float32)
    return replace(
        room,
        vertices=room.vertices @ rotation.T + np.asarray(at, np.float32),
        normals=room.normals @ rotation.T,
    )
