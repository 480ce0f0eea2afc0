"""The strides of a walk, and curves cut into strides: the one definition, for labels, targets and reports alike."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline

from engine.core.arrays import Array, Single
from engine.core.conventions import SIDES
from engine.gait.records import Events

CURVE_FRAMES = 101
"""Samples of a stride-normalised curve: 0 to 100 % of the cycle, both ends included."""


@dataclass(frozen=True)
class Stride:
    """From one heel strike to the next of the same foot; ``opposite_*`` are the other foot's events within it. Seconds.

    ``side`` indexes `SIDES`.
    """

    side: int
    heel_strike: float
    opposite_toe_off: float
    opposite_heel_strike: float
    toe_off: float
    next_heel_strike: float

    @property
    def duration(self) -> float:
        return self.next_heel_strike - self.heel_strike

    @property
    def is_walking(self) -> bool:
        """Whether its events come in the order of walking, with double support before and after mid-stance."""
        return self.opposite_toe_off <= self.opposite_heel_strike <= self.toe_off

    @property
    def stance_share(self) -> float:
        """Time on the ground as a share of the stride."""
        return (self.toe_off - self.heel_strike) / self.duration

    @property
    def double_support_share(self) -> float:
        """Time with both feet on the ground as a share of the stride: loading and pre-swing together."""
        loading = self.opposite_toe_off - self.heel_strike
        preswing = self.toe_off - self.opposite_heel_strike
        return (loading + preswing) / self.duration


BothSides = tuple[tuple[Stride, ...], tuple[Stride, ...]]
"""Strides of each foot, in the order of `SIDES`."""


def _only_event(times: Array, start: float, end: float) -> float | None:
    inside = times[(times >= start) & (times < end)]
    return float(inside[0]) if len(inside) == 1 else None


def _strides_of_side(events: Events, side: int) -> list[Stride]:
    strikes = events.heel_strikes[side]
    found = []
    for start, end in pairwise(strikes):
        opposite_off = _only_event(events.toe_offs[1 - side], start, end)
        opposite_strike = _only_event(events.heel_strikes[1 - side], start, end)
        off = _only_event(events.toe_offs[side], start, end)
        if opposite_off is not None and opposite_strike is not None and off is not None:
            found.append(Stride(side, float(start), opposite_off, opposite_strike, off, float(end)))
    return found


def complete_strides(events: Events) -> BothSides:
    """Strides of each side (order of `SIDES`) that hold all their events in the order of walking, earliest first.

    A stride is complete when both its heel strikes are there and, between them, exactly one toe off of either foot and one
    heel strike of the other.

    Raises:
        ValueError: a stride holds its events in an order that is not walking (no double support before or after mid-stance).
    """
    right, left = (tuple(_strides_of_side(events, side)) for side in range(len(SIDES)))
    for stride in (*right, *left):
        if not stride.is_walking:
            raise ValueError(
                f"events: the {SIDES[stride.side]} stride at {stride.heel_strike:.2f} s has opposite toe off, opposite heel "
                f"strike and toe off at {stride.opposite_toe_off:.2f}, {stride.opposite_heel_strike:.2f} and "
                f"{stride.toe_off:.2f} s; in walking they come in this order"
            )
    return right, left


def strides_in_order(events: Events) -> BothSides:
    """As `complete_strides`, without those whose events are in an order that is not walking: for events that were read, not known."""
    right, left = (
        tuple(stride for stride in _strides_of_side(events, side) if stride.is_walking) for side in range(len(SIDES))
    )
    return right, left


def stride_curves(time: Array, values: Array, strides: tuple[Stride, ...], frames: int = CURVE_FRAMES) -> Array:
    """Curves ``values (n, …)`` at ``time (n,)`` cut into strides and stretched to ``frames`` samples: ``(strides, frames, …)``.

    Interpolation is linear, so that curves with steps (ground forces) do not ring. Strides outside ``time`` are left out.
    """
    share = np.linspace(0.0, 1.0, frames)
    half_sample = 0.5 * float(np.median(np.diff(time)))
    curves = [
        curves_at(time, values, stride.heel_strike + share * stride.duration)
        for stride in strides
        if stride.heel_strike >= time[0] - half_sample and stride.next_heel_strike <= time[-1] + half_sample
    ]
    return np.reshape(curves, (len(curves), frames, *values.shape[1:]))


def curves_at(time: Array, values: Array | Single, instants: Array) -> Array:
    """Curves ``values (n, …)`` at ``time (n,)``, straight between, at ``instants (m,)``: ``(m, …)``. Outside they stay as at their ends."""
    before = np.clip(np.searchsorted(time, instants, side="right") - 1, 0, len(time) - 1)
    after = np.minimum(before + 1, len(time) - 1)
    flat = values.reshape(len(time), -1)
    start, end = flat[before].astype(float), flat[after].astype(float)
    away, step = np.maximum(instants - time[before], 0.0), np.where(after > before, time[after] - time[before], 1.0)
    return ((end - start) / step[:, None] * away[:, None] + start).reshape(len(instants), *values.shape[1:])


def derivative(time: Array, values: Array) -> Array:
    """Time derivative of smooth curves ``(n, …)`` by a cubic spline through their samples."""
    return CubicSpline(time, values)(time, 1)
