"""How a measured man becomes keypoints, and how readings of him are judged: laws, and his own data where they are at hand."""

import numpy as np
import pytest

from benchmarks.measured_man_parts.crouch import lowered
from benchmarks.measured_man_parts.film import BEARINGS_DEG, VIEW, film, to_label_axes
from benchmarks.measured_man_parts.keypoints import (
    FACE,
    FOUND,
    by_markers,
    by_model,
    enclosed_knee_deg,
    hip_centres,
)
from benchmarks.measured_man_parts.truth import Pair, muscle_group, plate_numbers, read_truth
from benchmarks.reference_folder import reference_folder
from benchmarks.stick_walks import StickWalk, joints3d
from benchmarks.validate_measured_walk import EMG, SUBJECT, person
from benchmarks.validate_reader_measured import SEEDS, Take, curve_errors, recorded, takes
from downstream.recordings.keypoint_recording import JOINT
from engine.gait.records import Events
from engine.tools.motion_files.trc import read_trc

HEIGHT_M = 1.8
PELVIS = np.array([[0.1, 1.0, 0.13], [0.1, 1.0, -0.13], [-0.06, 1.0, 0.05], [-0.06, 1.0, -0.05]])[:, None]
"""Spines of a level pelvis: right and left in front, right and left behind."""


def turned(angle):
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])


def test_hips_lie_below_behind_and_within_the_spines_as_the_regression_says():
    right, left = hip_centres(*PELVIS)
    assert right[0] == pytest.approx([0.1 - 0.24 * 0.16 - 0.0099, 1.0 - 0.3 * 0.26 - 0.0109, 0.33 * 0.26 + 0.0073])
    assert left[0] == pytest.approx(right[0] * [1, 1, -1])


def test_hips_move_and_turn_with_the_pelvis():
    turn, way = turned(0.7), np.array([3.0, 0.1, -2.0])
    moved = hip_centres(*(PELVIS @ turn.T + way))
    assert np.allclose(moved, np.array(hip_centres(*PELVIS)) @ turn.T + way)


def test_a_knee_is_straight_or_bent_as_its_three_points_say():
    points = np.zeros((1, len(JOINT), 3))
    for side, ankle in (("right", [0.0, -0.8, 0.0]), ("left", [-0.4, -0.4, 0.0])):
        for part, place in (("hip", [0.0, 0.0, 0.0]), ("knee", [0.0, -0.4, 0.0]), ("ankle", ankle)):
            points[:, JOINT[f"{side}_{part}"]] = place
    assert enclosed_knee_deg(points) == pytest.approx(np.array([[0.0, 90.0]]))


def test_axes_of_the_laboratory_are_turned_not_mirrored():
    assert np.linalg.det(to_label_axes(np.eye(3))) == pytest.approx(1.0)
    assert to_label_axes(np.array([1.0, 2.0, 3.0])).tolist() == [-3.0, 2.0, 1.0]


@pytest.fixture(scope="module")
def figure():
    """Keypoints of a stick figure that walks ahead, and their instants."""
    walk = StickWalk(1.25, 110.0, HEIGHT_M, seconds=2.0)
    body = joints3d(walk)
    points = np.zeros((len(body), len(JOINT), 3))
    points[:, : body.shape[1]] = body
    for side in ("left", "right"):
        for part, ahead in (("heel", -0.05), ("big_toe", 0.18), ("small_toe", 0.15)):
            points[:, JOINT[f"{side}_{part}"]] = points[:, JOINT[f"{side}_ankle"]] + [ahead, -0.05, 0.0]
    return points, np.arange(len(body)) / walk.fps


@pytest.mark.parametrize("by_m", [0.0, 0.05, 0.15])
def test_lowered_he_bends_his_knees_and_keeps_his_bones_and_feet(figure, by_m):
    points, _ = figure
    moved = lowered(points, by_m, HEIGHT_M)
    for side in ("left", "right"):
        hip, knee, ankle, toe = (JOINT[f"{side}_{part}"] for part in ("hip", "knee", "ankle", "big_toe"))
        assert np.array_equal(moved[:, [ankle, toe]], points[:, [ankle, toe]])
        assert moved[:, hip, 1] == pytest.approx(points[:, hip, 1] - by_m)
        for one, other in ((hip, knee), (knee, ankle)):
            lengths = (np.linalg.norm(body[:, one] - body[:, other], axis=1) for body in (moved, points))
            assert np.allclose(*lengths, atol=2e-3)
    more = enclosed_knee_deg(moved) - enclosed_knee_deg(points)
    assert np.all(more > 100 * by_m - 2)
    assert by_m or np.abs(more).mean() < 1


@pytest.mark.parametrize("bearing", BEARINGS_DEG)
def test_all_of_him_is_in_the_picture_but_his_face_is_not_found(figure, bearing):
    recording, visible = film(*figure, bearing, HEIGHT_M)
    pixels, score = recording.keypoints2d[..., :2], recording.keypoints2d[..., 2]
    assert np.all((pixels[:, FOUND] > -1) & (pixels[:, FOUND] < np.array(VIEW.size)))
    assert np.all(score[:, FACE] == 0)
    assert np.all(score[:, FOUND] > 0)
    assert visible.shape == score.shape


def test_cameras_stand_where_their_bearing_says(figure):
    def left_less_right(bearing):
        points = film(*figure, bearing, HEIGHT_M)[0].keypoints2d
        return (points[:, JOINT["left_shoulder"], 0] - points[:, JOINT["right_shoulder"], 0]).mean()

    def way(bearing):
        points = film(*figure, bearing, HEIGHT_M)[0].keypoints2d
        return np.ptp(points[[0, -1], JOINT["left_hip"], 0]) * np.sign(
            points[-1, JOINT["left_hip"], 0] - points[0, JOINT["left_hip"], 0]
        )

    assert left_less_right(0) > 0 > left_less_right(180)
    assert way(270) > 0 > way(90)


def test_noise_is_another_in_every_draw_and_the_same_again(figure):
    exact, one, same, other = (recorded(Take("markers", 270, seed), *figure).keypoints2d for seed in (None, 0, 0, 1))
    assert np.array_equal(one, same, equal_nan=True)
    assert not np.array_equal(one, exact)
    assert not np.array_equal(one, other)


def test_numbers_of_plates_are_those_of_one_stride():
    events = Events((np.array([0.3, 1.4]), np.array([0.85])), (np.array([1.0, 2.1]), np.array([1.55])))
    time = np.linspace(0, 2, 201)
    hips = np.column_stack([1.2 * time, np.ones_like(time), 0.0 * time])
    found = plate_numbers(events, hips, time)
    assert found == pytest.approx(
        {
            "speed_mps": 1.2,
            "cadence_spm": 120 / 1.1,
            "stride_time_s": 1.1,
            "step_length_m": 0.66,
            "stance_pct": 100 * 0.7 / 1.1,
            "double_support_pct": 100 * 0.3 / 1.1,
        }
    )


def test_a_shift_is_bias_and_nothing_else():
    true = np.sin(np.linspace(0, 6, 50))[:, None] * [1.0, 2.0]
    rows = list(
        curve_errors({("leg_angles", "knee_angle"): Pair(true, true + np.array([3.0, -1.0]), np.ones_like(true))})
    )
    assert [row["bias"] for row in rows] == pytest.approx([3.0, -1.0])
    assert [row["rms"] for row in rows] == pytest.approx([3.0, 1.0])
    assert [row["spread"] for row in rows] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert [row["r"] for row in rows] == pytest.approx([1.0, 1.0])
    assert [row["inside"] for row in rows] == [0.0, 1.0]


def test_every_electrode_has_a_group():
    assert muscle_group("vastus_medius") == muscle_group("vastus_lateralis") == "vasti"
    assert {muscle_group(channel) for channel in EMG} >= {"soleus", "hamstrings", "gluteus_medius"}


def test_takes_differ():
    assert len({take.name for take in takes()}) == len(takes()) == 2 * len(BEARINGS_DEG) * (1 + SEEDS)


@pytest.fixture(scope="module")
def folder():
    place = reference_folder() / "opensim_walk"
    if not place.is_dir():
        pytest.skip("reference data are not here (GAITFORGE_REFERENCE)")
    return place


def test_his_markers_and_his_model_say_nearly_the_same(folder):
    markers, embodied = read_trc(folder / "markers_walk.trc"), person(folder)
    marked, posed = by_markers(markers, SUBJECT.height_m), by_model(markers, embodied, SUBJECT.height_m)
    assert np.isfinite(marked).all()
    apart = np.linalg.norm(marked - posed, axis=-1).mean(axis=0)
    assert 0.0 < apart[FOUND].max() < 0.08
    hips = marked[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=1)
    truth = read_truth(folder, embodied, hips, markers.time)
    assert truth.numbers["speed_mps"] == pytest.approx(1.25, abs=0.03)
    assert truth.numbers["stance_pct"] == pytest.approx(64.6, abs=0.5)
    assert truth.curves["ground_force", "up"].max() == pytest.approx(1.13, abs=0.02)
