"""One recording in, a reading and what is to be told of it out."""

import os
import re
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import av
import numpy as np
import pytest
import torch

from benchmarks.stick_walks import StickWalk, film
from downstream.analysis.analyze_file import Reader, Told, analyze_file, load_reader
from downstream.analysis.reading_doubts import doubts
from downstream.network.curve_network import CurveNetwork
from downstream.readings.quantities import CURVES, NUMBERS
from downstream.readings.read_walk import read_walk
from downstream.readings.walker import Walker
from downstream.recordings.reading import Said
from downstream.recordings.videos.detectors import load_detector
from downstream.recordings.videos.video_frames import frames, probe
from downstream.recordings.walking_bouts import Bout
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


@pytest.fixture(scope="module")
def reader():
    """Untrained: speed and cadence are geometry's, and every camera is taken to stand."""
    torch.manual_seed(0)
    network = CurveNetwork(
        width=32, groups=2, dilations=(1, 2), trained_on={"ranges": {"height_m": (1.0, 1.9), "age_years": (20.0, 60.0)}}
    )
    with torch.no_grad():
        network.pooled[-1].bias[-1] = 3.0
    return Reader(network.eval(), Path("untrained"))


def speed_of(analysis):
    return analysis.reading.numbers["speed_mps"].value


def cadence_of(analysis):
    return analysis.reading.numbers["cadence_spm"].value


def minded(analysis):
    return " ".join(analysis.facts.mind)


def test_a_keypoint_file_is_read_whole(tmp_path, side_walk):
    """By the weights that are shipped."""
    path = save_keypoints(tmp_path / "walk.npz", side_walk, height_m=1.72, image_size=[640, 480])
    analysis = analyze_file(load_reader(), path, Told(age_years=40.0, sex="female"))
    reading, facts = analysis.reading, analysis.facts
    assert cadence_of(analysis) == pytest.approx(112, rel=0.05)
    assert set(reading.curves) == set(CURVES)
    assert set(reading.numbers) == set(NUMBERS)
    assert facts.walker == Walker(40.0, "female", 1.72)
    assert facts.file == str(path)
    assert facts.model["shipped"]
    assert facts.model["trained_on"]["subjects"] > 10
    assert facts.keypoints.shape[:1] == reading.time.shape
    assert facts.read_s == (0.0, pytest.approx(side_walk.seconds))


def test_speed_and_cadence_begin_with_geometry(tmp_path, reader, side_walk):
    path = save_keypoints(tmp_path / "walk.npz", side_walk, height_m=1.72, image_size=[640, 480])
    analysis = analyze_file(reader, path, Told(), name="a walk")
    assert speed_of(analysis) == pytest.approx(1.25, rel=0.05)
    assert cadence_of(analysis) == pytest.approx(112, rel=0.02)
    assert analysis.facts.file == "a walk"
    assert not analysis.facts.model["shipped"]


def test_the_height_that_is_said_wins(tmp_path, reader, side_walk):
    path = save_keypoints(tmp_path / "walk.npz", side_walk, height_m=1.0, image_size=[640, 480])
    analysis = analyze_file(reader, path, Told(Said(height_m=1.72)))
    assert analysis.facts.walker.height_m == 1.72
    assert speed_of(analysis) == pytest.approx(1.25, rel=0.05)
    with pytest.raises(DataError, match=r"walk\.npz: height_m: 172"):
        analyze_file(reader, path, Told(Said(height_m=172)))


def test_what_is_known_of_one_person_wins_over_what_is_told_of_all():
    told = Told(Said(height_m=1.7, fps=25.0), age_years=30.0)
    assert told.of(Walker()) == told
    assert told.of(Walker(8.0, "male", 1.3)) == Told(Said(height_m=1.3, fps=25.0), 8.0, "male")


def test_doubts_are_said(tmp_path, reader):
    path = save_keypoints(tmp_path / "walk.npz", film(StickWalk(1.1, 105, 1.7), 90), image_size=[640, 480])
    words = minded(analyze_file(reader, path, Told()))
    for doubt in ("height is not known", "towards or away", "from the front or from behind", "heels and toes"):
        assert doubt in words
    treadmill = film(StickWalk(1.1, 105, 1.7)).keypoints2d.copy()
    treadmill[..., 0] -= treadmill[:, 5:7, 0].mean(axis=1)[:, None] - 320
    np.savez(tmp_path / "treadmill.npz", keypoints2d=treadmill, fps=30.0, height_m=1.7, image_size=[640, 480])
    assert "treadmill" in minded(analyze_file(reader, tmp_path / "treadmill.npz", Told()))


def test_only_what_applies_is_minded():
    """Of a walk that is seen well by weights that see its events."""
    recording = replace(film(StickWalk(1.2, 110.0, 1.7, seconds=8.0), yaw_deg=35), focal_px=800.0)
    shipped = load_reader().network
    read = read_walk(shipped, recording, Bout(0, len(recording)), 40.0, "female")
    words = " ".join(doubts(read, 0.0, None))
    for doubt in ("height", "steps are long", "edge", "nearly as well", "left out", "learnt from", "strides"):
        assert doubt not in words
    assert "left out" in " ".join(doubts(read, 2.0, None))


@pytest.mark.parametrize(
    ("age", "height", "outside"), [(40, 1.7, []), (8, 1.7, ["age"]), (8, 1.95, ["age", "height"]), (None, 1.7, [])]
)
def test_people_unlike_those_learnt_from_are_doubted(tmp_path, reader, side_walk, age, height, outside):
    path = save_keypoints(tmp_path / "walk.npz", side_walk, image_size=[640, 480])
    words = analyze_file(reader, path, Told(Said(height_m=height), age_years=age)).facts.mind
    assert [word.split()[0] for word in words if "learnt from" in word] == sorted(outside, reverse=True)


def test_a_rhythm_that_the_strikes_contradict_is_told(reader, side_walk):
    read = read_walk(reader.network, side_walk, Bout(0, len(side_walk)))
    same, halved = (
        replace(read, agreement=replace(read.agreement, strikes_spm=factor * read.agreement.rhythm_spm))
        for factor in (1.0, 0.5)
    )
    assert "do not trust" not in " ".join(doubts(same, 0.0, None))
    assert halved.agreement.words in doubts(halved, 0.0, None)


def test_too_short_keypoints_name_the_file(tmp_path, reader, side_walk):
    path = save_keypoints(tmp_path / "short.npz", side_walk.frames(0, 20))
    with pytest.raises(DataError, match=r"short\.npz: .*at least 1\.5 s"):
        analyze_file(reader, path, Told())


def test_without_weights_there_is_no_reader(tmp_path):
    with pytest.raises(DataError, match="gaitforge train"):
        load_reader(tmp_path)


@pytest.mark.usefixtures("plugin")
def test_a_video_goes_through_the_users_detector(tmp_path, reader):
    analysis = analyze_file(reader, save_video(tmp_path / "walk.mp4"), Told())
    assert speed_of(analysis) == pytest.approx(1.0, rel=0.05)
    assert analysis.facts.pose_detector == "StickDetector"


@pytest.mark.usefixtures("plugin")
def test_a_video_without_a_person_is_one_clear_error(tmp_path, reader):
    with pytest.raises(DataError, match=r"empty_room\.mp4: .*person"):
        analyze_file(reader, save_video(tmp_path / "empty_room.mp4"), Told())


@pytest.mark.usefixtures("plugin")
def test_detectors_are_chosen_by_name_and_held_to_the_contract():
    assert type(load_detector("a_sticks")).__name__ == "StickDetector"
    with pytest.raises(DataError, match="has no method detect"):
        load_detector("deaf")
    with pytest.raises(MissingDependencyError, match="'nobody'; installed: a_sticks"):
        load_detector("nobody")


@pytest.mark.skipif(find_spec("mediapipe") is not None, reason="a detector is installed")
def test_without_a_detector_it_says_what_to_install(tmp_path, reader):
    with pytest.raises(MissingDependencyError, match=r"pip install .*mediapipe==0\.10\.21"):
        analyze_file(reader, save_video(tmp_path / "walk.mp4"), Told())


def test_broken_videos_give_one_clear_error_before_any_detector_is_sought(tmp_path, reader):
    whole = save_video(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("not a video at all")
    save_video(tmp_path / "short.mp4", count=20)
    (tmp_path / "folder.mp4").mkdir()
    for name in ("cut", "empty", "text", "short", "folder", "absent"):
        with pytest.raises(DataError, match=rf"{name}\.mp4"):
            analyze_file(reader, tmp_path / f"{name}.mp4", Told())


def test_frames_come_whole_and_in_order(tmp_path):
    path = save_video(tmp_path / "walk.mp4", count=50)
    levels = [frame.mean() for frame in frames(path)]
    assert len(levels) == 50
    assert np.all(np.diff(levels) > 0)
    assert probe(path).image_size == (64, 48)
    assert probe(path).fps == pytest.approx(30)


def test_turns_are_left_out_and_told(tmp_path, reader, side_walk):
    """Out and back: the whole would average to no speed at all."""
    both = np.concatenate([side_walk.keypoints2d, side_walk.mirrored().keypoints2d])
    np.savez(tmp_path / "both.npz", keypoints2d=both, fps=30.0, height_m=1.72, image_size=[640, 480])
    analysis = analyze_file(reader, tmp_path / "both.npz", Told())
    assert speed_of(analysis) == pytest.approx(1.25, rel=0.05)
    facts = analysis.facts
    assert len(facts.walking_s) == 2
    assert facts.read_s in facts.walking_s
    assert facts.read_s[0] <= analysis.reading.time[0] < analysis.reading.time[-1] <= facts.read_s[1]
    assert "standing, turns, or shorter bouts" in minded(analysis)


def test_standing_is_refused_by_name(tmp_path, reader, side_walk):
    still = np.repeat(side_walk.keypoints2d[:1], 90, axis=0)
    np.savez(tmp_path / "still.npz", keypoints2d=still, fps=30.0)
    with pytest.raises(DataError, match=r"still\.npz: no walking .*the person stands"):
        analyze_file(reader, tmp_path / "still.npz", Told())


def test_a_motion_of_two_rhythms_is_doubted_and_both_are_told(tmp_path, reader):
    slow, fast = (film(StickWalk(1.0, cadence, 1.7)) for cadence in (78, 156))
    both = replace(slow, keypoints2d=0.4 * slow.keypoints2d + 0.6 * fast.keypoints2d)
    path = save_keypoints(tmp_path / "both.npz", both, height_m=1.7, image_size=[640, 480])
    told = re.search(
        r"read as (\d+) steps/min or, nearly as well, as (\d+)", minded(analyze_file(reader, path, Told()))
    )
    assert told is not None
    assert sorted(map(int, told.groups())) == pytest.approx([78, 156], abs=3)
    plain = save_keypoints(tmp_path / "slow.npz", slow, height_m=1.7, image_size=[640, 480])
    assert "nearly as well" not in minded(analyze_file(reader, plain, Told()))


@pytest.mark.parametrize(
    ("factor", "says"), [(8, "edge of what is searched"), (2, "steps are long for so slow a rhythm")]
)
def test_slow_motion_is_suspected_and_mended(tmp_path, reader, factor, says):
    slow = film(StickWalk(1.25, 110, 1.72, fps=30.0 * factor))
    path = save_keypoints(tmp_path / "slow.npz", replace(slow, fps=30.0), height_m=1.72, image_size=[640, 480])
    words = minded(analyze_file(reader, path, Told()))
    assert says in words
    assert "--capture-fps" in words
    mended = analyze_file(reader, path, Told(Said(capture_fps=30.0 * factor)))
    assert speed_of(mended) == pytest.approx(1.25, rel=0.05)
    assert "--capture-fps" not in minded(mended)


@pytest.mark.usefixtures("plugin")
def test_a_video_in_slow_motion_takes_the_cameras_rate(tmp_path, reader):
    analysis = analyze_file(reader, save_video(tmp_path / "walk.mp4"), Told(Said(capture_fps=60)))
    assert analysis.facts.fps == 60
    assert speed_of(analysis) == pytest.approx(2.0, rel=0.07)


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
def test_files_as_people_bring_them_give_the_same_walk(name, reader):
    said, word = AS_THEY_COME[name]
    analysis = analyze_file(reader, Path(SHARED or "") / "real-inputs" / f"{name}.npz", Told(said))
    assert speed_of(analysis) == pytest.approx(1.41, rel=0.05)
    assert cadence_of(analysis) == pytest.approx(101.7, abs=2)
    assert word in " ".join([*analysis.facts.put_right, *analysis.facts.mind])


@pytest.mark.skipif(SHARED is None, reason="GAITFORGE_SHARED names no folder of shared inputs")
def test_files_that_cannot_be_read_say_why(reader):
    folder = Path(SHARED or "") / "real-inputs"
    with pytest.raises(DataError, match="--image-size"):
        analyze_file(reader, folder / "kp_normalised_16x9.npz", Told())
    with pytest.raises(DataError, match="no walking"):
        analyze_file(reader, folder / "kp_standing.npz", Told())
    assert "--capture-fps" in minded(analyze_file(reader, folder / "kp_slow_motion_240_as_30.npz", Told()))
