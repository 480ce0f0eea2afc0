"""From Anny's A-pose to the rest pose of SMPL-X: arms along ±x with palms down, legs vertical, feet forward and flat."""

import numpy as np

from engine.core.arrays import Array
from render.body.rotations import rotation_about, rotation_between
from render.body.smplx_joints import BODY_SIDES, FINGERS, JOINT, PARENTS

TOE_OUT = np.radians(5.0)
_FINGERS_CLOSED = {"index": 0.8, "middle": 0.8, "ring": 0.8, "pinky": 0.75, "thumb": 0.35}
"""How much of each finger's spread is taken back; the source pose has the fingers splayed."""
_DOWN = np.array([0.0, -1.0, 0.0])


def rest_rotations(joints: Array) -> Array:
    """World rotations ``(n, 55, 3, 3)`` that take the joints' frames ``joints (n, 55, 3)`` of the A-pose to the rest pose."""
    turns = np.broadcast_to(np.eye(3), (*joints.shape, 3)).copy()
    for side, sign in BODY_SIDES:
        _straighten_arm(turns, joints, side, sign)
        _straighten_leg(turns, joints, side, sign)
    return turns


def _straighten_arm(turns: Array, joints: Array, side: str, sign: float) -> None:
    outward = np.array([sign, 0.0, 0.0])

    def bone(start: str, end: str) -> Array:
        return joints[:, JOINT[f"{side}_{end}"]] - joints[:, JOINT[f"{side}_{start}"]]

    hand = rotation_between(bone("wrist", "middle1"), outward)
    knuckles = np.einsum("nab,nb->na", hand, bone("index1", "pinky1"))
    twist = np.arctan2(knuckles[:, 1], knuckles[:, 2]) - np.pi
    twist = (twist + np.pi) % (2 * np.pi) - np.pi
    turns[:, JOINT[f"{side}_shoulder"]] = rotation_between(bone("shoulder", "elbow"), outward)
    elbow = rotation_between(bone("elbow", "wrist"), outward)
    turns[:, JOINT[f"{side}_elbow"]] = rotation_about(0, 0.5 * twist) @ elbow
    hand = rotation_about(0, twist) @ hand
    turns[:, JOINT[f"{side}_wrist"]] = hand
    for finger in FINGERS:
        along = np.einsum("nab,nb->na", hand, bone(f"{finger}1", f"{finger}2"))
        spread = np.arctan2(-along[:, 2] * sign, along[:, 0] * sign)
        closed = rotation_about(1, -_FINGERS_CLOSED[finger] * spread) @ hand
        for k in (1, 2, 3):
            turns[:, JOINT[f"{side}_{finger}{k}"]] = closed


def _straighten_leg(turns: Array, joints: Array, side: str, sign: float) -> None:
    hip, knee, ankle, foot = (joints[:, JOINT[f"{side}_{name}"]] for name in ("hip", "knee", "ankle", "foot"))
    forward = foot - ankle
    yaw = sign * TOE_OUT - np.arctan2(forward[:, 0], forward[:, 2])
    turns[:, JOINT[f"{side}_hip"]] = rotation_about(1, 0.5 * yaw) @ rotation_between(knee - hip, _DOWN)
    turns[:, JOINT[f"{side}_knee"]] = rotation_about(1, yaw) @ rotation_between(ankle - knee, _DOWN)
    turns[:, JOINT[f"{side}_ankle"]] = turns[:, JOINT[f"{side}_foot"]] = rotation_about(1, yaw)


def place_joints(joints: Array, turns: Array) -> Array:
    """Joint centres ``(n, 55, 3)`` after each joint's frame was turned by ``turns`` (world rotations); the root stays."""
    placed = joints.copy()
    for k, parent in enumerate(PARENTS):
        if parent >= 0:
            bone = joints[:, k] - joints[:, parent]
            placed[:, k] = placed[:, parent] + np.einsum("nab,nb->na", turns[:, parent], bone)
    return placed


def to_rest_pose(vertices: Array, joints: Array, weights: Array) -> tuple[Array, Array]:
    """Vertices ``(n, V, 3)`` and joints ``(n, 55, 3)`` in the rest pose.

    Inverse linear blend skinning: posing the result back to the A-pose gives ``vertices`` exactly.
    """
    turns = rest_rotations(joints)
    placed = place_joints(joints, turns)
    back = np.swapaxes(turns, -1, -2)
    shift = joints - np.einsum("njab,njb->nja", back, placed)
    blended = np.einsum("vj,njab->nvab", weights, back, optimize=True)
    moved = vertices - np.einsum("vj,nja->nva", weights, shift, optimize=True)
    return np.linalg.solve(blended, moved[..., None])[..., 0], placed
