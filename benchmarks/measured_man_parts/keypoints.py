"""Where a detector's keypoints are on a measured man: by his skin markers, or by the joints of the model that was fitted to him.

Axes are those of the laboratory: x ahead, y up, z to the right. Nothing of the head was marked. A middle of the head is put where heads
usually are, so that it hides what heads hide; it is not among the keypoints that are found.
"""

from collections.abc import Sequence

import numpy as np

from downstream.recordings.keypoint_recording import JOINT
from engine.core.arrays import Array
from engine.core.conventions import HEAD_KEYPOINTS, SIDES, suffix
from engine.musculoskeletal.inverse_kinematics import fit_markers, model_markers
from engine.physics.embodied import Embodied
from engine.physics.kernels.rigid_body import Points, rigid_body_motion
from engine.tools.motion_files.bone_aims import Place
from engine.tools.motion_files.markers import Markers

FACE = [JOINT[name] for name in HEAD_KEYPOINTS]
FOUND = [column for column in range(len(JOINT)) if column not in FACE]
"""Columns of the keypoints that his markers tell."""

MARKERS = {
    "shoulder": "Shoulder",
    "elbow": "Elbow",
    "wrist": "Wrist",
    "knee": "Knee",
    "ankle": "Ankle",
    "heel": "Heel",
    "big_toe": "Toe",
    "small_toe": "MT5",
}
BODIES = {
    "shoulder": "humerus",
    "elbow": "ulna",
    "wrist": "hand",
    "hip": "femur",
    "knee": "tibia",
    "ankle": "talus",
}
"""The body of the model whose origin is the joint."""

HALF_WIDTH_M = {"elbow": 0.03, "knee": 0.05, "ankle": 0.035}
"""From the marker on the outside to the middle of the joint (assumed: half of what adults usually measure; his were not told)."""
BELOW_ACROMION_M = 0.04
"""From the marker on the shoulder to the middle of the joint (assumed)."""
SHOULDER_TO_HEAD = 0.936 - 0.818
"""Share of stature, from the shoulders to the eyes (Drillis & Contini 1966, in Winter 2009, fig. 4.1)."""


def by_markers(markers: Markers, height_m: float) -> Array:
    """Keypoints ``(n, 23, 3)`` m: markers moved to the middle of the joint; hips by the regression of `hip_centres`."""
    points = np.zeros((len(markers.time), len(JOINT), 3))
    right = _unit(_place(markers, "R.ASIS") - _place(markers, "L.ASIS"))
    hips = hip_centres(*(_place(markers, name) for name in ("R.ASIS", "L.ASIS", "R.PSIS", "L.PSIS")))
    for side, outward, hip in zip(SIDES, (right, -right), hips, strict=True):
        points[:, JOINT[f"{side}_hip"]] = hip
        for part, name in MARKERS.items():
            marked = _place(markers, f"{side[0].upper()}.{name}")
            points[:, JOINT[f"{side}_{part}"]] = marked - HALF_WIDTH_M.get(part, 0.0) * outward
        points[:, JOINT[f"{side}_shoulder"], 1] -= BELOW_ACROMION_M
    return with_head(points, height_m)


def hip_centres(right_asis: Array, left_asis: Array, right_psis: Array, left_psis: Array) -> tuple[Array, Array]:
    """Centres of the right and the left hip ``(n, 3)`` m from markers on the spines of the pelvis ``(n, 3)``: Harrington et al. 2007 (J
    Biomech 40:595), of pelvic depth and width."""
    front, back = (right_asis + left_asis) / 2, (right_psis + left_psis) / 2
    width, depth = (np.linalg.norm(way, axis=1, keepdims=True) for way in (right_asis - left_asis, front - back))
    right = _unit(right_asis - left_asis)
    up = _unit(np.cross(right, front - back))
    ahead = np.cross(up, right)
    middle = front - (0.24 * depth + 0.0099) * ahead - (0.30 * width + 0.0109) * up
    aside = (0.33 * width + 0.0073) * right
    return middle + aside, middle - aside


def by_model(markers: Markers, embodied: Embodied, height_m: float) -> Array:
    """The same with the joints of his model, posed by inverse kinematics of all markers; feet stay those of the markers."""
    names = [name for name in markers.names if name in model_markers(embodied.model)]
    q = fit_markers(
        embodied.model, markers.time, names, markers.places[:, [markers.names.index(name) for name in names]]
    ).q
    points = by_markers(markers, height_m)
    columns = [JOINT[f"{side}_{part}"] for side in SIDES for part in BODIES]
    joints = [Place(name + suffix(side)) for side in SIDES for name in BODIES.values()]
    points[:, columns] = places_of(embodied, q, joints)
    return with_head(points, height_m)


def with_head(points: Array, height_m: float) -> Array:
    """All of the face at the usual place of a head above the shoulders."""
    neck = points[:, [JOINT[f"{side}_shoulder"] for side in SIDES]].mean(axis=1, keepdims=True)
    points[:, FACE] = neck + np.array([0.0, SHOULDER_TO_HEAD * height_m, 0.0])
    return points


def enclosed_knee_deg(points: Array) -> Array:
    """180° less the angle that hip, knee and ankle enclose ``(n, 2)``, right leg first: what three points themselves say of a knee."""
    legs = [[points[:, JOINT[f"{side}_{part}"]] for part in ("hip", "knee", "ankle")] for side in SIDES]
    bent = [np.sum(_unit(knee - hip) * _unit(ankle - knee), axis=1) for hip, knee, ankle in legs]
    return np.rad2deg(np.arccos(np.clip(np.stack(bent, axis=1), -1, 1)))


def _place(markers: Markers, name: str) -> Array:
    return markers.places[:, markers.names.index(name)]


def _unit(vectors: Array) -> Array:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def places_of(embodied: Embodied, q: Array, places: Sequence[Place]) -> Array:
    """Where places on bodies are ``(n, P, 3)`` m at coordinates ``(n, 31)``."""
    bones = embodied.body.multibody
    bodies = np.array([bones.body(place.body) for place in places])
    still = np.zeros_like(q)
    points = Points(bodies, np.array([place.offset for place in places], dtype=float), np.zeros(len(bodies)))
    return rigid_body_motion(bones.tree, points, q, still, still).position
