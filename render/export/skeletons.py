"""Which keypoints a drawing joins by a line, by set: pairs of names."""

from engine.core.conventions import SMPLX_JOINTS
from render.body.smplx_joints import PARENTS
from render.labels.keypoint_sets import SETS, SetName

_SIDES = ("left", "right")


def _both(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{side}_{a}", f"{side}_{b}") for side in _SIDES for a, b in pairs)


_LIMBS = _both(("ankle", "knee"), ("knee", "hip"), ("shoulder", "elbow"), ("elbow", "wrist"))

SKELETONS: dict[SetName, tuple[tuple[str, str], ...]] = {
    "coco17": (
        *_LIMBS,
        *_both(("shoulder", "hip"), ("eye", "ear"), ("ear", "shoulder")),
        ("left_hip", "right_hip"),
        ("left_shoulder", "right_shoulder"),
        ("left_eye", "right_eye"),
        ("nose", "left_eye"),
        ("nose", "right_eye"),
    ),
    "body25": (
        *_LIMBS,
        *_both(("eye", "ear"), ("ankle", "big_toe"), ("big_toe", "small_toe"), ("ankle", "heel")),
        ("nose", "neck"),
        ("neck", "mid_hip"),
        *(
            (middle, f"{side}_{joint}")
            for side in _SIDES
            for middle, joint in (("neck", "shoulder"), ("mid_hip", "hip"))
        ),
        ("nose", "left_eye"),
        ("nose", "right_eye"),
    ),
    "smplx": tuple(
        (SMPLX_JOINTS[parent], name) for name, parent in zip(SMPLX_JOINTS, PARENTS, strict=True) if parent >= 0
    ),
}
"""COCO's 19 lines (annotations of 2017) and OpenPose's 24 (Cao et al. 2021), in an order of our own; SMPL-X's bones."""


def numbered(name: SetName) -> list[list[int]]:
    """The lines as COCO's JSON has them: pairs of numbers, the first keypoint is 1."""
    points = SETS[name].points
    return [[points.index(one) + 1 for one in pair] for pair in SKELETONS[name]]
