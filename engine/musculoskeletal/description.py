"""A musculoskeletal model as plain records: what the tables hold, what scaling changes and what `build` turns into OpenSim.

Metres, kilograms, newtons, radians. Angles of a placement are body-fixed x-y-z rotations, as in OpenSim.
"""

from dataclasses import dataclass, field

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen


def _zero() -> Array:
    return np.zeros(3)


@frozen
class RigidBody:
    """``inertia (3,)``: principal moments about the centre of mass, along the body's axes."""

    name: str
    segment: str
    mass: float
    mass_centre: Array
    inertia: Array


@frozen
class Placement:
    """Where a joint sits in a body."""

    position: Array = field(default_factory=_zero)
    angles: Array = field(default_factory=_zero)


@dataclass(frozen=True)
class Curve:
    """A polynomial (``coefficients``, ascending) or a natural cubic spline through ``knots`` → ``values``."""

    coefficients: tuple[float, ...] = ()
    knots: tuple[float, ...] = ()
    values: tuple[float, ...] = ()

    @property
    def at_zero(self) -> float:
        """Its value at zero, which must be a knot of a spline."""
        return self.coefficients[0] if self.coefficients else self.values[self.knots.index(0.0)]

    def times(self, factor: float) -> "Curve":
        """The same curve with its values multiplied."""
        coefficients = tuple(factor * c for c in self.coefficients)
        return Curve(coefficients, self.knots, tuple(factor * v for v in self.values))


@frozen
class Axis:
    """One of the six axes of a custom joint, moved by ``curve`` of ``coordinate`` (by the coordinate itself without a curve)."""

    direction: Array
    coordinate: str | None = None
    curve: Curve | None = None


@dataclass(frozen=True)
class Joint:
    """``kind``: ``weld``, ``hinge`` (about its z axis, by ``coordinate``) or ``custom`` (three rotations, three translations)."""

    name: str
    parent: str
    child: str
    kind: str
    in_parent: Placement
    in_child: Placement
    coordinate: str | None = None
    axes: tuple[Axis, ...] = ()


@dataclass(frozen=True)
class PassiveTorque:
    """Torque of ligaments and soft tissue about one coordinate:

    ``lower_torque * exp(-lower_rate * (q - lower_angle)) - upper_torque * exp(upper_rate * (q - upper_angle))
    - stiffness * q - damping * u``  (Anderson 1999; Falisse et al. 2019).
    """

    lower_torque: float
    lower_rate: float
    lower_angle: float
    upper_torque: float
    upper_rate: float
    upper_angle: float
    stiffness: float
    damping: float

    def times(self, factor: float) -> "PassiveTorque":
        """The same torque, ``factor`` times as strong."""
        return PassiveTorque(
            factor * self.lower_torque,
            self.lower_rate,
            self.lower_angle,
            factor * self.upper_torque,
            self.upper_rate,
            self.upper_angle,
            factor * self.stiffness,
            factor * self.damping,
        )

    def torque(self, q: Array, u: Array) -> Array:
        """N·m at angles ``q`` and speeds ``u`` of any one shape."""
        lower = self.lower_torque * np.exp(-self.lower_rate * (q - self.lower_angle))
        upper = self.upper_torque * np.exp(self.upper_rate * (q - self.upper_angle))
        return lower - upper - self.stiffness * q - self.damping * u


@dataclass(frozen=True)
class Coordinate:
    """A coordinate's range, default value and passive torque."""

    name: str
    lower: float
    upper: float
    default: float
    passive: PassiveTorque


@frozen
class PathPoint:
    """A point of a muscle path in the frame of ``body``."""

    body: str
    position: Array


@dataclass(frozen=True)
class Wrap:
    """A path meets ``cylinder`` between its points ``first`` and ``last`` (from 1; −1: from the start, to the end)."""

    cylinder: str
    method: str
    first: int
    last: int


@dataclass(frozen=True)
class Cylinder:
    """A surface that paths wrap over, along its own z axis."""

    name: str
    body: str
    placement: Placement
    radius: float
    length: float
    quadrant: str


@dataclass(frozen=True)
class Muscle:
    """A muscle-tendon unit. ``passive_strain``: fibre strain at which the passive force reaches ``max_isometric_force``."""

    name: str
    max_isometric_force: float
    optimal_fibre_length: float
    tendon_slack_length: float
    pennation: float
    passive_strain: float
    path: tuple[PathPoint, ...]
    wraps: tuple[Wrap, ...] = ()
    min_control: float = 0.0


@dataclass(frozen=True)
class ModelDescription:
    """A whole model, parents before children."""

    name: str
    bodies: tuple[RigidBody, ...]
    joints: tuple[Joint, ...]
    coordinates: tuple[Coordinate, ...]
    cylinders: tuple[Cylinder, ...]
    muscles: tuple[Muscle, ...]
    actuators: dict[str, float]

    @property
    def mass(self) -> float:
        return sum(body.mass for body in self.bodies)
