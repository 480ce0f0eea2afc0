"""Cameras that stand, pan, follow and shake."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.core.errors import SpecError
from render.camera.camera import View, fit_camera
from render.camera.camera_motion import draw_shake, trail
from render.camera.camera_paths import camera_path
from render.camera.cameras import CamerasSection, RandomViews, choose_views, read_cameras

_BODY = np.random.default_rng(0).uniform([-0.3, 0.0, -0.25], [0.3, 1.75, 0.25], (60, 3))


def _walk(direction, fps, seconds=2.0, speed=1.3):
    time = np.arange(int(seconds * fps)) / fps
    heading = np.array([np.sin(direction), 0.0, np.cos(direction)])
    turned = _BODY @ Rotation.from_rotvec([0, direction, 0]).as_matrix().T
    return turned + (speed * time)[:, None, None] * heading


def _rng():
    return np.random.default_rng(1)


def _kept(cameras, points):
    return all(c.in_frame(*c.project(p)).all() for c, p in zip(cameras, points, strict=True))


@pytest.mark.parametrize("name", read_cameras().named)
@pytest.mark.parametrize("direction", [0.0, 2.2, -1.6])
def test_named_cameras_keep_walkers_of_all_directions_in_the_picture(name, direction):
    view = choose_views(read_cameras(), [name], 0)[name]
    points = _walk(direction, view.fps)
    cameras = camera_path(name, view, points, _rng())
    assert len(cameras) == len(points)
    assert _kept(cameras, points)
    assert min(c.position[1] for c in cameras) > 0.1
    nearest = min(c.project(p)[1].min() for c, p in zip(cameras, points, strict=True))
    assert nearest >= 0.95 * view.least_distance


def test_drawn_cameras_keep_walkers_in_the_picture_and_are_of_all_kinds():
    views = choose_views(read_cameras(), [f"filmed{k}" for k in range(16)], 5)
    for name, view in views.items():
        points = _walk(0.0, view.fps, seconds=1.0)
        assert _kept(camera_path(name, view, points, _rng()), points), name
    assert {view.motion for view in views.values()} == {"static", "pan", "follow"}
    assert len({view.size for view in views.values()}) > 2
    assert len({view.fps for view in views.values()}) > 2
    assert {view.shake > 0 for view in views.values()} == {True, False}


def test_a_camera_on_a_tripod_is_one_object_and_the_closest_fit():
    view = View(1.2, 0.05, 0.9, 0.05, 2.0)
    points = _walk(0.0, 30.0)
    cameras = camera_path("side", view, points, _rng())
    assert all(camera is cameras[0] for camera in cameras)
    fitted = fit_camera("side", view, view.size, points.reshape(-1, 3))
    np.testing.assert_allclose(cameras[0].translation, fitted.translation, atol=1e-12)
    np.testing.assert_array_equal(cameras[0].travel, 0)


def test_panning_stands_and_turns_after_the_walker():
    view = View(np.pi / 2, 0.03, 0.9, 0.15, 3.0, motion="pan")
    points = _walk(0.0, 30.0, seconds=4.0)
    cameras = camera_path("pan", view, points, _rng())
    assert np.ptp([c.position for c in cameras], axis=0).max() == pytest.approx(0, abs=1e-12)
    middles = np.array([c.project(p.mean(axis=0))[0][0] for c, p in zip(cameras, points, strict=True)])
    still = fit_camera("s", replace(view, motion="static"), view.size, points.reshape(-1, 3))
    standing = still.project(points.mean(axis=1))[0][:, 0]
    assert np.ptp(middles) < 0.5 * np.ptp(standing)


def test_following_keeps_the_walker_where_they_are_and_moves_with_them():
    view = View(np.pi / 2, 0.03, 0.9, 0.1, 2.5, motion="follow")
    points = _walk(0.0, 30.0, seconds=4.0)
    cameras = camera_path("follow", view, points, _rng())
    assert cameras[-1].position[2] - cameras[0].position[2] == pytest.approx(1.3 * 119 / 30, abs=0.5)
    np.testing.assert_allclose([c.travel[2] for c in cameras[60:]], 1.3, rtol=0.03)


def test_the_motion_a_camera_says_it_has_is_the_one_it_has():
    view = View(1.0, 0.05, 0.9, 0.1, 2.5, motion="pan", shake=1.0, fps=120.0)
    cameras = camera_path("c", view, _walk(0.0, 120.0), _rng())
    for before, now, after in zip(cameras, cameras[1:], cameras[2:], strict=False):
        np.testing.assert_allclose(now.travel, (after.position - before.position) * 60, atol=1e-9)
        turned = Rotation.from_matrix(after.rotation.T @ before.rotation).as_rotvec() * 60
        np.testing.assert_allclose(now.turning, turned, atol=2e-3)


def test_a_hand_lags_behind_what_moves_and_overshoots_what_stops():
    time = np.arange(240) / 60
    target = np.minimum(time, 2.0)[:, None]
    loose = trail(target, 60.0, 1.0, 0.4)[:, 0]
    assert target[110, 0] - loose[110] == pytest.approx(0.4 / np.pi, rel=0.1)
    assert loose.max() > 2.02
    assert loose[0] == target[0, 0]
    tight = trail(target, 60.0, 1.0, 1.0)[:, 0]
    assert tight.max() < 2.001


def test_trailing_does_not_depend_on_the_frame_rate():
    fine, coarse = (np.sin(np.arange(int(3 * fps)) / fps * 2)[:, None] for fps in (120.0, 30.0))
    np.testing.assert_allclose(trail(fine, 120.0, 1.2, 0.8)[::4], trail(coarse, 30.0, 1.2, 0.8), atol=5e-3)


def test_shake_is_of_the_size_asked_for_and_the_same_at_any_frame_rate():
    shake = draw_shake(2.0, np.random.default_rng(3), on_foot=False)
    time = np.linspace(0, 400, 40001)
    spread = shake.at(time).std(axis=0)
    np.testing.assert_allclose(spread[:3], 2 * np.radians([0.35, 0.35, 0.2]), rtol=0.15)
    np.testing.assert_allclose(spread[3:], [0.012, 0.012, 0.008], rtol=0.15)
    np.testing.assert_array_equal(shake.at(time[::4]), shake.at(time)[::4])


def test_same_seed_same_path():
    view = choose_views(read_cameras(), ["handheld"], 0)["handheld"]
    points = _walk(0.0, view.fps)
    first, again, other = (camera_path("h", view, points, np.random.default_rng(s)) for s in (1, 1, 2))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a.translation, b.translation)
        np.testing.assert_array_equal(a.rotation, b.rotation)
    assert not np.array_equal(first[3].rotation, other[3].rotation)


def test_hands_that_shake_further_than_the_view_is_wide_are_refused():
    view = View(1.0, 0.05, np.radians(5.5), 0.89, 2.0, shake=4.0)
    with pytest.raises(SpecError, match="camera tele: the person does not stay in its picture"):
        camera_path("tele", view, _walk(0.0, 30.0), _rng())


def test_files_without_the_newer_fields_are_valid_and_mean_static_cameras():
    view = {"bearing_deg": 90, "elevation_deg": 2.5, "field_of_view_deg": 46, "margin": 0.03, "least_distance_m": 3.5}
    ranges = {name: [value, value] for name, value in view.items()}
    section = CamerasSection(size=(256, 128), fps=24, seconds=3, named={"side": view}, random=ranges)
    named, drawn = choose_views(section, ["side", "random0"], 7).values()
    assert named == replace(drawn, agility_hz=named.agility_hz, damping=named.damping)
    assert (named.motion, named.shake, named.size, named.fps) == ("static", 0.0, (256, 128), 24)


def test_a_path_of_one_frame():
    for motion in ("static", "pan", "follow"):
        view = View(1.0, 0.05, 0.9, 0.1, 2.5, motion=motion, shake=0.5)
        assert len(camera_path("c", view, _walk(0.0, 30.0)[:1], _rng())) == 1


@pytest.mark.parametrize("field", ["bearing_deg", "shake", "readout_ms"])
def test_ranges_the_wrong_way_round_are_refused(field):
    with pytest.raises(ValueError, match=rf"{field}: expected \[least, most\], found \[3.0, 1.0\]"):
        RandomViews.model_validate({**read_cameras().drawn["filmed"].model_dump(), field: [3.0, 1.0]})
