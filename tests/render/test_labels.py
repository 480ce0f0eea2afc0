"""Labels: what is written is what the camera sees, whether it stands, moves, bends its lines or reads them one by one."""

import dataclasses

import numpy as np
import pytest
from pydantic import ValidationError

from engine.core.conventions import BODY_25_KEYPOINTS, COCO_KEYPOINTS, SMPLX_JOINTS
from engine.core.errors import DataError
from render.body.placement import pose_walk
from render.camera.camera import Camera, View, fit_camera, look_rotation
from render.core.frame import Frame
from render.figure.body_parts import PARTS
from render.labels import Labeller, LabelsSection, label_camera, read_labels, track_body, write_labels
from render.labels.camera_labels import project_path, stands_still
from render.labels.keypoint_sets import SETS, margins
from render.labels.pictures import read_crops, read_masks
from tests.render.conftest import SPEED_MPS, walking_coordinates

FPS, SIZE = 30.0, (320, 240)
SIDE = View(bearing=1.4, elevation=0.1, field_of_view=0.9, margin=0.1, least_distance=2.0)


@pytest.fixture(scope="module")
def track(model, body):
    return track_body(model, body.betas, pose_walk(model, body, walking_coordinates(np.arange(20) / FPS, body)))


@pytest.fixture(scope="module")
def camera(track) -> Camera:
    return fit_camera("side", SIDE, SIZE, track.outline)


@pytest.fixture(scope="module")
def following(camera, track) -> tuple[Camera, ...]:
    """A camera that goes along and turns."""
    path = []
    for k in range(len(track)):
        turn = look_rotation(np.array([-1.0, -0.1, 0.02 * k]))
        position = camera.position + np.array([0.0, 0.01 * k, SPEED_MPS * k / FPS])
        path.append(dataclasses.replace(camera, rotation=turn, translation=-turn @ position))
    return tuple(path)


def drawn(camera: Camera, depth: float, parts: int = PARTS.index("torso")) -> Frame:
    """A wall at one depth, all of it body."""
    shape = camera.size[::-1]
    return Frame(
        np.zeros((*shape, 3), np.uint8),
        np.full(shape, depth),
        np.full(shape, parts, np.uint8),
        np.zeros((*shape, 2)),
    )


def test_the_sets_hold_the_same_joints_under_their_own_names(track):
    assert len(BODY_25_KEYPOINTS) == len(set(BODY_25_KEYPOINTS)) == 25
    for name in set(COCO_KEYPOINTS) & set(BODY_25_KEYPOINTS):
        np.testing.assert_array_equal(
            track.keypoints[:, COCO_KEYPOINTS.index(name)], track.body25[:, BODY_25_KEYPOINTS.index(name)]
        )
    for side in ("left", "right"):
        ankle = track.joints[:, SMPLX_JOINTS.index(f"{side}_ankle")]
        heel, toe, small = (
            track.body25[:, BODY_25_KEYPOINTS.index(f"{side}_{part}")] for part in ("heel", "big_toe", "small_toe")
        )
        assert (np.linalg.norm(heel - ankle, axis=1) < 0.14).all()
        assert ((toe - heel)[:, 2] > 0.15).mean() > 0.8
        assert (np.sign((toe - small)[:, 0]) == (-1 if side == "left" else 1)).all()


def test_every_point_has_a_margin_that_grows_with_the_person():
    for name, own in SETS.items():
        assert margins(name, 1.7).shape == (len(own.points),)
        assert (margins(name, 1.7) >= 0.03).all()
        np.testing.assert_allclose(margins(name, 0.85), 0.5 * margins(name, 1.7))


@pytest.mark.parametrize("path", ["still", "moving"])
def test_what_is_written_projects_to_itself(path, camera, following, track, tmp_path):
    """By plain arithmetic on the arrays of the file, and by the cameras that are read back."""
    cameras = camera if path == "still" else following
    write_labels(tmp_path / "side.npz", label_camera(track, cameras, FPS))
    with np.load(tmp_path / "side.npz") as data:
        arrays = dict(data)
    shapes = {"still": ((3, 3), (3,)), "moving": ((20, 3, 3), (20, 3))}
    assert (arrays["R"].shape, arrays["t"].shape) == shapes[path]
    assert (arrays["K"].shape, arrays["distortion"].shape) == ((3, 3), (5,))
    back = read_labels(tmp_path / "side.npz")
    for name, own in SETS.items():
        seen = np.einsum("...ab,...nb->...na", arrays["R"], arrays[own.world].astype(float)) + arrays["t"][..., None, :]
        flat = seen @ arrays["K"].T
        np.testing.assert_allclose(arrays[own.pixels][..., :2], flat[..., :2] / flat[..., 2:], atol=2e-3)
        again, _ = project_path(back.cameras, back.world[name], back.fps)
        np.testing.assert_allclose(again, back.seen[name].pixels, atol=2e-3)


def test_a_lens_and_a_rolling_shutter_are_in_the_labels(camera, track, tmp_path):
    """The file holds all that is needed to project again, and both move the pixels."""
    bent = dataclasses.replace(
        camera, distortion=np.array([-0.1, 0.02, 0.001, 0, 0]), line_s=1e-4, travel=np.array([0.0, 0.0, 1.0])
    )
    straight, labels = label_camera(track, camera, FPS), label_camera(track, bent, FPS)
    assert np.abs(labels.keypoints2d - straight.keypoints2d)[..., :2].max() > 1
    write_labels(tmp_path / "side.npz", labels)
    back = read_labels(tmp_path / "side.npz")
    assert stands_still(back.cameras)
    again, _ = project_path(back.cameras, back.world["smplx"], back.fps)
    np.testing.assert_allclose(again, labels.seen["smplx"].pixels, atol=2e-2)


def test_a_rolling_shutter_sees_points_where_they_are_at_their_line(camera, track):
    rolling = dataclasses.replace(camera, line_s=2e-4)
    pixels, _ = project_path((rolling,) * len(track), track.joints, FPS)
    still, _ = project_path((camera,) * len(track), track.joints, FPS)
    speed = np.gradient(still, 1 / FPS, axis=0)
    late = 2e-4 * (pixels[..., 1:] - 0.5 * (SIZE[1] - 1))
    np.testing.assert_allclose(pixels - still, late * speed, atol=0.05)
    assert np.abs(pixels - still).max() > 0.5


def test_hidden_is_what_lies_behind_something(camera, track):
    """A wall just before the person hides all, one behind hides nothing, one through the middle the far side."""
    near, far = (edge(project_path((camera,) * len(track), track.joints, FPS)[1]) for edge in (np.min, np.max))
    for depth, share in ((near - 0.5, 0.0), (far + 0.5, 1.0)):
        labeller = Labeller(track, camera, FPS, 1.77, LabelsSection())
        for k in range(len(track)):
            labeller.take(k, drawn(camera, depth))
        labels = labeller.labels()
        assert {name: points.visible.mean() for name, points in labels.seen.items()} == dict.fromkeys(SETS, share)
    labeller = Labeller(track, camera, FPS, 1.77, LabelsSection())
    _, depth = project_path((camera,) * len(track), track.joints, FPS)
    labeller.take(0, drawn(camera, float(np.median(depth[0])) - 0.1))
    seen = labeller.labels().seen["smplx"].visible[0]
    assert depth[0][seen].max() < depth[0].max()
    assert 0 < seen.mean() < 1


def test_points_outside_the_picture_are_not_visible(camera, track):
    aside = dataclasses.replace(camera, translation=camera.translation + np.array([1.4, 0, 0]))
    labels = label_camera(track, aside, FPS)
    outside = labels.keypoints2d[..., 0] > SIZE[0] - 0.5
    assert 0 < outside.mean() < 1
    assert not (labels.keypoints2d[..., 2][outside]).any()
    assert labels.bbox[:, 2].max() == SIZE[0] - 0.5


def test_the_section_says_what_is_written(camera, track, tmp_path):
    everything = LabelsSection(masks=True, depth=True, parts=True)
    labeller = Labeller(track, camera, FPS, 1.77, everything)
    for k in range(len(track)):
        labeller.take(k, drawn(camera, 3.0 + 0.001 * k, PARTS.index("walking_aid") if k == 3 else 2))
    labeller.write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "side.npz",
        "side.masks.npz",
        "side.depth.npz",
        "side.parts.npz",
    }
    masks, depth, parts = (
        read_masks(tmp_path / "side.masks.npz"),
        read_crops(tmp_path / "side.depth.npz"),
        read_crops(tmp_path / "side.parts.npz"),
    )
    assert [masks.mask(k).all() for k in range(5)] == [True, True, True, False, True]
    assert not masks.mask(3).any()
    assert [int(depth.picture(k)[5, 5]) for k in (0, 7)] == [3000, 3007]
    assert parts.picture(3)[0, 0] == PARTS.index("walking_aid")
    boxes = read_labels(tmp_path / "side.npz").bbox_visible
    np.testing.assert_array_equal(boxes[0], [-0.5, -0.5, SIZE[0] - 0.5, SIZE[1] - 0.5])
    assert np.isnan(boxes[3]).all()
    plain = tmp_path / "plain"
    plain.mkdir()
    Labeller(track, camera, FPS, 1.77, LabelsSection(keypoints=())).write(plain)
    assert [path.name for path in plain.iterdir()] == ["side.npz"]
    back = read_labels(plain / "side.npz")
    assert set(back.seen) == {"coco17"}
    assert back.bbox_visible is None
    assert "smplx" in back.world


def test_the_section_refuses_what_it_does_not_know():
    with pytest.raises(ValidationError, match="normals"):
        LabelsSection(normals=True)


def test_cameras_must_be_as_many_as_frames(following, track):
    with pytest.raises(ValueError, match="19 for 20 frames"):
        label_camera(track, following[:-1], FPS)


def test_a_file_without_labels_is_named(tmp_path):
    np.savez(tmp_path / "side.npz", a=np.zeros(3))
    with pytest.raises(DataError, match=r"side\.npz: no labels of a camera, keypoints2d"):
        read_labels(tmp_path / "side.npz")
