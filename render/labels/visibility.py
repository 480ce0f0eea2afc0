"""Which points are seen, by the depths that were drawn."""

import numpy as np
from numpy.typing import NDArray

from engine.cycle import Array
from render.camera import Camera
from render.labels.keypoint_sets import margins

Mask = NDArray[np.bool_]


def visible_points(pixels: Array, depth: Array, margin: Array, depth_picture: Array) -> Mask:
    """Which of ``n`` points at ``pixels (n, 2)`` and ``depth (n,)`` m are not hidden by something more than ``margin (n,)`` m nearer in
    ``depth_picture (height, width)`` m (0 where nothing was drawn). What is said of points outside the picture means nothing."""
    height, width = depth_picture.shape
    column, row = np.rint(np.clip(np.nan_to_num(pixels), 0, [width - 1, height - 1])).astype(int).T
    surface = depth_picture[row, column]
    return (surface == 0) | (depth < surface + margin)


def visible_keypoints(keypoints: Array, camera: Camera, depth_picture: Array, stature: float) -> Mask:
    """Which of one frame's COCO ``keypoints (17, 3)`` lie inside the picture and are not hidden; the points count as standing still."""
    pixels, depth = camera.project(keypoints)
    return camera.in_frame(pixels, depth) & visible_points(pixels, depth, margins("coco17", stature), depth_picture)
