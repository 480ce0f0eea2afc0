"""Figures of a stretch of a labelled walk: what a reader of a clip is asked for."""

from collections.abc import Sequence

import numpy as np

from downstream.walks.labelled_walk import LabelledWalk
from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.gait.strides import Stride

BothSides = tuple[tuple[Stride, ...], tuple[Stride, ...]]
_FLAT_FOOT = (0.15, 0.5)
"""Share of stance in which a foot neither lands nor leaves."""
_HIPS = ("left_hip", "right_hip")


def strides_over(walk: LabelledWalk, start: float, end: float) -> BothSides | None:
    """Complete strides of each side of which a part lies between two instants, s; None if a side has none."""
    right, left = (
        tuple(one for one in own if one.heel_strike < end and one.next_heel_strike > start) for own in walk.strides
    )
    return (right, left) if right and left else None


def speed(walk: LabelledWalk, strides: BothSides) -> float:
    """Way of the hips along the floor from a foot's first to its last heel strike by its time, m/s; mean of both feet."""
    middle = walk.points.of(_HIPS).mean(axis=1)[:, [0, 2]]
    speeds = []
    for own in strides:
        span = np.array([own[0].heel_strike, own[-1].next_heel_strike])
        speeds.append(np.linalg.norm(np.diff(walk.at(middle, span), axis=0)) / np.diff(span)[0])
    return float(np.mean(speeds))


def cadence(strides: BothSides) -> float:
    """Steps a minute."""
    return float(120 / np.mean([np.mean([one.duration for one in own]) for own in strides]))


def step_width(walk: LabelledWalk, strides: BothSides) -> float:
    """Distance of a flat foot's ankle from the line between two of the other foot's, m, negative where feet cross (Huxham et al. 2006).

    Ankles instead of the pressure under the feet, by which `engine.gait.gait_parameters` goes: a recorded walk may have no forces, and the
    points that are seen are ankles. The two differ by 11 mm (SD) from walk to walk."""
    widths = [
        _width(walk, one, SIDES[1 - side], SIDES[side])
        for side, own in enumerate(strides)
        for one in own
        if _whole(walk, one)
    ]
    return float(np.mean(widths)) if widths else np.nan


def stance(strides: BothSides) -> float:
    """Per cent of the stride on the ground, mean of both feet."""
    return float(np.mean([_stance(own) for own in strides]))


def double_support(strides: BothSides) -> float:
    """Per cent of the stride on both feet, mean of both sides' strides."""
    return 100 * float(np.mean([np.mean([one.double_support_share for one in own]) for own in strides]))


def step_time_asymmetry(strides: BothSides) -> float:
    """Right step time less left, per cent of their mean; a step ends with its foot's heel strike."""
    right, left = (np.mean([one.next_heel_strike - one.opposite_heel_strike for one in own]) for own in strides)
    return float(200 * (right - left) / (right + left))


def stance_asymmetry(strides: BothSides) -> float:
    """Right stance less left, both per cent of the stride, in per cent of their mean."""
    right, left = (_stance(own) for own in strides)
    return float(200 * (right - left) / (right + left))


def _stance(own: Sequence[Stride]) -> float:
    return 100 * float(np.mean([one.stance_share for one in own]))


def _whole(walk: LabelledWalk, one: Stride) -> bool:
    """Whether the points last until the foot that ends the stride is flat."""
    return one.next_heel_strike + _FLAT_FOOT[1] * one.stance_share * one.duration <= walk.time[-1]


def _width(walk: LabelledWalk, one: Stride, other: str, own: str) -> float:
    stood = one.stance_share * one.duration
    first, last = (_foot(walk, own, strike, stood) for strike in (one.heel_strike, one.next_heel_strike))
    between = _foot(walk, other, one.opposite_heel_strike, stood)
    line = (last - first) / np.linalg.norm(last - first)
    left = line[1] * (between - first)[0] - line[0] * (between - first)[1]
    return float(left if other == "left" else -left)


def _foot(walk: LabelledWalk, side: str, strike: float, stood: float) -> Array:
    instants = strike + stood * np.linspace(*_FLAT_FOOT, 5)
    return walk.at(walk.points.of([f"{side}_ankle"])[:, 0][:, [0, 2]], instants).mean(axis=0).astype(float)
