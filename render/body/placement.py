"""Puts the posed body where the physics has its ankles, soles on the floor."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from engine.cycle import Array
from engine.records import BodyShape
from render.body.bones import BoneMotion, bone_motion
from render.body.footwear import sole_thickness_m
from render.body.model import BodyModel
from render.body.posing import Pose, skin
from render.body.retarget import retarget
from render.body.skeleton import BODY_SIDES, JOINT
from render.body.solid import stature

STANCE_HEIGHT_M = 0.02
"""An ankle this much higher than the lower one counts for e⁻¹ as much."""
SMOOTHING_FRAMES = 2.0
"""Standard deviation of the filter over frames: no jolts are added."""
_SOLE_DEPTH = 0.008
"""Vertices of the foot within this share of stature above the lowest one are its sole."""


def pose_walk(model: BodyModel, body: BodyShape, q: Array) -> Pose:
    """The rendered body during the motion ``q (n, 31)`` of the physics.

    Leg bones point as in the physics; the lower ankle (both in double support) lies where it does there. That leaves the lowest
    point of the soles within some millimetres of the floor; its smoothed course is then taken away, since people who walk always
    have a foot on it.
    """
    vertices, joints = model.shaped(body.betas)
    motion = bone_motion(body, q)
    pose = place_root(retarget(motion, joints), joints, motion)
    lowest = gaussian_filter1d(lowest_sole(model, vertices, joints, pose), SMOOTHING_FRAMES, mode="nearest")
    return Pose(pose.rotations, pose.pelvis - lowest[:, None] * [0.0, 1.0, 0.0])


def lowest_sole(model: BodyModel, vertices: Array, joints: Array, pose: Pose) -> Array:
    """Height ``(n,)`` of the lowest point under both soles."""
    points, weights = sole_points(model, vertices)
    return skin(points, weights, pose.transforms(joints))[..., 1].min(axis=1)


def place_root(rotations: Array, joints: Array, motion: BoneMotion) -> Pose:
    """The pose with ``rotations (n, 55, 3, 3)`` whose ankles lie best on those of the physics, the lower one first."""
    origin = Pose(rotations, np.zeros((len(rotations), 3)))
    posed = origin.joints(joints)
    wanted = np.stack([motion.origin[f"talus_{side[0]}"] for side, _ in BODY_SIDES], axis=1)
    there = np.stack([posed[:, JOINT[f"{side}_ankle"]] for side, _ in BODY_SIDES], axis=1)
    height = wanted[..., 1] - wanted[..., 1].min(axis=1, keepdims=True)
    share = np.exp(-height / STANCE_HEIGHT_M)
    share /= share.sum(axis=1, keepdims=True)
    return Pose(rotations, np.einsum("ns,nsa->na", share, wanted - there))


def sole_points(model: BodyModel, vertices: Array) -> tuple[Array, Array]:
    """Points under the soles of the shoes in the rest pose ``(P, 3)``, and their skinning weights ``(P, 55)``."""
    height = float(stature(vertices))
    low = vertices[:, 1] < vertices[:, 1].min() + _SOLE_DEPTH * height
    weights = model.weights[low]
    return vertices[low] - [0.0, sole_thickness_m(height), 0.0], weights
