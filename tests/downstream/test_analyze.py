import os
import re
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.stick_walks import StickWalk, film
from downstream.analyze import analyze
from downstream.recordings.reading import Said
from downstream.recordings.videos.detectors import load_detector
from downstream.recordings.videos.video_frames import frames, probe
from engine.core.errors import DataError, MissingDependencyError

PLUGIN = """
import numpy as np
from downstream.recordings.keypoint_recording import Recording
from benchmarks.stick_walks import StickWalk, film

class StickDetector:
    def detect(self, video):
        return film(StickWalk(1.0, 100, 1.7)) if video.name != "empty_room.mp4" else Recording(np.zeros((60, 17, 3)), 30.0)

class Deaf:
    pass
"""


def save_keypoints(path, sequence, **more):
    np.savez(path, keypoints2d=sequence.keypoints2d, fps=sequence.fps, **more)
    return path


def save_video(path, count=60, size=(64, 48)):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(count):
            picture = np.full((size[1], size[0], 3), min(4 * number + 20, 235), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A package with pose detectors, installed the way packages are: a module and its entry points on the path."""
    site = tmp_path / "site"
    info = site / "sticks-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "stick_plugin.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sticks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[gaitforge.pose_detectors]\na_sticks = stick_plugin:StickDetector\ndeaf = stick_plugin:Deaf\n"
    )
    monkeypatch.syspath_prepend(str(site))
    yield
    sys.modules.pop("stick_plugin", None)


def test_a_keypoint_file_is_read(tmp_path, model_folder, side_walk):
    path = save_keypoints(tmp_path / "walk.npz", side_walk, height_m=1.72, image_size=[640, 480])
    report = analyze(path, model_folder=model_folder)
    assert report["speed_mps"]["value"] == pytest.approx(1.25, rel=0.1)
    assert report["cadence_spm"]["value"] == pytest.approx(112, rel=0.03)
    assert report["step_length_m"]["sd"] > 0
    assert report["geometry_only"]["speed_mps"] == pytest.approx(1.25, rel=0.03)
    assert report["model"]["trained_on"]["subjects"] == 12
    assert report["model"]["shipped"] is False


def test_the_height_on_the_command_line_wins(tmp_path, model_folder, side_walk):
    path = save_keypoints(tmp_path / "walk.npz", side_walk, height_m=1.0, image_size=[640, 480])
    report = analyze(path, Said(height_m=1.72), model_folder=model_folder)
    assert report["input"]["height_m"] == 1.72
    with pytest.raises(DataError, match=r"walk\.npz: height_m: 172"):
        analyze(path, Said(height_m=172), model_folder=model_folder)


def test_doubts_are_said(tmp_path, model_folder):
    path = save_keypoints(tmp_path / "walk.npz", film(StickWalk(1.1, 105, 1.7), 90), image_size=[640, 480])
    doubts = " ".join(analyze(path, model_folder=model_folder)["mind"])
    assert "height is not known" in doubts
    assert "towards or away" in doubts
    treadmill = film(StickWalk(1.1, 105, 1.7)).keypoints2d.copy()
    treadmill[..., 0] -= treadmill[:, 5:7, 0].mean(axis=1)[:, None] - 320
    np.savez(tmp_path / "treadmill.npz", keypoints2d=treadmill, fps=30.0, height_m=1.7, image_size=[640, 480])
    assert "treadmill" in " ".join(analyze(tmp_path / "treadmill.npz", model_folder=model_folder)["mind"])


def test_too_short_keypoints_name_the_file(tmp_path, model_folder, side_walk):
    path = save_keypoints(tmp_path / "short.npz", side_walk.frames(0, 20))
    with pytest.raises(DataError, match=r"short\.npz: .*at least 1\.5 s"):
        analyze(path, model_folder=model_folder)


@pytest.mark.usefixtures("plugin")
def test_a_video_goes_through_the_users_detector(tmp_path, model_folder):
    report = analyze(save_video(tmp_path / "walk.mp4"), model_folder=model_folder)
    assert report["speed_mps"]["value"] == pytest.approx(1.0, rel=0.1)
    assert report["input"]["pose_detector"] == "StickDetector"


@pytest.mark.usefixtures("plugin")
def test_a_video_without_a_person_is_one_clear_error(tmp_path, model_folder):
    with pytest.raises(DataError, match=r"empty_room\.mp4: .*person"):
        analyze(save_video(tmp_path / "empty_room.mp4"), model_folder=model_folder)


@pytest.mark.usefixtures("plugin")
def test_detectors_are_chosen_by_name_and_held_to_the_contract():
    assert type(load_detector("a_sticks")).__name__ == "StickDetector"
    with pytest.raises(DataError, match="has no method detect"):
        load_detector("deaf")
    with pytest.raises(MissingDependencyError, match="'nobody'; installed: a_sticks"):
        load_detector("nobody")


@pytest.mark.skipif(find_spec("mediapipe") is not None, reason="a detector is installed")
def test_without_a_detector_it_says_what_to_install(tmp_path, model_folder):
    with pytest.raises(MissingDependencyError, match=r"pip install .*mediapipe==0\.10\.21"):
        analyze(save_video(tmp_path / "walk.mp4"), model_folder=model_folder)


def test_broken_videos_give_one_clear_error_before_any_detector_is_sought(tmp_path, model_folder):
    whole = save_video(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("not a video at all")
    save_video(tmp_path / "short.mp4", count=20)
    (tmp_path / "folder.mp4").mkdir()
    for name in ("cut", "empty", "text", "short", "folder", "absent"):
        with pytest.raises(DataError, match=rf"{name}\.mp4"):
            analyze(tmp_path / f"{name}.mp4", model_folder=model_folder)


def test_frames_come_whole_and_in_order(tmp_path):
    path = save_video(tmp_path / "walk.mp4", count=50)
    levels = [frame.mean() for frame in frames(path)]
    assert len(levels) == 50
    assert np.all(np.diff(levels) > 0)
    assert probe(path).image_size == (64, 48)
    assert probe(path).fps == pytest.approx(30)


def test_turns_are_left_out_and_told(tmp_path, model_folder, side_walk):
    """Out and back: the whole would average to no speed at all."""
    both = np.concatenate([side_walk.keypoints2d, side_walk.mirrored().keypoints2d])
    np.savez(tmp_path / "both.npz", keypoints2d=both, fps=30.0, height_m=1.72, image_size=[640, 480])
    report = analyze(tmp_path / "both.npz", model_folder=model_folder)
    assert report["geometry_only"]["speed_mps"] == pytest.approx(1.25, rel=0.03)
    assert len(report["input"]["walking_s"]) == 2
    assert report["input"]["read_s"] in report["input"]["walking_s"]
    assert "standing, turns, or shorter bouts" in " ".join(report["mind"])


def test_standing_is_refused_by_name(tmp_path, model_folder, side_walk):
    still = np.repeat(side_walk.keypoints2d[:1], 90, axis=0)
    np.savez(tmp_path / "still.npz", keypoints2d=still, fps=30.0)
    with pytest.raises(DataError, match=r"still\.npz: no walking .*the person stands"):
        analyze(tmp_path / "still.npz", model_folder=model_folder)


def test_a_motion_of_two_rhythms_is_doubted_and_both_are_told(tmp_path, model_folder):
    slow, fast = (film(StickWalk(1.0, cadence, 1.7)) for cadence in (78, 156))
    both = replace(slow, keypoints2d=0.4 * slow.keypoints2d + 0.6 * fast.keypoints2d)
    path = save_keypoints(tmp_path / "both.npz", both, height_m=1.7, image_size=[640, 480])
    doubts = " ".join(analyze(path, model_folder=model_folder)["mind"])
    told = re.search(r"read as (\d+) steps/min or, nearly as well, as (\d+)", doubts)
    assert told is not None
    assert sorted(map(int, told.groups())) == pytest.approx([78, 156], abs=3)
    plain = save_keypoints(tmp_path / "slow.npz", slow, height_m=1.7, image_size=[640, 480])
    assert "nearly as well" not in " ".join(analyze(plain, model_folder=model_folder)["mind"])


@pytest.mark.parametrize(
    ("factor", "says"), [(8, "edge of what is searched"), (2, "steps are long for so slow a rhythm")]
)
def test_slow_motion_is_suspected_and_mended(tmp_path, model_folder, factor, says):
    slow = film(StickWalk(1.25, 110, 1.72, fps=30.0 * factor))
    path = save_keypoints(tmp_path / "slow.npz", replace(slow, fps=30.0), height_m=1.72, image_size=[640, 480])
    doubts = " ".join(analyze(path, model_folder=model_folder)["mind"])
    assert says in doubts
    assert "--capture-fps" in doubts
    mended = analyze(path, Said(capture_fps=30.0 * factor), model_folder=model_folder)
    assert mended["geometry_only"]["speed_mps"] == pytest.approx(1.25, rel=0.03)
    assert "--capture-fps" not in " ".join(mended["mind"])


@pytest.mark.usefixtures("plugin")
def test_a_video_in_slow_motion_takes_the_cameras_rate(tmp_path, model_folder):
    report = analyze(save_video(tmp_path / "walk.mp4"), Said(capture_fps=60), model_folder=model_folder)
    assert report["input"]["fps"] == 60
    assert report["geometry_only"]["speed_mps"] == pytest.approx(2.0, rel=0.05)


SHARED = os.environ.get("GAITFORGE_SHARED")
AS_THEY_COME = {
    "kp_ok": (Said(), ""),
    "kp_same_with_conf0_ok": (Said(), ""),
    "kp_ultralytics_zero_conf035": (Said(), "105 points at 0, 0 with a score count as not found"),
    "kp_normalised_16x9": (Said(image_size=(1280, 720)), "coordinates from 0 to 1"),
    "kp_out_and_back": (Said(), "standing, turns, or shorter bouts"),
    "kp_slow_motion_240_as_30": (Said(capture_fps=240), ""),
    "kp_scores_above_1": (Said(), "scores up to 1.08 were cut to 1"),
}
"""Recordings of one walk of 1.38 to 1.45 m/s with strides of 1.17 to 1.18 s, each wrong in a way that people's files are."""


@pytest.mark.skipif(SHARED is None, reason="GAITFORGE_SHARED names no folder of shared inputs")
@pytest.mark.parametrize("name", AS_THEY_COME)
def test_files_as_people_bring_them_give_the_same_walk(name):
    said, word = AS_THEY_COME[name]
    report = analyze(Path(SHARED or "") / "real-inputs" / f"{name}.npz", said)
    assert 1.38 <= report["geometry_only"]["speed_mps"] <= 1.46
    assert report["speed_mps"]["value"] == pytest.approx(1.41, rel=0.12)
    assert report["cadence_spm"]["value"] == pytest.approx(101.7, abs=1)
    assert word in " ".join([*report["input"]["chosen_and_put_right"], *report["mind"]])


@pytest.mark.skipif(SHARED is None, reason="GAITFORGE_SHARED names no folder of shared inputs")
def test_files_that_cannot_be_read_say_why():
    folder = Path(SHARED or "") / "real-inputs"
    with pytest.raises(DataError, match="--image-size"):
        analyze(folder / "kp_normalised_16x9.npz")
    with pytest.raises(DataError, match="no walking"):
        analyze(folder / "kp_standing.npz")
    assert "--capture-fps" in " ".join(analyze(folder / "kp_slow_motion_240_as_30.npz")["mind"])
