"""What of a walker moves with the rhythm, in body sizes."""

import numpy as np

from downstream.geometry.stride_rhythm import Signal
from downstream.recordings.body_size import middle, root
from downstream.recordings.keypoint_recording import limb_columns
from engine.core.arrays import Array

LEGS = ("ankle", "knee")
_FEET = ("big_toe", "heel")
_ARMS = ("wrist", "elbow")
_APART, _TOGETHER = (LEGS, _FEET, _ARMS), (LEGS, _FEET)


def body_signals(points: Array, per_px: Array) -> list[Signal]:
    """Signals of keypoints ``points (F, 17 or 23, 2)``; ``per_px (F,)`` is one over the body's size in the picture, smooth in time."""
    size = per_px[:, None]
    sway, bob = np.split(root(points) * size, 2, axis=1)
    apart = [left_minus_right(points, limb) * size for limb in _APART]
    together = [_left_plus_right(points, limb) * size for limb in _TOGETHER]
    signals = [
        *(Signal(values, per_stride=1) for values in (*apart, sway)),
        *(Signal(values, per_stride=2) for values in (*together, bob)),
    ]
    return [signal for signal in signals if signal.values.size]


def left_minus_right(points: Array, parts: tuple[str, ...]) -> Array:
    """Differences ``(F, 2 · parts)`` of the parts that there are."""
    left, right = (points[:, limb_columns(side, parts, points)] for side in ("left", "right"))
    return (left - right).reshape(len(points), -1)


def _left_plus_right(points: Array, parts: tuple[str, ...]) -> Array:
    """Sums ``(F, 2 · parts)`` of the parts that there are, from the middle of the hips."""
    left, right = (points[:, limb_columns(side, parts, points)] for side in ("left", "right"))
    return (left + right - 2 * middle(points, "hip")[:, None]).reshape(len(points), -1)
