"""The light of a place: one key light that casts shadows, weak lights that do not, and a dome of light from everywhere."""

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen


@frozen
class Lamp:
    """A far light: unit vector ``to_light (3,)`` from the scene towards it, ``colour (3,)`` linear RGB irradiance on a surface that
    faces it."""

    to_light: Array
    colour: Array


@frozen
class Light:
    """``key`` casts the shadow; ``softness`` is the width of its source over its distance (0.01 the sun, 0.1 a row of ceiling lamps, 0.4 an
    overcast window); up to two ``fills`` cast none. ``dome (9, 3)``: irradiance from all around as real spherical harmonics of order 2
    (Ramamoorthi & Hanrahan 2001, SIGGRAPH, 497), linear RGB, in the order of `harmonics`."""

    key: Lamp
    softness: float
    fills: tuple[Lamp, ...]
    dome: Array


def harmonics(directions: Array) -> Array:
    """The nine real spherical harmonics up to order 2, without their constants, at unit ``directions (n, 3)``: ``(n, 9)``, in the order 1,
    y, z, x, xy, yz, 3z² − 1, xz, x² − y²."""
    x, y, z = directions.T
    return np.stack([np.ones_like(x), y, z, x, x * y, y * z, 3 * z**2 - 1, x * z, x**2 - y**2], axis=1)


def even_dome(above: Array, below: Array) -> Array:
    """A dome ``(9, 3)`` whose irradiance goes evenly from ``below (3,)`` on surfaces that face down to ``above (3,)`` on those that
    face up."""
    dome = np.zeros((9, 3))
    dome[0], dome[1] = 0.5 * (above + below), 0.5 * (above - below)
    return dome


def ceiling_light() -> Light:
    """A row of lamps under the ceiling of a corridor: a broad key from above, light bounced by walls and floor, and a little more from the
    side on which cameras stand."""
    above, below = np.array([0.66, 0.67, 0.68]), np.array([0.40, 0.37, 0.33])
    side = Lamp(_unit(0.85, 0.15, 0.5), np.full(3, 0.14))
    return Light(Lamp(_unit(0.42, 1.0, 0.25), np.array([1.35, 1.31, 1.24])), 0.1, (side,), even_dome(above, below))


def _unit(*direction: float) -> Array:
    return np.array(direction) / np.linalg.norm(direction)
