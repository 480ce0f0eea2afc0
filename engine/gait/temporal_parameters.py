"""Temporal gait parameters, which follow from foot events alone: the one definition, for labels, readings and reports alike.

Those of a foot are means over its complete strides; those of a walk are means of the feet that have any (Perry & Burnfield, *Gait
Analysis*, 2nd ed. 2010, ch. 1). A step is that which ends with its foot's heel strike.
"""

from collections.abc import Callable, Sequence

import numpy as np

from engine.gait.strides import BothSides, Stride

OfFoot = Callable[[Sequence[Stride]], float]


def stride_time_s(strides: Sequence[Stride]) -> float:
    return float(np.mean([one.duration for one in strides]))


def step_time_s(strides: Sequence[Stride]) -> float:
    return float(np.mean([one.next_heel_strike - one.opposite_heel_strike for one in strides]))


def stance_pct(strides: Sequence[Stride]) -> float:
    """Per cent of the stride on the ground."""
    return 100 * float(np.mean([one.stance_share for one in strides]))


def double_support_pct(strides: Sequence[Stride]) -> float:
    """Per cent of the stride on both feet."""
    return 100 * float(np.mean([one.double_support_share for one in strides]))


def of_walk(figure: OfFoot, strides: BothSides) -> float:
    """Mean of the feet; one of them at least has strides."""
    return float(np.mean([figure(own) for own in strides if own]))


def cadence_spm(strides: BothSides) -> float:
    """Steps a minute."""
    return 120 / of_walk(stride_time_s, strides)


def asymmetry_pct(figure: OfFoot, strides: BothSides) -> float:
    """Right less left, per cent of their mean."""
    right, left = (figure(own) for own in strides)
    return 200 * (right - left) / (right + left)
