"""Many small convex problems, one per frame: the least effort that explains a demand, within bounds. Compiled.

    minimise  1/2 sum_i weight_i x_i^2  +  penalty/2 |r|^2     subject to   columns.T x + r = demand,   lower <= x <= upper

Solved in its dual, which has one unknown per equation and is concave and piecewise quadratic: with multipliers ``y = penalty r`` the best
``x_i = clip(columns_i . y / weight_i)``. Newton's method with a line search ends after a few steps (Hintermüller et al. 2002, SIAM J
Optim 13:865).
"""

from typing import NamedTuple

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.vector3 import jit

_TOLERANCE = 1e-6
_STEPS = 25
_STAGES = 5
"""Decades over which the penalty grows when a problem is not solved at once: soft demands first make the bounds known."""
_TRIALS = 30
_FLAT = 0.3
"""A trial is good when the slope along the step has fallen to this share."""
_MARGIN = 0.1
_RIDGE = 1e-9


class Solution(NamedTuple):
    """Per frame: ``x (n, v)``, residual ``r (n, e)``, ``free (n, v)`` where no bound holds ``x``, the optimal ``value (n,)`` and whether
    it was reached."""

    x: Array
    residual: Array
    free: Mask
    value: Array
    solved: Mask


@jit
def _primal(columns: Array, weight: Array, lower: Array, upper: Array, y: Array, x: Array, free: Mask) -> None:
    """Fills the best ``x`` for multipliers ``y``."""
    for i in range(len(weight)):
        pull = 0.0
        for e in range(len(y)):
            pull += columns[i, e] * y[e]
        best = pull / weight[i]
        x[i] = min(max(best, lower[i]), upper[i])
        free[i] = lower[i] < best < upper[i]


@jit
def _fill_gradient(columns: Array, demand: Array, penalty: float, x: Array, y: Array, gradient: Array) -> float:
    """Gradient of the dual, ``columns.T x + y / penalty - demand``; returns its largest entry."""
    for e in range(len(y)):
        gradient[e] = y[e] / penalty - demand[e]
    for i in range(len(x)):
        if x[i] != 0.0:
            for e in range(len(y)):
                gradient[e] += columns[i, e] * x[i]
    return np.abs(gradient).max()


@jit
def _fill_hessian(columns: Array, weight: Array, penalty: float, free: Mask, hessian: Array) -> None:
    hessian[:] = 0.0
    for i in range(len(weight)):
        if not free[i]:
            continue
        for row in range(hessian.shape[0]):
            scaled = columns[i, row] / weight[i]
            if scaled != 0.0:
                for column in range(row + 1):
                    hessian[row, column] += scaled * columns[i, column]
    for row in range(hessian.shape[0]):
        hessian[row, row] += 1.0 / penalty + _RIDGE


@jit
def _solve_in_place(matrix: Array, vector: Array) -> None:
    """``vector = matrix^-1 vector`` by Cholesky, from the lower triangle of ``matrix``, which is overwritten."""
    size = len(vector)
    for j in range(size):
        for k in range(j):
            matrix[j, j] -= matrix[j, k] * matrix[j, k]
        matrix[j, j] = np.sqrt(matrix[j, j])
        for i in range(j + 1, size):
            for k in range(j):
                matrix[i, j] -= matrix[i, k] * matrix[j, k]
            matrix[i, j] /= matrix[j, j]
    for i in range(size):
        for k in range(i):
            vector[i] -= matrix[i, k] * vector[k]
        vector[i] /= matrix[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            vector[i] -= matrix[k, i] * vector[k]
        vector[i] /= matrix[i, i]


@jit
def _next_length(shortest: float, at_shortest: float, longest: float, at_longest: float) -> float:
    """Where a straight line between two slopes of opposite sign vanishes, kept off the ends."""
    share = at_shortest / (at_shortest - at_longest)
    return shortest + min(max(share, _MARGIN), 1.0 - _MARGIN) * (longest - shortest)


@jit
def _solve_frame(
    columns: Array,
    demand: Array,
    weight: Array,
    lower: Array,
    upper: Array,
    penalty: float,
    y: Array,
    x: Array,
    free: Mask,
) -> bool:
    """One problem by Newton's method, from multipliers ``y`` on; fills ``y``, ``x`` and ``free``. Returns whether the gradient vanished."""
    size = len(y)
    gradient, step, trial, hessian = np.empty(size), np.empty(size), np.empty(size), np.empty((size, size))
    _primal(columns, weight, lower, upper, y, x, free)
    largest = _fill_gradient(columns, demand, penalty, x, y, gradient)
    for _ in range(_STEPS):
        if largest < _TOLERANCE:
            return True
        _fill_hessian(columns, weight, penalty, free, hessian)
        step[:] = gradient
        _solve_in_place(hessian, step)
        steepest = -np.dot(gradient, step)
        shortest, at_shortest, longest, at_longest, length = 0.0, steepest, 0.0, 0.0, 1.0
        for _ in range(_TRIALS):
            for e in range(size):
                trial[e] = y[e] - length * step[e]
            _primal(columns, weight, lower, upper, trial, x, free)
            largest = _fill_gradient(columns, demand, penalty, x, trial, gradient)
            slope = -np.dot(gradient, step)
            if abs(slope) <= _FLAT * abs(steepest) or (slope < 0 and length == 1.0):
                break
            if slope > 0:
                longest, at_longest = length, slope
            else:
                shortest, at_shortest = length, slope
            length = _next_length(shortest, at_shortest, longest, at_longest)
        y[:] = trial
    return largest < _TOLERANCE


@jit
def bounded_least_squares(
    columns: Array, demand: Array, weight: Array, lower: Array, upper: Array, penalty: float, start: Array
) -> Solution:
    """Solves ``n`` problems: ``columns (n, v, e)``, ``demand (n, e)``, ``weight``, ``lower``, ``upper (n, v)``; ``start (n, e)`` are
    residuals of similar problems, or zeros."""
    n, variables, equations = columns.shape
    x, free = np.empty((n, variables)), np.empty((n, variables), np.bool_)
    residual, value, solved = np.empty((n, equations)), np.zeros(n), np.zeros(n, np.bool_)
    for k in range(n):
        y = penalty * start[k]
        if np.any(start[k] != 0.0):
            solved[k] = _solve_frame(columns[k], demand[k], weight[k], lower[k], upper[k], penalty, y, x[k], free[k])
        if not solved[k]:
            y[:] = 0.0
            for stage in range(-_STAGES, 1):
                soft = penalty * 10.0**stage
                solved[k] = _solve_frame(columns[k], demand[k], weight[k], lower[k], upper[k], soft, y, x[k], free[k])
        residual[k] = y / penalty
        for i in range(variables):
            value[k] += 0.5 * weight[k, i] * x[k, i] ** 2
        for e in range(equations):
            value[k] += 0.5 * penalty * residual[k, e] ** 2
    return Solution(x, residual, free, value, solved)
