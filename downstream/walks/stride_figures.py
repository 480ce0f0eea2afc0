"""Figures of a stretch of a labelled walk that its points tell, beside those of its events (`engine.gait.temporal_parameters`)."""

from collections.abc import Sequence

import numpy as np

from downstream.walks.labelled_walk import LabelledWalk
from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.gait.strides import BothSides, Stride

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


def step_width(walk: LabelledWalk, strides: BothSides) -> float:
    """Distance of a flat foot's ankle from the line between two of the other foot's, m, negative where feet cross (Huxham et al. 2006).

    Ankles instead of the pressure under the feet, by which `engine.gait.gait_parameters` goes: a recorded walk may have no forces, and the
    points that are seen are ankles. The two differ by 11 mm (SD) from walk to walk."""
    widths = [
        _widths(walk, whole, SIDES[1 - side], SIDES[side])
        for side, own in enumerate(strides)
        if (whole := [one for one in own if _whole(walk, one)])
    ]
    return float(np.mean(np.concatenate(widths))) if widths else np.nan


def _whole(walk: LabelledWalk, one: Stride) -> bool:
    """Whether the points last until the foot that ends the stride is flat."""
    return one.next_heel_strike + _FLAT_FOOT[1] * one.stance_share * one.duration <= walk.time[-1]


def _widths(walk: LabelledWalk, strides: Sequence[Stride], other: str, own: str) -> Array:
    """Of each stride ``(k,)``."""
    first, between, last, stood = np.transpose(
        [
            (one.heel_strike, one.opposite_heel_strike, one.next_heel_strike, one.stance_share * one.duration)
            for one in strides
        ]
    )
    first, between, last = (
        _foot(walk, own, first, stood),
        _foot(walk, other, between, stood),
        _foot(walk, own, last, stood),
    )
    line, to = last - first, between - first
    left = (line[:, 1] * to[:, 0] - line[:, 0] * to[:, 1]) / np.linalg.norm(line, axis=1)
    return left if other == "left" else -left


def _foot(walk: LabelledWalk, side: str, strikes: Array, stood: Array) -> Array:
    """Where a foot stands on the floor ``(k, 2)`` after each of ``strikes (k,)``, for as long as it has ``stood (k,)``."""
    instants = strikes[:, None] + stood[:, None] * np.linspace(*_FLAT_FOOT, 5)
    floor = walk.points.of([f"{side}_ankle"])[:, 0][:, [0, 2]]
    return walk.at(floor, instants.ravel()).reshape(*instants.shape, 2).mean(axis=1).astype(float)
