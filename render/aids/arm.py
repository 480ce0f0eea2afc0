"""Brings the hands of a pose to where they hold something: inverse kinematics of upper arm and forearm in closed form."""

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from render.aids.grip import Grip
from render.body.posing import Pose
from render.body.smplx_joints import BODY_SIDES, JOINT

STRAIGHTEST = 0.999
"""Share of the arm's length beyond which a shoulder and a wrist are not drawn apart."""
_SIGN = dict(BODY_SIDES)


def arm_lengths(joints: Array, side: str) -> tuple[float, float]:
    """Lengths of upper arm and forearm in the rest ``joints (55, 3)``."""
    shoulder, elbow, wrist = (joints[JOINT[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist"))
    return float(np.linalg.norm(elbow - shoulder)), float(np.linalg.norm(wrist - elbow))


def bend_chain(start: Array, end: Array, first: float, second: float, pole: Array) -> Array:
    """Where a chain of two bones bends: ``(n, 3)`` between ``start`` and ``end (n, 3)``, towards ``pole (n, 3)``.

    The law of cosines; where the ends are farther apart than both bones reach, the chain lies straight from ``start``.
    """
    between = end - start
    distance = np.linalg.norm(between, axis=-1, keepdims=True)
    axis = between / distance
    distance = np.clip(distance, abs(first - second) / STRAIGHTEST, STRAIGHTEST * (first + second))
    cosine = (first**2 + distance**2 - second**2) / (2 * first * distance)
    across = pole - (pole * axis).sum(-1, keepdims=True) * axis
    across /= np.linalg.norm(across, axis=-1, keepdims=True)
    return start + first * (cosine * axis + np.sqrt(1 - cosine**2) * across)


def hold(pose: Pose, joints: Array, grip: Grip, handle: Array, rotation: Array, pole: Array) -> Pose:
    """The pose with one arm brought to a handle and its fingers closed.

    ``handle (n, 3)`` m is the handle's middle and ``rotation (n, 3, 3)`` that of the aid's axes in the world; the elbow points to ``pole
    (n, 3)``. Half of the hand's turn about the forearm goes into the forearm, as skin does.
    """
    side, world = grip.side, pose.rotations.copy()
    shoulder, elbow, wrist = (JOINT[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
    target: Array = handle + np.einsum("nab,b->na", rotation, grip.wrist)
    start = pose.joints(joints)[:, shoulder]
    upper, fore = arm_lengths(joints, side)
    bend = bend_chain(start, target, upper, fore, pole)
    hinge = np.cross(pole, target - start)
    rest_hinge = np.array([0.0, -_SIGN[side], 0.0])
    for joint, child, way in ((shoulder, elbow, bend - start), (elbow, wrist, target - bend)):
        world[:, joint] = _frames(way, hinge) @ _frames(joints[child] - joints[joint], rest_hinge).T
    hand = rotation @ grip.rotation
    world[:, elbow] = _with_half_the_twist(world[:, elbow], hand, joints[wrist] - joints[elbow])
    world[:, wrist] = hand
    for name, turn in grip.fingers.items():
        world[:, JOINT[name]] = hand @ turn
    return Pose(world, pose.pelvis)


def elbow_flexion(pose: Pose, joints: Array, side: str) -> Array:
    """Angle ``(n,)`` rad between upper arm and forearm, 0 when straight."""
    shoulder, elbow, wrist = (
        pose.joints(joints)[:, JOINT[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist")
    )
    upper, fore = elbow - shoulder, wrist - elbow
    cosine = (upper * fore).sum(-1) / np.linalg.norm(upper, axis=-1) / np.linalg.norm(fore, axis=-1)
    return np.arccos(np.clip(cosine, -1, 1))


def _frames(way: Array, hinge: Array) -> Array:
    """Rotations ``(…, 3, 3)`` whose columns are the bone's direction, the hinge made square to it, and their product."""
    way = way / np.linalg.norm(way, axis=-1, keepdims=True)
    hinge = hinge - (hinge * way).sum(-1, keepdims=True) * way
    hinge = hinge / np.linalg.norm(hinge, axis=-1, keepdims=True)
    return np.stack([way, hinge, np.cross(way, hinge)], axis=-1)


def _with_half_the_twist(forearm: Array, hand: Array, bone: Array) -> Array:
    axis = bone / np.linalg.norm(bone)
    seen = Rotation.from_matrix(np.swapaxes(forearm, -1, -2) @ hand).as_quat()
    twist = 2 * np.arctan2(seen[:, :3] @ axis, seen[:, 3])
    twist = (twist + np.pi) % (2 * np.pi) - np.pi
    return forearm @ Rotation.from_rotvec(0.5 * twist[:, None] * axis).as_matrix()
