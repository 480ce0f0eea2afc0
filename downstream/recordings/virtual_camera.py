"""Points in space as a camera beside the walk would see them, so that everything after reads one kind of recording."""

import numpy as np

from downstream.recordings.body_size import CHAIN_TO_STATURE, chain_length, root
from downstream.recordings.keypoint_recording import JOINT, Recording
from engine.core.arrays import Array
from engine.gait.records import HEIGHT_RANGE_M

_FOCAL_PX, _IMAGE_PX = 1500.0, (1920.0, 1080.0)
_DISTANCE_M = 8.0
_PLANAR_M = 0.01
_LEAST_WAY_M = 1.0
"""Who goes less far walks on a treadmill, or the points count from the hips."""


def seen_from_the_side(points: Array, fps: float, height_m: float | None) -> Recording:
    """``points (F, J, 4)``, metres with Y up and a score, in the picture of a still camera square to the way. Stature, where it is not
    known, is that of the points' own legs and trunk."""
    seen = np.where(points[..., -1:] > 0, points[..., :3], np.nan)
    path = root(seen)
    path = path[np.isfinite(path).all(axis=-1)]
    away = _across_the_way(seen, path)
    right = np.array([-away[2], 0.0, away[0]])
    distance = max(_DISTANCE_M, 1.1 * _FOCAL_PX / _IMAGE_PX[0] * float(np.ptp(path @ right)))
    eye = (path.min(axis=0) + path.max(axis=0)) / 2 - distance * away
    from_eye = (seen - eye) @ np.stack([right, [0.0, -1.0, 0.0], away]).T
    pixels = _FOCAL_PX * from_eye[..., :2] / from_eye[..., 2:] + np.array(_IMAGE_PX) / 2
    keypoints = np.concatenate([pixels, points[..., -1:]], axis=-1)
    own = float(np.nanmedian(chain_length(seen))) / CHAIN_TO_STATURE
    return Recording(keypoints, fps, height_m or float(np.clip(own, *HEIGHT_RANGE_M)), _IMAGE_PX, _FOCAL_PX)


def _across_the_way(seen: Array, path: Array) -> Array:
    """What a camera beside the walk looks along: square to the plane of planar points, to the path ``(n, 3)``, or from hip to hip."""
    if np.nanmax(seen[..., 2]) - np.nanmin(seen[..., 2]) < _PLANAR_M:
        return np.array([0.0, 0.0, -1.0])
    level = path[:, [0, 2]] - path[:, [0, 2]].mean(axis=0)
    if np.linalg.norm(np.ptp(level, axis=0)) < _LEAST_WAY_M:
        return _body_axis(seen)
    least = np.linalg.svd(level, full_matrices=False)[2][-1]
    return np.array([least[0], 0.0, least[1]])


def _body_axis(seen: Array) -> Array:
    """The level direction from left to right hip, of most frames."""
    axis = seen[:, JOINT["right_hip"]] - seen[:, JOINT["left_hip"]]
    axis = axis[np.isfinite(axis).all(axis=-1)]
    level = np.median(axis, axis=0) * [1.0, 0.0, 1.0] if len(axis) else np.array([0.0, 0.0, 1.0])
    return level / np.linalg.norm(level)
