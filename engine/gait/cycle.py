"""One gait cycle as Fourier series: the space that the proposer and the projection share.

Every coordinate is ``c_0 + sum_h (c_h cos 2*pi*h*phase + s_h sin 2*pi*h*phase)`` with `HARMONICS` harmonics: periodic and smooth
by construction. Rows of a coefficient array are ``[mean, cos 1 … cos H, sin 1 … sin H]``, columns are `COORDINATES`.
Phase 0 is the right heel strike. ``pelvis_tx`` holds the deviation from uniform forward motion.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import (
    ANTISYMMETRIC_COORDINATES,
    COORDINATE_INDEX,
    COORDINATES,
)
from engine.core.frozen import frozen

HARMONICS = 8
COEFFICIENTS = 2 * HARMONICS + 1
_TX = COORDINATE_INDEX["pelvis_tx"]


def phase_grid(frames: int) -> Array:
    """``frames`` phases that cover one cycle evenly, its end left out."""
    return np.arange(frames) / frames


def basis(phase: Array, order: int = 0, harmonics: int = HARMONICS) -> Array:
    """Values (or derivatives by phase of the given ``order``) of the basis at ``phase``: ``(n, 2 * harmonics + 1)``."""
    rate = 2 * np.pi * np.arange(1, harmonics + 1)
    angle = np.outer(phase, rate) + order * np.pi / 2
    constant = np.full((len(angle), 1), 1.0 if order == 0 else 0.0)
    return np.concatenate([constant, rate**order * np.cos(angle), rate**order * np.sin(angle)], axis=1)


def fit_coefficients(samples: Array, harmonics: int = HARMONICS) -> Array:
    """Coefficients ``(2 * harmonics + 1, …)`` of curves sampled on `phase_grid`, time first."""
    design = basis(phase_grid(len(samples)), harmonics=harmonics)
    return np.tensordot(np.linalg.pinv(design), samples, axes=1)


def shift_coefficients(coefficients: Array, phase: float) -> Array:
    """The same curves ``phase`` later: ``y(p)`` becomes ``y(p - phase)``."""
    harmonics = (len(coefficients) - 1) // 2
    angle = 2 * np.pi * np.arange(1, harmonics + 1) * phase
    shape = (-1,) + (1,) * (coefficients.ndim - 1)
    cosine, sine = np.cos(angle).reshape(shape), np.sin(angle).reshape(shape)
    c, s = coefficients[1 : harmonics + 1], coefficients[harmonics + 1 :]
    return np.concatenate([coefficients[:1], c * cosine - s * sine, c * sine + s * cosine])


@frozen
class Motion:
    """A motion sampled in time: ``time (n,)`` s and coordinates, speeds, accelerations ``(n, 31)`` each."""

    time: Array
    q: Array
    u: Array
    a: Array


@frozen
class GaitCycle:
    """One stride, right heel strike to right heel strike.

    ``coefficients (17, 31)`` in radians and metres, ``speed_mps`` mean forward speed, ``duration_s`` stride time.
    """

    coefficients: Array
    speed_mps: float
    duration_s: float

    def __post_init__(self) -> None:
        expected = (COEFFICIENTS, len(COORDINATES))
        if self.coefficients.shape != expected:
            raise ValueError(f"coefficients: shape {self.coefficients.shape}, expected {expected}")
        if not np.isfinite(self.coefficients).all():
            raise ValueError("coefficients: every number must be finite")
        if not (0 <= self.speed_mps < np.inf and 0 < self.duration_s < np.inf):
            raise ValueError(f"speed {self.speed_mps} m/s and duration {self.duration_s} s must be positive and finite")

    def at(self, phase: Array) -> Array:
        """Coordinates ``(n, 31)`` at ``phase`` (may exceed one: strides follow each other forward)."""
        q = basis(phase) @ self.coefficients
        q[:, _TX] += np.asarray(phase) * self.duration_s * self.speed_mps
        return q

    def motion(self, frames: int) -> Motion:
        """The cycle at ``frames`` even times, with speeds and accelerations."""
        phase, duration = phase_grid(frames), self.duration_s
        u = basis(phase, 1) @ self.coefficients / duration
        u[:, _TX] += self.speed_mps
        a = basis(phase, 2) @ self.coefficients / duration**2
        return Motion(time=phase * duration, q=self.at(phase), u=u, a=a)

    def shifted(self, phase: float) -> "GaitCycle":
        """The same gait with phase 0 moved ``phase`` later in the old cycle."""
        return GaitCycle(shift_coefficients(self.coefficients, -phase), self.speed_mps, self.duration_s)


_MIRROR_ORDER = np.array(
    [COORDINATE_INDEX[{"_r": name[:-2] + "_l", "_l": name[:-2] + "_r"}.get(name[-2:], name)] for name in COORDINATES]
)
_MIRROR_SIGN = np.array([-1.0 if name in ANTISYMMETRIC_COORDINATES else 1.0 for name in COORDINATES])


def mirror_coordinates(values: Array) -> Array:
    """Left and right exchanged along the last axis of coordinates or of their coefficients."""
    return values[..., _MIRROR_ORDER] * _MIRROR_SIGN


def mirror(cycle: GaitCycle) -> GaitCycle:
    """The gait seen in a mirror; phase 0 stays the same instant, now the left heel strike."""
    return GaitCycle(mirror_coordinates(cycle.coefficients), cycle.speed_mps, cycle.duration_s)
