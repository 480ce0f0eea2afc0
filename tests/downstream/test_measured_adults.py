"""Angles of a measured cycle on a body of ours: laws."""

import numpy as np
import pytest

from benchmarks.measured_man_parts.keypoints import FOUND, enclosed_knee_deg
from benchmarks.validate_reader_adults import coordinates, keypoints, own_body
from downstream.recordings.keypoint_recording import JOINT
from engine.core.conventions import COORDINATE_INDEX, GAIT_ANGLES
from engine.gait.records import Subject

GRID = np.arange(100) / 100
PHASE = np.linspace(0, 2, 201)


@pytest.fixture(scope="module")
def q():
    curves = np.zeros((len(GAIT_ANGLES), 100))
    curves[GAIT_ANGLES.index("hip_flexion")] = 0.1 + 0.35 * np.cos(2 * np.pi * GRID)
    curves[GAIT_ANGLES.index("knee_angle")] = 0.5 - 0.4 * np.cos(2 * np.pi * (GRID - 0.2))
    curves[GAIT_ANGLES.index("pelvis_tilt")] = -0.1
    return coordinates(curves, PHASE)


def test_the_left_leg_does_the_same_half_a_stride_later(q):
    right, left = (q[:, COORDINATE_INDEX[f"knee_angle_{side}"]] for side in "rl")
    assert left[50:] == pytest.approx(right[:-50])
    assert right[:100] == pytest.approx(0.5 - 0.4 * np.cos(2 * np.pi * (GRID - 0.2)))


def test_the_trunk_stays_upright(q):
    assert q[:, COORDINATE_INDEX["pelvis_tilt"]] == pytest.approx(-0.1)
    assert q[:, COORDINATE_INDEX["lumbar_extension"]] == pytest.approx(0.1)


def test_keypoints_stand_on_the_floor_go_ahead_and_bend_as_the_angles_say(q):
    ahead = np.linspace(0, 2.5, len(q))
    points = keypoints(own_body(Subject("one", 40.0, "male", 1.78, 75.0)), q, ahead)
    assert points[:, FOUND, 1].min(axis=1) == pytest.approx(0.0)
    assert points[-1, JOINT["right_hip"], 0] - points[0, JOINT["right_hip"], 0] == pytest.approx(2.5, abs=0.02)
    knees = q[:, [COORDINATE_INDEX[f"knee_angle_{side}"] for side in "rl"]]
    assert np.rad2deg(knees) == pytest.approx(enclosed_knee_deg(points), abs=5)
    assert np.all(points[:, JOINT["right_big_toe"], 0] > points[:, JOINT["right_heel"], 0])
