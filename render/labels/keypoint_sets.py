"""The sets of keypoints that are labelled, and how thick a body is around each."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import BODY_25_KEYPOINTS, COCO_KEYPOINTS, SMPLX_JOINTS

SetName = Literal["coco17", "body25", "smplx"]


@dataclass(frozen=True)
class KeypointSet:
    """``points`` in order; ``pixels`` and ``world`` are the names of its arrays in a camera's label file."""

    points: tuple[str, ...]
    pixels: str
    world: str


SETS: dict[SetName, KeypointSet] = {
    "coco17": KeypointSet(COCO_KEYPOINTS, "keypoints2d", "keypoints3d"),
    "body25": KeypointSet(BODY_25_KEYPOINTS, "body25_2d", "body25_3d"),
    "smplx": KeypointSet(SMPLX_JOINTS, "joints2d", "joints3d"),
}

_HIDDEN_BEHIND_M = {
    "nose": 0.03,
    "eye": 0.03,
    "ear": 0.04,
    "jaw": 0.08,
    "head": 0.13,
    "neck": 0.22,
    "collar": 0.20,
    "shoulder": 0.15,
    "elbow": 0.09,
    "wrist": 0.08,
    "index": 0.07,
    "middle": 0.07,
    "pinky": 0.07,
    "ring": 0.07,
    "thumb": 0.07,
    "spine": 0.25,
    "pelvis": 0.25,
    "mid_hip": 0.25,
    "hip": 0.21,
    "knee": 0.16,
    "ankle": 0.13,
    "foot": 0.13,
    "big_toe": 0.06,
    "small_toe": 0.06,
    "heel": 0.07,
}
"""A keypoint counts as hidden if what is seen at its pixel lies this much nearer in a 1.7 m person: more than the flesh and clothes
around it. Trunk, neck, hands and feet: nine of ten level and rising rays leave a person of BMI 33 before that."""
_REFERENCE_STATURE_M = 1.7


def margins(name: SetName, stature: float) -> Array:
    """How far inside the body each keypoint of a set may lie, m ``(n,)``."""
    own = [_HIDDEN_BEHIND_M[_part(point)] for point in SETS[name].points]
    return np.array(own) * stature / _REFERENCE_STATURE_M


def _part(keypoint: str) -> str:
    return keypoint.removeprefix("left_").removeprefix("right_").rstrip("123")
