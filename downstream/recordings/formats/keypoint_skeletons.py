"""Skeletons: which joints a program gives, and in which order. A new one is one entry.

Joints bear the names of COCO and OpenPose wherever they are among ours (`KEYPOINTS`); all others only hold their place.
"""

from engine.core.conventions import BODY_25_KEYPOINTS, COCO_KEYPOINTS
from engine.core.errors import DataError

FEET_KEYPOINTS: tuple[str, ...] = BODY_25_KEYPOINTS[19:]
KEYPOINTS: tuple[str, ...] = COCO_KEYPOINTS + FEET_KEYPOINTS
"""What we read: COCO-17, then big toe, small toe and heel of the left and of the right foot."""

_HALPE_26 = (
    *COCO_KEYPOINTS,
    *("head", "neck", "mid_hip"),
    *("left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe", "left_heel", "right_heel"),
)
SKELETONS: dict[str, tuple[str, ...]] = {
    "coco17": COCO_KEYPOINTS,
    "coco23": KEYPOINTS,
    "coco133": (*KEYPOINTS, *(f"face_or_hand_{number}" for number in range(110))),
    "coco18": (
        *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist"),
        *("right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"),
        *("right_eye", "left_eye", "right_ear", "left_ear"),
    ),
    "body25": BODY_25_KEYPOINTS,
    "halpe26": _HALPE_26,
    "halpe136": (*_HALPE_26, *(f"face_or_hand_{number}" for number in range(110))),
    "mediapipe33": (
        *("nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer"),
        *("left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow"),
        *("right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index"),
        *("left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"),
        *("left_heel", "right_heel", "left_big_toe", "right_big_toe"),
    ),
    "h36m17": (
        *("pelvis", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"),
        *("spine", "thorax", "nose", "head", "left_shoulder", "left_elbow", "left_wrist"),
        *("right_shoulder", "right_elbow", "right_wrist"),
    ),
}
"""COCO-WholeBody: Jin et al. 2020; Halpe: Fang et al. 2022 (AlphaPose); H36M in the order of VideoPose3D and MMPose. MediaPipe's foot index
is the tip of the foot."""

_PARTS = {
    **{name: (name,) for name in ("eye", "ear", "shoulder", "elbow", "hip", "knee", "ankle", "heel")},
    "wrist": ("wrist", "hand"),
    "big_toe": ("bigtoe", "toe", "toes", "hallux", "footindex", "foottip"),
    "small_toe": ("smalltoe", "littletoe", "fifthtoe"),
}
_SIDES = {"left": ("left", "l", "2"), "right": ("right", "r", "1")}
_KNOWN_AS = {"nose": "nose"} | {
    text: f"{side}_{part}"
    for side, marks in _SIDES.items()
    for part, names in _PARTS.items()
    for mark in marks
    for name in names
    for text in ((name + mark,) if mark.isdigit() else (name + mark, mark + name))
}


def joint_named(text: str) -> str:
    """Our name of a joint that a table calls ``LAnkle``, ``LEFT_ANKLE``, ``ankle_l`` or (DeepLabCut's human) ``ankle2``; others stay."""
    squeezed = "".join(letter for letter in text.lower() if letter.isalnum())
    return _KNOWN_AS.get(squeezed, text)


def skeleton_of(count: int, dimensions: int = 2) -> tuple[str, ...]:
    """The skeleton of ``count`` joints; seventeen are COCO's in a picture, Human3.6M's in space.

    Raises:
        DataError: none has so many.
    """
    if (count, dimensions) == (17, 3):
        return SKELETONS["h36m17"]
    for joints in SKELETONS.values():
        if len(joints) == count:
            return joints
    known = ", ".join(f"{name} ({len(joints)})" for name, joints in SKELETONS.items())
    raise DataError(f"a person has {count} joints; known skeletons: {known}")
