"""Nonsense is put right with a word, or refused with what would be right."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick_walks import IMAGE, StickWalk, film
from downstream.recordings.keypoint_recording import JOINT, MIRROR_ORDER
from downstream.recordings.reading import Said, checked, read_recording
from engine.core.errors import DataError

NOTHING = Said()


def with_points(recording, points, **changes):
    return replace(recording, keypoints2d=points, **changes)


def save(path, points, **more):
    np.savez(path, **{"keypoints2d": points, "fps": 30.0, **more})
    return path


def words(read):
    return "; ".join(read.words)


def test_a_good_recording_is_left_as_it_is(side_walk):
    read = checked(side_walk, NOTHING)
    np.testing.assert_array_equal(read.recording.keypoints2d, side_walk.keypoints2d)
    assert read.words == ()


def test_zeros_with_a_score_are_not_found(side_walk, rng):
    points = side_walk.keypoints2d.copy()
    lost = rng.random(points.shape[:2]) < 0.05
    points[lost] = (0, 0, 0.35)
    read = checked(with_points(side_walk, points), NOTHING)
    np.testing.assert_array_equal(read.recording.keypoints2d[..., 2] == 0, lost)
    assert f"{lost.sum()} points at 0, 0 with a score count as not found" in words(read)


@pytest.mark.parametrize(("factor", "says"), [(1.3, "scores up to 1.3 were cut to 1"), (97.0, "per cents")])
def test_scores_above_one_are_mended(tmp_path, side_walk, factor, says):
    read = read_recording(save(tmp_path / "walk.npz", side_walk.keypoints2d * [1, 1, factor]))
    assert says in words(read)
    assert read.recording.keypoints2d[..., 2].max() <= 1
    assert read.recording.keypoints2d[..., 2].min() > 0.9


def test_shares_of_the_picture_need_its_size(tmp_path, side_walk):
    shares = side_walk.keypoints2d / [*IMAGE, 1]
    path = save(tmp_path / "walk.npz", shares)
    with pytest.raises(DataError, match=r"walk\.npz: .*shares of the picture.*--image-size WIDTHxHEIGHT"):
        read_recording(path)
    read = read_recording(path, Said(image_size=IMAGE))
    np.testing.assert_allclose(read.recording.keypoints2d, side_walk.keypoints2d)
    assert "640x480" in words(read)


def test_coordinates_about_zero_are_refused(tmp_path, side_walk):
    about_zero = side_walk.keypoints2d / [320, 320, 1] - [1, 0.75, 0]
    with pytest.raises(DataError, match="neither pixels nor shares"):
        read_recording(save(tmp_path / "walk.npz", about_zero), Said(image_size=IMAGE))


def test_a_picture_upside_down_is_turned_and_one_on_its_side_refused(side_walk):
    points = side_walk.keypoints2d
    over = points.copy()
    over[..., 1] = 480 - over[..., 1]
    read = checked(with_points(side_walk, over), NOTHING)
    np.testing.assert_allclose(np.diff(read.recording.keypoints2d[..., 1]), np.diff(points[..., 1]), atol=1e-9)
    assert "upside down" in words(read)
    with pytest.raises(DataError, match="turned by 90 degrees, or the joints are in another order"):
        checked(with_points(side_walk, points[..., [1, 0, 2]]), NOTHING)


def test_a_jump_to_another_person_is_left_out(side_walk):
    points = side_walk.keypoints2d.copy()
    points[60:72, :, :2] = points[60:72, :, :2] * 0.7 + [250, 30]
    read = checked(with_points(side_walk, points), NOTHING)
    assert (read.recording.keypoints2d[60:72, :, 2] == 0).all()
    np.testing.assert_array_equal(read.recording.keypoints2d[72:], points[72:])
    assert "in 12 frames the points jump to another person" in words(read)


def test_a_frame_without_a_trunk_is_still_the_same_person(side_walk):
    points = side_walk.keypoints2d.copy()
    trunk = [JOINT[f"{side}_{name}"] for side in ("left", "right") for name in ("shoulder", "hip")]
    points[np.array([[40], [90]]), trunk, 2] = 0
    read = checked(with_points(side_walk, points), NOTHING)
    np.testing.assert_array_equal(read.recording.keypoints2d, points)


def test_the_rate_is_said_once(tmp_path, side_walk):
    points = side_walk.keypoints2d
    np.savez(tmp_path / "silent.npz", keypoints2d=points)
    with pytest.raises(DataError, match="does not tell its frame rate: give --fps"):
        read_recording(tmp_path / "silent.npz")
    assert read_recording(tmp_path / "silent.npz", Said(fps=25)).recording.fps == 25
    told = save(tmp_path / "told.npz", points)
    with pytest.raises(DataError, match=r"--fps 25, but the file says 30; for slow motion .*--capture-fps"):
        read_recording(told, Said(fps=25))
    timed = save(tmp_path / "timed.npz", points, time_s=np.arange(len(points)) / 30)
    for path in (told, timed):
        slow = read_recording(path, Said(capture_fps=240)).recording
        assert slow.fps == 240
        np.testing.assert_array_equal(slow.keypoints2d, points)


def test_dropped_frames_are_gaps_and_uneven_times_are_evened(tmp_path):
    walk = StickWalk(1.25, 112, 1.72, seconds=4)
    points = film(walk).keypoints2d
    keep = np.delete(np.arange(120), [30, 31, 77])
    read = read_recording(save(tmp_path / "dropped.npz", points[keep], time_s=keep / 30 + 5.0))
    found = read.recording.keypoints2d
    assert read.recording.fps == pytest.approx(30)
    np.testing.assert_array_equal(np.flatnonzero((found[..., 2] == 0).all(axis=1)), [30, 31, 77])
    np.testing.assert_array_equal(found[keep], points[keep])

    fine = film(replace(walk, fps=600.0)).keypoints2d
    rows = np.cumsum(np.random.default_rng(3).integers(15, 26, 100))
    uneven = read_recording(save(tmp_path / "uneven.npz", fine[rows], time_s=rows / 600))
    assert "uneven times" in words(uneven)
    exact = fine[np.round(rows[0] + np.arange(len(uneven.recording)) * 600 / uneven.recording.fps).astype(int)]
    error = uneven.recording.keypoints2d[..., :2] - exact[..., :2]
    assert np.nanmedian(np.abs(error)) < 0.5


def test_sides_stay_what_they_were(side_walk):
    """Reading a mirrored recording is the mirror of reading it."""
    mirrored = checked(side_walk.mirrored(), NOTHING).recording.keypoints2d
    np.testing.assert_allclose(mirrored[:, MIRROR_ORDER[:17], 1:], side_walk.keypoints2d[..., 1:])
