"""The measured man as if he walked with bent knees: does a reader see the posture, or tell the usual one?"""

import numpy as np

from benchmarks.measured_man_parts.keypoints import with_head
from downstream.recordings.keypoint_recording import JOINT
from engine.core.arrays import Array
from engine.core.conventions import SIDES

LOWERED_M = (0.0, 0.02, 0.05, 0.1)
_ABOVE_THE_KNEE = ("shoulder", "elbow", "wrist", "hip")
_AHEAD = np.array([1.0, 0.0, 0.0])
_STRAIGHT_M = 1e-3
"""A leg is bent by this much at least."""


def lowered(points: Array, by_m: float, height_m: float) -> Array:
    """Keypoints ``(n, 23, 3)`` with all above the knees ``by_m`` lower, feet as they are, and knees where thigh and shank of even length
    then meet, ahead of the line from hip to ankle. With 0 that makes lengths even and no more."""
    moved = points.copy()
    moved[:, [JOINT[f"{side}_{part}"] for side in SIDES for part in _ABOVE_THE_KNEE], 1] -= by_m
    for side in SIDES:
        hip, knee, ankle = (points[:, JOINT[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
        thigh, shank = (float(np.linalg.norm(bone, axis=1).mean()) for bone in (knee - hip, ankle - knee))
        moved[:, JOINT[f"{side}_knee"]] = _knee(moved[:, JOINT[f"{side}_hip"]], ankle, thigh, shank)
    return with_head(moved, height_m)


def _knee(hip: Array, ankle: Array, thigh: float, shank: float) -> Array:
    """Where two bones meet ``(n, 3)``; those too short for the way reach as far as they can."""
    way = ankle - hip
    length = np.linalg.norm(way, axis=1, keepdims=True)
    along = way / length
    reach = np.minimum(length, thigh + shank - _STRAIGHT_M)
    down = (thigh**2 - shank**2 + reach**2) / (2 * reach)
    ahead = _AHEAD - along * (along @ _AHEAD)[:, None]
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    return hip + down * along + np.sqrt(np.maximum(thigh**2 - down**2, 0.0)) * ahead
