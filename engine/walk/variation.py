"""How strides differ: a drawn duration, length and width for each, and the motion that a body would first think of."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from engine.conventions import COORDINATE_INDEX, LEG_COORDINATES, SIDES, suffix
from engine.cycle import Array, GaitCycle, basis
from engine.records import ContactPhases, Variability

LEAD_IN, LEAD_OUT = 0.15, 0.75
"""Strides walked before the first and after the last right heel strike: enough for as many complete strides of the left foot."""

_PERSISTENCE = 0.4
"""Correlation of one stride with the next: strides of healthy people drift (Hausdorff et al. 1996, J Appl Physiol 80:1448)."""
_LARGEST_DEVIATION = 2.5

_TX = COORDINATE_INDEX["pelvis_tx"]
_GROWTH: dict[str, float] = {
    "hip_flexion": 1.0,
    "arm_flex": 1.0,
    "elbow_flex": 1.0,
    "knee_angle": 0.5,
    "ankle_angle": 0.7,
}
"""Power of stride length with which a coordinate's excursion about its mean grows (assumption, from the change with speed)."""


@dataclass(frozen=True)
class Strides:
    """Draws for right strides ``-1 … strides`` (one before the first and one after the last): factors of ``duration`` and ``length``
    ``(strides + 2,)`` and the outward displacement of each footfall ``outward (strides + 2, 2)`` in metres."""

    duration: Array
    length: Array
    outward: Array


def _drifting(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draws along the first axis, each correlated with the one before, with mean zero and variance one over the strides between
    the first and the last, none beyond `_LARGEST_DEVIATION`."""
    drawn = rng.standard_normal(shape)
    for i in range(1, len(drawn)):
        drawn[i] = _PERSISTENCE * drawn[i - 1] + np.sqrt(1 - _PERSISTENCE**2) * drawn[i]
    inner = drawn[1:-1]
    if len(inner) > 1:
        drawn = (drawn - inner.mean(axis=0)) / inner.std(axis=0, ddof=1)
    return np.clip(drawn, -_LARGEST_DEVIATION, _LARGEST_DEVIATION)


def draw_strides(variability: Variability, strides: int, rng: np.random.Generator) -> Strides:
    """Draws the strides of a walk, whose mean and variability are those asked for. A step's width is the distance of two footfalls,
    so each varies by its share of the variance."""
    count = strides + 2
    duration, length = _drifting(rng, (count,)), _drifting(rng, (count,))
    outward = _drifting(rng, (count, len(SIDES)))
    return Strides(
        1 + variability.stride_time_cv * duration,
        1 + variability.stride_length_cv * length,
        variability.step_width_sd_m / np.sqrt(2) * outward,
    )


@dataclass(frozen=True)
class Guess:
    """The motion before physics: when each phase comes, and coordinates at any phase."""

    cycle: GaitCycle
    strides: Strides
    contact: ContactPhases
    leg_length_m: float

    @property
    def _numbers(self) -> Array:
        return np.arange(-1, len(self.strides.duration))

    def _time(self) -> CubicSpline:
        """Time by phase; phase 0 is the first right heel strike."""
        ends = np.concatenate([[0.0], np.cumsum(self.strides.duration)]) * self.cycle.duration_s
        return CubicSpline(self._numbers, ends - ends[1])

    def span(self) -> tuple[float, float]:
        """First and last time of the walk, s."""
        time = self._time()
        return float(time(-LEAD_IN)), float(time(len(self.strides.duration) - 2 + LEAD_OUT))

    def at(self, time: Array) -> Array:
        """Coordinates ``(n, 31)``."""
        phase = self.phase(time)
        q = basis(phase) @ self.cycle.coefficients
        mean = self.cycle.coefficients[0]
        growth = self._length_factor(phase)
        for name, power in _GROWTH.items():
            for side in SIDES:
                i = COORDINATE_INDEX[name + suffix(side)]
                q[:, i] = mean[i] + growth**power * (q[:, i] - mean[i])
        for side, letter in enumerate(SIDES):
            i = COORDINATE_INDEX[LEG_COORDINATES[1] + suffix(letter)]
            q[:, i] -= self._outward(phase, side) / self.leg_length_m
        ends = np.concatenate([[0.0], np.cumsum(self.strides.length)]) * self.cycle.speed_mps * self.cycle.duration_s
        q[:, _TX] += CubicSpline(self._numbers, ends - ends[1])(phase)
        return q

    def phase(self, time: Array) -> Array:
        """Phase at each time."""
        fine = np.linspace(-1, len(self.strides.duration) - 1, 200 * len(self.strides.duration))
        phase = np.interp(time, self._time()(fine), fine)
        slope = self._time().derivative()
        for _ in range(2):
            phase = phase - (self._time()(phase) - time) / slope(phase)
        return phase

    def _length_factor(self, phase: Array) -> Array:
        """Of the stride under way: what was drawn for a stride holds at its middle."""
        return CubicSpline(self._numbers[:-1] + 0.5, self.strides.length, bc_type="natural")(phase)

    def _outward(self, phase: Array, side: int) -> Array:
        """Displacement of a foot: constant in stance, and on its way to the next in swing."""
        strike = 0.0 if side == 0 else self.contact.left_heel_strike
        off = self.contact.right_toe_off if side == 0 else strike + (self.contact.left_toe_off - strike) % 1.0
        own, values = phase - strike, self.strides.outward[:, side]
        number = np.floor(own).astype(int)
        swing = np.clip((own - number - (off - strike)) / (1 - (off - strike)), 0.0, 1.0)
        blend = swing**3 * (10 - 15 * swing + 6 * swing**2)
        here, there = np.clip(number + 1, 0, len(values) - 1), np.clip(number + 2, 0, len(values) - 1)
        return (1 - blend) * values[here] + blend * values[there]
