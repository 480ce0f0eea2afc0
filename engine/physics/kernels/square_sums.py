"""Quadratic models of sums of squares, frame by frame, from rows of derivatives of which many are zero. Compiled."""

import numpy as np

from engine.core.arrays import Array, Index, Mask
from engine.core.vector3 import jit

_FULL = 0.5
"""A row with more than this share of entries is added whole."""


@jit
def _add_row(hessian: Array, row: Array, places: Index) -> None:
    """Adds the lower triangle of ``row row'``; ``places`` is room for the places of entries."""
    size, found = len(row), 0
    for i in range(size):
        if row[i] != 0.0:
            places[found] = i
            found += 1
    if found > _FULL * size:
        for i in range(size):
            for j in range(i + 1):
                hessian[i, j] += row[i] * row[j]
        return
    for a in range(found):
        i = places[a]
        for b in range(a + 1):
            hessian[i, places[b]] += row[i] * row[places[b]]


@jit
def add_squares(hessian: Array, gradient: Array, residual: Array, slope: Array) -> None:
    """Adds the Gauss-Newton model of half the squares of ``residual (n, m)`` with derivative ``slope (n, m, size)`` to ``gradient (n,
    size)`` and to the lower triangles of ``hessian (n, size, size)``."""
    n, rows, size = slope.shape
    places = np.empty(size, np.int64)
    for k in range(n):
        for r in range(rows):
            _add_row(hessian[k], slope[k, r], places)
            if residual[k, r] != 0.0:
                for i in range(size):
                    gradient[k, i] += residual[k, r] * slope[k, r, i]


@jit
def mirror_up(hessian: Array) -> None:
    """Completes matrices ``(n, size, size)`` from their lower triangles."""
    n, size, _ = hessian.shape
    for k in range(n):
        for i in range(size):
            for j in range(i):
                hessian[k, j, i] = hessian[k, i, j]


@jit
def _factorise(matrix: Array) -> None:
    """Cholesky's factor takes the place of the lower triangle."""
    for j in range(len(matrix)):
        for k in range(j):
            matrix[j, j] -= matrix[j, k] * matrix[j, k]
        matrix[j, j] = np.sqrt(matrix[j, j])
        for i in range(j + 1, len(matrix)):
            for k in range(j):
                matrix[i, j] -= matrix[i, k] * matrix[j, k]
            matrix[i, j] /= matrix[j, j]


@jit
def answered(rows: Array, columns: Array, weight: Array, free: Mask, penalty: float) -> Array:
    """What remains of changes of demand when free variables answer: rows whose squares sum to ``penalty``'s share of the dual's curvature,

        answered' answered = rows' (1 + penalty sum_free columns_i columns_i' / weight_i)^-1 rows

    ``rows (n, e, size)``; ``columns (n, e, v)``, ``weight``, ``free (n, v)`` as in `bounded_least_squares`."""
    n, equations, size = rows.shape
    result, answer = rows.copy(), np.empty((equations, equations))
    places, column = np.empty(equations, np.int64), np.empty(equations)
    for k in range(n):
        answer[:] = 0.0
        for e in range(equations):
            answer[e, e] = 1.0
        for i in range(columns.shape[2]):
            if free[k, i]:
                scale = np.sqrt(penalty / weight[k, i])
                for e in range(equations):
                    column[e] = scale * columns[k, e, i]
                _add_row(answer, column, places)
        _factorise(answer)
        for e in range(equations):
            for f in range(e):
                for i in range(size):
                    result[k, e, i] -= answer[e, f] * result[k, f, i]
            for i in range(size):
                result[k, e, i] /= answer[e, e]
    return result
