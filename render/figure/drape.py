"""Cloth that hangs: seen from an axis inside the body, it keeps outward what sticks out above it."""

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

from engine.core.arrays import Array, Mask

_HEIGHTS, _ANGLES = 48, 48
_SOFTNESS = (1.8, 1.8)


def hanging_radius(height: Array, angle: Array, radius: Array, *, pull_in: float, counts: Mask | None = None) -> Array:
    """Radius ``(n,)`` of cloth over points at ``height``, ``angle`` (rad) and ``radius`` about a vertical axis.

    Cloth falls from what sticks out above, drawing in by ``pull_in`` metres per metre of fall, and bridges relief finer than the grid. Only
    points that ``counts (n,)`` marks (all by default) hold it off.
    """
    low, high = height.min(), height.max()
    rows = np.linspace(high, low, _HEIGHTS)
    columns = -np.pi + 2 * np.pi * np.arange(_ANGLES) / _ANGLES
    holds = np.ones(len(height), bool) if counts is None else counts
    body = _on_grid(height[holds], angle[holds], radius[holds], rows, columns)
    fall = pull_in * (rows[0] - rows)[:, None]
    hanging = np.maximum.accumulate(body + fall, axis=0) - fall
    hanging = gaussian_filter(hanging, _SOFTNESS, mode=("nearest", "wrap"))
    place = [(high - height) / (high - low) * (_HEIGHTS - 1), (angle + np.pi) / (2 * np.pi) * _ANGLES]
    return map_coordinates(hanging, place, order=1, mode="grid-wrap")


def hang(points: Array, axis: Array, *, pull_in: float, counts: Mask | None = None) -> Array:
    """Points ``(n, 3)`` moved to or from the vertical ``axis`` (x, z) to where cloth hangs (see `hanging_radius`)."""
    across = points[:, [0, 2]] - axis
    radius = np.maximum(np.linalg.norm(across, axis=1), 1e-6)
    angle = np.arctan2(across[:, 0], across[:, 1])
    hanging = hanging_radius(points[:, 1], angle, radius, pull_in=pull_in, counts=counts)
    moved = points.copy()
    moved[:, [0, 2]] += across * (hanging / radius - 1)[:, None]
    return moved


def _on_grid(height: Array, angle: Array, radius: Array, rows: Array, columns: Array) -> Array:
    """Mean radius in each cell of a grid of heights (falling) and angles ``(rows, columns)``; empty cells take their neighbour's."""
    row = np.rint((rows[0] - height) / (rows[0] - rows[1])).astype(int)
    column = np.rint((angle - columns[0]) / (columns[1] - columns[0])).astype(int) % len(columns)
    total, count = np.zeros((2, len(rows), len(columns)))
    np.add.at(total, (row, column), radius)
    np.add.at(count, (row, column), 1.0)
    grid = np.tile(total / np.maximum(count, 1.0), 3)
    nearest = distance_transform_edt(grid == 0, return_distances=False, return_indices=True)
    return grid[tuple(nearest)][:, len(columns) : 2 * len(columns)]
