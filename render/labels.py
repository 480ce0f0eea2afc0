"""What is known exactly about every frame: keypoints, joints, cameras, boxes, visibility; and the motion in AMASS form."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.conventions import COCO_KEYPOINTS
from engine.cycle import Array
from engine.files import replace_file
from render.body.model import BodyModel
from render.body.posing import Pose, skin
from render.body.skeleton import JOINT
from render.camera import Camera

_FACE_VERTICES = {"nose": "nose", "left_eye": "leye", "right_eye": "reye", "left_ear": "lear", "right_ear": "rear"}
"""Keypoints of the head are vertices (by the names of `smplx`); all others are joint centres of the same name."""
_SURFACE_STEP = 37
"""Every so many vertices stand for the whole surface where only its outline matters."""
_HIDDEN_BEHIND_M = {
    "nose": 0.03,
    "eye": 0.03,
    "ear": 0.04,
    "shoulder": 0.15,
    "elbow": 0.09,
    "wrist": 0.08,
    "hip": 0.21,
    "knee": 0.16,
    "ankle": 0.13,
}
"""A keypoint counts as hidden if what is seen at its pixel lies this much nearer in a 1.7 m person: more than the flesh and clothes
around it."""
_REFERENCE_STATURE_M = 1.7


@dataclass(frozen=True)
class BodyTrack:
    """Over ``F`` frames, metres in the render world: ``joints (F, 55, 3)``, ``keypoints (F, 17, 3)`` in the order of COCO,
    ``surface (F, P, 3)`` points spread over the skin."""

    joints: Array
    keypoints: Array
    surface: Array

    @property
    def outline(self) -> Array:
        """All points that a camera must keep in its picture: ``(n, 3)``."""
        return np.concatenate([self.surface.reshape(-1, 3), self.keypoints.reshape(-1, 3)])


def track_body(model: BodyModel, betas: Array, pose: Pose) -> BodyTrack:
    """Where joints, keypoints and skin are in each pose; only the vertices that are needed are posed."""
    vertices, rest = model.shaped(betas)
    faces = np.array([model.landmarks[name] for name in _FACE_VERTICES.values()])
    spread = np.unique(
        np.concatenate([np.arange(0, len(vertices), _SURFACE_STEP), np.fromiter(model.landmarks.values(), int)])
    )
    chosen = np.concatenate([faces, spread])
    points = skin(vertices[chosen], model.weights[chosen], pose.transforms(rest))
    joints = pose.joints(rest)
    on_face = dict(zip(_FACE_VERTICES, np.moveaxis(points[:, : len(faces)], 1, 0), strict=True))
    keypoints = [on_face[name] if name in on_face else joints[:, JOINT[name]] for name in COCO_KEYPOINTS]
    return BodyTrack(joints, np.stack(keypoints, axis=1), points[:, len(faces) :])


@dataclass(frozen=True)
class CameraLabels:
    """One camera's labels; array names and shapes are those of the cohort's ``<camera>.npz``."""

    keypoints2d: Array
    joints3d: Array
    bbox: Array
    visibility: NDArray[np.bool_]
    camera: Camera
    fps: float


def label_camera(
    track: BodyTrack, camera: Camera, fps: float, visible: NDArray[np.bool_] | None = None
) -> CameraLabels:
    """Labels of one view. ``visible (F, 17)`` from the drawn depths; without it, every keypoint inside the picture counts as visible."""
    pixels, depth = camera.project(track.keypoints)
    seen = camera.in_frame(pixels, depth)
    if visible is not None:
        seen &= visible
    return CameraLabels(
        keypoints2d=np.concatenate([pixels, seen[..., None]], axis=-1),
        joints3d=track.joints,
        bbox=_boxes(track, camera),
        visibility=seen,
        camera=camera,
        fps=fps,
    )


def _boxes(track: BodyTrack, camera: Camera) -> Array:
    pixels, _ = camera.project(track.surface)
    most = np.array(camera.size) - 0.5
    low, high = (np.clip(edge, -0.5, most) for edge in (pixels.min(axis=1), pixels.max(axis=1)))
    return np.concatenate([low, high], axis=1)


def visible_keypoints(keypoints: Array, camera: Camera, depth_picture: Array, stature: float) -> NDArray[np.bool_]:
    """Which of one frame's ``keypoints (17, 3)`` are not hidden, by ``depth_picture (height, width)`` m (0 where nothing was drawn)."""
    pixels, depth = camera.project(keypoints)
    inside = camera.in_frame(pixels, depth)
    column, row = np.rint(np.clip(pixels, 0, np.array(camera.size) - 1)).astype(int).T
    surface = depth_picture[row, column]
    margin = np.array([_margin(name) for name in COCO_KEYPOINTS]) * stature / _REFERENCE_STATURE_M
    return inside & ((surface == 0) | (depth < surface + margin))


def _margin(keypoint: str) -> float:
    return _HIDDEN_BEHIND_M[keypoint.rpartition("_")[2]]


def write_labels(path: Path, labels: CameraLabels) -> None:
    """``<camera>.npz``: ``keypoints2d (F, 17, 3)`` pixels and visibility, ``joints3d (F, 55, 3)`` m and ``K, R, t, distortion`` in the
    render world (see `render.axes`), ``bbox (F, 4)`` left, top, right, bottom, ``visibility (F, 17)``, ``fps``, ``image_size``
    (width, height)."""
    camera = labels.camera
    with replace_file(path) as temporary:
        np.savez_compressed(
            temporary,
            keypoints2d=labels.keypoints2d.astype(np.float32),
            joints3d=labels.joints3d.astype(np.float32),
            K=camera.intrinsics,
            R=camera.rotation,
            t=camera.translation,
            distortion=np.zeros(5),
            bbox=labels.bbox.astype(np.float32),
            visibility=labels.visibility,
            fps=np.array(labels.fps),
            image_size=np.array(camera.size),
        )


def write_motion(path: Path, pose: Pose, rest: Array, betas: Array, gender: str, fps: float) -> None:
    """``smplx.npz`` with AMASS's keys: ``poses (F, 165)``, ``trans (F, 3)``, ``betas``, ``gender``, ``mocap_frame_rate``."""
    with replace_file(path) as temporary:
        np.savez_compressed(
            temporary,
            poses=pose.axis_angles(),
            trans=pose.pelvis - rest[0],
            betas=betas,
            gender=np.array(gender),
            mocap_frame_rate=np.array(fps),
        )
