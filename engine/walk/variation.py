"""How strides differ: a drawn duration, length and width for each, and the motion that a body would first think of."""

import numpy as np
from scipy.interpolate import CubicSpline

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2, SIDES, suffix
from engine.core.frozen import frozen
from engine.gait.cycle import basis
from engine.gait.records import Gait, Variability
from engine.walk.fluctuations import fluctuations

LEAD_IN, LEAD_OUT = 0.25, 0.85
"""Strides walked before the first and after the last right heel strike: enough for as many complete strides of the left foot."""

LARGEST_DEVIATION = 0.3
"""Share by which a stride may be longer or shorter than the mean, in time or way. Beyond it are stumbles and pauses, which studies take out
of their recordings, and which a walk that goes on does not hold."""
_FURTHEST_FOOTFALL = 2.5
"""Standard deviations by which a foot may land beside its usual place, so that feet do not cross."""

_TX, _TZ = COORDINATE_INDEX["pelvis_tx"], COORDINATE_INDEX["pelvis_tz"]
_ADDUCTION = "hip_adduction"
_OUTWARD = (1.0, -1.0)
"""Which way along z is outward for each side."""

_PENDULUM_STEP_S = 0.005
_GROWTH: dict[str, float] = {
    "hip_flexion": 1.0,
    "arm_flex": 1.0,
    "elbow_flex": 1.0,
    "knee_angle": 0.5,
    "ankle_angle": 0.7,
}
"""Power of stride length with which a coordinate's excursion about its mean grows (assumption, from the change with speed)."""


@frozen
class Strides:
    """Draws for right strides ``-1 … strides`` (one before the first and one after the last): factors of ``duration`` and ``length``
    ``(strides + 2,)`` and the outward displacement of each footfall ``outward (strides + 2, 2)`` in metres."""

    duration: Array
    length: Array
    outward: Array


def _factors(rng: np.random.Generator, count: int, cv: float, variability: Variability) -> Array:
    """Factors of which those between the first and the last have mean one: a walk goes at its gait's mean speed, which may be asked for.
    They vary about it as strides of a walk of that length do; ``cv`` is that of the person, over many."""
    drawn = fluctuations(rng, count, variability.dfa_alpha, variability.excess_kurtosis)
    return 1 + np.clip(cv * (drawn - drawn[1:-1].mean()), -LARGEST_DEVIATION, LARGEST_DEVIATION)


def _footfalls(rng: np.random.Generator, count: int, width_sd_m: float) -> Array:
    """Outward displacements ``(count, 2)`` of footfalls that follow each other right, left. A step is as much wider as both its
    footfalls are further out; ``width_sd_m`` is the person's, over many steps."""
    outward = rng.standard_normal(2 * count)
    outward -= outward.mean()
    outward = np.clip(outward, -_FURTHEST_FOOTFALL, _FURTHEST_FOOTFALL)
    return (width_sd_m / np.sqrt(2) * outward).reshape(count, len(SIDES))


def draw_strides(variability: Variability, strides: int, rng: np.random.Generator) -> Strides:
    """Draws the strides of a walk: a sample of how the person walks."""
    count = strides + 2
    return Strides(
        _factors(rng, count, variability.stride_time_cv, variability),
        _factors(rng, count, variability.stride_length_cv, variability),
        _footfalls(rng, count, variability.step_width_sd_m),
    )


class Guess:
    """The motion before physics of a gait that varies: coordinates at any time, 0 being the first right heel strike.

    Strides are longer where all swings of the limbs are larger. Feet that land further out push the body aside: it moves as an
    inverted pendulum does on those footfalls, ``z'' = (g / h) (z - p)``, whose one bounded solution is the pressure's displacement ``p``
    smoothed by ``exp(-|t| sqrt(g / h))`` (the extrapolated centre of mass, Hof et al. 2005, J Biomech 38:1).
    """

    def __init__(self, gait: Gait, strides: Strides) -> None:
        self._gait, self._strides = gait, strides
        self._numbers = np.arange(-1, len(strides.duration))
        ends = np.concatenate([[0.0], np.cumsum(strides.duration)]) * gait.cycle.duration_s
        self._time = CubicSpline(self._numbers, ends - ends[1])
        lengths = np.concatenate([[0.0], np.cumsum(strides.length)]) * gait.cycle.speed_mps * gait.cycle.duration_s
        self._way = CubicSpline(self._numbers, lengths - lengths[1])
        self._growth = CubicSpline(self._numbers[:-1] + 0.5, strides.length, bc_type="natural")
        self._sway = self._pendulum()

    def span(self) -> tuple[float, float]:
        """First and last time of the walk, s."""
        return float(self._time(-LEAD_IN)), float(self._time(len(self._strides.duration) - 2 + LEAD_OUT))

    def phase(self, time: Array) -> Array:
        """Phase at each time: the number of the right stride and how much of it is done."""
        fine = np.linspace(-1, self._numbers[-1], 200 * len(self._numbers))
        phase = np.interp(time, self._time(fine), fine)
        slope = self._time.derivative()
        for _ in range(2):
            phase = phase - (self._time(phase) - time) / slope(phase)
        return phase

    def at(self, time: Array) -> Array:
        """Coordinates ``(n, 31)``."""
        phase, cycle = self.phase(time), self._gait.cycle
        q, mean, growth = basis(phase) @ cycle.coefficients, cycle.coefficients[0], self._growth(phase)
        for name, power in _GROWTH.items():
            for side in SIDES:
                i = COORDINATE_INDEX[name + suffix(side)]
                q[:, i] = mean[i] + growth**power * (q[:, i] - mean[i])
        sway = self._sway(time)
        for side, letter in enumerate(SIDES):
            i = COORDINATE_INDEX[_ADDUCTION + suffix(letter)]
            from_pelvis = self._rightward(phase, side) - sway
            q[:, i] -= _OUTWARD[side] * from_pelvis / self._gait.body.lengths_m["hip_height"]
        q[:, _TX] += self._way(phase)
        q[:, _TZ] += sway
        return q

    def _rightward(self, phase: Array, side: int) -> Array:
        """Displacement of a foot in the world: constant in stance, and on its way to the next in swing."""
        contact = self._gait.contact
        strike = 0.0 if side == 0 else contact.left_heel_strike
        stance = contact.right_toe_off if side == 0 else (contact.left_toe_off - strike) % 1.0
        number = np.floor(phase - strike).astype(int)
        swing = np.clip((phase - strike - number - stance) / (1 - stance), 0.0, 1.0)
        blend = swing**3 * (10 - 15 * swing + 6 * swing**2)
        values = _OUTWARD[side] * self._strides.outward[:, side]
        here, there = (np.clip(number + k, 0, len(values) - 1) for k in (1, 2))
        return (1 - blend) * values[here] + blend * values[there]

    def _pendulum(self) -> CubicSpline:
        """Sideways displacement of the body by time."""
        time = np.arange(float(self._time(-1)), float(self._time(self._numbers[-1])), _PENDULUM_STEP_S)
        phase = self.phase(time)
        load = self._gait.dynamics.force[:, :, 1]
        right = np.interp(phase % 1.0, np.arange(len(load)) / len(load), load[:, 0] / load.sum(axis=1), period=1.0)
        pressure = right * self._rightward(phase, 0) + (1 - right) * self._rightward(phase, 1)
        rate = np.sqrt(GRAVITY_MPS2 / self._gait.body.lengths_m["hip_height"])
        kernel = np.exp(-rate * np.abs(time - time.mean()))
        return CubicSpline(time, np.convolve(pressure, kernel / kernel.sum(), mode="same"))
