"""AMASS's and BEDLAM's files, read back as their users read them: the same joints in the world and in the picture."""

import dataclasses
import shutil

import numpy as np
import pytest
import smplx
import torch

from engine.core.conventions import SMPLX_JOINTS
from engine.core.errors import DataError
from render.body.locate import body_file
from render.body.posing import Pose
from render.camera.camera import UP
from render.export.bedlam import level_world
from render.export.export import ExportChoice, export_walks
from render.export.smplx_points import read_face_landmarks, smplx_points
from render.export.sources import find_walks, pose_seen
from render.film.refilm import read_body_walk
from render.labels import read_labels
from tests.render.export_walks import FPS, FRAMES, make_cohort, make_walk


@pytest.fixture(scope="module")
def folder(walk, model, body, tmp_path_factory):
    path = tmp_path_factory.mktemp("motion") / "s000" / "w00"
    make_walk(path, walk, model, body)
    return path


def _export(form, source, output, **choice) -> list[dict]:
    files = export_walks(find_walks(source), output, ExportChoice(form, **choice))
    found = []
    for path in files:
        with np.load(path, allow_pickle=False) as data:
            found.append(dict(data))
    return found


@pytest.fixture(scope="module")
def amass(folder, tmp_path_factory):
    return _export("amass", folder, tmp_path_factory.mktemp("amass"))[0]


@pytest.fixture(scope="module")
def bedlam(folder, tmp_path_factory):
    return _export("bedlam", folder, tmp_path_factory.mktemp("bedlam"), every=2)[0]


def test_amass_joints_are_ours_with_z_up(amass, folder, model):
    rest = model.shaped(amass["betas"])[1]
    joints = Pose.from_axis_angles(amass["poses"], amass["trans"], rest).joints(rest)
    ours = read_labels(folder / "oblique.npz").world["smplx"]
    np.testing.assert_allclose(joints[..., 2], ours[..., 1], atol=1e-5)
    np.testing.assert_allclose(joints[..., :2] * [1, -1], ours[..., [0, 2]], atol=1e-5)


def test_amass_parts_make_up_the_pose(amass):
    names = ("root_orient", "pose_body", "pose_jaw", "pose_eye", "pose_hand")
    np.testing.assert_array_equal(np.concatenate([amass[name] for name in names], axis=1), amass["poses"])
    assert [amass[name].shape[1] for name in names] == [3, 63, 3, 6, 90]
    assert (str(amass["surface_model_type"]), str(amass["gender"])) == ("smplx", "neutral")
    assert float(amass["mocap_frame_rate"]) == FPS
    assert float(amass["mocap_time_length"]) == pytest.approx(FRAMES / FPS)
    assert int(amass["num_betas"]) == amass["betas"].size


def test_amass_is_what_smplx_takes(amass, folder):
    """The package's body, fed with the file's own keys, stands where the labels are."""
    shapes = np.tile(amass["betas"], (FRAMES, 1))
    joints = _by_smplx(amass["poses"], amass["trans"], shapes)[:, :55]
    ours = read_labels(folder / "oblique.npz").world["smplx"]
    np.testing.assert_allclose(joints, ours[..., [0, 2, 1]] * [1, -1, 1], atol=2e-4)


def _by_smplx(poses: np.ndarray, trans: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """The 127 points ``(n, 127, 3)`` that the package gives for poses ``(n, 165)``."""
    body = smplx.create(
        str(body_file("male")),
        model_type="smplx",
        ext="npz",
        gender="neutral",
        num_betas=300,
        use_pca=False,
        flat_hand_mean=True,
        batch_size=len(poses),
    )
    names = ("global_orient", "body_pose", "jaw_pose", "leye_pose", "reye_pose", "left_hand_pose", "right_hand_pose")
    parts = np.split(poses.astype(np.float32), [3, 66, 69, 72, 75, 120], axis=1)
    betas = np.pad(shapes, ((0, 0), (0, 300 - shapes.shape[1]))).astype(np.float32)
    fed = {"betas": betas, "transl": trans.astype(np.float32), **dict(zip(names, parts, strict=True))}
    with torch.no_grad():
        return body(**{name: torch.from_numpy(value) for name, value in fed.items()}).joints.numpy()


def test_amass_gives_one_file_per_walk(folder, tmp_path):
    make_cohort(tmp_path / "cohort", folder)
    steps = []
    written = export_walks(
        find_walks(tmp_path / "cohort"), tmp_path / "out", ExportChoice("amass"), lambda: steps.append(1)
    )
    assert [path.relative_to(tmp_path / "out").as_posix() for path in written] == [
        "s000/w00_stageii.npz",
        "s001/w00_stageii.npz",
    ]
    assert len(steps) == 2


def _joints(rows, model, where) -> np.ndarray:
    rest = model.shaped(rows["shape"][0])[1]
    return Pose.from_axis_angles(rows[f"pose_{where}"], rows[f"trans_{where}"], rest).joints(rest)


def test_bedlam_bodies_are_seen_at_their_keypoints(bedlam, folder, model):
    """As its users project: body in the camera's axes, moved by the camera's translation, through the intrinsics."""
    seen = _joints(bedlam, model, "cam") + bedlam["cam_ext"][:, None, :3, 3]
    flat = np.einsum("nab,njb->nja", bedlam["cam_int"], seen)
    pixels = flat[..., :2] / flat[..., 2:]
    np.testing.assert_allclose(bedlam["gtkps"][:, :55, :2], pixels, atol=1e-3)
    ours = read_labels(folder / "oblique.npz").seen["smplx"].pixels[::2]
    np.testing.assert_allclose(pixels - 0.5, ours, atol=1e-2)
    assert bedlam["gtkps"].shape == (FRAMES // 2, 127, 3)
    assert (bedlam["gtkps"][..., 2] == 1).all()


def test_bedlam_world_has_y_down_and_a_camera_without_yaw(bedlam, model):
    world = _joints(bedlam, model, "world")
    seen = np.einsum("nab,njb->nja", bedlam["cam_ext"][:, :3, :3], world)
    np.testing.assert_allclose(seen, _joints(bedlam, model, "cam"), atol=1e-6)
    head, ankle = (world[:, SMPLX_JOINTS.index(name), 1] for name in ("head", "left_ankle"))
    assert (head < ankle - 1).all()
    np.testing.assert_allclose(bedlam["cam_ext"][:, 2, 0], 0, atol=1e-9)
    assert (bedlam["cam_ext"][:, 2, 2] > 0.9).all()
    np.testing.assert_array_equal(bedlam["cam_ext"][:, 3], [[0, 0, 0, 1]] * len(world))


def test_bedlam_bodies_are_those_of_smplx(bedlam, folder):
    """As BEDLAM's own processing makes its keypoints: the package's body in the camera's axes."""
    seen = _by_smplx(bedlam["pose_cam"], bedlam["trans_cam"], bedlam["shape"]) + bedlam["cam_ext"][:, None, :3, 3]
    flat = np.einsum("nab,njb->nja", bedlam["cam_int"], seen)
    np.testing.assert_allclose(flat / flat[..., 2:], bedlam["gtkps"], atol=0.02)
    assert set(bedlam["gender"]) == {read_body_walk(folder).subject.sex[0]} <= {"m", "f"}


def test_bedlam_keeps_who_has_eight_joints_in_the_picture(folder, bedlam, tmp_path):
    """Its own rule, of the first 22; the picture's left edge is moved to either side of the eighth."""
    across = -np.sort(-bedlam["gtkps"][:, :22, 0], axis=1)
    frame = int(across[:, 7].argmin())
    for kept, neighbour in ((True, 8), (False, 6)):
        own = tmp_path / str(kept) / "w00"
        shutil.copytree(folder, own)
        shutil.copy(folder.parent / "subject.json", own.parent)
        with np.load(own / "oblique.npz") as data:
            arrays = dict(data)
        arrays["K"][0, 2] -= across[frame, [7, neighbour]].mean()
        np.savez(own / "oblique.npz", **arrays)
        rows = _export("bedlam", own, tmp_path / f"out{kept}", every=2, images=False)[0]
        names = {name.split("/")[1] for name in rows["imgname"]}
        assert (f"{2 * frame:06d}.jpg" in names) == kept


def test_bedlam_boxes_hold_the_body(bedlam):
    half = 0.5 * 200 * bedlam["scale"] / 1.2
    reach = np.abs(bedlam["gtkps"][:, :22, :2] - bedlam["center"][:, None]).max(axis=(1, 2))
    np.testing.assert_allclose(reach, half, atol=1e-6)
    assert list(bedlam["imgname"][:2]) == ["s000_w00_oblique/000000.jpg", "s000_w00_oblique/000002.jpg"]
    assert set(bedlam["sub"]) == {"s000"}


def test_bedlam_takes_pictures_where_there_are_videos(folder, tmp_path):
    make_cohort(tmp_path / "cohort", folder)
    rows = _export("bedlam", tmp_path / "cohort", tmp_path / "a", every=4)
    assert [len(one["imgname"]) for one in rows] == [2]
    assert all((tmp_path / "a" / "png" / name).is_file() for name in rows[0]["imgname"])
    both = _export("bedlam", tmp_path / "cohort", tmp_path / "b", every=4, images=False)
    assert [set(one["sub"]) for one in both] == [{"s000"}, {"s001"}]


def test_a_camera_may_have_its_own_rate_and_move_the_walk(folder, bedlam):
    """Labels at half the motion's rate, of a walk that is elsewhere than ``smplx.npz`` says."""
    walk, labels = find_walks(folder)[0], read_labels(folder / "oblique.npz")
    joints, shift = labels.world["smplx"][::2], np.array([0.3, 0.0, -1.0])
    half = dataclasses.replace(labels, world={"smplx": joints + shift}, cameras=labels.cameras[::2], fps=labels.fps / 2)
    recorded = read_body_walk(folder)
    pose = pose_seen(recorded, walk, half)
    rest = recorded.model.shaped(recorded.body.betas)[1]
    np.testing.assert_allclose(pose.joints(rest), joints + shift, atol=1e-4)
    assert len(pose) == len(bedlam["sub"])


def test_a_level_world_has_the_cameras_heading(folder):
    camera = read_labels(folder / "oblique.npz").cameras[0]
    turn = level_world(camera)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
    np.testing.assert_allclose(turn @ UP, [0, -1, 0], atol=1e-12)
    ahead = turn @ camera.rotation[2]
    assert ahead[0] == pytest.approx(0, abs=1e-12)
    assert ahead[2] > 0


def test_points_are_those_of_smplx(folder):
    """Against the package itself, in one pose."""
    recorded, path = read_body_walk(folder), body_file("male")
    one = recorded.pose.frame(3)
    points = smplx_points(recorded.model, recorded.body.betas, one, read_face_landmarks(path))
    rest = recorded.model.shaped(recorded.body.betas)[1]
    theirs = _by_smplx(one.axis_angles(), one.pelvis - rest[0], recorded.body.betas[None])
    assert points.shape == theirs.shape == (1, 127, 3)
    np.testing.assert_allclose(points, theirs, atol=2e-4)


def test_a_motion_of_another_length_is_refused(folder, tmp_path):
    make_cohort(tmp_path / "cohort", folder)
    own = tmp_path / "cohort" / "subjects" / "s000" / "w00"
    with np.load(own / "smplx.npz") as data:
        motion = dict(data)
    np.savez(own / "smplx.npz", **motion | {"poses": motion["poses"][:-1], "trans": motion["trans"][:-1]})
    with pytest.raises(DataError, match="7 frames"):
        export_walks(find_walks(tmp_path / "cohort"), tmp_path / "out", ExportChoice("bedlam"))
