"""Names and frames that the whole project shares. Imports nothing of ours.

World axes in physics are OpenSim's: X forward, Y up, Z to the right. Angles are radians, lengths metres, time seconds;
a name that ends in ``_deg``, ``_mm`` or ``_pct`` says otherwise. Time is the first axis of every array.
"""

from typing import Literal

GRAVITY_MPS2 = 9.80665

HEALTHY = "healthy"
"""Name of the condition of people who have none."""

Sex = Literal["female", "male"]
Side = Literal["none", "left", "right", "both"]
"""Which side of the body a condition affects."""
SplitName = Literal["train", "validation", "test"]
SplitChoice = Literal[SplitName, "all"]

Keep = Literal["everything", "learning"]
"""Which files of walks a cohort keeps: all of them, or only what estimators learn from."""

SIDES: tuple[str, str] = ("right", "left")
"""Order of every axis of length two that means a side. OpenSim's suffixes are the first letters."""

ROOT_COORDINATES: tuple[str, ...] = (
    "pelvis_tilt",
    "pelvis_list",
    "pelvis_rotation",
    "pelvis_tx",
    "pelvis_ty",
    "pelvis_tz",
)
LEG_COORDINATES: tuple[str, ...] = (
    "hip_flexion",
    "hip_adduction",
    "hip_rotation",
    "knee_angle",
    "ankle_angle",
    "mtp_angle",
)
LUMBAR_COORDINATES: tuple[str, ...] = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
ARM_COORDINATES: tuple[str, ...] = ("arm_flex", "arm_add", "arm_rot", "elbow_flex", "pro_sup")

COORDINATES: tuple[str, ...] = (
    *ROOT_COORDINATES,
    *(f"{name}_r" for name in LEG_COORDINATES),
    *(f"{name}_l" for name in LEG_COORDINATES),
    *LUMBAR_COORDINATES,
    *(f"{name}_r" for name in ARM_COORDINATES),
    *(f"{name}_l" for name in ARM_COORDINATES),
)
"""The 31 free coordinates of the default model, in the order of every coordinate axis."""

GAIT_ANGLES: tuple[str, ...] = (*ROOT_COORDINATES[:3], *LEG_COORDINATES[:3], "knee_angle", "ankle_angle")
"""Angles of pelvis and leg that gait laboratories report, a leg's without its side."""

COORDINATE_INDEX: dict[str, int] = {name: index for index, name in enumerate(COORDINATES)}
TRANSLATIONS: tuple[str, ...] = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
ANTISYMMETRIC_COORDINATES: tuple[str, ...] = (
    "pelvis_list",
    "pelvis_rotation",
    "pelvis_tz",
    "lumbar_bending",
    "lumbar_rotation",
)
"""Midline coordinates that change sign in a mirror."""

MUSCLE_GROUPS: dict[str, tuple[str, ...]] = {
    "hip_flexors": ("iliacus", "psoas", "sart"),
    "hip_extensors": ("glmax1", "glmax2", "glmax3"),
    "hip_abductors": (
        "glmed1",
        "glmed2",
        "glmed3",
        "glmin1",
        "glmin2",
        "glmin3",
        "piri",
        "tfl",
    ),
    "hip_adductors": ("addbrev", "addlong", "addmagDist", "addmagIsch", "addmagMid", "addmagProx", "grac"),
    "quadriceps": ("recfem", "vasint", "vaslat", "vasmed"),
    "hamstrings": ("bflh", "bfsh", "semimem", "semiten"),
    "plantarflexors": ("fdl", "fhl", "gaslat", "gasmed", "perbrev", "perlong", "soleus", "tibpost"),
    "dorsiflexors": ("edl", "ehl", "tibant"),
}
"""Clinical muscle groups of one leg: every muscle of the model belongs to exactly one."""

LEG_MUSCLES: tuple[str, ...] = tuple(sorted(name for group in MUSCLE_GROUPS.values() for name in group))
MUSCLES: tuple[str, ...] = (
    *(f"{name}_r" for name in LEG_MUSCLES),
    *(f"{name}_l" for name in LEG_MUSCLES),
)
"""The 80 lower-limb muscles of the default model, right leg first."""

SEGMENTS: tuple[str, ...] = ("pelvis", "thigh", "shank", "foot", "trunk", "upper_arm", "forearm", "hand")

COCO_KEYPOINTS: tuple[str, ...] = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)

HEAD_KEYPOINTS: tuple[str, ...] = COCO_KEYPOINTS[:5]

BODY_25_KEYPOINTS: tuple[str, ...] = (
    "nose",
    "neck",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "mid_hip",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
    "left_big_toe",
    "left_small_toe",
    "left_heel",
    "right_big_toe",
    "right_small_toe",
    "right_heel",
)
"""OpenPose's BODY_25, in its order (Cao et al. 2021, IEEE TPAMI 43:172)."""

FOOT_KEYPOINTS: tuple[str, ...] = BODY_25_KEYPOINTS[-6:]
"""The feet of COCO-WholeBody and of BODY_25, in their order (Jin et al. 2020, ECCV)."""

_FINGERS = ("index", "middle", "pinky", "ring", "thumb")
SMPLX_JOINTS: tuple[str, ...] = (
    "pelvis",
    "left_hip",
    "right_hip",
    "spine1",
    "left_knee",
    "right_knee",
    "spine2",
    "left_ankle",
    "right_ankle",
    "spine3",
    "left_foot",
    "right_foot",
    "neck",
    "left_collar",
    "right_collar",
    "head",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "jaw",
    "left_eye",
    "right_eye",
    *(f"left_{finger}{k}" for finger in _FINGERS for k in (1, 2, 3)),
    *(f"right_{finger}{k}" for finger in _FINGERS for k in (1, 2, 3)),
)
"""The 55 posed joints of SMPL-X, in its order."""

EYEBALLS: dict[str, str] = {"left_eye": "left_eye_smplhf", "right_eye": "right_eye_smplhf"}
"""The joints of SMPL-X that are called like keypoints of COCO and lie elsewhere, and their names in `smplx` where both occur."""
POINT_NAMES: tuple[str, ...] = (
    *(EYEBALLS.get(name, name) for name in SMPLX_JOINTS),
    *HEAD_KEYPOINTS,
    *FOOT_KEYPOINTS,
)
"""The points of a walk in the world: all joints of SMPL-X, then what COCO and COCO-WholeBody have on the skin of head and feet. All other
keypoints of COCO are joints."""

IMU_SITES: tuple[str, ...] = (
    "chest",
    "waist",
    "left_thigh",
    "right_thigh",
    "left_ankle",
    "right_ankle",
    "left_wrist",
    "right_wrist",
)


def suffix(side: str) -> str:
    """OpenSim's suffix of a side: ``"right"`` gives ``"_r"``."""
    return f"_{side[0]}"
