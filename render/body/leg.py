"""A leg whose ankle is moved: hip and knee in closed form."""

import numpy as np

from engine.core.arrays import Array
from render.body.rotations import rotation_between, rotations_round
from render.body.smplx_joints import JOINT

_STRETCH = 0.9995
"""Share of thigh and shank to which a leg is stretched at most, if it was not longer before."""
_STRAIGHT = np.radians(4.0)
"""Knees that are bent less count as bent by this much: a straight leg can hardly be made longer."""


def leg_line(joints: Array, side: str) -> tuple[Array, Array]:
    """Directions ``(n, 3)`` from the hip to the ankle in poses with ``joints (n, 55, 3)``, and by how many m the leg gets shorter ``(n,)``
    for each rad that the knee is bent more."""
    hip, knee, ankle = (joints[:, JOINT[f"{side}_{name}"]] for name in ("hip", "knee", "ankle"))
    upper, lower, length = (np.linalg.norm(bone, axis=1) for bone in (knee - hip, ankle - knee, ankle - hip))
    cosine = np.clip((length**2 - upper**2 - lower**2) / (2 * upper * lower), -1, 1)
    bent = np.maximum(np.arccos(cosine), _STRAIGHT)
    return (ankle - hip) / length[:, None], upper * lower / length * np.sin(bent)


def move_ankle(rotations: Array, joints: Array, side: str, moved: Array) -> None:
    """Turns hip and knee of one leg in ``rotations (n, 55, 3, 3)``, posed with ``joints (n, 55, 3)``, so that its ankle moves by
    ``moved (n, 3)`` m from the hip, as far as the leg reaches. The knee bends about the thigh's own lateral axis; feet are not turned.
    """
    hip, knee = JOINT[f"{side}_hip"], JOINT[f"{side}_knee"]
    upper = joints[:, knee] - joints[:, hip]
    lower = joints[:, JOINT[f"{side}_ankle"]] - joints[:, knee]
    target = upper + lower + moved
    hinge = rotations[:, hip, :, 0]
    bend = rotations_round(hinge, _bend(upper, lower, hinge, np.linalg.norm(target, axis=1)))
    reached = upper + np.einsum("nab,nb->na", bend, lower)
    swing = rotation_between(reached, target)
    rotations[:, knee] = swing @ bend @ rotations[:, knee]
    rotations[:, hip] = swing @ rotations[:, hip]


def _bend(upper: Array, lower: Array, hinge: Array, length: Array) -> Array:
    """Angles ``(n,)`` by which ``lower (n, 3)`` is turned about ``hinge (n, 3)``, so that ``upper`` and it reach ``length (n,)``."""
    a, b = np.linalg.norm(upper, axis=1), np.linalg.norm(lower, axis=1)
    now = np.linalg.norm(upper + lower, axis=1)
    length = np.minimum(length, np.maximum(_STRETCH * (a + b), now))
    wanted = (length**2 - a**2 - b**2) / 2
    fixed = (upper * hinge).sum(axis=1) * (lower * hinge).sum(axis=1)
    even = (upper * lower).sum(axis=1) - fixed
    odd = (upper * np.cross(hinge, lower)).sum(axis=1)
    straight = np.arctan2(odd, even)
    away = np.arccos(np.clip((wanted - fixed) / np.hypot(even, odd), -1, 1))
    return straight - np.where(straight >= 0, 1, -1) * away
