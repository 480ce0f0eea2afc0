"""What the total ground force of a cycle usually looks like: its harmonics.

Without it a projection explains small errors by high harmonics of the ground force, with peaks of 1.6 to 1.9 body weights. The target is
the force that the proposal itself needs, no harmonic of it larger than `CLIP` times its usual size. It is held weakly: pulled hard, the
phases of a proposal's small errors of motion would say when feet strike.
"""

import numpy as np

from engine.core.arrays import Array
from engine.gait.cycle import phase_grid

CLIP = 1.3
WEIGHT = 1.5

_USUAL_SPEED_MPS = 1.26
_FIRST, _PEAK, _PEAK_AT, _DECAY = (
    np.array([0.04, 0.05, np.nan]),
    np.array([0.13, 0.21, 0.065]),
    np.array([2.0, 2.0, 1.0]),
    np.array([2.6, 2.0, 2.0]),
)
"""Sizes in body weights along x, y, z of one adult's measured walk at 1.26 m/s (OpenSim Moco's walking example): of the first harmonic,
of the largest, which harmonic that is, and over how many harmonics the size falls to 1/e."""
_LEAST = 0.004
_SPEED_RANGE = (0.4, 2.0)


def usual_sizes(harmonics: int, speed_mps: float, length_scale: float) -> Array:
    """Sizes ``(3, harmonics)`` of the total force's harmonics in body weights. They grow with the square of speed over leg length."""
    number = np.arange(1, harmonics + 1)
    size = _PEAK[:, None] * np.exp(-(number - _PEAK_AT[:, None]) / _DECAY[:, None])
    size[:, 0] = np.where(np.isnan(_FIRST), size[:, 0], _FIRST)
    growth = np.clip((speed_mps / _USUAL_SPEED_MPS) ** 2 / length_scale, *_SPEED_RANGE)
    return np.maximum(size * growth, _LEAST)


class ForceSpectrum:
    """Pulls the harmonics of the total ground force ``(frames, 3)`` in body weights towards those of a proposal."""

    def __init__(self, proposed_force: Array, speed_mps: float, length_scale: float) -> None:
        frames = len(proposed_force)
        harmonics = frames // 2 - 1
        angle = 2 * np.pi * np.outer(np.arange(1, harmonics + 1), phase_grid(frames))
        analysis = np.concatenate([np.cos(angle), np.sin(angle)]) * 2 / frames
        usual = np.tile(usual_sizes(harmonics, speed_mps, length_scale), (1, 2))
        self._analysis = np.sqrt(WEIGHT) * analysis / usual[:, :, None]
        proposed = self._analyse(proposed_force)
        size = np.tile(np.hypot(proposed[:, :harmonics], proposed[:, harmonics:]), (1, 2)) / np.sqrt(WEIGHT)
        self._target = proposed * np.minimum(1.0, CLIP / np.maximum(size, CLIP))

    def _analyse(self, force: Array) -> Array:
        return np.einsum("ahk,ka->ah", self._analysis, force)

    def residual(self, force: Array) -> Array:
        """``(3, 2 * harmonics)``, over tolerances."""
        return self._analyse(force) - self._target

    def derivative(self, by_unknowns: Array) -> Array:
        """Of the residual, ``(3, 2 * harmonics, size)``, from that of the force ``(frames, 3, size)``."""
        return np.stack([self._analysis[axis] @ by_unknowns[:, axis] for axis in range(by_unknowns.shape[1])])
