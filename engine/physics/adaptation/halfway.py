"""A body halfway between two of one person, so that a strange one is reached in steps (homotopy)."""

from dataclasses import replace

import numpy as np

from engine.core.arrays import Array
from engine.gait.cycle import GaitCycle
from engine.musculoskeletal.muscle_paths import LEG_INDICES, MuscleParameters
from engine.physics.body import PhysicalBody
from engine.physics.projection import FRAMES


def halfway(before: PhysicalBody, after: PhysicalBody, cycle: GaitCycle) -> PhysicalBody:
    """Bones and joints of ``after``; muscles, reflexes and pain between the two; limits between those of ``after`` and the angles that
    ``cycle`` uses."""
    pairs = zip(before.muscles.parameters, after.muscles.parameters, strict=True)
    muscles = replace(after.muscles, parameters=MuscleParameters(*(_mean(a, b) for a, b in pairs)))
    return replace(
        after,
        muscles=muscles,
        spasticity=_mean(before.spasticity, after.spasticity),
        leg_pain=_mean(before.leg_pain, after.leg_pain),
        knee_pain=_mean(before.knee_pain, after.knee_pain),
        joint_range=_nearer(after.joint_range, cycle),
    )


def _mean(a: Array, b: Array) -> Array:
    return (a + b) / 2


def _nearer(limits: Array, cycle: GaitCycle) -> Array:
    """Limits ``(12, 2)`` that a cycle breaks by half as much."""
    q = cycle.motion(FRAMES).q[:, LEG_INDICES]
    lower, upper = limits.T
    return np.stack(
        [_mean(lower, np.minimum(lower, q.min(axis=0))), _mean(upper, np.maximum(upper, q.max(axis=0)))], axis=1
    )
