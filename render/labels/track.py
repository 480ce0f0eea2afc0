"""Where a body's keypoints and skin are in every frame."""

from collections.abc import Sequence

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import BODY_25_KEYPOINTS, COCO_KEYPOINTS
from engine.core.frozen import frozen
from render.body.model import BodyModel
from render.body.posing import Pose, skin
from render.body.smplx_joints import JOINT
from render.labels.keypoint_sets import SetName

_ON_SKIN = {
    "nose": "nose",
    "left_eye": "leye",
    "right_eye": "reye",
    "left_ear": "lear",
    "right_ear": "rear",
    "left_big_toe": "LBigToe",
    "left_small_toe": "LSmallToe",
    "left_heel": "LHeel",
    "right_big_toe": "RBigToe",
    "right_small_toe": "RSmallToe",
    "right_heel": "RHeel",
}
"""Keypoints of head and feet are vertices (by the names of `smplx`)."""
_MIDDLES = {"neck": ("left_shoulder", "right_shoulder"), "mid_hip": ("left_hip", "right_hip")}
"""OpenPose was taught these two as the middles of annotated ones (Cao et al. 2021). All other keypoints are joint centres."""
_SURFACE_STEP = 37
"""Every so many vertices stand for the whole surface where only its outline matters."""


@frozen
class BodyTrack:
    """Over ``F`` frames, metres in the render world: ``joints (F, 55, 3)`` of SMPL-X, ``keypoints (F, 17, 3)`` of COCO, ``body25 (F, 25,
    3)`` of OpenPose, ``surface (F, P, 3)`` points spread over the skin."""

    joints: Array
    keypoints: Array
    body25: Array
    surface: Array

    def __len__(self) -> int:
        return len(self.joints)

    @property
    def outline(self) -> Array:
        """All points that a camera must keep in its picture: ``(n, 3)``."""
        return np.concatenate([self.surface.reshape(-1, 3), self.keypoints.reshape(-1, 3)])

    @property
    def sets(self) -> dict[SetName, Array]:
        """The points ``(F, n, 3)`` of each set."""
        return {"coco17": self.keypoints, "body25": self.body25, "smplx": self.joints}


def track_body(model: BodyModel, betas: Array, pose: Pose) -> BodyTrack:
    """Where joints, keypoints and skin are in each pose; only the vertices that are needed are posed."""
    marks = [model.landmarks[name] for name in _ON_SKIN.values()]
    spread = np.unique([*range(0, len(model.template), _SURFACE_STEP), *model.landmarks.values()])
    points = posed_vertices(model, betas, pose, [*marks, *spread])
    joints = pose.joints(model.shaped(betas)[1])
    named = dict(zip(_ON_SKIN, np.moveaxis(points[:, : len(marks)], 1, 0), strict=True))
    return BodyTrack(
        joints=joints,
        keypoints=_gather(COCO_KEYPOINTS, named, joints),
        body25=_gather(BODY_25_KEYPOINTS, named | _middles(joints), joints),
        surface=points[:, len(marks) :],
    )


def posed_vertices(model: BodyModel, betas: Array, pose: Pose, chosen: Sequence[int]) -> Array:
    """Places ``(F, n, 3)`` of the ``n`` vertices ``chosen``."""
    vertices, rest = model.shaped(betas)
    index = np.asarray(chosen, int)
    return skin(vertices[index], model.weights[index], pose.transforms(rest))


def velocities(points: Array, fps: float) -> Array:
    """How fast points ``(F, …)`` move, per second: central differences, one-sided at both ends; zero in a single frame."""
    return np.gradient(points, 1 / fps, axis=0) if len(points) > 1 else np.zeros_like(points)


def _middles(joints: Array) -> dict[str, Array]:
    return {name: joints[:, [JOINT[one] for one in pair]].mean(axis=1) for name, pair in _MIDDLES.items()}


def _gather(names: Sequence[str], named: dict[str, Array], joints: Array) -> Array:
    return np.stack([named[name] if name in named else joints[:, JOINT[name]] for name in names], axis=1)
