"""Cameras: projection, fitting, and those that the configuration names."""

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import SpecError
from engine.core.yaml_files import configs_folder, read_model
from render.camera.camera import Camera, View, fit_camera, look_rotation, make_intrinsics
from render.camera.cameras import CamerasFile, choose_views, read_cameras

_PATH = np.random.default_rng(0).uniform([-0.4, 0.0, 0.0], [0.4, 1.8, 7.0], (400, 3))


@given(st.floats(-np.pi, np.pi), st.floats(0, 1), st.floats(0.3, 1.8))
def test_pixels_and_depth_give_the_point_back(bearing, elevation, field_of_view):
    camera = fit_camera("c", View(bearing, elevation, field_of_view, 0.1, 2.0), (512, 384), _PATH)
    pixels, depth = camera.project(_PATH)
    again = camera.position + camera.rays(pixels) * depth[:, None]
    np.testing.assert_allclose(again, _PATH, atol=1e-8)


@given(st.floats(-np.pi, np.pi), st.floats(0, 1), st.floats(0.3, 1.8), st.floats(0.01, 0.5), st.floats(0.5, 8.0))
def test_fitted_cameras_keep_everybody_in_the_picture(bearing, elevation, field_of_view, margin, least):
    view = View(bearing, elevation, field_of_view, margin, least)
    camera = fit_camera("c", view, (512, 512), _PATH)
    pixels, depth = camera.project(_PATH)
    assert camera.in_frame(pixels, depth).all()
    assert depth.min() >= least - 1e-9
    reach = np.abs(pixels - 255.5).max() / 256
    assert reach <= 1 - margin + 1e-6
    if depth.min() > least + 1e-6:
        assert reach == pytest.approx(1 - margin, abs=1e-6)
    np.testing.assert_allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.rotation) == pytest.approx(1)


def test_pictures_are_upright_and_not_mirrored():
    """Seen from the front, the walker's left is on the right of the picture; seen from the left, forward is to the left."""
    centre = np.array([[0.0, 1.0, 3.0]])
    front = fit_camera("c", View(0.0, 0.0, 1.0, 0.0, 4.0), (64, 64), centre)
    pixels, _ = front.project(centre + np.array([[0.1, 0, 0], [0, 0.1, 0]]))
    assert pixels[0, 0] > 31.5
    assert pixels[1, 1] < 31.5
    assert front.position[2] > 3
    side = fit_camera("c", View(np.pi / 2, 0.0, 1.0, 0.0, 4.0), (64, 64), centre)
    assert side.position[0] > 0
    assert side.project(centre + np.array([0, 0, 0.1]))[0][0, 0] < 31.5


def test_points_behind_are_not_in_the_picture():
    camera = Camera("c", make_intrinsics(1.0, (64, 64)), look_rotation(np.array([0.0, 0, 1])), np.zeros(3), (64, 64))
    pixels, depth = camera.project(np.array([[0.0, 0, 1], [0.0, 0, -1]]))
    np.testing.assert_array_equal(camera.in_frame(pixels, depth), [True, False])


def test_random_cameras_depend_on_seed_and_name_only():
    cameras = read_cameras()
    alone = choose_views(cameras, ["random1"], seed=3)["random1"]
    together = choose_views(cameras, ["side", "random0", "random1"], seed=3)
    assert alone == together["random1"]
    assert alone != together["random0"]
    assert alone != choose_views(cameras, ["random1"], seed=4)["random1"]


def test_unknown_camera_is_refused():
    with pytest.raises(SpecError, match=r"no camera is called 'top'; there are side, oblique"):
        choose_views(read_cameras(), ["top"], seed=0)


@pytest.mark.parametrize(
    ("field", "value"), [("fps", 0), ("size", [512, 511]), ("named", {"side": {"bearing_deg": 90}}), ("colour", 1)]
)
def test_wrong_configuration_names_file_and_field(tmp_path, field, value):
    data = yaml.safe_load((configs_folder() / "render" / "cameras.yaml").read_text())
    path = tmp_path / "cameras.yaml"
    path.write_text(yaml.safe_dump({**data, field: value}))
    with pytest.raises(SpecError, match=rf"cameras.yaml: {field}"):
        read_model(path, CamerasFile)
