"""Motion blur where everything around moves alike, as most of a picture does when the camera moves: nothing is uncovered there, and the
picture is swept along the path, tile by tile."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

from engine.core.arrays import Index, Single

Float = Single
Value = TypeVar("Value", bound=np.generic)

_TILE, _CELL = 32, 8
"""Pixels along the sides of what is swept at once, and of the cells in which slowest and fastest are looked up."""
_UNEVEN_PX = 0.75
"""Paths that differ less, as far as they reach, count as alike."""
_ROUNDED_PX = 0.25


def even_paths(path: Float) -> Float:
    """The path ``(rows, columns, 2)`` in each tile of ``path (height, width, 2)``, in pixels while the shutter is open; NaN where the
    pixels that come by do not move alike."""
    height, width = path.shape[:2]
    fill = [(0, -height % _TILE), (0, -width % _TILE), (0, 0)]
    padded = np.pad(path, fill, mode="edge")
    reach = 2 * int(np.ceil(0.5 * np.abs(path).max() / _CELL)) + 1
    low = _of_tiles(minimum_filter(_of_cells(padded, np.minimum), (reach, reach, 1)), np.minimum)
    high = _of_tiles(maximum_filter(_of_cells(padded, np.maximum), (reach, reach, 1)), np.maximum)
    middle = np.round(0.5 * (low + high) / _ROUNDED_PX) * np.float32(_ROUNDED_PX)
    return np.where((high - low).max(axis=-1, keepdims=True) > _UNEVEN_PX, np.float32(np.nan), middle)


def of_pixels(tiles: NDArray[Value], shape: tuple[int, ...]) -> NDArray[Value]:
    """What holds of each tile ``(rows, columns)`` for each of its pixels ``(height, width)``."""
    return tiles.repeat(_TILE, axis=0).repeat(_TILE, axis=1)[: shape[0], : shape[1]]


def swept(
    light: NDArray[np.uint64], paths: Float, count_for: Callable[[Float], Index]
) -> tuple[NDArray[np.uint64], Float]:
    """Sums of ``light (height, width)`` over instants along ``paths`` (`even_paths`), and over how many instants ``(height, width)``;
    ``count_for(lengths)`` says how many paths need. Uneven tiles hold their own light once."""
    reach = int(np.ceil(0.5 * np.nanmax(np.abs(paths)))) + 1
    around = np.pad(light, reach, mode="edge")
    total, counts = light.copy(), np.ones(light.shape, np.float32)
    for rows, columns, path in _runs(paths, light.shape):
        across, down = path
        count = int(count_for(np.hypot(path[:1], path[1:]))[0])
        instants = (np.arange(count) + 0.5) / count - 0.5
        rights, belows = np.floor(0.5 - instants * across).astype(int), np.floor(0.5 - instants * down).astype(int)
        part = np.zeros_like(total[rows, columns])
        for right, below in zip(rights + reach, belows + reach, strict=True):
            part += around[rows.start + below : rows.stop + below, columns.start + right : columns.stop + right]
        total[rows, columns], counts[rows, columns] = part, count
    return total, counts


def _runs(paths: Float, shape: tuple[int, ...]) -> Iterator[tuple[slice, slice, Float]]:
    """Rows and columns of neighbouring tiles with one path, and that path ``(2,)``; not those that stand still or are uneven."""
    for k, row in enumerate(paths):
        rows = slice(_TILE * k, min(_TILE * (k + 1), shape[0]))
        starts = np.flatnonzero(np.append(True, (row[1:] != row[:-1]).any(axis=1)))
        for start, stop in zip(starts, [*starts[1:], len(row)], strict=True):
            if np.abs(row[start]).max() > 0:
                yield rows, slice(_TILE * start, min(_TILE * stop, shape[1])), row[start]


def _of_cells(padded: Float, extreme: np.ufunc) -> Float:
    height, width = padded.shape[:2]
    lines = extreme.reduce(padded.reshape(height // _CELL, _CELL, width * 2), axis=1)
    return extreme.reduce(lines.reshape(height // _CELL, width // _CELL, _CELL, 2), axis=2)


def _of_tiles(cells: Float, extreme: np.ufunc) -> Float:
    side = _TILE // _CELL
    rows, columns = cells.shape[0] // side, cells.shape[1] // side
    return extreme.reduce(cells.reshape(rows, side, columns, side, 2), axis=(1, 3))
