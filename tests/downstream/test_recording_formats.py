import keypoint_files as files
import numpy as np
import pandas as pd
import pytest

from benchmarks.stick_walks import IMAGE, StickWalk, film, joints3d
from downstream.geometry.walk_geometry import measure
from downstream.recordings.cleaning import clean
from downstream.recordings.formats.detections import frame_numbers
from downstream.recordings.formats.keypoint_skeletons import KEYPOINTS, SKELETONS, joint_named
from downstream.recordings.keypoint_recording import JOINT
from downstream.recordings.reading import Said, read_recording
from engine.core.errors import DataError

WALK = StickWalk(1.25, 112, 1.72, seconds=3)
SAID = Said(height_m=1.72, fps=30)


@pytest.fixture
def points():
    """The walk with feet, scores of its own for each joint."""
    body = film(WALK).keypoints2d.copy()
    body[..., 2] = np.linspace(0.5, 1, 17)
    ankles = body[:, [JOINT["left_ankle"]] * 3 + [JOINT["right_ankle"]] * 3]
    feet = ankles + np.array([[20, 9, 0], [18, 9, 0], [-8, 9, 0]] * 2)
    return np.concatenate([body, feet], axis=1)


def alone(points):
    return [[frame] for frame in points]


FORMS = {
    "openpose.d": lambda path, points: files.openpose_folder(path, alone(points)),
    "openpose18.d": lambda path, points: files.openpose_folder(path, alone(points), "coco18"),
    "alphapose.json": lambda path, points: files.alphapose_file(path, alone(points)),
    "alphapose17.json": lambda path, points: files.alphapose_file(path, alone(points), "coco17"),
    "alphapose136.json": lambda path, points: files.alphapose_file(path, alone(points), "halpe136"),
    "results.json": lambda path, points: files.coco_results(path, alone(points[:, :17])),
    "wholebody.json": lambda path, points: files.mmpose_file(path, alone(points)),
    "mmpose26.json": lambda path, points: files.mmpose_file(path, alone(points), "halpe26", names=False),
    "h36m.json": lambda path, points: files.mmpose_file(path, alone(points), "h36m17"),
    "dlc.csv": lambda path, points: files.deeplabcut_file(path, {None: points}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_walk(tmp_path, points, form):
    read = read_recording(FORMS[form](tmp_path / form, points), SAID)
    found = read.recording.keypoints2d
    seen = found[..., 2] > 0
    assert found.shape[0] == len(points)
    assert seen[:, JOINT["left_shoulder"] : JOINT["right_ankle"] + 1].all()
    np.testing.assert_allclose(found[seen], points[:, : found.shape[1]][seen])
    assert read.words == ()


@pytest.mark.parametrize("form", ["openpose.d", "alphapose.json", "alphapose136.json", "wholebody.json"])
def test_feet_are_read_where_the_skeleton_has_them(tmp_path, points, form):
    found = read_recording(FORMS[form](tmp_path / form, points), SAID).recording.keypoints2d
    np.testing.assert_allclose(found[:, 17:], points[:, 17:])


def test_annotations_of_coco_are_read_with_the_pictures_size(tmp_path, points):
    path = files.coco_annotations(tmp_path / "person_keypoints_test.json", alone(points[:, :17]), IMAGE)
    read = read_recording(path, SAID)
    np.testing.assert_allclose(read.recording.keypoints2d[..., :2], points[:, :17, :2])
    assert read.recording.image_size == IMAGE
    assert "scores up to 2 were cut to 1" in read.words


def test_annotations_of_several_recordings_are_refused(tmp_path, points):
    path = files.coco_annotations(tmp_path / "all.json", alone(points[:, :17]), IMAGE)
    path.write_text(path.read_text().replace("side/00001.jpg", "front/00001.jpg"))
    with pytest.raises(DataError, match=r"2 recordings \(s00000/w00/front, s00000/w00/side"):
        read_recording(path, SAID)


@pytest.mark.parametrize(
    ("names", "frames"),
    [
        (["7.jpg", "9.jpg", "8.jpg"], [0, 2, 1]),
        (["a_0012_keypoints_2d", "a_0013_keypoints_2d", "a_0013_keypoints_2d"], [0, 1, 1]),
        (["cam2/frame_10.png", "cam2/frame_9.png"], [1, 0]),
        ([5_000_000_017, 9_000_000_001, 5_000_000_017], [0, 1, 0]),
        (["b", "a", "b"], [1, 0, 1]),
        ([1, 2, 4], [0, 1, 3]),
    ],
)
def test_frames_are_numbered_by_what_counts_in_their_names(names, frames):
    assert frame_numbers(names).tolist() == frames


def test_mediapipe_tables_are_shares_of_the_picture(tmp_path, points):
    said = Said(image_size=IMAGE)
    wide = read_recording(files.mediapipe_wide(tmp_path / "wide.csv", points, IMAGE, 25), said)
    long = read_recording(files.mediapipe_long(tmp_path / "long.csv", points, IMAGE), said._replace(fps=25))
    for read in (wide, long):
        assert read.recording.fps == pytest.approx(25)
        seen = read.recording.keypoints2d[..., 2] > 0
        np.testing.assert_allclose(read.recording.keypoints2d[seen], points[seen], atol=1e-6)
        assert seen[:, JOINT["left_heel"]].all()
        assert not seen[:, JOINT["left_small_toe"]].any()
    with pytest.raises(DataError, match=r"wide\.csv: .*--image-size WIDTHxHEIGHT"):
        read_recording(tmp_path / "wide.csv")


def test_mediapipes_world_landmarks_are_points_in_space(tmp_path):
    """In metres about the hips, y down."""
    joints = joints3d(WALK)
    joints -= joints[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=1, keepdims=True)
    theirs = files.in_skeleton(joints * [1, -1, -1], "mediapipe33")
    columns = {f"{axis}{k}": theirs[:, k, number] for k in range(33) for number, axis in enumerate("xyz")}
    path = tmp_path / "world.csv"
    pd.DataFrame({"frame": np.arange(len(joints)), **columns}).to_csv(path, index=False)
    read = read_recording(path, Said(fps=30))
    assert measure(clean(read.recording)).cadence_spm == pytest.approx(WALK.cadence_spm, rel=0.01)
    assert read.recording.height_m == pytest.approx(WALK.height_m, rel=0.02)
    assert "the Y axis was taken to point down" in "; ".join(read.words)


@pytest.mark.parametrize(("column", "scale"), [("time", 1), ("timestamp", 1000), ("timestamp_ms", 1000)])
def test_a_row_for_each_landmark_may_tell_time_instead_of_frames(tmp_path, points, column, scale):
    table = pd.read_csv(files.mediapipe_long(tmp_path / "long.csv", points, IMAGE))
    timed = table.assign(frame=table["frame"] / 25 * scale).rename(columns={"frame": column, "landmark_id": "id"})
    timed.to_csv(tmp_path / "timed.csv", index=False)
    read = read_recording(tmp_path / "timed.csv", Said(image_size=IMAGE)).recording
    assert read.fps == pytest.approx(25)
    np.testing.assert_allclose(read.keypoints2d[:, :17], points[:, :17], atol=1e-6)


def test_a_number_for_each_row_names_nobody(tmp_path, points):
    path = files.mediapipe_wide(tmp_path / "wide.csv", points, IMAGE, 25)
    pd.read_csv(path).to_csv(path, index_label="id")
    assert len(read_recording(path, Said(image_size=IMAGE)).recording) == len(points)


def test_semicolons_and_decimal_commas_are_read(tmp_path, points):
    path = files.mediapipe_wide(tmp_path / "wide.csv", points, IMAGE, 25)
    pd.read_csv(path).to_csv(tmp_path / "german.csv", sep=";", decimal=",", index=False)
    read = [read_recording(tmp_path / name, Said(image_size=IMAGE)) for name in ("wide.csv", "german.csv")]
    np.testing.assert_allclose(read[1].recording.keypoints2d, read[0].recording.keypoints2d)


def test_people_of_deeplabcut_bear_their_names(tmp_path, points):
    other = points + np.array([0, 100, 0])
    path = files.deeplabcut_file(tmp_path / "dlc.csv", {"patient": points, "nurse": other})
    read = read_recording(path, SAID._replace(person="nurse"))
    np.testing.assert_allclose(read.recording.keypoints2d, other[:, :17])
    with pytest.raises(DataError, match="there are nurse, patient"):
        read_recording(path, SAID._replace(person="doctor"))


def test_trc_in_pixels_tells_its_rate(tmp_path, points):
    places = np.concatenate([points[:, :17, :2], np.zeros((len(points), 17, 1))], axis=-1)
    places[5:8, 9] = np.nan
    read = read_recording(files.trc_file(tmp_path / "walk_px_person00.trc", places, 60))
    assert read.recording.fps == pytest.approx(60)
    found = read.recording.keypoints2d
    assert (found[5:8, 9, 2] == 0).all()
    np.testing.assert_allclose(found[10:, :, :2], points[10:, :17, :2])


@pytest.mark.parametrize(("order", "sign", "unit"), [((0, 1, 2), 1, 1), ((0, 2, 1), 1, 1000), ((2, 1, 0), -1, 1)])
def test_points_in_space_are_read_in_any_axes_and_unit(tmp_path, order, sign, unit):
    places = joints3d(WALK)[..., order] * unit
    places[..., order.index(1)] *= sign
    read = read_recording(files.trc_file(tmp_path / "walk.trc", places, 30))
    gait = measure(clean(read.recording))
    assert gait.speed_mps == pytest.approx(WALK.speed_mps, rel=0.02)
    assert gait.cadence_spm == pytest.approx(WALK.cadence_spm, rel=0.01)
    assert read.recording.height_m == pytest.approx(WALK.height_m, rel=0.02)


@pytest.mark.parametrize("followed", [False, True])
def test_metres_in_the_pictures_plane_are_seen_square_to_it(tmp_path, followed):
    """As Sports2D writes them, the third axis at zero; also of a walk on a treadmill."""
    places = joints3d(WALK) * [1, 1, 0]
    places[..., 0] -= (WALK.speed_mps * np.arange(len(places)) / WALK.fps)[:, None] * followed
    gait = measure(clean(read_recording(files.trc_file(tmp_path / "walk_m_person00.trc", places, 30)).recording))
    assert gait.speed_mps == pytest.approx(0 if followed else WALK.speed_mps, abs=0.03)
    assert gait.cadence_spm == pytest.approx(WALK.cadence_spm, rel=0.01)


def test_points_in_space_about_the_hips_show_a_walk_on_the_spot(tmp_path):
    joints = joints3d(WALK)
    joints -= joints[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=1, keepdims=True)
    theirs = files.in_skeleton(np.concatenate([joints, np.ones((*joints.shape[:2], 1))], -1), "h36m17")
    np.savez(tmp_path / "lifted.npz", keypoints3d=theirs, fps=30)
    gait = measure(clean(read_recording(tmp_path / "lifted.npz").recording))
    assert gait.speed_mps < 0.05
    assert gait.cadence_spm == pytest.approx(WALK.cadence_spm, rel=0.01)


def test_frames_without_anybody_keep_their_place(tmp_path, points):
    people = [[] if 20 <= number < 26 else [one] for number, one in enumerate(points)]
    found = read_recording(files.openpose_folder(tmp_path / "frames", people), SAID).recording.keypoints2d
    assert len(found) == len(points)
    assert (found[20:26, :, 2] == 0).all()
    np.testing.assert_allclose(found[26:, :17], points[26:, :17])


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("other.json", '{"points": []}', "holds the keys points, expected results of OpenPose"),
        ("cut.json", '{"people": [', "not a readable JSON file"),
        ("uneven.json", '{"people": [{"pose_keypoints_2d": [1, 2]}]}', "2 numbers, expected three for each joint"),
        ("nobody.json", '{"people": []}', "nobody was found"),
        ("few.json", '{"people": [{"pose_keypoints_2d": [1, 2, 1]}]}', r"1 joints; known skeletons"),
        ("prose.csv", "name,age\nAnna,3\n", "expected columns like LEFT_HIP_x"),
        ("empty.csv", "", "expected columns like"),
        ("dlc.h5", "", r"save DeepLabCut's table as \.csv"),
        ("binary.trc", "\x00", "cannot be read as a .trc"),
    ],
)
def test_what_is_no_keypoint_file_is_one_clear_error(tmp_path, name, text, says):
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=says) as caught:
        read_recording(tmp_path / name, SAID)
    assert name in str(caught.value)


def test_a_folder_of_several_recordings_asks_for_one(tmp_path):
    for name in ("a.trc", "b.trc"):
        (tmp_path / name).touch()
    with pytest.raises(DataError, match=r"name one of its recordings \(a\.trc, b\.trc\)"):
        read_recording(tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="holds no file of keypoints"):
        read_recording(tmp_path / "none")


@pytest.mark.parametrize("name", SKELETONS)
def test_a_skeleton_names_each_joint_once_and_has_legs(name):
    joints = SKELETONS[name]
    assert len(set(joints)) == len(joints)
    assert {f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "hip", "knee", "ankle")} <= {
        *joints
    }


def test_mediapipe_gives_left_before_right_from_the_shoulders_on():
    pairs = SKELETONS["mediapipe33"][11:]
    assert [name.replace("left", "right") for name in pairs[::2]] == list(pairs[1::2])
    assert SKELETONS["mediapipe33"].index("left_hip") == 23


@pytest.mark.parametrize("joint", KEYPOINTS)
def test_joints_are_known_by_many_spellings(joint):
    words = joint.split("_")
    spellings = {joint, joint.upper(), joint.replace("_", " ").title(), "".join(word.title() for word in words)}
    if words[0] in ("left", "right"):
        spellings |= {
            words[0][0].upper() + "".join(word.title() for word in words[1:]),
            "_".join([*words[1:], words[0][0]]),
        }
    assert {joint_named(text) for text in spellings} == {joint}
    assert joint_named("neck") == "neck"
