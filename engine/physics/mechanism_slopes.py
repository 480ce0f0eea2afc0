"""Derivatives that only some bodies need: of loads that hurt, and of activation floors that a stretch reflex sets.

Both are arrays ``(n, …, 3, 31)`` by coordinates, speeds and accelerations, as in `engine.physics.frame_costs`.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, MUSCLES
from engine.musculoskeletal.muscle_paths import LEG_INDICES
from engine.physics.body import PhysicalBody
from engine.physics.kernels.muscle_slopes import path_slopes, tension_slopes
from engine.physics.loads import SPASTIC_UNIT, Explanation, Loads


def pain_change(body: PhysicalBody, loads: Loads, frames: Explanation) -> Array:
    """Of the equations of pain at fixed activations and point forces, ``(n, K, 3, 31)``: minus the tension's share of the load."""
    change = np.zeros((len(frames.q), len(loads.pain), 3, len(COORDINATES)))
    if loads.pain.of_muscles:
        slopes = path_slopes(body.muscles, frames.q, frames.u)
        for order, slope in enumerate(tension_slopes(body.muscles, frames.muscles, frames.activation, slopes)):
            change[:, :, order, LEG_INDICES] = -np.matmul(loads.pain.muscle, slope)
    return change


def reflex_change(body: PhysicalBody, frames: Explanation) -> Array:
    """Of activations held at the floor of their stretch reflex, ``(n, 80, 3, 31)``; zero for all others."""
    change = np.zeros((len(frames.q), len(MUSCLES), 3, len(COORDINATES)))
    muscles = slice(0, len(MUSCLES))
    held = frames.reflex & ~frames.solution.free[:, muscles] & (frames.activation < 1.0)
    gain = body.spasticity * SPASTIC_UNIT / body.muscles.parameters.optimal_fibre_length
    slopes = path_slopes(body.muscles, frames.q, frames.u)
    for order, slope in enumerate((slopes.rate, slopes.length)):
        change[:, :, order, LEG_INDICES] = np.where(held[..., None], gain[:, None] * slope, 0.0)
    return change
