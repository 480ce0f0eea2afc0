"""Meshes in graphics memory, drawn material by material and chunk by chunk; their places are rewritten in place."""

import ctypes
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from engine.core.arrays import Index, Labels, Mask, Single
from engine.core.frozen import frozen
from render.figure.mesh import Faces
from render.people.figure import Figure
from render.places.surfaces import Room
from render.raster.culling import Chunks, in_chunks

_FLOAT_BYTES = _INDEX_BYTES = 4


Surfaces = Room | Figure
"""What a mesh is made of."""
Numbers = NDArray[np.number]
"""They become single in graphics memory."""


@frozen
class _Runs:
    """Runs of indices that are drawn together: ``first (r,)``, ``count (r,)``, and the ``chunk (r,)`` that each belongs to."""

    first: Index
    count: Index
    chunk: Index

    def only(self, some: Mask) -> "_Runs":
        """Those at which ``some (r,)`` is true."""
        return _Runs(self.first[some], self.count[some], self.chunk[some])

    def among(self, chunks: Mask | None) -> tuple[Index, Index]:
        """First and count of the runs in these chunks (``None``: in all), neighbours joined."""
        runs = self if chunks is None else self.only(chunks[self.chunk])
        first, count = runs.first, runs.count
        apart = np.flatnonzero(np.append(True, first[1:] != first[:-1] + count[:-1]))[: len(first)]
        return first[apart], np.add.reduceat(count, apart) if len(apart) else count


class Mesh:
    """``labels (n,)`` are numbers from 0 to 255 that are drawn beside the colours; ``extra`` names further lists of faces ``(m, 3)`` that
    can be drawn alone. ``chunks`` are what may be left out where it is not seen: a mesh that is ``still`` has many, others one."""

    def __init__(self, surfaces: Surfaces, labels: Labels, extra: Mapping[str, Faces], *, still: bool) -> None:
        self._array = GL.glGenVertexArrays(1)
        GL.glBindVertexArray(self._array)
        self._buffers = [int(GL.glGenBuffers(1)) for _ in range(4)]
        lists = {None: surfaces.faces, **extra}
        number, self.chunks = _in_chunks(surfaces.vertices, list(lists.values()), still=still)
        self._runs, indices = _grouped(lists, number, surfaces.surface[:, 0])
        attributes = np.column_stack([surfaces.grain, surfaces.surface[:, 1], labels, surfaces.colours])
        self._fill(1, attributes, ((2, 2), (3, 2), (4, 4)))
        self._fill(0, np.hstack([surfaces.vertices, surfaces.normals]), ((0, 3), (1, 3)))
        self._fill(2, surfaces.vertices, ((5, 3),))
        GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, self._buffers[3])
        GL.glBufferData(GL.GL_ELEMENT_ARRAY_BUFFER, indices.nbytes, indices, GL.GL_STATIC_DRAW)
        GL.glBindVertexArray(0)

    @property
    def materials(self) -> list[int]:
        """Numbers of the materials that it has."""
        return [name for name in self._runs if isinstance(name, int)]

    def move(self, vertices: Numbers, normals: Numbers, following: Numbers | None = None) -> None:
        """New places and normals ``(n, 3)``, and where the vertices are in the ``following`` frame."""
        self._rewrite(0, np.hstack([vertices, normals]))
        if following is not None:
            self._rewrite(2, following)

    def draw(self, name: int | str | None = None, chunks: Mask | None = None) -> None:
        """Draws the faces of one material, one of the extra lists, or (``None``) all faces; of all or some ``chunks (k,)``."""
        first, count = self._runs[name].among(chunks)
        if len(first):
            GL.glBindVertexArray(self._array)
            starts = (ctypes.c_void_p * len(first))(*(_INDEX_BYTES * first).tolist())
            GL.glMultiDrawElements(GL.GL_TRIANGLES, count.astype(np.int32), GL.GL_UNSIGNED_INT, starts, len(first))

    def delete(self) -> None:
        """Gives its memory back."""
        GL.glDeleteVertexArrays(1, [self._array])
        GL.glDeleteBuffers(len(self._buffers), self._buffers)

    def _fill(self, index: int, columns: Numbers, places: tuple[tuple[int, int], ...]) -> None:
        """A buffer of ``columns (n, k)``; ``places`` are numbers of attributes and how many columns each takes."""
        data = np.ascontiguousarray(columns, np.float32)
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._buffers[index])
        GL.glBufferData(GL.GL_ARRAY_BUFFER, data.nbytes, data, GL.GL_DYNAMIC_DRAW)
        start = 0
        for place, size in places:
            at = ctypes.c_void_p(_FLOAT_BYTES * start)
            GL.glVertexAttribPointer(place, size, GL.GL_FLOAT, GL.GL_FALSE, data.strides[0], at)
            GL.glEnableVertexAttribArray(place)
            start += size

    def _rewrite(self, index: int, columns: Numbers) -> None:
        data = np.ascontiguousarray(columns, np.float32)
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._buffers[index])
        GL.glBufferSubData(GL.GL_ARRAY_BUFFER, 0, data.nbytes, data)


def _in_chunks(vertices: Single, lists: list[Faces], *, still: bool) -> tuple[list[Index], Chunks]:
    """The chunk of each face of each of ``lists``; of a mesh that moves all are one."""
    if not still:
        everywhere = Chunks(np.zeros((1, 3)), np.full(1, np.inf))
        return [np.zeros(len(faces), np.int64) for faces in lists], everywhere
    number, chunks = in_chunks(vertices, np.concatenate(lists))
    return np.split(number, np.cumsum([len(faces) for faces in lists])[:-1]), chunks


def _grouped(
    lists: Mapping[str | None, Faces], numbers: Sequence[Index], material: Single
) -> tuple[dict[int | str | None, _Runs], NDArray[np.uint32]]:
    """Runs of each material, of each extra list and of all faces, and the indices they count."""
    runs: dict[int | str | None, _Runs] = {}
    ordered, begin = [], 0
    for (name, faces), number in zip(lists.items(), numbers, strict=True):
        kind = material[faces[:, 0]].astype(int) if name is None else np.zeros(len(faces), int)
        order = np.lexsort((number, kind))
        ordered.append(faces[order])
        starts = np.flatnonzero(np.append(True, (np.diff(kind[order]) != 0) | (np.diff(number[order]) != 0)))[
            : len(order)
        ]
        found = _Runs(begin + 3 * starts, 3 * np.diff(np.append(starts, len(order))), number[order[starts]])
        runs[name] = found
        if name is None:
            runs.update({int(k): found.only(kind[order[starts]] == k) for k in np.unique(kind)})
        begin += faces.size
    return runs, np.concatenate(ordered).astype(np.uint32).ravel()
