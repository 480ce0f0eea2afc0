import numpy as np
import pytest

from benchmarks.stick_walks import StickWalk, film
from downstream.recordings.keypoint_recording import JOINT, MIRROR_ORDER, Recording
from downstream.recordings.reading import read_recording
from engine.core.errors import DataError


def save(path, **arrays):
    np.savez(path, **arrays)
    return path


def good(**changes):
    return {"keypoints2d": film(StickWalk(1.2, 110, 1.7, seconds=2)).keypoints2d, "fps": 30.0, **changes}


def test_a_file_comes_back_as_it_was_saved(tmp_path, side_walk):
    path = save(tmp_path / "walk.npz", keypoints2d=side_walk.keypoints2d, fps=30, height_m=1.72, image_size=[640, 480])
    read = read_recording(path).recording
    np.testing.assert_array_equal(read.keypoints2d, side_walk.keypoints2d)
    assert (read.fps, read.height_m, read.image_size, read.focal_px) == (30.0, 1.72, (640.0, 480.0), None)


def test_the_focal_length_is_read_from_a_camera_matrix(tmp_path):
    matrix = np.diag([800.0, 800.0, 1.0])
    assert read_recording(save(tmp_path / "walk.npz", **good(K=matrix))).recording.focal_px == 800.0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"keypoints2d": np.zeros((60, 17, 2))}, r"keypoints2d: shape \(60, 17, 2\), expected \(frames, joints, 3\)"),
        ({"keypoints2d": np.zeros((60, 31, 3))}, r"31 joints; known skeletons: coco17 \(17\)"),
        ({"skeleton": "kinect"}, "skeleton: 'kinect', expected one of coco17"),
        ({"keypoints2d": np.zeros((0, 17, 3))}, "no frame"),
        ({"keypoints2d": np.full((60, 17, 3), np.nan)}, "person"),
        ({"keypoints2d": np.zeros((60, 17, 3))}, "person"),
        ({"fps": 0.0}, "fps: 0.0 is outside"),
        ({"fps": np.array([30.0, 25.0])}, "fps: expected one number"),
        ({"fps": "thirty"}, "fps: expected one number"),
        ({"height_m": 172.0}, "height_m: 172.0 is outside"),
        ({"image_size": 640}, "image_size: shape"),
        ({"K": np.eye(4)}, "K: shape"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path, changes, says):
    path = save(tmp_path / "walk.npz", **good(**changes))
    with pytest.raises(DataError, match=says) as caught:
        read_recording(path)
    assert "walk.npz" in str(caught.value)


@pytest.mark.parametrize(
    ("missing", "says"), [("keypoints2d", "keypoints2d: this key is missing"), ("fps", "give --fps")]
)
def test_a_missing_key_is_named(tmp_path, missing, says):
    arrays = {key: value for key, value in good().items() if key != missing}
    with pytest.raises(DataError, match=says):
        read_recording(save(tmp_path / "walk.npz", **arrays))


def test_truncated_foreign_pickled_and_absent_files_give_one_clear_error(tmp_path):
    whole = save(tmp_path / "whole.npz", **good()).read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.npz").write_text("hello")
    (tmp_path / "empty.npz").touch()
    save(tmp_path / "pickled.npz", **good(fps=np.array([{"a": 1}], dtype=object)))
    np.save(tmp_path / "single.npy", np.zeros(3))
    (tmp_path / "single.npy").rename(tmp_path / "single.npz")
    for name in ("cut", "text", "empty", "pickled", "single", "absent"):
        with pytest.raises(DataError, match=f"{name}.npz"):
            read_recording(tmp_path / f"{name}.npz")


def test_mirroring_twice_changes_nothing(side_walk):
    np.testing.assert_allclose(side_walk.mirrored().mirrored().keypoints2d, side_walk.keypoints2d, atol=1e-12)


def test_mirroring_exchanges_sides(side_walk):
    assert MIRROR_ORDER[JOINT["left_knee"]] == JOINT["right_knee"]
    assert MIRROR_ORDER[JOINT["nose"]] == JOINT["nose"]
    mirrored = side_walk.mirrored().keypoints2d[:, JOINT["left_knee"]]
    original = side_walk.keypoints2d[:, JOINT["right_knee"]]
    np.testing.assert_allclose(mirrored[:, 0], 640 - original[:, 0])
    np.testing.assert_array_equal(mirrored[:, 1], original[:, 1])


def test_a_keypoint_that_was_not_found_may_be_nan():
    points = np.full((60, 17, 3), 0.5)
    points[3, 4] = (np.nan, np.nan, 0.0)
    assert len(Recording(points, 30.0)) == 60
