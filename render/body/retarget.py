"""From the bones of the physics to the joints of the rendered body.

Bones are compared by their rotations in the world, not by coordinates: ``G_k = R_bone A_k`` with ``R_bone`` the bone's rotation
(identity in OpenSim's neutral pose: arms hanging, palms as `PALM_TURN` says) and ``A_k`` what takes the joint from the rest pose of
SMPL-X (arms out, palms down) to that neutral pose. ``A_k`` follows from the rest joints alone, so it serves a licensed body as well.
Then each limb bone is swung onto the line between the joint centres of the physics, which makes its direction exact.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from render.body.bones_in_view import BoneMotion
from render.body.rotations import rotation_about, rotation_between
from render.body.smplx_joints import BODY_SIDES, FINGERS, JOINT, PARENTS

SPINE_SHARES = {"spine1": 0.4, "spine2": 0.75, "spine3": 1.0}
"""How much of the trunk's rotation on the pelvis is reached at each joint of the spine."""
NECK_LEVELLING, HEAD_LEVELLING = 0.3, 0.6
"""How much of the trunk's pitch and roll neck and head take back, since people keep their gaze level (Pozzo et al. 1990, Exp Brain Res
82:97); half as much of its yaw."""
PALM_TURN = np.radians(40.0)
"""How far the palm is turned forward from facing the thigh at zero pronation. Chosen so that the palms of a quiet walk face the thighs."""
FINGER_CURL, THUMB_TURN = 0.35, 0.12
_LIMB_BONES = (
    ("hip", "knee", "femur", "tibia"),
    ("knee", "ankle", "tibia", "talus"),
    ("shoulder", "elbow", "humerus", "ulna"),
    ("elbow", "wrist", "ulna", "hand"),
)
"""Start joint, end joint, and the OpenSim bodies whose origins are their centres."""


def rest_to_neutral(joints: Array) -> dict[str, Array]:
    """Rotations ``A_k (3, 3)`` of limb joints from the rest pose with ``joints (55, 3)`` to OpenSim's neutral pose."""
    turns = {}
    for side, sign in BODY_SIDES:

        def bone(start: str, end: str, side: str = side) -> Array:
            return joints[JOINT[f"{side}_{end}"]] - joints[JOINT[f"{side}_{start}"]]

        down, outward = np.array([0.0, -1.0, 0.0]), np.array([sign, 0.0, 0.0])
        turns[f"{side}_hip"] = rotation_between(bone("hip", "knee"), down)
        turns[f"{side}_knee"] = rotation_between(bone("knee", "ankle"), down)
        foot = bone("ankle", "foot")
        turns[f"{side}_ankle"] = turns[f"{side}_foot"] = rotation_about(1, -np.arctan2(foot[0], foot[2]))
        hang = rotation_about(2, -sign * np.pi / 2)
        turns[f"{side}_shoulder"] = hang @ rotation_between(bone("shoulder", "elbow"), outward)
        turns[f"{side}_elbow"] = hang @ rotation_between(bone("elbow", "wrist"), outward)
        palm = rotation_about(1, sign * PALM_TURN)
        turns[f"{side}_wrist"] = palm @ hang @ rotation_between(bone("wrist", "middle1"), outward)
    return turns


def retarget(motion: BoneMotion, joints: Array) -> Array:
    """World rotations ``(n, 55, 3, 3)`` of all joints of the body with rest joints ``joints (55, 3)``."""
    frames = len(motion.rotation["pelvis"])
    world = np.broadcast_to(np.eye(3), (frames, len(PARENTS), 3, 3)).copy()
    _pose_trunk(world, motion)
    neutral = rest_to_neutral(joints)
    for side, sign in BODY_SIDES:
        _pose_limbs(world, motion, neutral, side)
        _swing_onto_bones(world, motion, joints, side)
        _share_forearm_twist(world, joints, side)
        _curl_fingers(world, side, sign)
    return world


def _pose_trunk(world: Array, motion: BoneMotion) -> None:
    pelvis, torso = motion.rotation["pelvis"], motion.rotation["torso"]
    bend = Rotation.from_matrix(np.swapaxes(pelvis, -1, -2) @ torso).as_rotvec()
    world[:, JOINT["pelvis"]] = pelvis
    for name, share in SPINE_SHARES.items():
        world[:, JOINT[name]] = pelvis @ Rotation.from_rotvec(share * bend).as_matrix()
    world[:, JOINT["neck"]] = _levelled(torso, NECK_LEVELLING)
    for name in ("head", "jaw", "left_eye", "right_eye"):
        world[:, JOINT[name]] = _levelled(torso, HEAD_LEVELLING)


def _levelled(rotation: Array, share: float) -> Array:
    """The rotation with ``share`` of its pitch and roll, and half of that of its yaw, taken back."""
    yaw_pitch_roll = Rotation.from_matrix(rotation).as_euler("YXZ")
    return Rotation.from_euler("YXZ", yaw_pitch_roll * [1 - 0.5 * share, 1 - share, 1 - share]).as_matrix()


def _pose_limbs(world: Array, motion: BoneMotion, neutral: dict[str, Array], side: str) -> None:
    carriers = {"hip": "femur", "knee": "tibia", "ankle": "calcn", "foot": "toes"}
    carriers |= {"shoulder": "humerus", "elbow": "ulna", "wrist": "hand"}
    for joint, body in carriers.items():
        name = f"{side}_{joint}"
        world[:, JOINT[name]] = motion.rotation[f"{body}_{side[0]}"] @ neutral[name]
    world[:, JOINT[f"{side}_collar"]] = world[:, JOINT["spine3"]]


def _swing_onto_bones(world: Array, motion: BoneMotion, joints: Array, side: str) -> None:
    """Turns each limb bone by the shortest way onto the line between the joint centres of the physics."""
    for start, end, upper, lower in _LIMB_BONES:
        k = JOINT[f"{side}_{start}"]
        rest = joints[JOINT[f"{side}_{end}"]] - joints[k]
        wanted = motion.origin[f"{lower}_{side[0]}"] - motion.origin[f"{upper}_{side[0]}"]
        world[:, k] = rotation_between(world[:, k] @ rest, wanted) @ world[:, k]


def _share_forearm_twist(world: Array, joints: Array, side: str) -> None:
    """Half of the hand's turn about the forearm goes into the forearm, as skin does."""
    elbow, wrist = JOINT[f"{side}_elbow"], JOINT[f"{side}_wrist"]
    axis = joints[wrist] - joints[elbow]
    axis = axis / np.linalg.norm(axis)
    hand = Rotation.from_matrix(np.swapaxes(world[:, elbow], -1, -2) @ world[:, wrist]).as_quat()
    twist = 2 * np.arctan2(hand[:, :3] @ axis, hand[:, 3])
    twist = (twist + np.pi) % (2 * np.pi) - np.pi
    world[:, elbow] = world[:, elbow] @ Rotation.from_rotvec(0.5 * twist[:, None] * axis).as_matrix()


def _curl_fingers(world: Array, side: str, sign: float) -> None:
    curl = rotation_about(2, -sign * FINGER_CURL)
    thumb = rotation_about(1, sign * THUMB_TURN)
    for finger in FINGERS:
        for k in (1, 2, 3):
            joint = JOINT[f"{side}_{finger}{k}"]
            world[:, joint] = world[:, PARENTS[joint]] @ (thumb if finger == "thumb" else curl)
