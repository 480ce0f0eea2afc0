"""A mesh in chunks, each inside a ball, so that what a camera does not see need not be drawn."""

import numpy as np

from engine.core.arrays import Array, Index, Mask, Single
from engine.core.frozen import frozen
from render.camera.camera import Camera
from render.figure.mesh import Faces
from render.raster.view import Box

_CELL_M = 1.2
_LARGE = 2.0
"""Faces longer than this many cells are kept in chunks of their own."""
_MARGIN = 0.05
"""Of the picture's half width at unit depth: what a rolling shutter moves, and a lens bends between the points that are looked at."""


@frozen
class Chunks:
    """Balls around groups of faces: ``centres (k, 3)``, ``radii (k,)`` m."""

    centres: Array
    radii: Array

    def seen(self, camera: Camera, box: Box, furthest: float = np.inf) -> Mask:
        """Which ``(k,)`` may be seen in ``box`` of the camera's picture, not beyond ``furthest`` m."""
        low, high = _slopes(camera, box)
        at = camera.in_camera(self.centres)
        depth, across = at[:, 2:], at[:, :2]
        beside = np.maximum((across - high * depth) / np.hypot(1, high), (low * depth - across) / np.hypot(1, low))
        ahead = (at[:, 2] > -self.radii) & (at[:, 2] - self.radii < furthest)
        return ahead & (beside < self.radii[:, None]).all(axis=1)


def in_chunks(vertices: Single, faces: Faces) -> tuple[Index, Chunks]:
    """The chunk ``(m,)`` of each face, by where its middle lies, and their balls."""
    corners = vertices[faces]
    low, high = corners.min(axis=1), corners.max(axis=1)
    large = (high - low).max(axis=1) > _LARGE * _CELL_M
    cell = np.floor(0.5 * (low + high) / _CELL_M).astype(np.int64)
    cell -= cell.min(axis=0)
    digits: list[Index] = [*cell.T, large.astype(np.int64)]
    key = np.ravel_multi_index(digits, (*cell.max(axis=0) + 1, 2))
    order = np.argsort(key, kind="stable")
    _, starts, counts = np.unique(key[order], return_index=True, return_counts=True)
    low, high = np.minimum.reduceat(low[order], starts), np.maximum.reduceat(high[order], starts)
    number = np.empty(len(faces), np.int64)
    number[order] = np.repeat(np.arange(len(starts)), counts)
    return number, Chunks(0.5 * (low + high).astype(float), 0.5 * np.linalg.norm(high - low, axis=1).astype(float))


def _slopes(camera: Camera, box: Box) -> tuple[Array, Array]:
    """Least and greatest slope (across, down) ``(2,)`` at which the camera looks along within ``box``."""
    size = np.array([box.width, box.height])
    steps = np.array([[x, y] for x in (0, 0.5, 1) for y in (0, 0.5, 1) if (x, y) != (0.5, 0.5)])
    seen = camera.rays(np.array([box.left, box.top]) - 0.5 + steps * size) @ camera.rotation.T
    slopes = seen[:, :2] / seen[:, 2:]
    margin = _MARGIN * 0.5 * camera.size[0] / camera.intrinsics[0, 0]
    return slopes.min(axis=0) - margin, slopes.max(axis=0) + margin
