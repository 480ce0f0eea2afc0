"""Large surfaces cut into small triangles: where light changes across them, and where a lens bends them."""

from collections.abc import Callable

import numpy as np

from engine.core.arrays import Array, Index
from render.figure.mesh import Faces
from render.places.surfaces import Room

_MOST_PASSES = 14


def refined(room: Room, owner: Index, longest: Callable[[Array], Array]) -> tuple[Room, Index]:
    """The mesh, and the numbers ``owner (n, k)`` of each vertex (the same at all corners of a face), with edges halved until none is
    longer than ``longest(midpoints (n, 3)) -> (n,)`` m allows.

    Whether an edge is cut depends on the edge alone, so that neighbours agree and no crack opens.
    """
    columns = np.hstack([room.vertices, room.normals, room.colours, room.grain, room.surface, owner]).astype(np.float64)
    active, done = room.faces, []
    for _ in range(_MOST_PASSES):
        edges, edge_of = _edges(active)
        ends = columns[edges, :3]
        length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
        cut = length > longest(ends.mean(axis=1))
        touched = cut[edge_of].any(axis=1)
        done.append(active[~touched])
        if not touched.any():
            break
        middle = np.full(len(edges), -1)
        middle[cut] = len(columns) + np.arange(cut.sum())
        columns = np.concatenate([columns, columns[edges[cut]].mean(axis=1)])
        active = _split(active[touched], middle[edge_of[touched]])
    else:
        done.append(active)
    faces = np.concatenate(done)
    vertices, normals, colours, grain, surface, owners = np.split(columns, (3, 6, 10, 12, 14), axis=1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    cut_room = Room(
        vertices=vertices.astype(np.float32),
        normals=normals.astype(np.float32),
        faces=faces,
        colours=colours.astype(np.float32),
        grain=grain.astype(np.float32),
        surface=surface.astype(np.float32),
    )
    return cut_room, owners.astype(np.int64)


def _edges(faces: Faces) -> tuple[Faces, Faces]:
    """Every edge once ``(n, 2)``, and which of them each face's three are ``(m, 3)``."""
    ends = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2), axis=2)
    stride = int(faces.max()) + 1
    key, edge_of = np.unique((ends[..., 0] * stride + ends[..., 1]).ravel(), return_inverse=True)
    return np.stack([key // stride, key % stride], axis=1), edge_of.reshape(-1, 3)


def _split(faces: Faces, born: Faces) -> Faces:
    """Triangles between old corners and the new ones in the middle of their edges, ``born (m, 3)`` (−1: not cut)."""
    count = (born >= 0).sum(axis=1)
    first = np.where(count == 1, np.argmax(born >= 0, axis=1), np.argmin(born >= 0, axis=1))
    turn = (first[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(faces, turn, axis=1).T
    ab, bc, ca = np.take_along_axis(born, turn, axis=1).T
    patterns = {
        0: ((a, b, c),),
        1: ((a, ab, c), (ab, b, c)),
        2: ((a, b, bc), (a, bc, ca), (ca, bc, c)),
        3: ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)),
    }
    pieces = [np.stack(corners, axis=1)[count == n] for n, pattern in patterns.items() for corners in pattern]
    return np.concatenate(pieces)
