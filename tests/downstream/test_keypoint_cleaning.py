from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick_walks import StickWalk, film
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import JOINT, MIRROR_ORDER
from engine.core.errors import DataError

LEGS = [JOINT[f"{side}_{name}"] for side in ("left", "right") for name in ("hip", "knee", "ankle")]


def changed(sequence, points):
    return replace(sequence, keypoints2d=points)


@pytest.mark.parametrize("yaw", [0, 45, 90, 200])
def test_a_clean_walk_is_left_alone(yaw):
    walk = film(StickWalk(1.2, 110, 1.7), yaw)
    cleaned = clean(walk)
    assert set(cleaned.repairs.to_dict().values()) == {0}
    np.testing.assert_array_equal(cleaned.sequence.keypoints2d, walk.keypoints2d)


@pytest.mark.parametrize("yaw", [0, 45, 90])
def test_exchanged_legs_are_put_right(yaw, rng):
    walk = film(StickWalk(1.2, 110, 1.7), yaw)
    points = walk.keypoints2d.copy()
    points[..., :2] += rng.normal(0, 0.5, points[..., :2].shape)
    right = points.copy()
    for start in (10, 40, 41, 80, 120):
        frames = np.arange(start, start + 3)[:, None]
        points[frames, LEGS] = points[frames, MIRROR_ORDER[LEGS]]
    cleaned = clean(changed(walk, points)).sequence.keypoints2d
    apart = np.linalg.norm(right[:, LEGS[2], :2] - right[:, LEGS[5], :2], axis=-1) > 15
    np.testing.assert_allclose(cleaned[apart][:, LEGS], right[apart][:, LEGS])


def test_wild_points_and_short_gaps_are_filled_and_counted(side_walk):
    points = side_walk.keypoints2d.copy()
    knee, wrist = JOINT["left_knee"], JOINT["right_wrist"]
    points[50, knee, :2] += 90
    points[70:75, wrist, 2] = 0
    cleaned = clean(changed(side_walk, points))
    assert (cleaned.repairs.wild_points, cleaned.repairs.filled_points) == (1, 6)
    error = np.linalg.norm(cleaned.points - side_walk.keypoints2d[..., :2], axis=-1)
    assert error.max() < 3


def test_a_long_gap_stays_open(side_walk):
    points = side_walk.keypoints2d.copy()
    points[40:80, JOINT["left_wrist"], 2] = 0
    cleaned = clean(changed(side_walk, points))
    assert np.isnan(cleaned.points[40:80, JOINT["left_wrist"]]).all()
    assert cleaned.repairs.filled_points == 0


def test_the_longest_span_with_a_body_is_kept(side_walk):
    points = side_walk.keypoints2d.copy()
    points[:30] = 0
    points[50:70] = 0
    cleaned = clean(changed(side_walk, points))
    np.testing.assert_array_equal(cleaned.sequence.keypoints2d, points[70:])
    assert cleaned.repairs.frames_cut == 70


def test_too_little_of_a_person_is_an_error(side_walk):
    with pytest.raises(DataError, match=r"only 1\.0 s"):
        clean(side_walk.frames(0, 30))
    with pytest.raises(DataError, match="person"):
        clean(changed(side_walk, np.zeros_like(side_walk.keypoints2d)))
