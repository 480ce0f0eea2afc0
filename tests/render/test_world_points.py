"""Points of a whole walk: the very ones that labels project, whatever cameras see of it."""

from dataclasses import replace

import numpy as np
import pytest
import yaml

from engine.cohort.points_file import POINTS_HZ, read_points
from engine.core.conventions import COCO_KEYPOINTS, FOOT_KEYPOINTS, HEAD_KEYPOINTS, POINT_NAMES, SMPLX_JOINTS
from render.export.sources import find_walks
from render.film.filmer import PyrenderFilmer
from render.labels import read_labels
from render.labels.camera_labels import project_path
from tests.made_cards import user_card

CAMERAS = ["side", "front", "fast", "follow"]


@pytest.fixture(scope="module")
def look_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("look") / "look.yaml"
    fast = {
        "bearing_deg": 60,
        "elevation_deg": 3,
        "field_of_view_deg": 50,
        "margin": 0.05,
        "least_distance_m": 2.5,
        "fps": 60,
    }
    path.write_text(yaml.safe_dump({"cameras": {"seconds": 1, "named": {"fast": fast}}}))
    return path


@pytest.fixture(scope="module", params=["alone", "with a rollator"])
def filmed(request, walk, subject, look_file, tmp_path_factory):
    if request.param != "alone":
        patient = replace(subject, condition=user_card(), severity=0.5, side="left")
        walk = replace(walk, gait=replace(walk.gait, proposal=replace(walk.gait.proposal, subject=patient)))
    folder = tmp_path_factory.mktemp("points") / "s0" / "w00"
    folder.mkdir(parents=True)
    PyrenderFilmer(look=str(look_file)).film(walk, CAMERAS, folder, video=False, seed=1, points=True)
    assert read_labels(folder / "side.npz").aid == ("" if request.param == "alone" else "rollator")
    return folder


@pytest.mark.parametrize("camera", CAMERAS)
def test_labels_project_these_points(filmed, camera):
    labels, points = read_labels(filmed / f"{camera}.npz"), read_points(filmed / "points.npz")
    frames = np.rint(np.arange(len(labels)) / labels.fps * POINTS_HZ).astype(int)
    places = points.of(COCO_KEYPOINTS)[frames].astype(float)
    pixels, _ = project_path(labels.cameras, places, labels.fps)
    assert np.abs(pixels - labels.keypoints2d[..., :2]).max() < 0.5
    feet = [labels.world["body25"][:, k] for k in range(19, 25)]
    np.testing.assert_allclose(points.of(FOOT_KEYPOINTS)[frames], np.stack(feet, axis=1), atol=2e-3)


def test_they_cover_the_whole_walk_and_cameras_its_beginning(filmed, walk):
    points = read_points(filmed / "points.npz")
    assert points.names == POINT_NAMES
    assert points.rate_hz == pytest.approx(POINTS_HZ)
    assert walk.dynamics.time[-1] - points.time[-1] < 1 / POINTS_HZ
    assert len(read_labels(filmed / "side.npz")) == 31, "one second of 30 frames"
    with np.load(filmed / "smplx.npz") as motion:
        assert len(motion["poses"]) == int(walk.dynamics.time[-1] * 30 + 1e-6) + 1


def test_eyes_and_eyeballs_are_different_points(filmed):
    """SMPL-X and COCO call both of them eyes: those of COCO lie on the skin, ahead of the others."""
    assert set(POINT_NAMES) >= {*COCO_KEYPOINTS, *FOOT_KEYPOINTS, *SMPLX_JOINTS}
    points = read_points(filmed / "points.npz")
    eyes, balls = points.of(["left_eye", "right_eye"]), points.of(["left_eye_smplhf", "right_eye_smplhf"])
    assert ((eyes - balls)[..., 2] > 0.005).all()
    assert len({*HEAD_KEYPOINTS, *FOOT_KEYPOINTS} & {*SMPLX_JOINTS}) == 2


def test_without_cameras_points_are_the_same_and_labels_do_not_feel_them(walk, look_file, tmp_path):
    filmer, folders = PyrenderFilmer(look=str(look_file)), [tmp_path / name for name in ("both", "points", "labels")]
    for folder, cameras in zip(folders, (["side"], [], ["side"]), strict=True):
        folder.mkdir()
        shots = filmer.film(walk, cameras, folder, video=False, seed=1, points=folder.name != "labels")
        assert [shot.camera for shot in shots] == cameras
    both, points, labels = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert points.keys() == {"smplx.npz", "points.npz"}
    assert labels.keys() == {"smplx.npz", "side.npz"}
    assert points | labels == both
    slim = tmp_path / "slim"
    slim.mkdir()
    filmer.film(walk, [], slim, video=False, seed=1, points=True, motion=False)
    assert [path.name for path in slim.iterdir()] == ["points.npz"]
    assert (slim / "points.npz").read_bytes() == both["points.npz"]


def test_points_are_no_camera(filmed):
    assert [view.camera for view in find_walks(filmed)[0].views] == sorted(CAMERAS)
