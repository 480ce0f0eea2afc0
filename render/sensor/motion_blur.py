"""What a shutter that is open for a while does to what moves, from one picture, its depths and its velocities.

Gathers along the dominant velocity of a neighbourhood, in the spirit of McGuire et al. (2012, I3D, "A reconstruction filter for plausible
motion blur") and Guertin et al. (2014, HPG). Where they weigh samples, each sample here stands for one instant and is decided: what lies a
path's share upstream has come to this pixel if it moves that far and nothing hides it; else the pixel shows what it shows, or, if that
has itself moved on, what lies behind it there. Hence no ghosts, the blur is as long as the path, and a moving shape keeps its light.
Where everything around moves alike nothing needs to be decided (`render.sensor.sweep`).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from engine.core.arrays import Index, Mask, Single
from engine.core.frozen import frozen
from render.core.frame import Image
from render.sensor.sweep import even_paths, of_pixels, swept

Box = tuple[slice, slice]
Float = Single

_CELL = 4
"""Velocities of a neighbourhood are looked up in cells of this many pixels."""
_LEAST_PIXELS = 1.0
"""Shorter paths are not blurred."""
_STEPS, _PIXELS_A_STEP = np.array([3, 5, 9, 15]), 1.4
"""Numbers of instants to choose from, and how many pixels of path one instant may stand for (the last number serves all longer paths)."""
_CHANNEL_BITS = 21
"""Squares of three display values lie side by side in one whole number, with room for 31 of them to be added."""
_SAME_DEPTH_M = 0.06
_FAR = np.float32(1e4)


@frozen
class _Surroundings:
    """A patch's pixels in a row: ``light (n,)`` packed, ``depth (n,)``, path ``across`` and ``down (n,)`` in pixels while the shutter
    is open."""

    light: NDArray[np.uint64]
    depth: Float
    across: Float
    down: Float
    width: int
    height: int


def moving_box(velocity: Single, share: float) -> Box | None:
    """Rows and columns that motion blur changes, when the shutter is open for ``share`` of a frame; ``None`` if it changes nothing."""
    fast = np.maximum(np.abs(velocity[..., 0]), np.abs(velocity[..., 1])) * share > 0.5 * _LEAST_PIXELS
    rows, columns = np.flatnonzero(fast.any(axis=1)), np.flatnonzero(fast.any(axis=0))
    if not len(rows):
        return None
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    reach = int(np.ceil(0.5 * share * np.abs(velocity[box]).max())) + _CELL
    return widened(box, reach, velocity.shape)


def widened(box: Box, by: int, shape: tuple[int, ...]) -> Box:
    """The box with ``by`` more pixels on each side, as far as a picture of this ``shape`` reaches."""
    rows, columns = (
        slice(max(0, side.start - by), min(most, side.stop + by)) for side, most in zip(box, shape[:2], strict=True)
    )
    return rows, columns


def blur_motion(colour: Image, depth: Single, velocity: Single, share: float) -> Image:
    """The patch ``(height, width, 3)`` as recorded with the shutter open for ``share`` of a frame about its instant; ``velocity``
    in pixels a frame, ``depth`` in metres (0: nothing there)."""
    path = (share * velocity).astype(np.float32)
    paths = even_paths(path)
    length = np.hypot(paths[..., 0], paths[..., 1])
    uneven = np.isnan(length)
    if not (length > _LEAST_PIXELS).any():
        return _gathered(colour, depth, path, np.ones(depth.shape, bool))
    light = _pack(colour.reshape(-1, 3)).reshape(depth.shape)
    blurred = _unpack(*swept(light, np.where(length[..., None] > _LEAST_PIXELS, paths, 0), _instants))
    if uneven.any():
        wanted = of_pixels(uneven, depth.shape)
        box = _around(wanted, path)
        exact = _gathered(colour[box], depth[box], path[box], wanted[box])
        blurred[box] = np.where(wanted[box][..., None], exact, blurred[box])
    return blurred


def _around(wanted: Mask, path: Float) -> Box:
    """Rows and columns that hold all ``wanted`` pixels and what passes by there."""
    reach = int(np.ceil(0.5 * np.abs(path).max())) + _CELL
    rows, columns = (np.flatnonzero(wanted.any(axis=axis)) for axis in (1, 0))
    return widened((slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)), reach, wanted.shape)


def _gathered(colour: Image, depth: Single, path: Float, wanted: Mask) -> Image:
    """The patch with its ``wanted`` pixels blurred, what hides what taken into account."""
    height, width = depth.shape
    path, distance = _with_edges(path, np.where(depth > 0, depth, _FAR).astype(np.float32))
    dominant = _dominant(path)
    chosen = np.flatnonzero((_square(dominant) > _LEAST_PIXELS**2) & wanted)
    around = _Surroundings(
        light=_pack(colour.reshape(-1, 3)),
        depth=distance.ravel(),
        across=path[..., 0].ravel(),
        down=path[..., 1].ravel(),
        width=width,
        height=height,
    )
    blurred = colour.reshape(-1, 3).copy()
    along = _own_or(path.reshape(-1, 2)[chosen], dominant.reshape(-1, 2)[chosen])
    length = np.hypot(*along.T)
    steps = _instants(length)
    for count in np.unique(steps):
        some = steps == count
        blurred[chosen[some]] = _gather(around, chosen[some], along[some], length[some], int(count))
    return blurred.reshape(colour.shape)


def _instants(length: Float) -> Index:
    """How many instants paths of this ``length`` (pixels) are looked at."""
    return _STEPS[np.searchsorted(_STEPS[:-1], length / _PIXELS_A_STEP)]


def _pack(colours: Image) -> NDArray[np.uint64]:
    """Light (the square of the display value, near enough) of ``colours (n, 3)``, each pixel in one number."""
    light = np.square(colours, dtype=np.uint64)
    return light[:, 0] | light[:, 1] << np.uint64(_CHANNEL_BITS) | light[:, 2] << np.uint64(2 * _CHANNEL_BITS)


def _unpack(total: NDArray[np.uint64], count: int | Float) -> Image:
    """Colours ``(…, 3)`` of the mean of ``count`` packed lights ``(…)``."""
    mask = np.uint64((1 << _CHANNEL_BITS) - 1)
    colours = np.empty((*total.shape, 3), np.uint8)
    for k in range(3):
        mean = ((total >> np.uint64(k * _CHANNEL_BITS)) & mask).astype(np.float32)
        mean /= count
        colours[..., k] = np.sqrt(mean, out=mean) + np.float32(0.5)
    return colours


def _with_edges(path: Float, depth: Float) -> tuple[Float, Float]:
    """Paths and depths in which the pixels beside something that moves before them belong to it: smoothed edges hold some of its colour,
    which would stay behind as an outline."""
    wide_path, wide_depth = path.copy(), depth.copy()
    moves = _square(path) > 0.25 * _LEAST_PIXELS**2
    later, earlier, all_of_it = slice(1, None), slice(None, -1), slice(None)
    for to, of in ((later, earlier), (earlier, later)):
        for here, there in (((to, all_of_it), (of, all_of_it)), ((all_of_it, to), (all_of_it, of))):
            joins = moves[there] & (depth[there] < wide_depth[here] - _SAME_DEPTH_M)
            wide_path[here][joins], wide_depth[here][joins] = path[there][joins], depth[there][joins]
    return wide_path, wide_depth


def _dominant(path: Float) -> Float:
    """For each pixel the longest path of its surroundings ``(height, width, 2)``, as far around as half the longest path."""
    height, width = path.shape[:2]
    speed2 = _square(path)
    reach = int(np.ceil(0.5 * np.sqrt(speed2.max()) / _CELL))
    rows, columns = -(-height // _CELL), -(-width // _CELL)
    padded = np.zeros((rows * _CELL, columns * _CELL), np.float32)
    padded[:height, :width] = speed2
    cells = padded.reshape(rows, _CELL, columns, _CELL).swapaxes(1, 2).reshape(rows * columns, -1)
    inside = cells.argmax(axis=1)
    cell = np.arange(rows * columns)
    y = np.minimum(cell // columns * _CELL + inside // _CELL, height - 1)
    x = np.minimum(cell % columns * _CELL + inside % _CELL, width - 1)
    key = (cells.max(axis=1) * 256).astype(np.int64) << 32 | cell
    best = maximum_filter(key.reshape(rows, columns), size=2 * reach + 1, mode="nearest") & 0xFFFFFFFF
    longest = path[y[best], x[best]]
    return longest.repeat(_CELL, axis=0).repeat(_CELL, axis=1)[:height, :width]


def _square(path: Float) -> Float:
    """Squared lengths ``(…)`` of ``path (…, 2)``."""
    return path[..., 0] ** 2 + path[..., 1] ** 2


def _own_or(own: Float, dominant: Float) -> Float:
    """A pixel's own path where it is of the dominant one's size."""
    moves = _square(own) > 0.25 * _square(dominant)
    return np.where(moves[:, None], own, dominant)


def _gather(around: _Surroundings, pixels: Index, along: Float, length: Float, count: int) -> Image:
    """Mean colours ``(n, 3)`` of ``pixels (n,)`` over ``count`` instants, looking along ``along (n, 2)`` of ``length (n,)``."""
    own, depth = around.light[pixels], around.depth[pixels]
    across, down = along[:, 0].copy(), along[:, 1].copy()
    right, below = across / length, down / length
    own_way = np.abs(around.across[pixels] * right + around.down[pixels] * below)
    y, x = (side.astype(np.float32) + np.float32(0.5) for side in np.divmod(pixels, around.width))
    total = np.zeros_like(own)
    for instant in (np.arange(count, dtype=np.float32) + 0.5) / np.float32(count) - np.float32(0.5):
        column = _whole(x - instant * across, around.width)
        row = _whole(y - instant * down, around.height)
        there = (row * np.float32(around.width) + column).astype(np.intp)
        needed = np.abs(2 * instant) * length - np.float32(0.5)
        farther = around.depth.take(there) - depth
        comes = around.across.take(there) * right + around.down.take(there) * below >= needed
        goes = own_way >= needed
        taken = np.where(comes, farther < _SAME_DEPTH_M, goes & (farther > -_SAME_DEPTH_M))
        total += np.where(taken, around.light.take(there), own)
    return _unpack(total, count)


def _whole(place: Float, size: int) -> Float:
    """The pixel below ``place`` along a side of ``size`` pixels."""
    return np.floor(np.maximum(np.minimum(place, np.float32(size - 1)), np.float32(0)))
