"""The filmer: pictures and labels of one walk that agree with each other."""

import dataclasses
import hashlib
import importlib
import json
import sys

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from engine.cohort.write import write_subject
from engine.core.conventions import COCO_KEYPOINTS
from engine.core.errors import DataError, MissingDependencyError, SpecError
from engine.stages import Filmer, load_stage
from render.body.locate import VARIABLE, body_file
from render.body.model import load_body_model
from render.body.placement import pose_walk, stands_shod
from render.body.planting import Standing
from render.body.posing import Pose
from render.body.shape import SmplxBodyMaker
from render.body.smplx_joints import JOINT
from render.core.video import read_frames, write_video
from render.film.filmer import PyrenderFilmer, film_take, frame_times
from render.film.look_file import read_look
from render.film.refilm import read_body_walk
from render.film.scene import draw_place, draw_scene
from render.film.shoot import film, make_figure
from render.film.take import BodyWalk, Take, dressed
from render.labels import Labeller, visible_keypoints
from render.people.appearance import draw_appearance
from render.places.clinic import corridor

_ARRAYS = {
    "keypoints2d": (17, 3),
    "joints3d": (55, 3),
    "bbox": (4,),
    "visibility": (17,),
}


@pytest.fixture(scope="module")
def look():
    plain = read_look("plain")
    small = plain.cameras.model_copy(update={"size": (256, 256), "seconds": 1.0, "fps": 10.0})
    return plain.model_copy(update={"cameras": small})


@pytest.fixture(scope="module")
def take(subject, model, body, walk, look) -> Take:
    times = frame_times(walk.dynamics, look.cameras.fps)
    standing = Standing.during(walk.events, times, look.cameras.fps)
    pose = pose_walk(model, body, CubicSpline(walk.dynamics.time, walk.dynamics.q)(times), standing)
    return dressed(BodyWalk(subject, model, body, pose, look.cameras.fps), draw_appearance(subject, look.people))


@pytest.fixture(scope="module")
def figure(take):
    return make_figure(take)


@pytest.fixture(scope="module")
def labelled(walk, tmp_path_factory):
    folder = tmp_path_factory.mktemp("labels")
    shots = PyrenderFilmer().film(walk, ["side", "oblique", "random0"], folder, video=False, seed=3)
    return folder, shots


@pytest.fixture(scope="module")
def filmed(rasterise, take, look, tmp_path_factory):  # noqa: ARG001
    folder = tmp_path_factory.mktemp("film")
    return folder, film_take(take, look, ["oblique"], folder, video=True, seed=3)


def _read(path) -> dict:
    with np.load(path, allow_pickle=False) as data:
        return dict(data)


def test_fills_the_role():
    assert isinstance(load_stage("filmer", "pyrender"), Filmer)


def test_labels_have_the_contracts_arrays(labelled, walk):
    folder, shots = labelled
    assert [(shot.camera, shot.video, shot.annotations) for shot in shots] == [
        (name, None, f"{name}.npz") for name in ("side", "oblique", "random0")
    ]
    assert {path.name for path in folder.iterdir()} == {"smplx.npz", *(shot.annotations for shot in shots)}
    frames = int(walk.dynamics.time[-1] * 30 + 1e-6) + 1
    for shot in shots:
        labels = _read(folder / shot.annotations)
        for name, shape in _ARRAYS.items():
            assert labels[name].shape == (frames, *shape)
        assert (labels["K"].shape, labels["R"].shape, labels["t"].shape) == ((3, 3), (3, 3), (3,))
        assert labels["distortion"].tolist() == [0.0] * 5
        assert (float(labels["fps"]), labels["image_size"].tolist()) == (30.0, [512, 512])
        assert (labels.pop("aid"), labels.pop("orthoses")) == ("", "")
        assert all(np.isfinite(array).all() for array in labels.values())


def test_the_take_carries_one_person(walk, take):
    """Anatomy and appearance are made once, soles and shoes agree, and another look changes both together."""
    filmed = PyrenderFilmer(look="plain").take(walk)
    assert filmed.person is filmed.person
    assert stands_shod(filmed.model, filmed.body, filmed.pose) == filmed.appearance.shod
    for cut in ("trainer", None):
        footwear = dataclasses.replace(take.appearance.footwear, cut=cut)
        other = dressed(take, dataclasses.replace(take.appearance, footwear=footwear))
        assert other.appearance.shod == stands_shod(other.model, other.body, other.pose) == (cut is not None)


def test_labels_project_to_themselves(labelled):
    """Keypoints that are joints lie where ``K (R x + t)`` puts the joint; all are inside the box and the picture."""
    folder, shots = labelled
    for shot in shots:
        labels = _read(folder / shot.annotations)
        seen = labels["joints3d"] @ labels["R"].T + labels["t"]
        flat = seen @ labels["K"].T
        pixels = flat[..., :2] / flat[..., 2:]
        for k, name in enumerate(COCO_KEYPOINTS[5:], start=5):
            np.testing.assert_allclose(labels["keypoints2d"][:, k, :2], pixels[:, JOINT[name]], atol=1e-2)
        left, top, right, bottom = labels["bbox"].T
        x, y = labels["keypoints2d"][:, 5:, :2].transpose(2, 1, 0)
        assert ((x > left) & (x < right) & (y > top) & (y < bottom)).all()
        assert labels["visibility"].all()


def test_left_is_left(labelled):
    """From the left, forward is to the left of the picture; the left hip is nearer than the right."""
    labels = _read(labelled[0] / "side.npz")
    assert labels["keypoints2d"][-1, 0, 0] < labels["keypoints2d"][0, 0, 0]
    depth = (labels["joints3d"] @ labels["R"].T + labels["t"])[..., 2]
    assert (depth[:, JOINT["left_hip"]] < depth[:, JOINT["right_hip"]]).all()
    assert (labels["keypoints2d"][:, 0, 0] < labels["keypoints2d"][:, 3, 0]).all()


def test_motion_is_amass(labelled, model, body):
    motion = _read(labelled[0] / "smplx.npz")
    assert set(motion) == {"poses", "trans", "betas", "gender", "mocap_frame_rate"}
    assert motion["poses"].shape[1] == 165
    assert str(motion["gender"]) == "neutral"
    _, rest = model.shaped(body.betas)
    joints = Pose.from_axis_angles(motion["poses"], motion["trans"], rest).joints(rest)
    np.testing.assert_allclose(joints, _read(labelled[0] / "side.npz")["joints3d"], atol=1e-5)


def test_same_seed_same_labels(walk, labelled, tmp_path):
    PyrenderFilmer().film(walk, ["random0"], tmp_path, video=False, seed=3)
    again, first = _read(tmp_path / "random0.npz"), _read(labelled[0] / "random0.npz")
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])
    PyrenderFilmer().film(walk, ["random0"], tmp_path, video=False, seed=4)
    assert not np.array_equal(_read(tmp_path / "random0.npz")["R"], first["R"])


def test_unknown_camera_leaves_nothing(walk, tmp_path):
    with pytest.raises(SpecError, match="no camera is called 'above'"):
        PyrenderFilmer().film(walk, ["side", "above"], tmp_path, video=False, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_a_shape_of_another_body_is_refused(walk, tmp_path):
    short = dataclasses.replace(walk.gait.body, betas=np.zeros(10))
    other = dataclasses.replace(walk, gait=dataclasses.replace(walk.gait, body=short))
    with pytest.raises(DataError, match=f"subject adult: its shape has 10 coefficients.*{body_file('male').name}"):
        PyrenderFilmer().film(other, ["side"], tmp_path, video=False, seed=0)


@pytest.fixture
def changed_body(tmp_path):
    """A folder with a body that takes as many coefficients as the default one."""
    with np.load(body_file("male"), allow_pickle=False) as data:
        arrays = dict(data)
    arrays["v_template"] = arrays["v_template"] * np.float32(1.01)
    (tmp_path / "licensed").mkdir()
    np.savez(tmp_path / "licensed" / "SMPLX_MALE.npz", **arrays)
    yield tmp_path / "licensed"
    load_body_model.cache_clear()


def test_another_body_that_takes_as_many_coefficients_is_refused(walk, changed_body, tmp_path, monkeypatch):
    """Filmed with a cohort, and filmed or exported again from what the cohort holds."""
    with pytest.raises(DataError, match=rf"subject adult: its shape was made for the body anny.*{VARIABLE}"):
        PyrenderFilmer(smplx_folder=changed_body).film(walk, ["side"], tmp_path, video=False, seed=0)
    folder = tmp_path / "s00000" / "w00"
    folder.mkdir(parents=True)
    PyrenderFilmer().film(walk, ["side"], folder, video=False, seed=0)
    write_subject(folder.parent / "subject.json", walk.gait)
    assert read_body_walk(folder).body.fingerprint == walk.gait.body.fingerprint
    monkeypatch.setenv(VARIABLE, str(changed_body))
    with pytest.raises(DataError, match=rf"smplx\.npz: its shape was made for the body anny.*{VARIABLE}"):
        read_body_walk(folder)
    record = json.loads((folder.parent / "subject.json").read_text())
    (folder.parent / "subject.json").write_text(json.dumps({k: v for k, v in record.items() if k != "body"}))
    assert read_body_walk(folder).body.fingerprint == "", "older cohorts do not tell"


def test_bodies_that_the_filmer_does_not_film_are_refused_before_work_starts(changed_body, monkeypatch):
    body = SmplxBodyMaker(smplx_folder=changed_body)
    with pytest.raises(SpecError, match=rf"give both the same smplx_folder.*{VARIABLE}"):
        PyrenderFilmer().check(["side"], body, video=False)
    PyrenderFilmer(smplx_folder=changed_body).check(["side"], body, video=False)
    monkeypatch.setenv(VARIABLE, str(changed_body))
    PyrenderFilmer().check(["side"], body, video=False)


def test_film_is_whole(filmed, take):
    folder, shots = filmed
    assert {path.name for path in folder.iterdir()} == {"oblique.mp4", "oblique.npz"}
    assert shots[0].video == "oblique.mp4"
    frames = read_frames(folder / "oblique.mp4")
    assert len(take.pose) == 13, "the whole walk"
    assert len(frames) == 11, "as long as the look says"
    assert frames[0].shape == (256, 256, 3)
    assert _read(folder / "oblique.npz")["visibility"].mean() > 0.5


def _corridor(camera):
    return corridor(0, 2, np.random.default_rng(0)).seen_from(camera.position[None])


def _scene(take, look, name):
    return draw_scene(take, look, draw_place(take, look, 0), name, 0)


@pytest.mark.parametrize("name", ["side", "oblique", "front"])
def test_keypoints_lie_on_the_drawn_person(rasterise, take, look, figure, name):
    """By the depths that the renderer drew: every keypoint on the person or within two pixels, boxes around it, visible
    ones at their depth."""
    scene = _scene(take, look, name)
    track, camera = scene.track, scene.path[0]
    fine = figure.simplified(0.003)
    with rasterise.Rasteriser(_corridor(camera), fine) as drawing:
        drawing.aim(camera)
        for k in (0, 4, 9):
            frame = drawing.draw(take.pose.transforms(fine.joints)[k])
            pixels, depth = camera.project(track.keypoints[k])
            rows, columns = np.nonzero(frame.person)
            distance = np.hypot(columns - pixels[:, :1], rows - pixels[:, 1:]).min(axis=1)
            assert distance.max() < 2.0, dict(zip(COCO_KEYPOINTS, distance.round(1), strict=True))
            spread, _ = camera.project(track.surface[k])
            assert np.abs(spread.min(axis=0) - [columns.min(), rows.min()]).max() < 10
            assert np.abs(spread.max(axis=0) - [columns.max(), rows.max()]).max() < 10
            seen = visible_keypoints(track.keypoints[k], camera, frame, take.subject.height_m)
            nose = tuple(np.rint(pixels[0, ::-1]).astype(int))
            if seen[0] and frame.person[nose]:
                assert frame.depth[nose] == pytest.approx(depth[0], abs=0.05)


def _labeller(take, look, scene):
    return Labeller(scene.track, scene.path, scene.fps, take.subject.height_m, look.labels)


def test_the_far_side_is_hidden(rasterise, take, look, figure):  # noqa: ARG001
    """From the left, the right side of head and shoulders is hidden, the left one seen."""
    scene = _scene(take, look, "side")
    labeller = _labeller(take, look, scene)
    for _ in film(figure, scene, look, labeller, 0):
        pass
    visible = labeller.labels().keypoints2d[..., 2]
    share = dict(zip(COCO_KEYPOINTS, visible.mean(axis=0), strict=True))
    for part in ("eye", "ear", "shoulder"):
        assert share[f"left_{part}"] > 0.9 > 0.5 > share[f"right_{part}"], (part, share)


def test_same_seed_same_pixels(rasterise, take, look, figure):  # noqa: ARG001
    def digest(seed: int) -> str:
        scene = _scene(take, look, "oblique")
        picture = next(film(figure, scene, look, _labeller(take, look, scene), seed))
        return hashlib.sha256(picture.tobytes()).hexdigest()

    assert digest(1) == digest(1)
    assert digest(1) != digest(2)


def test_the_person_casts_a_shadow_on_an_otherwise_still_room(rasterise, take, look, figure):
    camera = _scene(take, look, "oblique").path[0]
    fine = figure.simplified(0.003)
    with rasterise.Rasteriser(_corridor(camera), fine) as drawing:
        drawing.aim(camera)
        first, last = (drawing.draw(take.pose.transforms(fine.joints)[k]) for k in (0, 9))
        empty = drawing.draw(take.pose.transforms(fine.joints)[0] + np.array([0, 0, 0, 500.0]))
    assert not empty.person.any()
    for frame in (first, last):
        change = frame.colour.astype(int).sum(axis=2) - empty.colour.astype(int).sum(axis=2)
        around = ~frame.person
        assert (change[around] < -30).sum() > 100
        assert change[around].max() < 100
        assert (change[around] != 0).mean() < 0.2


def test_missing_graphics_name_the_command_that_installs_them(monkeypatch):
    for name in [*sys.modules]:
        if name in ("render.raster.rasterise", "render.raster.context") or name.startswith("pyrender."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyrender", None)
    with pytest.raises(MissingDependencyError, match=r"apt-get install .*libegl1"):
        importlib.import_module("render.raster.rasterise")


def test_video_round_trip(tmp_path):
    y, x = np.mgrid[0:64, 0:96]
    frames = [np.stack([(x + 8 * k) % 256, 2 * y, np.full_like(x, 20 * k)], axis=-1).astype(np.uint8) for k in range(6)]
    write_video(tmp_path / "a.mp4", frames, (96, 64), 30.0)
    again = read_frames(tmp_path / "a.mp4")
    assert len(again) == 6
    for one, two in zip(frames, again, strict=True):
        assert np.abs(one.astype(int) - two).mean() < 6
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_broken_video_is_named(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"a\.mp4: cannot be read as a video"):
        read_frames(tmp_path / "a.mp4")
