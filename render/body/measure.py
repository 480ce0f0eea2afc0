"""Segment lengths of a body in its rest pose, as physics needs them."""

import numpy as np

from engine.core.arrays import Array
from render.body.footwear import sole_thickness_m
from render.body.model import BodyModel
from render.body.smplx_joints import BODY_SIDES, JOINT
from render.body.solid import stature

_BONES = {
    "thigh": ("hip", "knee"),
    "shank": ("knee", "ankle"),
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
}


def segment_lengths(model: BodyModel, vertices: Array, joints: Array) -> dict[str, float]:
    """Lengths in metres as `engine.gait.records.BodyShape` defines them, of the rest pose ``vertices (V, 3)`` and ``joints (55, 3)``.

    Joint centres are those that pose the rendered body, so that legs are equally long in physics and in pictures. Sides are averaged.
    """
    floor = vertices[:, 1].min() - sole_thickness_m(float(stature(vertices)))
    middle = {name: np.mean([joints[JOINT[f"{side}_{name}"]] for side, _ in BODY_SIDES], axis=0) for name in _PAIRED}
    lengths = {name: _mean_over_sides(joints, *ends) for name, ends in _BONES.items()}
    lengths |= {
        "pelvis": np.linalg.norm(joints[JOINT["left_hip"]] - joints[JOINT["right_hip"]]),
        "trunk": np.linalg.norm(middle["shoulder"] - middle["hip"]),
        "foot": np.mean([_foot_length(model, vertices, joints, side) for side, _ in BODY_SIDES]),
        "hand": np.mean([_hand_length(model, vertices, joints, side) for side, _ in BODY_SIDES]),
        "ankle_height": middle["ankle"][1] - floor,
        "hip_height": middle["hip"][1] - floor,
    }
    return {name: float(length) for name, length in lengths.items()}


_PAIRED = ("hip", "shoulder", "ankle")


def _mean_over_sides(joints: Array, start: str, end: str) -> float:
    bones = [joints[JOINT[f"{side}_{end}"]] - joints[JOINT[f"{side}_{start}"]] for side, _ in BODY_SIDES]
    return float(np.linalg.norm(bones, axis=1).mean())


def _foot_length(model: BodyModel, vertices: Array, joints: Array, side: str) -> float:
    ankle, foot = joints[JOINT[f"{side}_ankle"]], joints[JOINT[f"{side}_foot"]]
    axis = (foot - ankle) * [1.0, 0.0, 1.0]
    share = model.weights[:, JOINT[f"{side}_ankle"]] + model.weights[:, JOINT[f"{side}_foot"]]
    along = vertices[(share > 0.5) & (vertices[:, 1] < ankle[1])] @ (axis / np.linalg.norm(axis))
    return float(np.ptp(along))


def _hand_length(model: BodyModel, vertices: Array, joints: Array, side: str) -> float:
    tip = vertices[model.landmarks[f"{side[0]}middle"]]
    return float(np.linalg.norm(tip - joints[JOINT[f"{side}_wrist"]]))
