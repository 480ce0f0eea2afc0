"""Photographs and panoramas behind the walker."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from engine.core.errors import DataError
from render.camera.camera import Camera, View, fit_camera, look_rotation, make_intrinsics
from render.core.light import harmonics
from render.core.radiance_file import read_radiance
from render.figure.part import Material
from render.places.backgrounds import Photograph, read_photograph
from render.places.catalogue import PlaceSection
from render.places.panorama import Panorama, directions, irradiance_dome, read_panorama

_SIZE = (120, 80)
_PITCH = np.radians(7.0)
_HEADING = 0.8


def _camera(pitch: float, field_of_view: float, heading: float = _HEADING, size: tuple[int, int] = _SIZE) -> Camera:
    level = np.array([np.sin(heading), 0.0, np.cos(heading)])
    rotation = look_rotation(np.cos(pitch) * level - np.sin(pitch) * np.array([0.0, 1.0, 0.0]))
    return Camera("c", make_intrinsics(field_of_view, size), rotation, -rotation @ [1.0, 1.4, 2.0], size)


@pytest.fixture
def photograph(tmp_path) -> Photograph:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (_SIZE[1], _SIZE[0], 3), dtype=np.uint8)
    Pillow.fromarray(pixels).save(tmp_path / "hall.png")
    focal = 0.5 * _SIZE[0] / np.tan(np.radians(30.0))
    return read_photograph(tmp_path / "hall.png", np.radians(60.0), 0.5 - focal * np.tan(_PITCH) / _SIZE[1])


def test_the_camera_that_took_it_sees_the_photograph(photograph):
    assert photograph.pitch == pytest.approx(_PITCH)
    seen = photograph.picture(_camera(_PITCH, np.radians(60.0)))
    np.testing.assert_array_equal(seen, photograph.pixels)


def test_the_horizon_lies_at_eye_height(photograph):
    """Far away on the floor, a point is seen where the horizon of the photograph is."""
    camera = _camera(photograph.pitch, np.radians(60.0))
    pixel, _ = camera.project(np.array([[1e6 * np.sin(_HEADING), 0.0, 1e6 * np.cos(_HEADING)]]))
    horizon = 0.5 * (_SIZE[1] - 1) - photograph.focal * np.tan(photograph.pitch)
    assert pixel[0, 1] == pytest.approx(horizon, abs=0.05)


def test_a_view_is_fitted_into_the_photograph(photograph):
    wanted = View(1.0, np.radians(20.0), np.radians(90.0), 0.1, 2.0)
    points = np.array([[0.0, 0.0, 0.0], [0.0, 1.7, 4.0]])
    for size in ((64, 64), (64, 96), (96, 40)):
        view = photograph.view(wanted, size)
        photograph.picture(fit_camera("c", view, size, points))
        with pytest.raises(DataError, match="past its edges"):
            photograph.picture(fit_camera("c", replace(view, field_of_view=1.1 * view.field_of_view), size, points))


def test_a_photograph_can_be_nailed_to_a_direction(photograph):
    first, turned = (_camera(_PITCH, np.radians(40.0), heading) for heading in (_HEADING, _HEADING - 0.1))
    nailed = photograph.facing(first)
    np.testing.assert_array_equal(nailed.picture(first), photograph.picture(first))
    assert not np.array_equal(nailed.picture(turned), photograph.picture(turned))


def test_what_is_no_photograph_is_refused(tmp_path):
    (tmp_path / "x.jpg").write_text("no picture")
    with pytest.raises(DataError, match=r"x\.jpg"):
        read_photograph(tmp_path / "x.jpg", 1.0, 0.5)


def test_even_light_from_all_around_is_even():
    dome = irradiance_dome(np.full((32, 64, 3), [1.0, 2.0, 3.0]))
    np.testing.assert_allclose(dome[0], [1, 2, 3], rtol=1e-3)
    np.testing.assert_allclose(dome[1:], 0, atol=0.01)


def test_dome_agrees_with_the_integral_over_the_hemisphere():
    """Of light of order 2, which nine coefficients hold exactly."""
    to, solid = directions(64, 0.4)
    radiance = np.stack([1 + to[..., 1], 2 + to[..., 0] * to[..., 2], 1.5 + to[..., 2] ** 2], axis=-1)
    dome = irradiance_dome(radiance, 0.4)
    for normal in np.array([[0, 1.0, 0], [0.6, 0, 0.8], [-0.48, 0.6, -0.64]]):
        cosine = np.maximum(to @ normal, 0.0)
        exact = (radiance * (cosine * solid)[..., None]).sum(axis=(0, 1)) / np.pi
        np.testing.assert_allclose(harmonics(normal[None])[0] @ dome, exact, rtol=5e-3)


def _with_sun(turn: float) -> tuple[Panorama, np.ndarray, float]:
    """A dim sky with a disc of 3 degrees' radius in it, its direction, and its irradiance over π."""
    to, solid = directions(128, turn)
    sun = np.array([0.5, 0.6, -0.4]) / np.linalg.norm([0.5, 0.6, -0.4])
    disc = to @ sun > np.cos(np.radians(3.0))
    radiance = np.full((128, 256, 3), 0.2, np.float32)
    radiance[disc] = 400.0
    return Panorama("sky", radiance, turn), sun, 400.0 * float(solid[disc].sum()) / np.pi


@pytest.mark.parametrize("turn", [0.0, 2.3])
def test_the_sun_is_found(turn):
    panorama, sun, irradiance = _with_sun(turn)
    light = panorama.light
    assert np.degrees(np.arccos(light.key.to_light @ sun)) < 1.0
    assert light.softness == pytest.approx(np.radians(6.0), rel=0.35)
    key, around = light.key.colour[0], light.dome[0, 0]
    assert key / around == pytest.approx(irradiance / 0.2, rel=0.35)


def test_what_shines_from_a_direction_is_seen_there():
    panorama, sun, _ = _with_sun(1.1)
    rotation = look_rotation(sun)
    camera = Camera("c", make_intrinsics(1.0, (96, 64)), rotation, np.zeros(3), (96, 64))
    bright = np.argwhere(panorama.picture(camera).min(axis=2) > 250)
    np.testing.assert_allclose(bright.mean(axis=0), [31.5, 47.5], atol=1.0)


def _packed(picture: np.ndarray) -> bytes:
    """RGBE bytes ``(h, w, 4)`` line by line, channels in runs and plain stretches."""
    body = b""
    for line in picture:
        body += bytes([2, 2, len(line) >> 8, len(line) & 255])
        for channel in line.T:
            half = len(channel) // 2
            if (channel[:half] == channel[0]).all():
                body += bytes([128 + half, channel[0]])
            else:
                body += bytes([half]) + channel[:half].tobytes()
            body += bytes([len(channel) - half]) + channel[half:].tobytes()
    return body


def _hdr(path: Path, picture: np.ndarray, *, packed: bool) -> Path:
    head = (
        f"#?RADIANCE\n# made by hand\nFORMAT=32-bit_rle_rgbe\n\n-Y {picture.shape[0]} +X {picture.shape[1]}\n".encode()
    )
    path.write_bytes(head + (_packed(picture) if packed else picture.tobytes()))
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_radiance_pictures_are_read(tmp_path, packed):
    picture = np.random.default_rng(1).integers(100, 140, (8, 16, 4), dtype=np.uint8)
    picture[:, :8, 3] = 129
    picture[0, 12] = 0
    read = read_radiance(_hdr(tmp_path / "a.hdr", picture, packed=packed))
    assert read.shape == (8, 16, 3)
    np.testing.assert_allclose(read[3, 2], (picture[3, 2, :3] + 0.5) / 256 * 2, rtol=1e-6)
    np.testing.assert_array_equal(read[0, 12], 0)
    assert read_panorama(tmp_path / "a.hdr").radiance.shape == (8, 16, 3)


def test_damaged_and_foreign_panoramas_are_refused(tmp_path):
    picture = np.full((8, 16, 4), 128, np.uint8)
    path = _hdr(tmp_path / "a.hdr", picture, packed=True)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match="ends early"):
        read_radiance(path)
    (tmp_path / "b.hdr").write_bytes(b"GIF89a")
    with pytest.raises(DataError, match="not a Radiance"):
        read_radiance(tmp_path / "b.hdr")
    with pytest.raises(DataError, match="twice as wide"):
        read_panorama(_hdr(tmp_path / "c.hdr", np.full((8, 12, 4), 128, np.uint8), packed=True))
    with pytest.raises(DataError, match=r"\.hdr; convert"):
        read_panorama(tmp_path / "d.exr")


def test_a_section_draws_a_users_own_photograph(tmp_path):
    Pillow.fromarray(np.full((60, 90, 3), (120, 90, 60), np.uint8)).save(tmp_path / "room.png")
    spec = {"odds": {"photograph": 1.0}, "photographs": [{"file": "room.png", "horizon": 0.4}]}
    section = PlaceSection.model_validate(spec, context={"folder": tmp_path})
    place = section.draw(np.random.default_rng(0), 0.0, 4.0)
    assert (place.room.surface[:, 0] == Material.SHADOW).all()
    assert place.backdrop is not None
    assert place.light.dome[0, 0] > place.light.dome[0, 2]
    np.testing.assert_array_equal(np.ptp(place.room.vertices[:, 1]), 0)
