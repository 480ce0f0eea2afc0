"""Lenses and rolling shutters."""

from dataclasses import replace

import numpy as np
import pytest

from render.camera.camera import Camera, View, look_rotation, make_intrinsics
from render.camera.lens import distort, undistort, valid_radius2

_LENSES = [(-0.25, 0.08, 0.001, -0.002, 0.01), (0.12, 0.0, 0.001, 0.001, 0.0), (-0.3, 0.0, 0.0, 0.0, 0.0)]
_RNG = np.random.default_rng(0)


def _camera(**changes):
    rotation = look_rotation(np.array([-1.0, -0.1, 0.2]))
    size = (640, 360)
    camera = Camera("c", make_intrinsics(1.0, size), rotation, -rotation @ np.array([5.0, 1.2, 3.0]), size)
    return replace(camera, **changes)


def _points(n=300):
    return _RNG.uniform([-1.0, 0.0, 1.5], [1.0, 1.8, 5.0], (n, 3))


@pytest.mark.parametrize("lens", _LENSES)
def test_pixels_and_depth_give_the_point_back_through_any_lens(lens):
    camera, points = _camera(distortion=np.array(lens)), _points()
    pixels, depth = camera.project(points)
    assert np.abs(pixels - _camera().project(points)[0]).max() > 2
    np.testing.assert_allclose(camera.position + camera.rays(pixels) * depth[:, None], points, atol=1e-9)


@pytest.mark.parametrize("lens", _LENSES)
def test_undistorting_is_the_inverse_up_to_the_edge(lens):
    lens = np.array(lens)
    radius = np.sqrt(_RNG.uniform(0, 0.95 * min(valid_radius2(lens), 2.0), 500))
    angle = _RNG.uniform(0, 2 * np.pi, 500)
    flat = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    np.testing.assert_allclose(undistort(distort(flat, lens), lens), flat, atol=1e-9)


@pytest.mark.parametrize("lens", _LENSES)
def test_what_lies_outside_never_folds_back(lens):
    out = np.stack([np.linspace(0, 60, 6001), np.zeros(6001)], axis=1)
    assert (np.diff(distort(out, np.array(lens))[:, 0]) > 0).all()


def test_a_lens_bends_the_corner_by_the_share_asked_for():
    view = View(0.0, 0.0, 1.2, 0.0, 2.0, size=(640, 360), corner_bend=-0.04)
    corner = np.tan(0.6) * np.array([1.0, 360 / 640])
    np.testing.assert_allclose(distort(corner, view.distortion), 0.96 * corner, rtol=1e-12)


def test_without_a_rolling_shutter_velocity_changes_nothing():
    points, velocity = _points(), _RNG.normal(0, 2, (300, 3))
    camera = _camera(travel=np.ones(3), turning=np.ones(3))
    np.testing.assert_array_equal(camera.project(points, velocity)[0], camera.project(points)[0])


def test_a_rolling_shutter_shows_each_point_where_it_is_at_its_lines_time():
    camera = _camera(line_s=0.03 / 360, distortion=np.array(_LENSES[0]))
    points, velocity = _points(), _RNG.normal(0, 2, (300, 3))
    pixels, _ = camera.project(points, velocity)
    assert camera.in_frame(pixels, np.ones(300)).mean() > 0.5
    late = camera.line_s * (np.clip(pixels[:, 1], -0.5, 359.5) - 179.5)
    then, _ = replace(camera, line_s=0.0).project(points + late[:, None] * velocity)
    np.testing.assert_allclose(pixels, then, atol=1e-3)
    assert np.abs(pixels - replace(camera, line_s=0.0).project(points)[0]).max() > 3


def test_a_turning_camera_sees_still_points_as_it_is_turned_by_then():
    """The rolling shutter of a moving camera, against cameras that really stand where it is at the time of a line."""
    turning, travel, line_s = np.array([0.0, 0.5, 0.0]), np.array([0.1, 0.0, 0.3]), 0.02 / 360
    camera = _camera(line_s=line_s, turning=turning, travel=travel)
    points = _points()
    pixels, _ = camera.project(points)
    for pixel, point in zip(pixels, points, strict=True):
        late = line_s * (np.clip(pixel[1], -0.5, 359.5) - 179.5)
        angle = late * turning[1]
        turned = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        rotation = camera.rotation @ turned.T
        position = camera.position + late * travel
        there, _ = replace(_camera(), rotation=rotation, translation=-rotation @ position).project(point)
        np.testing.assert_allclose(pixel, there, atol=0.02)
    assert np.abs(pixels - _camera().project(points)[0]).max() > 1
