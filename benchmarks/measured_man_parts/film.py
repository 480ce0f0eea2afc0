"""A measured man before an ideal camera: it stands, its lens does not distort, and what is known of it is right."""

from dataclasses import replace

import numpy as np

from benchmarks.measured_man_parts.keypoints import FACE, FOUND
from downstream.recordings.keypoint_recording import JOINT, Recording
from downstream.views.camera_course import fit_course
from downstream.views.hidden import BODY_POINTS, hidden_points
from downstream.views.view_odds import View
from engine.core.arrays import Array, Mask
from engine.gait.strides import curves_at

BEARINGS_DEG = tuple(range(0, 360, 30))
"""From straight ahead of him (0) towards his left."""

VIEW = View(
    kind="standing",
    bearing=0.0,
    height_m=1.2,
    share=0.6,
    size=(1920, 1080),
    focal_px=1920.0,
    aim=(0.0, 0.0),
    roll=0.0,
    whole=1.0,
    trail_s=0.1,
    seconds=10.0,
    fps=60.0,
)
_SCORE = 0.9
_AHEAD = np.array([0.0, 0.0, 1.0])


def film(points: Array, time: Array, bearing_deg: float, height_m: float) -> tuple[Recording, Mask]:
    """Keypoints ``(n, 23, 3)`` m of the laboratory at ``time (n,)`` s in the picture of a camera, from the first instant on, and whether
    the body leaves each to be seen ``(F, 23)``. The face is not found."""
    view = replace(VIEW, bearing=float(np.radians(bearing_deg)))
    places = to_label_axes(curves_at(time, points, np.arange(time[0], time[-1], 1 / view.fps))).astype(np.float32)
    course = fit_course(view, places[:, FOUND], _AHEAD)
    pixels, _ = course.project(places)
    body = places[:, [JOINT[name] for name in BODY_POINTS]]
    visible = ~hidden_points(course, places, body)
    score = np.full((*pixels.shape[:2], 1), _SCORE)
    score[:, FACE] = 0.0
    keypoints = np.concatenate([pixels.astype(float), score], axis=-1)
    return Recording(keypoints, view.fps, height_m, view.size, view.focal_px), visible


def to_label_axes(places: Array) -> Array:
    """From x ahead, y up, z right to x left, y up, z ahead."""
    return places[..., [2, 1, 0]] * [-1.0, 1.0, 1.0]
