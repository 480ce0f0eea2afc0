"""What the network sees of a walk: the body's motion about its own root, and what geometry read, with how much it is worth."""

import numpy as np

from downstream.geometry.walk_geometry import UNKNOWN_HEIGHT_M, GeometricGait, measure
from downstream.recordings.body_size import root
from downstream.recordings.cleaning import CleanWalk
from downstream.recordings.keypoint_recording import BODY
from engine.core.arrays import Array
from engine.core.frozen import frozen

RATE_HZ = 20.0
"""Every recording is resampled to this rate, so that the frame rate of a camera teaches nothing."""

CHANNELS = BODY * 3
SCALARS: tuple[str, ...] = (
    "log_speed",
    "log_cadence",
    "log_height",
    "height_known",
    "focal_known",
    "image_known",
    "away_share",
    "log_error_across",
    "log_error_away",
    "periodicity",
    "missing_share",
    "log_body_share",
)
"""Single numbers about a walk: what geometry read, from how far to the side, how firmly, and what was known. The length of the recording is
not among them: it would tell the speed wherever the distance walked is given."""

SLOWEST_MPS, FASTEST_MPS = 0.1, 3.0
_LEAST_ERROR = 1e-3


@frozen
class Features:
    """``frames (T, 51)`` at `RATE_HZ`: keypoints about the root in body sizes (u, v, confidence, joint by joint), zero where missing;
    ``scalars (12,)`` in the order of `SCALARS`; ``geometry (2,)`` logs of speed (m/s) and cadence (steps/min)."""

    frames: Array
    scalars: Array
    geometry: Array


def features(walk: CleanWalk) -> Features:
    """Features of a clean walk."""
    gait = measure(walk)
    geometry = np.log([np.clip(gait.speed_mps, SLOWEST_MPS, FASTEST_MPS), gait.cadence_spm])
    return Features(_frames(walk, gait), _scalars(walk, gait, geometry), geometry)


def _frames(walk: CleanWalk, gait: GeometricGait) -> Array:
    points, sequence = walk.points[:, :BODY], walk.sequence
    time = np.arange(len(points)) / sequence.fps
    body = (points - root(points)[:, None]) * gait.inverse_size.at(time)[:, None, None]
    confidence = sequence.keypoints2d[:, :BODY, 2:]
    channels = np.concatenate([np.nan_to_num(body), confidence], axis=-1).reshape(len(points), CHANNELS)
    wanted = np.arange(0, time[-1] + 1e-9, 1 / RATE_HZ)
    return np.column_stack([np.interp(wanted, time, column) for column in channels.T])


def _scalars(walk: CleanWalk, gait: GeometricGait, geometry: Array) -> Array:
    sequence = walk.sequence
    right, down, away = gait.velocity_mps
    error = np.asarray(gait.velocity_error_mps) / max(gait.speed_mps, SLOWEST_MPS)
    image = sequence.image_size
    return np.array(
        [
            *geometry,
            np.log(sequence.height_m or UNKNOWN_HEIGHT_M),
            float(sequence.height_m is not None),
            float(sequence.focal_px is not None),
            float(image is not None),
            away / max(np.hypot(np.hypot(right, down), away), 1e-9),
            np.log(np.hypot(error[0], error[1]) + _LEAST_ERROR),
            np.log(error[2] + _LEAST_ERROR),
            gait.periodicity,
            float((sequence.keypoints2d[:, :BODY, 2] == 0).mean()),
            np.log(1 / (gait.inverse_size.level * max(image))) if image else 0.0,
        ]
    )
