"""Quadratic models of sums of squares, frame by frame, from rows of derivatives of which many are zero. Compiled."""

import numpy as np

from engine.core.arrays import Array, Index, Mask
from engine.core.vector3 import jit
from engine.physics.kernels.bounded_least_squares import count_curvature, factorise

_FULL = 0.35
"""A row with more than this share of entries is added whole, together with others."""


@jit
def _list_entries(row: Array, places: Index) -> int:
    """Fills ``places`` with those of entries; returns how many there are."""
    found = 0
    for i in range(len(row)):
        if row[i] != 0.0:
            places[found] = i
            found += 1
    return found


@jit
def _add_entries(hessian: Array, row: Array, places: Index, found: int) -> None:
    """Adds the lower triangle of ``row row'``."""
    for a in range(found):
        i = places[a]
        for b in range(a + 1):
            hessian[i, places[b]] += row[i] * row[places[b]]


@jit
def _add_whole(hessian: Array, rows: Array, count: int) -> None:
    """The same of the first ``count`` rows, four at a time."""
    for r in range(0, count - count % 4, 4):
        w, x, y, z = rows[r], rows[r + 1], rows[r + 2], rows[r + 3]
        for i in range(hessian.shape[0]):
            for j in range(i + 1):
                hessian[i, j] += w[i] * w[j] + x[i] * x[j] + y[i] * y[j] + z[i] * z[j]
    for r in range(count - count % 4, count):
        w = rows[r]
        for i in range(hessian.shape[0]):
            for j in range(i + 1):
                hessian[i, j] += w[i] * w[j]


@jit
def add_squares(hessian: Array, gradient: Array, residual: Array, slope: Array) -> None:
    """Adds the Gauss-Newton model of half the squares of ``residual (n, m)`` with derivative ``slope (n, m, size)`` to ``gradient (n,
    size)`` and to the lower triangles of ``hessian (n, size, size)``."""
    n, rows, size = slope.shape
    places, whole = np.empty(size, np.int64), np.empty((rows, size))
    for k in range(n):
        count = 0
        for r in range(rows):
            found = _list_entries(slope[k, r], places)
            if found > _FULL * size:
                whole[count] = slope[k, r]
                count += 1
            else:
                _add_entries(hessian[k], slope[k, r], places, found)
            if residual[k, r] != 0.0:
                for i in range(size):
                    gradient[k, i] += residual[k, r] * slope[k, r, i]
        _add_whole(hessian[k], whole, count)


@jit
def mirror_up(hessian: Array) -> None:
    """Completes matrices ``(n, size, size)`` from their lower triangles."""
    n, size, _ = hessian.shape
    for k in range(n):
        for i in range(size):
            for j in range(i):
                hessian[k, j, i] = hessian[k, i, j]


@jit
def answered(rows: Array, columns: Array, weight: Array, free: Mask, penalty: float) -> Array:
    """What remains of changes of demand when free variables answer: rows whose squares sum to ``penalty``'s share of the dual's curvature,

        answered' answered = rows' (1 + penalty sum_free columns_i columns_i' / weight_i)^-1 rows

    ``rows (n, e, size)``; ``columns (n, e, v)``, ``weight``, ``free (n, v)`` as in `bounded_least_squares`."""
    n, equations, size = rows.shape
    result, factor, counted = rows.copy(), np.empty((equations, equations)), np.empty(columns.shape[2], np.bool_)
    for k in range(n):
        factor[:], counted[:] = 0.0, False
        count_curvature(columns[k], weight[k], free[k], factor, counted)
        factor *= penalty
        for e in range(equations):
            factor[e, e] += 1.0
        factorise(factor)
        for e in range(equations - 1, -1, -1):
            own = result[k, e]
            for i in range(size):
                own[i] /= factor[e, e]
            for f in range(e):
                if factor[e, f] != 0.0:
                    other = result[k, f]
                    for i in range(size):
                        other[i] -= factor[e, f] * own[i]
    return result
