"""Parts of the body for segmentation: each belongs to the joints that move it, and what is worn belongs to the part under it."""

import numpy as np

from engine.core.arrays import Labels, Single
from engine.core.conventions import SMPLX_JOINTS
from render.body.smplx_joints import BODY_SIDES

_SIDED = ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")
PARTS: tuple[str, ...] = (
    "background",
    "head",
    "torso",
    *(f"{side}_{part}" for side, _ in BODY_SIDES for part in _SIDED),
    "walking_aid",
)
"""Names of the values of a part segmentation."""

_PART_OF = {
    "shoulder": "upper_arm",
    "elbow": "forearm",
    "hip": "thigh",
    "knee": "shank",
    "ankle": "foot",
    "foot": "foot",
}
_HEAD = ("neck", "head", "jaw", "left_eye", "right_eye")
_TORSO = ("pelvis", "spine1", "spine2", "spine3", "left_collar", "right_collar")


def part_of_joint() -> Labels:
    """Index into `PARTS` for each SMPL-X joint ``(55,)``."""
    return np.array([PARTS.index(_part(name)) for name in SMPLX_JOINTS], np.uint8)


def _part(joint: str) -> str:
    if joint in _HEAD:
        return "head"
    if joint in _TORSO:
        return "torso"
    side, _, name = joint.partition("_")
    return f"{side}_{_PART_OF.get(name, 'hand')}"


def part_of_vertex(weights: Single) -> Labels:
    """Index into `PARTS` for each vertex ``(n,)`` by the joint that moves it most.

    Of ``weights (n, 55 + k)`` the last ``k`` belong to the joints of walking aids.
    """
    aids = np.full(weights.shape[1] - len(SMPLX_JOINTS), PARTS.index("walking_aid"), np.uint8)
    return np.concatenate([part_of_joint(), aids])[weights.argmax(axis=1)]
