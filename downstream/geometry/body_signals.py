"""What of a walker moves with the rhythm, in body sizes."""

import numpy as np

from downstream.geometry.stride_rhythm import Signal
from downstream.recordings.body_size import middle, root
from downstream.recordings.keypoint_recording import limb_columns
from engine.core.arrays import Array

LEGS = ("ankle", "knee")
_FEET = ("big_toe", "heel")
_ARMS = ("wrist", "elbow")


def body_signals(points: Array, per_px: Array) -> list[Signal]:
    """Signals of keypoints ``points (F, 17 or 23, 2)``; ``per_px (F,)`` is one over the body's size in the picture, smooth in time."""
    sway, bob = np.split(root(points) * per_px[:, None], 2, axis=1)
    apart = [left_minus_right(points, limb) * per_px[:, None] for limb in (LEGS, _ARMS, _FEET)]
    return [
        *(Signal(values, per_stride=1) for values in (*apart, sway) if values.size),
        *(Signal(values, per_stride=2) for values in (_both_legs(points) * per_px[:, None], bob)),
    ]


def left_minus_right(points: Array, parts: tuple[str, ...]) -> Array:
    """Differences ``(F, 2 · parts)`` of the parts that there are."""
    left, right = (points[:, limb_columns(side, parts, points)] for side in ("left", "right"))
    return (left - right).reshape(len(points), -1)


def _both_legs(points: Array) -> Array:
    """Left plus right ``(F, 4)``, from the middle of the hips."""
    left, right = (points[:, limb_columns(side, LEGS, points)] for side in ("left", "right"))
    return (left + right - 2 * middle(points, "hip")[:, None]).reshape(len(points), -1)
