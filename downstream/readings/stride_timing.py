"""Rhythm and phases of a walk from its foot events, each with the uncertainty that those of the events leave.

Every figure is a function of the events' times ``t`` whose errors are taken as independent with standard deviation ``s``; to first order
its own is ``s · sqrt(Σ (∂figure/∂t_i)²)``, the derivatives by differences. So events that two strides share, and those between which a
sum of strides cancels, count as they should. What all strikes have in common, such as being read late, is not in it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from downstream.readings.gait_reading import Number
from engine.core.arrays import Array, Index
from engine.core.conventions import SIDES
from engine.gait.records import Events
from engine.gait.strides import Stride, strides_in_order

LEAST_STRIDES = 8
"""Complete strides, of both feet together, from which variability is told."""

_STEP_S = 1e-6
_NO_STRIDE = "no complete stride is seen: two strikes of a foot and all events between them"
_ONE_FOOT = "complete strides of both feet are needed, and only those of one are seen"


class StrideTimes(NamedTuple):
    """Strides as places among the events: ``times (e,)`` s of all events, ``side (n,)``, ``places (n, 5)`` in ``times`` of heel strike,
    opposite toe off, opposite heel strike, toe off and next heel strike."""

    times: Array
    side: Index
    places: Index


class _Columns(NamedTuple):
    """The five events of every stride, ``(n,)`` s each."""

    strike: Array
    opposite_off: Array
    opposite_strike: Array
    off: Array
    next_strike: Array


Figure = Callable[[_Columns, Index], float]


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


def timing_numbers(events: Events, event_sd_s: float) -> dict[str, Number]:
    """Figures by the names of `downstream.readings.quantities.NUMBERS`; differences are right minus left over the mean of both."""
    strides = stride_times(events)
    of_both = {"step_time_asymmetry_pct": _step_time_asymmetry, "stance_asymmetry_pct": _stance_asymmetry}
    figures = {"cadence_spm": _cadence, "stride_time_s": _stride_time} | {
        "stance_pct": _stance,
        "double_support_pct": _double_support,
    }
    numbers = {name: _number(strides, figure, event_sd_s) for name, figure in figures.items()}
    numbers |= {name: _number(strides, figure, event_sd_s, both=True) for name, figure in of_both.items()}
    return numbers | {"stride_time_cv_pct": variability(strides, event_sd_s)}


def _number(strides: StrideTimes, figure: Figure, event_sd_s: float, *, both: bool = False) -> Number:
    seen = set(strides.side.tolist())
    if not seen:
        return Number(None, why=_NO_STRIDE)
    if both and len(seen) < len(SIDES):
        return Number(None, why=_ONE_FOOT)

    def at(times: Array) -> float:
        return figure(_Columns(*times[strides.places].T), strides.side)

    value = at(strides.times)
    steps = _STEP_S * np.eye(len(strides.times))
    slopes = [(at(strides.times + step) - value) / _STEP_S for step in steps]
    return Number(value, event_sd_s * float(np.linalg.norm(slopes)))


def _of_feet(values: Array, side: Index) -> list[float]:
    """Mean of each foot that has strides."""
    return [float(values[side == foot].mean()) for foot in range(len(SIDES)) if (side == foot).any()]


def _stride_time(t: _Columns, side: Index) -> float:
    return float(np.mean(_of_feet(t.next_strike - t.strike, side)))


def _cadence(t: _Columns, side: Index) -> float:
    return 120 / _stride_time(t, side)


def _stance_of_feet(t: _Columns, side: Index) -> list[float]:
    return _of_feet(100 * (t.off - t.strike) / (t.next_strike - t.strike), side)


def _stance(t: _Columns, side: Index) -> float:
    return float(np.mean(_stance_of_feet(t, side)))


def _double_support(t: _Columns, side: Index) -> float:
    both = (t.opposite_off - t.strike) + (t.off - t.opposite_strike)
    return float(np.mean(_of_feet(100 * both / (t.next_strike - t.strike), side)))


def _difference_pct(right: float, left: float) -> float:
    return 200 * (right - left) / (right + left)


def _stance_asymmetry(t: _Columns, side: Index) -> float:
    return _difference_pct(*_stance_of_feet(t, side))


def _step_time_asymmetry(t: _Columns, side: Index) -> float:
    """Of the steps that end with a foot's strike."""
    first, second = t.opposite_strike - t.strike, t.next_strike - t.opposite_strike
    right, left = np.where(side == 0, second, first), np.where(side == 0, first, second)
    return _difference_pct(float(right.mean()), float(left.mean()))


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
    deviation, percent = np.sqrt(variance), 100 / float(np.mean(_of_feet(durations, strides.side)))
    return Number(float(percent * deviation), float(percent * (np.sqrt(variance + error) - deviation)))
