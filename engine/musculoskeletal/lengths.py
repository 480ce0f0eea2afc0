"""Lengths of a model's segments, between joint centres of the neutral pose (all coordinates zero)."""

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.musculoskeletal.description import ModelDescription
from engine.musculoskeletal.published import published_model

GENERIC_STATURE_M = 1.70
"""Stature of the published generic adult (Rajagopal et al. 2016)."""

HEEL_BACK_M = -0.012
"""Back of the generic foot in the frame of the heel bone: the bone's own surface and 2 mm of skin."""

FOOT_LENGTH_M = 0.270
"""Heel to toe tip of the generic foot, whose bones measure 0.266 m."""

ANKLE_HEIGHT_M = 0.039 * GENERIC_STATURE_M
HAND_LENGTH_M = 0.108 * GENERIC_STATURE_M
"""Fractions of stature: Drillis & Contini 1966, New York University report 1166.03."""


def joint_centres(description: ModelDescription) -> dict[str, Array]:
    """Centre ``(3,)`` of every joint in the neutral pose, from the pelvis origin.

    In that pose the frames of all bodies are parallel: joints are turned alike in parent and child, and the knee's curves start at zero.
    """
    origin = {"ground": np.zeros(3)}
    centres = {}
    for joint in description.joints:
        centres[joint.name] = origin[joint.parent] + joint.in_parent.position
        origin[joint.child] = centres[joint.name] - joint.in_child.position
    return centres


def neutral_origins(description: ModelDescription) -> dict[str, Array]:
    """Origin ``(3,)`` of every body in the neutral pose, from that of the ground. Curves count where they start: the patella slides on."""
    origin = {"ground": np.zeros(3)}
    for joint in description.joints:
        slid = sum((axis.curve.at_zero * axis.direction for axis in joint.axes[3:] if axis.curve), np.zeros(3))
        place = joint.in_parent.position + Rotation.from_euler("XYZ", joint.in_parent.angles).apply(slid)
        origin[joint.child] = origin[joint.parent] + place - joint.in_child.position
    return origin


def segment_lengths(description: ModelDescription) -> dict[str, float]:
    """Pelvis, thigh, shank, trunk, upper arm and forearm as `BodyShape` defines them, in metres (both sides' mean)."""
    centres = joint_centres(description)

    def between(start: str, end: str) -> float:
        spans = [np.linalg.norm(centres[f"{end}_{side[0]}"] - centres[f"{start}_{side[0]}"]) for side in SIDES]
        return float(np.mean(spans))

    hips, shoulders = ((centres[f"{name}_r"] + centres[f"{name}_l"]) / 2 for name in ("hip", "acromial"))
    return {
        "pelvis": float(np.linalg.norm(centres["hip_r"] - centres["hip_l"])),
        "thigh": between("hip", "knee"),
        "shank": between("knee", "ankle"),
        "trunk": float(np.linalg.norm(shoulders - hips)),
        "upper_arm": between("acromial", "elbow"),
        "forearm": between("elbow", "radius_hand"),
    }


def generic_lengths() -> dict[str, float]:
    """Lengths of the unscaled model: a default adult for `BodyShape.lengths_m`."""
    centres = joint_centres(published_model())
    return {
        **segment_lengths(published_model()),
        "foot": FOOT_LENGTH_M,
        "hand": HAND_LENGTH_M,
        "ankle_height": ANKLE_HEIGHT_M,
        "hip_height": float(centres["hip_r"][1] - centres["ankle_r"][1]) + ANKLE_HEIGHT_M,
    }
