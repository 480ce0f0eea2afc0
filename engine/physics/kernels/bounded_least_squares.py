"""Many small convex problems, one per frame: the least effort that explains a demand, within bounds. Compiled.

    minimise  1/2 sum_i weight_i (x_i - centre_i)^2  +  penalty/2 |r|^2     subject to   columns x + r = demand,   lower <= x <= upper

Solved in its dual, which has one unknown per equation and is concave and piecewise quadratic: with multipliers ``y = penalty r`` the best
``x_i = clip(centre_i + columns_i . y / weight_i)``. Newton's method with a line search ends after a few steps (Hintermüller et al. 2002,
SIAM J Optim 13:865). The curvature is a sum over free variables, of which only those are counted anew that became free or ceased to be.
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


class Curvatures(NamedTuple):
    """Of the dual, ``matrix (n, e, e)`` (its lower triangle): the sum over the variables that are ``counted (n, v)``."""

    matrix: Array
    counted: Mask


@jit
def no_curvatures(n: int, equations: int, variables: int) -> Curvatures:
    """Of problems that are still to be solved."""
    return Curvatures(np.zeros((n, equations, equations)), np.zeros((n, variables), np.bool_))


@jit
def _primal(
    columns: Array, weight: Array, centre: Array, lower: Array, upper: Array, y: Array, x: Array, free: Mask
) -> None:
    """Fills the best ``x`` for multipliers ``y``."""
    x[:] = 0.0
    for e in range(len(y)):
        for i in range(len(x)):
            x[i] += y[e] * columns[e, i]
    for i in range(len(x)):
        best = centre[i] + x[i] / weight[i]
        x[i] = min(max(best, lower[i]), upper[i])
        free[i] = (lower[i] < best) & (best < upper[i])


@jit
def _fill_gradient(columns: Array, demand: Array, penalty: float, x: Array, y: Array, gradient: Array) -> float:
    """Gradient of the dual, ``columns x + y / penalty - demand``; returns its largest entry."""
    for e in range(len(y)):
        explained = 0.0
        for i in range(len(x)):
            explained += columns[e, i] * x[i]
        gradient[e] = explained + y[e] / penalty - demand[e]
    return np.abs(gradient).max()


@jit
def count_curvature(columns: Array, weight: Array, free: Mask, matrix: Array, counted: Mask) -> None:
    """Makes the sum of ``columns_i columns_i' / weight_i`` over ``counted`` variables, a lower triangle, that over the ``free`` ones."""
    column = np.empty(len(matrix))
    for i in range(len(weight)):
        if free[i] == counted[i]:
            continue
        counted[i] = free[i]
        scale = 1.0 / weight[i] if free[i] else -1.0 / weight[i]
        for e in range(len(matrix)):
            column[e] = columns[e, i]
        for e in range(len(matrix)):
            scaled = scale * column[e]
            if scaled != 0.0:
                for f in range(e + 1):
                    matrix[e, f] += scaled * column[f]


@jit
def factorise(matrix: Array) -> None:
    """Cholesky's ``L``, ``matrix = L' L``, takes the place of the lower triangle. It begins with the last equation: legs, which only the
    root couples, stay apart."""
    for j in range(len(matrix) - 1, -1, -1):
        scale = 1.0 / np.sqrt(matrix[j, j])
        for k in range(j + 1):
            matrix[j, k] *= scale
        for i in range(j):
            factor = matrix[j, i]
            if factor != 0.0:
                for k in range(i + 1):
                    matrix[i, k] -= factor * matrix[j, k]


@jit
def _solve_factorised(factor: Array, vector: Array) -> None:
    """``vector = (L' L)^-1 vector``, in place."""
    size = len(vector)
    for j in range(size - 1, -1, -1):
        vector[j] /= factor[j, j]
        for i in range(j):
            vector[i] -= factor[j, i] * vector[j]
    for i in range(size):
        for k in range(i):
            vector[i] -= factor[i, k] * vector[k]
        vector[i] /= factor[i, i]


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
    centre: Array,
    lower: Array,
    upper: Array,
    penalty: float,
    y: Array,
    x: Array,
    free: Mask,
    matrix: Array,
    counted: Mask,
) -> bool:
    """One problem by Newton's method, from multipliers ``y`` on; fills ``y``, ``x`` and ``free`` and updates its curvature. Returns whether
    the gradient vanished."""
    size = len(y)
    gradient, step, trial, factor = np.empty(size), np.empty(size), np.empty(size), np.empty((size, size))
    _primal(columns, weight, centre, lower, upper, y, x, free)
    largest = _fill_gradient(columns, demand, penalty, x, y, gradient)
    for _ in range(_STEPS):
        if largest < _TOLERANCE:
            return True
        count_curvature(columns, weight, free, matrix, counted)
        factor[:] = matrix
        for e in range(size):
            factor[e, e] += 1.0 / penalty + _RIDGE
        factorise(factor)
        step[:] = gradient
        _solve_factorised(factor, step)
        steepest = -np.dot(gradient, step)
        shortest, at_shortest, longest, at_longest, length = 0.0, steepest, 0.0, 0.0, 1.0
        for _ in range(_TRIALS):
            for e in range(size):
                trial[e] = y[e] - length * step[e]
            _primal(columns, weight, centre, lower, upper, trial, x, free)
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
def bounded_least_squares_near(
    columns: Array,
    demand: Array,
    weight: Array,
    centre: Array,
    lower: Array,
    upper: Array,
    penalty: float,
    start: Array,
    curvatures: Curvatures,
) -> Solution:
    """Solves ``n`` problems: ``columns (n, e, v)``, ``demand (n, e)``, ``weight``, ``centre``, ``lower``, ``upper (n, v)``.

    ``start (n, e)`` are residuals of similar problems, or zeros. ``curvatures`` are updated: they spare work where the same problems are
    solved again with other centres."""
    n, equations, variables = columns.shape
    x, free = np.empty((n, variables)), np.empty((n, variables), np.bool_)
    residual, value, solved = np.empty((n, equations)), np.zeros(n), np.zeros(n, np.bool_)
    for k in range(n):
        own, y = (columns[k], demand[k], weight[k], centre[k], lower[k], upper[k]), penalty * start[k]
        found = y, x[k], free[k], curvatures.matrix[k], curvatures.counted[k]
        if np.any(start[k] != 0.0):
            solved[k] = _solve_frame(*own, penalty, *found)
        if not solved[k]:
            y[:] = 0.0
            for stage in range(-_STAGES, 1):
                solved[k] = _solve_frame(*own, penalty * 10.0**stage, *found)
        residual[k] = y / penalty
        for i in range(variables):
            value[k] += 0.5 * weight[k, i] * (x[k, i] - centre[k, i]) ** 2
        for e in range(equations):
            value[k] += 0.5 * penalty * residual[k, e] ** 2
    return Solution(x, residual, free, value, solved)


@jit
def bounded_least_squares(
    columns: Array, demand: Array, weight: Array, lower: Array, upper: Array, penalty: float, start: Array
) -> Solution:
    """The same with centres of zero, once."""
    curvatures = no_curvatures(*columns.shape)
    centre = np.zeros_like(weight)
    return bounded_least_squares_near(columns, demand, weight, centre, lower, upper, penalty, start, curvatures)
