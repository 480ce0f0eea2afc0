"""The points of a whole walk, for ``points.npz``."""

import numpy as np
from scipy.interpolate import CubicSpline

from engine.cohort.points_file import POINTS_HZ, WalkPoints
from engine.core.conventions import BODY_25_KEYPOINTS, FOOT_KEYPOINTS, HEAD_KEYPOINTS, POINT_NAMES
from render.labels.track import BodyTrack

_FEET = [BODY_25_KEYPOINTS.index(name) for name in FOOT_KEYPOINTS]


def world_points(track: BodyTrack, fps: float, start_s: float = 0.0) -> WalkPoints:
    """The points of `POINT_NAMES` at `POINTS_HZ`, on smooth curves through the places at ``fps`` frames a second that the labels project,
    from ``start_s`` of the walk's clock on."""
    places = np.concatenate([track.joints, track.keypoints[:, : len(HEAD_KEYPOINTS)], track.body25[:, _FEET]], axis=1)
    known = np.arange(len(track)) / fps
    times = np.arange(int(np.floor(known[-1] * POINTS_HZ + 1e-6)) + 1) / POINTS_HZ
    return WalkPoints(start_s + times, POINT_NAMES, CubicSpline(known, places)(times).astype(np.float32))
