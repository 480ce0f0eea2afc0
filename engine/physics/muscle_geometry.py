"""Muscle lengths and their first and second derivatives by the leg's coordinates, from the fitted polynomials."""

from dataclasses import dataclass

import numpy as np

from engine.cycle import Array
from engine.musculoskeletal.muscle_paths import PathGroup


@dataclass(frozen=True)
class GroupGeometry:
    """One group of ``k`` muscles that cross ``d`` coordinates: ``length (n, k)``, its ``slope (n, d, k)`` (minus the lever arms) and, if
    asked for, its ``curvature (n, d, d, k)``."""

    group: PathGroup
    length: Array
    slope: Array
    curvature: Array | None


def _powers(x: Array, highest: int) -> Array:
    """``(3, n, d, highest + 1)``: powers of ``x (n, d)`` and their first and second derivatives."""
    exponent = np.arange(highest + 1)
    table = np.zeros((3, *x.shape, highest + 1))
    table[0] = x[..., None] ** exponent
    for order in (1, 2):
        table[order, ..., 1:] = exponent[1:] * table[order - 1, ..., :-1]
    return table


def group_geometry(group: PathGroup, x: Array, *, with_curvature: bool = False) -> GroupGeometry:
    """Geometry of a group at leg coordinates ``x (n, 12)``."""
    crossed = len(group.coordinates)
    powers = _powers(x[:, group.coordinates], int(group.exponents.max()))
    factors = [[powers[order, :, j, group.exponents[:, j]].T for j in range(crossed)] for order in range(3)]

    def polynomial(*derived: int) -> Array:
        terms = np.ones((len(x), len(group.exponents)))
        for j in range(crossed):
            terms = terms * factors[derived.count(j)][j]
        return terms @ group.coefficients

    slope = np.stack([polynomial(i) for i in range(crossed)], axis=1)
    if not with_curvature:
        return GroupGeometry(group, polynomial(), slope, None)
    curvature = np.empty((len(x), crossed, crossed, len(group.muscles)))
    for i in range(crossed):
        for j in range(i + 1):
            curvature[:, i, j] = curvature[:, j, i] = polynomial(i, j)
    return GroupGeometry(group, polynomial(), slope, curvature)
