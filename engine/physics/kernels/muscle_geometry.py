"""Muscle lengths and their first and second derivatives by the leg's coordinates, from the fitted polynomials. Compiled.

The length of a muscle is a sum over terms of a coefficient times a product of powers of the coordinates that it crosses; derivatives
replace one or two of these powers by their own.
"""

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import MUSCLES
from engine.core.vector3 import jit
from engine.musculoskeletal.muscle_paths import LEG_INDICES, MAX_CROSSED, PathPolynomials

_LEGS, _MUSCLES = len(LEG_INDICES), len(MUSCLES)


@jit
def _fill_powers(x: Array, powers: Array) -> None:
    """``powers (3, d, E)``: of each ``x``, and their first and second derivatives."""
    for j in range(len(x)):
        powers[0, j, 0], powers[1, j, 0], powers[2, j, 0] = 1.0, 0.0, 0.0
        for e in range(1, powers.shape[2]):
            powers[0, j, e] = powers[0, j, e - 1] * x[j]
            powers[1, j, e] = e * powers[0, j, e - 1]
            powers[2, j, e] = e * powers[1, j, e - 1]


@jit
def _product(powers: Array, exponents: Index, crossed: int, i: int, j: int) -> float:
    """A term, differentiated by coordinates ``i`` and ``j`` (-1: not)."""
    product = 1.0
    for c in range(crossed):
        product *= powers[(c == i) + (c == j), c, exponents[c]]
    return product


@jit
def _own_coordinates(paths: PathPolynomials, g: int, x: Array) -> Array:
    return x[paths.coordinates[paths.first_coordinate[g] : paths.first_coordinate[g + 1]]]


@jit
def lengths_and_slopes(paths: PathPolynomials, x: Array) -> tuple[Array, Array]:
    """Lengths ``(n, M)`` of all muscles at leg coordinates ``x (n, 12)``, and their slopes ``(n, 12, M)``: minus the lever arms."""
    n, highest = len(x), paths.exponents.max() + 1
    length, slope = np.zeros((n, _MUSCLES)), np.zeros((n, _LEGS, _MUSCLES))
    powers = np.empty((3, MAX_CROSSED, highest))
    for k in range(n):
        for g in range(len(paths.first_term) - 1):
            own = _own_coordinates(paths, g, x[k])
            _fill_powers(own, powers)
            coordinates = paths.coordinates[paths.first_coordinate[g] : paths.first_coordinate[g + 1]]
            muscles = paths.muscles[paths.first_muscle[g] : paths.first_muscle[g + 1]]
            at = paths.first_coefficient[g]
            for t in range(paths.first_term[g], paths.first_term[g + 1]):
                exponents = paths.exponents[t]
                value = _product(powers, exponents, len(own), -1, -1)
                for m in range(len(muscles)):
                    length[k, muscles[m]] += value * paths.coefficients[at + m]
                for i in range(len(own)):
                    if exponents[i] == 0:
                        continue
                    value = _product(powers, exponents, len(own), i, -1)
                    for m in range(len(muscles)):
                        slope[k, coordinates[i], muscles[m]] += value * paths.coefficients[at + m]
                at += len(muscles)
    return length, slope


@jit
def curvatures(paths: PathPolynomials, x: Array, rates: Array, force: Array) -> tuple[Array, Array]:
    """How slopes change: with the motion ``rates (n, 12)``, per muscle ``(n, 12, M)`` and second; and by each coordinate, summed over
    muscles that pull with ``force (n, M)``: ``(n, 12, 12)``."""
    n, highest = len(x), paths.exponents.max() + 1
    turning, bend = np.zeros((n, _LEGS, _MUSCLES)), np.zeros((n, _LEGS, _LEGS))
    powers = np.empty((3, MAX_CROSSED, highest))
    for k in range(n):
        for g in range(len(paths.first_term) - 1):
            own = _own_coordinates(paths, g, x[k])
            _fill_powers(own, powers)
            coordinates = paths.coordinates[paths.first_coordinate[g] : paths.first_coordinate[g + 1]]
            muscles = paths.muscles[paths.first_muscle[g] : paths.first_muscle[g + 1]]
            at = paths.first_coefficient[g]
            for t in range(paths.first_term[g], paths.first_term[g + 1]):
                exponents, pull = paths.exponents[t], 0.0
                for m in range(len(muscles)):
                    pull += force[k, muscles[m]] * paths.coefficients[at + m]
                for i in range(len(own)):
                    if exponents[i] == 0:
                        continue
                    turn = 0.0
                    for j in range(len(own)):
                        if exponents[j] == 0 or (i == j and exponents[j] < 2):
                            continue
                        value = _product(powers, exponents, len(own), i, j)
                        bend[k, coordinates[i], coordinates[j]] += value * pull
                        turn += value * rates[k, coordinates[j]]
                    for m in range(len(muscles)):
                        turning[k, coordinates[i], muscles[m]] += turn * paths.coefficients[at + m]
                at += len(muscles)
    return turning, bend
