"""Which points are seen, by what was drawn."""

import numpy as np

from engine.core.arrays import Array, Mask
from render.camera.camera import Camera
from render.core.frame import Frame
from render.labels.keypoint_sets import margins
from render.labels.pictures import person_mask


def visible_points(pixels: Array, depth: Array, margin: Array, frame: Frame, person: Mask) -> Mask:
    """Which of ``n`` points at ``pixels (n, 2)`` and ``depth (n,)`` m are seen in ``frame``: the pixel shows the ``person (height,
    width)``, no more than ``margin (n,)`` m nearer than the point. What is said of points outside the picture means nothing."""
    height, width = person.shape
    column, row = np.rint(np.clip(np.nan_to_num(pixels), 0, [width - 1, height - 1])).astype(int).T
    return person[row, column] & (depth < frame.depth[row, column] + margin)


def visible_keypoints(keypoints: Array, camera: Camera, frame: Frame, stature: float) -> Mask:
    """Which of one frame's COCO ``keypoints (17, 3)`` lie inside the picture and are seen; the points count as standing still."""
    pixels, depth = camera.project(keypoints)
    seen = visible_points(pixels, depth, margins("coco17", stature), frame, person_mask(frame))
    return camera.in_frame(pixels, depth) & seen
