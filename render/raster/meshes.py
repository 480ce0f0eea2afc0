"""Meshes in graphics memory, drawn material by material; their places are rewritten in place."""

import ctypes
from collections.abc import Mapping
from typing import Protocol

import numpy as np
from OpenGL import GL

from engine.cycle import Array
from render.figure.mesh import Faces

_FLOAT_BYTES = 4


class Surfaces(Protocol):
    """What a mesh is made of: a room, a figure."""

    vertices: Array
    normals: Array
    faces: Faces
    colours: Array
    grain: Array
    surface: Array


class Mesh:
    """``labels (n,)`` are numbers from 0 to 255 that are drawn beside the colours; ``extra`` names further lists of faces ``(m, 3)`` that
    can be drawn alone."""

    def __init__(self, surfaces: Surfaces, labels: Array, extra: Mapping[str, Faces]) -> None:
        self._array = GL.glGenVertexArrays(1)
        GL.glBindVertexArray(self._array)
        self._buffers = [int(GL.glGenBuffers(1)) for _ in range(4)]
        self._ranges, indices = _grouped(surfaces.faces, surfaces.surface[:, 0], extra)
        still = np.column_stack([surfaces.grain, surfaces.surface[:, 1], labels, surfaces.colours])
        self._fill(1, still, ((2, 2), (3, 2), (4, 4)))
        self._fill(0, np.hstack([surfaces.vertices, surfaces.normals]), ((0, 3), (1, 3)))
        self._fill(2, surfaces.vertices, ((5, 3),))
        GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, self._buffers[3])
        GL.glBufferData(GL.GL_ELEMENT_ARRAY_BUFFER, indices.nbytes, indices, GL.GL_STATIC_DRAW)
        GL.glBindVertexArray(0)

    @property
    def materials(self) -> list[int]:
        """Numbers of the materials that it has."""
        return [name for name in self._ranges if isinstance(name, int)]

    def move(self, vertices: Array, normals: Array, following: Array | None = None) -> None:
        """New places and normals ``(n, 3)``, and where the vertices are in the ``following`` frame."""
        self._rewrite(0, np.hstack([vertices, normals]))
        if following is not None:
            self._rewrite(2, following)

    def draw(self, name: int | str | None = None) -> None:
        """Draws the faces of one material, one of the extra lists, or (``None``) all faces."""
        first, count = self._ranges[name]
        if count:
            GL.glBindVertexArray(self._array)
            start = ctypes.c_void_p(_FLOAT_BYTES * first)
            GL.glDrawElements(GL.GL_TRIANGLES, count, GL.GL_UNSIGNED_INT, start)

    def delete(self) -> None:
        """Gives its memory back."""
        GL.glDeleteVertexArrays(1, [self._array])
        GL.glDeleteBuffers(len(self._buffers), self._buffers)

    def _fill(self, index: int, columns: Array, places: tuple[tuple[int, int], ...]) -> None:
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

    def _rewrite(self, index: int, columns: Array) -> None:
        data = np.ascontiguousarray(columns, np.float32)
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._buffers[index])
        GL.glBufferSubData(GL.GL_ARRAY_BUFFER, 0, data.nbytes, data)


def _grouped(
    faces: Faces, material: Array, extra: Mapping[str, Faces]
) -> tuple[dict[int | str | None, tuple[int, int]], Array]:
    """Where each material's and each extra list's indices lie (first, count), and all indices, uint32."""
    kind = material[faces[:, 0]].astype(int)
    order = np.argsort(kind, kind="stable")
    numbers, starts, counts = np.unique(kind[order], return_index=True, return_counts=True)
    ranges: dict[int | str | None, tuple[int, int]] = {None: (0, faces.size)}
    for number, start, count in zip(numbers, starts, counts, strict=True):
        ranges[int(number)] = 3 * int(start), 3 * int(count)
    lists = [faces[order]]
    for name, some in extra.items():
        ranges[name] = sum(part.size for part in lists), some.size
        lists.append(some.reshape(-1, 3))
    return ranges, np.concatenate(lists).astype(np.uint32).ravel()
