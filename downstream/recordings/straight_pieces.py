"""A path in time as a chain of straight lines: the one of least squares with a price for each bend.

Nearly equal neighbours are one piece.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from engine.core.arrays import Array

_SD = np.array([0.04, 0.15])
"""How far a straight walk lies off its line, across and away, in chains: sway, uneven speed, and error of the size in the picture."""

_PRICE = 25.0
_SHORTEST_S = 0.5
_LONGEST_S = 12.0
"""A line's pieces are sought up to this length; longer walks are joined again from such pieces."""

_NEARLY_EQUAL = 0.5
"""Neighbours whose velocities differ by less than this share of the larger are one: 29 degrees of turning at equal speed."""

_SLOW = 0.25
"""Velocities below this (chains per second) have no direction to compare."""


class Piece(NamedTuple):
    """Steps ``start`` up to ``stop``."""

    start: int
    stop: int


def straight_pieces(path: Array, step_s: float) -> list[Piece]:
    """Straight pieces of ``path (n, 2)``, across and away in chains at every ``step_s``."""
    pieces = _best_chain(path / _SD, max(round(_SHORTEST_S / step_s), 3), round(_LONGEST_S / step_s))
    return _joined(path, pieces, step_s)


def _best_chain(path: Array, shortest: int, longest: int) -> list[Piece]:
    """Exact by dynamic programming over where the last piece begins."""
    sums = _Sums(path)
    steps = len(path)
    best = np.full(steps + 1, np.inf)
    best[0], begin = 0.0, np.zeros(steps + 1, dtype=int)
    for stop in range(1, steps + 1):
        starts = np.arange(max(stop - longest, 0), max(stop - shortest, 0) + 1)
        price = best[starts] + sums.squares(starts, stop) + _PRICE
        begin[stop] = starts[price.argmin()]
        best[stop] = price.min()
    pieces, stop = [], steps
    while stop > 0:
        pieces.append(Piece(int(begin[stop]), stop))
        stop = int(begin[stop])
    return pieces[::-1]


class _Sums:
    """Running sums that give the squares about the best line of any stretch at once."""

    def __init__(self, path: Array) -> None:
        time = np.arange(len(path), dtype=float)
        columns = [np.ones(len(path)), time, time**2]
        self._weights = np.cumsum(np.vstack([np.zeros(3), np.column_stack(columns)]), axis=0)
        self._moments = [
            np.cumsum(np.vstack([np.zeros(3), np.column_stack([place, time * place, place**2])]), axis=0)
            for place in (path - path.mean(axis=0)).T
        ]

    def squares(self, starts: np.ndarray, stop: int) -> Array:
        count, t, tt = (self._weights[stop] - self._weights[starts]).T
        spread = np.maximum(tt - t**2 / count, 1e-12)
        total = np.zeros(len(starts))
        for moments in self._moments:
            x, tx, xx = (moments[stop] - moments[starts]).T
            total += xx - x**2 / count - (tx - t * x / count) ** 2 / spread
        return np.maximum(total, 0)


def _joined(path: Array, pieces: list[Piece], step_s: float) -> list[Piece]:
    """Neighbours of nearly equal velocity joined, the most alike first."""
    pieces = list(pieces)
    while len(pieces) > 1:
        velocity = [_velocity(path[start:stop], step_s) for start, stop in pieces]
        unlike = [_unlike(one, other) for one, other in pairwise(velocity)]
        first = int(np.argmin(unlike))
        if unlike[first] > 1:
            break
        pieces[first : first + 2] = [Piece(pieces[first].start, pieces[first + 1].stop)]
    return pieces


def _velocity(path: Array, step_s: float) -> tuple[Array, Array]:
    """Slopes and their errors, for places whose errors last about half a second."""
    time = (np.arange(len(path)) - (len(path) - 1) / 2) * step_s
    spread = float((time**2).sum())
    error = _SD * np.sqrt(0.5 / step_s / spread)
    return time @ path / spread, error


def _unlike(one: tuple[Array, Array], other: tuple[Array, Array]) -> float:
    """Below 1 where two velocities are nearly equal, given their errors."""
    apart = np.abs(one[0] - other[0]) - 2 * np.hypot(one[1], other[1]) * [0, 1]
    fastest = max(np.linalg.norm(one[0]), np.linalg.norm(other[0]), _SLOW / _NEARLY_EQUAL)
    return float(np.linalg.norm(np.maximum(apart, 0)) / (_NEARLY_EQUAL * fastest))
