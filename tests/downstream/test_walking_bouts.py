from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick_walks import StickWalk, film, filmed, joints3d, joints_along, random_walk
from downstream.geometry.walk_geometry import measure
from downstream.recordings.cleaning import LEAST_SECONDS, clean
from downstream.recordings.straight_pieces import Piece, straight_pieces
from downstream.recordings.walking_bouts import walking_bouts
from downstream.views.detector_noise import corrupt
from engine.core.errors import DataError

LONG = StickWalk(1.2, 110, 1.7, seconds=10)
MIDDLE = np.array([6.0, 0.9, 0.0])


def turning(yaw, headings_deg):
    joints = joints_along(LONG, headings_deg)
    return filmed(joints - joints.mean(axis=(0, 1)) + MIDDLE, LONG, yaw, distance_m=9.0)


def noisy(recording, rng):
    return corrupt(recording, np.ones(recording.keypoints2d.shape[:2], dtype=bool), rng)


def turn(degrees, seconds=1.3, start=140):
    return degrees * np.clip((np.arange(300) - start) / (30 * seconds), 0, 1)


@pytest.mark.parametrize("yaw", [0, 30, 60, 90, -90, 180])
def test_a_straight_walk_is_one_bout_from_end_to_end(yaw, rng):
    for _ in range(4):
        walk = film(random_walk(rng), yaw, 4)
        assert [len(bout) for bout in walking_bouts(walk)] == [len(walk)]


@pytest.mark.parametrize("yaw", [0, 45])
def test_noise_hardly_shortens_it(yaw, rng):
    shares = []
    for _ in range(8):
        walk = noisy(film(random_walk(rng), yaw), rng)
        shares.append(max(len(bout) for bout in walking_bouts(walk)) / len(walk))
    assert np.mean(shares) > 0.95


@pytest.mark.parametrize("yaw", [0, 45, 90])
@pytest.mark.parametrize("degrees", [90, 180])
def test_a_turn_ends_one_bout_and_begins_another(yaw, degrees):
    walk = turning(yaw, turn(degrees))
    bouts = walking_bouts(walk)
    assert len(bouts) == 2
    assert bouts[0].start == 0
    assert bouts[0].stop < 140 + 0.7 * 39
    assert bouts[1].start > 140 + 0.3 * 39
    for bout in bouts:
        gait = measure(clean(walk.frames(bout.start, bout.stop)))
        assert gait.speed_mps == pytest.approx(1.2, rel=0.08)
        assert gait.cadence_spm == pytest.approx(110, rel=0.02)


def test_out_and_back_is_two_bouts_of_the_same_walk(side_walk):
    back = side_walk.mirrored().keypoints2d
    there_and_back = replace(side_walk, keypoints2d=np.concatenate([side_walk.keypoints2d, back]))
    assert measure(clean(there_and_back)).speed_mps < 0.3
    bouts = walking_bouts(there_and_back)
    assert len(bouts) == 2
    for bout in bouts:
        assert measure(clean(there_and_back.frames(bout.start, bout.stop))).speed_mps == pytest.approx(1.25, rel=0.03)


def test_standing_before_and_after_is_left_out():
    walk = film(StickWalk(1.2, 110, 1.7, seconds=4))
    points = walk.keypoints2d
    stands = np.concatenate([np.repeat(points[:1], 90, axis=0), points, np.repeat(points[-1:], 60, axis=0)])
    (bout,) = walking_bouts(replace(walk, keypoints2d=stands))
    assert 75 <= bout.start <= 105
    assert 195 <= bout.stop <= 225


@pytest.mark.parametrize("yaw", [0, 90])
def test_somebody_who_stands_does_not_walk(yaw, rng):
    walk = film(StickWalk(1.2, 110, 1.7), yaw)
    still = np.repeat(walk.keypoints2d[70:71], 150, axis=0)
    still[..., :2] += rng.normal(0, 0.8, (150, 17, 2))
    with pytest.raises(DataError, match="the person stands, or turns all the time"):
        walking_bouts(replace(walk, keypoints2d=still))


def test_circles_are_never_read_as_one_straight_walk():
    bouts = walking_bouts(turning(0, np.arange(300) * 360 / 300))
    assert max(len(bout) for bout in bouts) < 150


@pytest.mark.parametrize("yaw", [0, 45, 90])
def test_a_treadmill_is_walked_on(yaw):
    joints = joints3d(LONG)
    joints[..., 0] += MIDDLE[0] - (LONG.speed_mps * np.arange(300) / LONG.fps)[:, None]
    (bout,) = walking_bouts(filmed(joints, LONG, yaw))
    assert len(bout) > 280


def test_turning_on_the_spot_is_no_walk():
    joints = joints_along(replace(LONG, speed_mps=0.01), np.arange(300) * 720 / 300)
    with pytest.raises(DataError, match="stands, or turns all the time"):
        walking_bouts(filmed(joints - joints.mean(axis=(0, 1)) + MIDDLE, LONG, 0))


def test_nobody_and_too_little_are_said(side_walk):
    with pytest.raises(DataError, match=f"1\\.0 s; at least {LEAST_SECONDS} s"):
        walking_bouts(side_walk.frames(0, 30))
    with pytest.raises(DataError, match="is there a person"):
        walking_bouts(replace(side_walk, keypoints2d=np.zeros((60, 17, 3))))


def test_pieces_are_those_that_a_path_was_made_of(rng):
    velocities = [(0.8, 0.0), (0.0, 0.9), (-0.8, 0.1)]
    path = np.cumsum(np.repeat(velocities, 30, axis=0) * 0.1, axis=0) + rng.normal(0, 0.01, (90, 2))
    pieces = straight_pieces(path, 0.1)
    assert [piece.start for piece in pieces[1:]] == pytest.approx([30, 60], abs=3)
    assert pieces[0].start == 0
    assert pieces[-1].stop == 90
    one = straight_pieces(np.cumsum(np.full((400, 2), 0.08), axis=0), 0.1)
    assert one == [Piece(0, 400)]
