"""Forces of muscles on rigid tendons, and their torques about the leg's coordinates.

The curves are those of OpenSim's DeGrooteFregly2016Muscle (De Groote et al. 2016, Ann Biomed Eng 44:2922, with the toolkit's passive
curve). Fibre speed counts positive when the fibre lengthens.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from engine.musculoskeletal.muscle_paths import LEG_INDICES, MuscleModel, MuscleParameters
from engine.physics.kernels.muscle_geometry import curvatures, lengths_and_slopes

_ACTIVE = (
    (0.8150671134243542, 1.055033428970575, 0.162384573599574, 0.063303448465465),
    (0.433004984392647, 0.716775413397760, -0.029947116970696, 0.200356847296188),
    (0.1, 1.0, 0.353553390593274, 0.0),
)
"""Height, centre and width (constant, linear) of the three bells of the active force-length curve."""

_SPEED = (-0.3211346127989808, -8.149, -0.374, 0.8825327733249912)
_PASSIVE_SHAPE = 4.0
_LEAST_LENGTH = 0.2
_PASSIVE_LIMIT = 1.2
"""Multiple of the strain at one norm force beyond which the passive curve goes on straight, so that no proposal overflows it."""

_SHORTEST = 0.05
"""Optimal fibre lengths: a fibre is never taken to be shorter along the tendon."""

_LENGTH_STEP = 1e-6
_RATE_STEP = 1e-5


def active_force_length(length: Array) -> Array:
    """Active force over the isometric one at a fibre length in optimal fibre lengths."""
    bells = (
        height * np.exp(-0.5 * ((length - centre) / (width + slope * length)) ** 2)
        for height, centre, width, slope in _ACTIVE
    )
    return sum(bells, np.zeros_like(length))


def force_velocity(speed: Array) -> Array:
    """Active force over the isometric one at a fibre speed in ``[-1, 1]`` of the maximal one."""
    gain, slope, offset, level = _SPEED
    return level + gain * np.arcsinh(slope * speed + offset)


def passive_force_length(length: Array, strain: Array) -> Array:
    """Passive force over the isometric one; it is one at a fibre length of ``1 + strain``."""
    least = np.exp(_PASSIVE_SHAPE * (_LEAST_LENGTH - 1.0) / strain)
    inside = np.minimum(length, 1.0 + _PASSIVE_LIMIT * strain)
    growth = np.exp(_PASSIVE_SHAPE * (inside - 1.0) / strain)
    beyond = growth * _PASSIVE_SHAPE / strain * (length - inside)
    return (growth + beyond - least) / (np.exp(_PASSIVE_SHAPE) - least)


def tendon_force(parameters: MuscleParameters, length: Array, rate: Array) -> tuple[Array, Array]:
    """Active force at full activation and passive force along the tendon, N.

    ``length`` of the whole muscle-tendon unit, m, and its ``rate``, m/s, both ``(n, M)``. The tendon keeps its slack length; pennation
    keeps the muscle's width.
    """
    optimal = parameters.optimal_fibre_length
    along = np.maximum(length - parameters.tendon_slack_length, _SHORTEST * optimal)
    fibre = np.hypot(optimal * np.sin(parameters.pennation), along)
    cosine = along / fibre
    speed = np.clip(rate * cosine / (optimal * parameters.max_velocity), -1.0, 1.0)
    strength = parameters.max_isometric_force * cosine
    active = active_force_length(fibre / optimal) * force_velocity(speed)
    return strength * active, strength * passive_force_length(fibre / optimal, parameters.passive_strain)


@frozen
class MuscleState:
    """Muscles of ``n`` frames: ``capacity`` and ``passive (n, M)`` forces along the tendon, N; ``arm (n, 12, M)`` lever arms, m;
    ``length (n, M)`` m and its ``rate``, m/s."""

    capacity: Array
    passive: Array
    arm: Array
    length: Array
    rate: Array


def muscle_state(model: MuscleModel, q: Array, u: Array) -> MuscleState:
    """What the muscles can do at coordinates ``q (n, 31)`` and speeds ``u``."""
    length, slope = lengths_and_slopes(model.polynomials, np.ascontiguousarray(q[:, LEG_INDICES]))
    rate = np.matmul(u[:, None, LEG_INDICES], slope)[:, 0]
    return MuscleState(*tendon_force(model.parameters, length, rate), -slope, length, rate)


def lengthening(model: MuscleModel, state: MuscleState) -> Array:
    """Speed of muscle-tendon units in optimal fibre lengths per second ``(n, M)``, positive when they lengthen."""
    return state.rate / model.parameters.optimal_fibre_length


def torque_derivatives(
    model: MuscleModel, state: MuscleState, q: Array, u: Array, activation: Array
) -> tuple[Array, Array]:
    """Derivatives ``(n, 12, 12)`` of the muscles' joint torques by leg coordinates and by their speeds, at fixed ``activation (n, M)``."""

    def total(length: Array, rate: Array) -> Array:
        active, passive = tendon_force(model.parameters, length, rate)
        return activation * active + passive

    force = activation * state.capacity + state.passive
    stiffness = (total(state.length + _LENGTH_STEP, state.rate) - force) / _LENGTH_STEP
    damping = (total(state.length, state.rate + _RATE_STEP) - force) / _RATE_STEP
    turning, bend = curvatures(
        model.polynomials, np.ascontiguousarray(q[:, LEG_INDICES]), np.ascontiguousarray(u[:, LEG_INDICES]), force
    )
    slope = -state.arm
    change = stiffness[:, None] * slope + damping[:, None] * turning
    by_angle = -np.matmul(slope, change.transpose(0, 2, 1)) - bend
    by_rate = -np.matmul(slope, (damping[:, None] * slope).transpose(0, 2, 1))
    return by_angle, by_rate
