"""Puts the posed body where the physics has its ankles, soles on the floor."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from engine.core.arrays import Array
from engine.gait.records import BodyShape
from render.body.bones_in_view import BoneMotion, bone_motion
from render.body.footwear import sole_thickness_m
from render.body.model import BodyModel
from render.body.planting import Standing, plant
from render.body.posing import Pose
from render.body.retarget import retarget
from render.body.smplx_joints import BODY_SIDES, JOINT
from render.body.solid import stature
from render.body.tread import Sole, soles_of

STANCE_HEIGHT_M = 0.02
"""An ankle this much higher than the lower one counts for e⁻¹ as much."""
SMOOTHING_FRAMES = 2.0
"""Standard deviation of the filter over frames: no jolts are added."""


def pose_walk(
    model: BodyModel, body: BodyShape, q: Array, standing: Standing | None = None, *, shod: bool = True
) -> Pose:
    """The rendered body during the motion ``q (n, 31)`` of the physics.

    Leg bones point as in the physics; the lower ankle (both in double support) lies where it does there, less the sole if the feet are
    bare (not ``shod``): legs are as long as in shoes in the physics. That leaves the lowest point of the soles within some millimetres of
    the floor; its smoothed course is taken away, since people who walk always have a foot on it. Feet that are ``standing`` are then
    planted (`render.body.planting`).
    """
    vertices, joints = model.shaped(body.betas)
    soles = soles_of(model, vertices, joints, shod=shod)
    motion = bone_motion(body, q)
    pose = place_root(retarget(motion, joints), joints, motion)
    lowest = gaussian_filter1d(lowest_sole(soles, joints, pose), SMOOTHING_FRAMES, mode="nearest")
    level = Pose(pose.rotations, pose.pelvis - lowest[:, None] * [0.0, 1.0, 0.0])
    return level if standing is None else plant(level, joints, soles, standing)


def lowest_sole(soles: tuple[Sole, Sole], joints: Array, pose: Pose) -> Array:
    """Height ``(n,)`` of the lowest point under both soles."""
    transforms = pose.transforms(joints)
    return np.min([sole.path(transforms)[..., 1].min(axis=1) for sole in soles], axis=0)


def stands_shod(model: BodyModel, body: BodyShape, pose: Pose) -> bool:
    """Whether a walk is posed as in shoes: its bare soles do not come down to the floor."""
    vertices, joints = model.shaped(body.betas)
    lowest = np.median(lowest_sole(soles_of(model, vertices, joints, shod=False), joints, pose))
    return bool(lowest > 0.5 * sole_thickness_m(float(stature(vertices))))


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
