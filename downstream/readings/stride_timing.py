"""Rhythm and phases of a walk from its foot events, each with the uncertainty that those of the events leave.

Every figure is a function of the events' times ``t`` whose errors are taken as independent with standard deviation ``s``; to first order
its own is ``s · sqrt(Σ (∂figure/∂t_i)²)``, the derivatives by differences. So events that two strides share, and those between which a
sum of strides cancels, count as they should. What all strikes have in common, such as being read late, is not in it.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from downstream.readings.gait_reading import Number
from engine.core.arrays import Array, Index
from engine.core.conventions import SIDES
from engine.gait import temporal_parameters as temporal
from engine.gait.records import Events
from engine.gait.strides import BothSides, Stride, strides_in_order

LEAST_STRIDES = 8
"""Complete strides, of both feet together, from which variability is told."""

_STEP_S = 1e-6
_NO_STRIDE = "no complete stride is seen: two strikes of a foot and all events between them"
_ONE_FOOT = "complete strides of both feet are needed, and only those of one are seen"

Figure = Callable[[BothSides], float]


class StrideTimes(NamedTuple):
    """Strides as places among the events: ``times (e,)`` s of all events, ``side (n,)``, ``places (n, 5)`` in ``times`` of heel strike,
    opposite toe off, opposite heel strike, toe off and next heel strike."""

    times: Array
    side: Index
    places: Index

    def strides(self, times: Array) -> BothSides:
        """The strides if their events are at other ``times (e,)``."""
        moved = [Stride(side, *own) for side, own in zip(self.side.tolist(), times[self.places].tolist(), strict=True)]
        right, left = (tuple(one for one in moved if one.side == side) for side in range(len(SIDES)))
        return right, left


def stride_times(events: Events) -> StrideTimes:
    """The complete strides among ``events``."""
    kinds = (*events.heel_strikes, *events.toe_offs)
    first = np.cumsum([0, *(len(kind) for kind in kinds)])
    strides = [stride for side in strides_in_order(events) for stride in side]

    def place(kind: int, time: float) -> int:
        return int(first[kind] + np.searchsorted(kinds[kind], time))

    places = [_places(stride, place) for stride in strides]
    sides = np.array([stride.side for stride in strides], int)
    return StrideTimes(np.concatenate(kinds), sides, np.reshape(np.array(places, int), (len(strides), 5)))


def _places(stride: Stride, place: Callable[[int, float], int]) -> tuple[int, ...]:
    own, other = stride.side, 1 - stride.side
    return (
        place(own, stride.heel_strike),
        place(len(SIDES) + other, stride.opposite_toe_off),
        place(other, stride.opposite_heel_strike),
        place(len(SIDES) + own, stride.toe_off),
        place(own, stride.next_heel_strike),
    )


_OF_WALK: dict[str, Figure] = {
    "cadence_spm": temporal.cadence_spm,
    "stride_time_s": partial(temporal.of_walk, temporal.stride_time_s),
    "stance_pct": partial(temporal.of_walk, temporal.stance_pct),
    "double_support_pct": partial(temporal.of_walk, temporal.double_support_pct),
}
_OF_BOTH_FEET: dict[str, Figure] = {
    "step_time_asymmetry_pct": partial(temporal.asymmetry_pct, temporal.step_time_s),
    "stance_asymmetry_pct": partial(temporal.asymmetry_pct, temporal.stance_pct),
}


def timing_numbers(events: Events, event_sd_s: float) -> dict[str, Number]:
    """Figures by the names of `downstream.readings.quantities.NUMBERS`; differences are right minus left over the mean of both."""
    strides = stride_times(events)
    numbers, feet = dict[str, Number](), len(set(strides.side.tolist()))
    for figures, needed, otherwise in ((_OF_WALK, 1, _NO_STRIDE), (_OF_BOTH_FEET, len(SIDES), _ONE_FOOT)):
        why = "" if feet >= needed else otherwise if feet else _NO_STRIDE
        numbers |= {name: Number(None, why=why) for name in figures} if why else _told(strides, figures, event_sd_s)
    return numbers | {"stride_time_cv_pct": variability(strides, event_sd_s)}


def _told(strides: StrideTimes, figures: dict[str, Figure], event_sd_s: float) -> dict[str, Number]:
    """Figures as they are, and how they change with each event."""

    def at(times: Array) -> Array:
        moved = strides.strides(times)
        return np.array([figure(moved) for figure in figures.values()])

    values = at(strides.times)
    slopes = [(at(strides.times + step) - values) / _STEP_S for step in _STEP_S * np.eye(len(strides.times))]
    sds = event_sd_s * np.linalg.norm(slopes, axis=0)
    return {name: Number(float(value), float(sd)) for name, value, sd in zip(figures, values, sds, strict=True)}


def variability(strides: StrideTimes, event_sd_s: float) -> Number:
    """Coefficient of variation of stride time, %: deviation about each foot's own mean, pooled, over the mean.

    With durations ``d = D t`` and the pooled variance ``v = dᵀ M d``, errors of events add ``s² tr(N)`` to it on average, ``N = Dᵀ M D``;
    that much is taken off. Its variance is ``4 s² v* + 2 s⁴ tr(N²)``, with ``v* = |N t|²``. The deviation ``√v`` is then sure within
    ``sqrt(v + sd(v)) − √v``, which is ``sd(v) / 2√v`` where strides vary much more than events err.
    """
    count, feet = len(strides.side), len(set(strides.side.tolist()))
    if count < LEAST_STRIDES:
        return Number(None, why=f"{count} complete strides are seen, and variability takes {LEAST_STRIDES} at least")
    rows = np.arange(count)
    lengths = np.zeros((count, len(strides.times)))
    lengths[rows, strides.places[:, 4]], lengths[rows, strides.places[:, 0]] = 1.0, -1.0
    alike = (strides.side[:, None] == strides.side).astype(float)
    pooled = (np.eye(count) - alike / alike.sum(axis=1)) / (count - feet)
    noise = lengths.T @ pooled @ lengths
    durations = lengths @ strides.times
    variance = max(float(durations @ pooled @ durations - event_sd_s**2 * np.trace(noise)), 0.0)
    spread = noise @ strides.times
    error = event_sd_s * float(np.sqrt(4 * spread @ spread + 2 * event_sd_s**2 * np.sum(noise**2)))
    deviation, percent = (
        np.sqrt(variance),
        100 / temporal.of_walk(temporal.stride_time_s, strides.strides(strides.times)),
    )
    return Number(float(percent * deviation), float(percent * (np.sqrt(variance + error) - deviation)))
