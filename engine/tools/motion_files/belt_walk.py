"""A walk on a treadmill as it would be seen from the belt."""

import numpy as np

from engine.core.conventions import COORDINATE_INDEX
from engine.core.errors import SpecError
from engine.gait.recording import Recording
from engine.tools.motion_files.heading import pelvis_orientation

FASTEST_BELT_MPS = 5.0


def on_the_ground(recording: Recording, belt_speed_mps: float) -> Recording:
    """The recording with the body moving at the belt's speed the way it faces; unchanged at a speed of 0.

    Raises:
        SpecError: nobody walks at this speed.
    """
    if belt_speed_mps == 0.0:
        return recording
    if not 0.0 < belt_speed_mps < FASTEST_BELT_MPS:
        raise SpecError(f"--belt-speed: {belt_speed_mps} m/s; expected a positive speed of walking")
    facing = pelvis_orientation(recording.q).apply([1.0, 0.0, 0.0]).mean(axis=0)
    way = belt_speed_mps * (recording.time - recording.time[0]) / np.hypot(facing[0], facing[2])
    q = recording.q.copy()
    q[:, COORDINATE_INDEX["pelvis_tx"]] += way * facing[0]
    q[:, COORDINATE_INDEX["pelvis_tz"]] += way * facing[2]
    return Recording(recording.source, recording.time, q, recording.notes)
