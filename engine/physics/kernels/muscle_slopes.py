"""How lengths, rates and tensions of muscles change with the leg's coordinates and their speeds.

Needed only where a single muscle's tension or lengthening counts: painful knees and spastic muscles.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import MUSCLES
from engine.core.frozen import frozen
from engine.musculoskeletal.muscle_paths import LEG_INDICES, MuscleModel
from engine.physics.kernels.muscle_force import MuscleState, tendon_force
from engine.physics.kernels.muscle_geometry import curvatures, lengths_and_slopes

_LENGTH_STEP = 1e-6
_RATE_STEP = 1e-5


@frozen
class PathSlopes:
    """Derivatives ``(n, 80, 12)`` of path lengths by leg coordinates (and of their rates by speeds, which are the same), and of
    the rates by coordinates."""

    length: Array
    rate: Array


def path_slopes(model: MuscleModel, q: Array, u: Array) -> PathSlopes:
    """At coordinates ``q (n, 31)`` and speeds ``u``."""
    x, rates = np.ascontiguousarray(q[:, LEG_INDICES]), np.ascontiguousarray(u[:, LEG_INDICES])
    _, length = lengths_and_slopes(model.polynomials, x)
    rate, _ = curvatures(model.polynomials, x, rates, np.zeros((len(q), len(MUSCLES))))
    return PathSlopes(length.transpose(0, 2, 1), rate.transpose(0, 2, 1))


def tension_slopes(
    model: MuscleModel, state: MuscleState, activation: Array, slopes: PathSlopes
) -> tuple[Array, Array]:
    """Derivatives ``(n, 80, 12)`` of each muscle's tension by leg coordinates and by their speeds, at fixed ``activation (n, 80)``."""

    def tension(length: Array, rate: Array) -> Array:
        active, passive = tendon_force(model.parameters, length, rate)
        return activation * active + passive

    now = activation * state.capacity + state.passive
    stiffness = ((tension(state.length + _LENGTH_STEP, state.rate) - now) / _LENGTH_STEP)[..., None]
    damping = ((tension(state.length, state.rate + _RATE_STEP) - now) / _RATE_STEP)[..., None]
    return stiffness * slopes.length + damping * slopes.rate, damping * slopes.length
