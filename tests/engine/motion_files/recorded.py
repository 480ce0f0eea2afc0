"""Recordings made of a gait that is known."""

import numpy as np

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.gait.recording import Recording
from engine.tools.motion_files.heading import turned

LEGS = [
    COORDINATE_INDEX[f"{name}_{side}"]
    for side in "rl"
    for name in ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")
]


def recording(cycle, strides=2.3, rate_hz=100.0, start=0.0, heading=0.0, source="made"):
    """A cycle walked for that many strides, from phase ``start``, in a direction turned ``heading`` radians to the left."""
    time = np.arange(0, strides * cycle.duration_s, 1 / rate_hz)
    return Recording(source, time, turned(cycle.at(start + time / cycle.duration_s), heading))


def still(frames=200):
    """Somebody who stands."""
    q = np.zeros((frames, len(COORDINATES)))
    q[:, COORDINATE_INDEX["pelvis_ty"]] = 0.95
    return Recording("standing", np.arange(frames) / 100, q)


def rms_deg(a, b):
    return float(np.degrees(np.sqrt(np.mean((a - b) ** 2))))
