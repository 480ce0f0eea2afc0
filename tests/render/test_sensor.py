"""What the sensor does to clean pictures: shutter, focus, exposure, lens and noise."""

from dataclasses import replace

import numpy as np
import pytest

from render.camera.camera import Camera, make_intrinsics
from render.core.display import light_of, shown
from render.core.frame import Frame
from render.sensor.depth_blur import blur_depth, blur_disc
from render.sensor.grain import Grain, noise_levels
from render.sensor.kinds import SensorSettings, read_sensors
from render.sensor.motion_blur import blur_motion, moving_box
from render.sensor.optics import add_fringes, corner_shade, edge_kernel, filter_edges, fringe_offsets
from render.sensor.sensor import Sensor
from render.sensor.tone import contrasted, planck_rgb, tone_table, white_balance

_SIZE = (96, 64)
_CLEAN = SensorSettings(
    exposure_ev=0.0,
    temperature_k=6504.0,
    tint=0.0,
    shutter_s=1e-6,
    sensor_width_mm=5.0,
    f_number=2.0,
    vignetting=0.0,
    softness_px=0.0,
    fringe=0.0,
    iso=100.0,
    full_well=1e9,
    read_noise=0.0,
    sharpening=0.0,
    crf=19,
)


def _camera(size=_SIZE):
    return Camera("c", make_intrinsics(0.8, size), np.eye(3), np.zeros(3), size)


def _square(left=40, velocity=(0.0, 0.0), *, top=24, side=16, near=3.0, background=60):
    """A white square in front of a grey wall."""
    width, height = _SIZE
    colour = np.full((height, width, 3), background, np.uint8)
    depth, parts = np.full((height, width), 6.0, np.float32), np.zeros((height, width), np.uint8)
    motion = np.zeros((height, width, 2), np.float32)
    where = slice(top, top + side), slice(left, left + side)
    colour[where], depth[where], parts[where], motion[where] = 220, near, 1, velocity
    return Frame(colour, depth, parts, motion)


def _blurred(frame, share):
    return blur_motion(frame.colour, frame.depth, frame.velocity, share)


def _light_of(picture):
    return (picture.astype(float) ** 2).sum()


def _spread(picture, axis):
    """Variance in pixels² of where the light above the background lies."""
    profile = (picture[..., 0].astype(float) ** 2 - 60.0**2).sum(axis=1 - axis)
    place = np.arange(len(profile))
    mean = (profile * place).sum() / profile.sum()
    return (profile * (place - mean) ** 2).sum() / profile.sum()


@pytest.mark.parametrize("velocity", [(12.0, 0.0), (-12.0, 0.0), (0.0, 9.0), (7.0, 7.0)])
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_moving_square_is_smeared_along_its_path_and_keeps_its_light(velocity, share):
    """A box of light of length L adds L² / 12 to the variance; paths are right to a pixel."""
    frame = _square(velocity=velocity)
    blurred = _blurred(frame, share)
    assert _light_of(blurred) == pytest.approx(_light_of(frame.colour), rel=0.01)
    for axis, pixels in zip((1, 0), velocity, strict=True):
        added = _spread(blurred, axis) - _spread(frame.colour, axis)
        assert np.sqrt(max(12 * added, 0)) == pytest.approx(share * abs(pixels), abs=1.1 if pixels else 0.2)
    assert not (blurred[:10] != frame.colour[:10]).any()


def test_the_edge_of_a_smear_is_a_ramp_of_light():
    row = _blurred(_square(velocity=(14.0, 0.0)), 1.0)[32, :, 0].astype(float) ** 2
    share = (row - 60.0**2) / (220.0**2 - 60.0**2)
    expected = np.clip((np.arange(96) - 40 + 0.5 + 7) / 14, 0, 1)
    np.testing.assert_allclose(share[:48], expected[:48], atol=0.09)


def test_what_stands_still_before_a_moving_square_stays_sharp():
    square = _square(velocity=(12.0, 0.0), side=20)
    colour, depth, velocity = square.colour.copy(), square.depth.copy(), square.velocity.copy()
    colour[:, 48:52], depth[:, 48:52], velocity[:, 48:52] = 10, 1.0, 0.0
    blurred = _blurred(replace(square, colour=colour, depth=depth, velocity=velocity), 1.0)
    np.testing.assert_array_equal(blurred[:, 48:52], 10)


def test_nothing_moves_nothing_is_blurred():
    assert moving_box(_square().velocity, 1.0) is None
    rows, columns = moving_box(_square(velocity=(10.0, 0.0)).velocity, 0.5)
    assert rows.start <= 24
    assert rows.stop >= 40
    assert columns.start <= 40 - 3
    assert columns.stop >= 56 + 3


def test_the_plane_in_focus_is_sharp_and_the_disc_follows_the_thin_lens():
    depth = np.array([[2.0, 4.0, 8.0, 0.0]])
    np.testing.assert_allclose(blur_disc(depth, 4.0, 800.0, 0.01), 8.0 * np.array([[0.25, 0, 0.125, 0.25]]), atol=1e-6)


def test_depth_blur_smooths_the_wall_and_leaves_no_halo():
    rng = np.random.default_rng(0)
    picture = rng.integers(20, 120, (64, 96, 3)).astype(np.int16)
    disc = np.full((64, 96), 4.0, np.float32)
    picture[20:40, 30:60], disc[20:40, 30:60] = 240, 0.0
    blurred = blur_depth(picture, disc)
    np.testing.assert_array_equal(blurred[20:40, 30:60], 240)
    outside = np.ones((64, 96), bool)
    outside[20:40, 30:60] = False
    assert blurred[outside].max() <= 121
    assert blurred[outside].std() < 0.45 * picture[outside].std()
    assert blurred[outside].mean() == pytest.approx(picture[outside].mean(), abs=1.5)


def test_depth_blur_is_as_wide_as_its_disc():
    """The variance of a spread line is a sixteenth of the disc's squared diameter."""
    picture = np.zeros((41, 81, 3), np.int16)
    picture[:, 40] = 250
    for diameter in (3.0, 6.0, 9.0):
        row = blur_depth(picture, np.full((41, 81), diameter, np.float32))[20, :, 0].astype(float)
        place = np.arange(81) - 40
        assert np.sqrt((row * place**2).sum() / row.sum()) == pytest.approx(diameter / 4, rel=0.3)


def test_one_stop_doubles_the_light():
    table = np.array(tone_table(1.0, np.ones(3))).reshape(3, 256)[0]
    dark = np.arange(20, 120)
    np.testing.assert_allclose(light_of((table[dark] + 0.5) / 256), 2 * light_of((dark + 0.5) / 256), rtol=0.04)
    np.testing.assert_array_equal(tone_table(0.0, white_balance(6504.0, 0.0)), np.tile(np.arange(256), 3))
    np.testing.assert_allclose(light_of(shown(np.linspace(0.01, 3, 50))), np.linspace(0.01, 3, 50), rtol=1e-9)


def test_white_balance_is_warm_below_and_cold_above_daylight():
    warm, cold = white_balance(5000.0, 0.0), white_balance(9000.0, 0.0)
    assert warm[0] > 1 > warm[2]
    assert cold[0] < 1 < cold[2]
    assert white_balance(6504.0, 0.05)[1] > 1
    np.testing.assert_allclose(planck_rgb(6504.0), 1.0, atol=0.06)


@pytest.mark.parametrize(("softness", "sharpening"), [(0.0, 0.0), (0.6, 0.0), (0.5, 0.6), (0.4, 0.8)])
def test_lens_and_sharpening_keep_even_surfaces(softness, sharpening):
    kernel = edge_kernel(softness, sharpening)
    even = np.full((20, 30, 3), 137, np.int16)
    np.testing.assert_array_equal(filter_edges(even, kernel), even)
    assert kernel[0] + 2 * kernel[1] + 2 * kernel[2] == 64
    edge = np.full((20, 30, 3), 60, np.int16)
    edge[:, 15:] = 180
    filtered = filter_edges(edge, kernel)
    overshoots = filtered.max() > 181
    assert overshoots == (sharpening > 0)


def test_corners_lose_the_share_of_light_they_should():
    left = corner_shade(_SIZE, 0.3, 2.2).astype(float) / 256
    assert left[0, 0, 0] ** 2.2 == pytest.approx(0.7, abs=0.01)
    assert left[32, 48, 0] == pytest.approx(1.0, abs=0.005)


def test_fringes_shift_red_outwards_and_blue_inwards():
    across, down = fringe_offsets((512, 64), 0.0015)
    picture = np.zeros((64, 512, 3), np.int16)
    picture[:, 480:] = 200
    fringed = add_fringes(picture, across, down)[32].astype(float)
    np.testing.assert_array_equal(fringed[:, 1], picture[32, :, 1])
    assert fringed[470:490, 0].sum() < fringed[470:490, 1].sum() < fringed[470:490, 2].sum()
    assert not fringe_offsets((512, 64), 0.0002)[0].any()


def test_noise_has_the_level_of_its_brightness():
    levels = noise_levels(800.0, 60000.0, 8.0)
    grain = Grain((128, 128), levels, np.random.default_rng(0))
    for value in (40, 110, 190):
        flat = np.full((128, 128, 3), value, np.uint8)
        noisy = grain.add(flat, np.random.default_rng(1)).astype(float)
        assert noisy.mean() == pytest.approx(value, abs=0.3)
        assert noisy.std() == pytest.approx(levels[value], rel=0.15, abs=0.1)
    assert noise_levels(1600.0, 60000.0, 8.0)[100] == pytest.approx(np.sqrt(2) * levels[100], rel=0.05)


def test_a_clean_sensor_changes_nothing():
    sensor = Sensor(_CLEAN, _camera(), 30.0, np.random.default_rng(0))
    frame = _square(velocity=(5.0, 0.0))
    np.testing.assert_array_equal(sensor.expose(frame), frame.colour)


@pytest.mark.parametrize("sensor_width_mm", [5.0, 36.0])
def test_developing_only_what_changed_gives_the_whole_picture(sensor_width_mm):
    settings = replace(
        _CLEAN, shutter_s=0.02, softness_px=0.6, sharpening=0.4, vignetting=0.2, exposure_ev=0.3, fringe=0.01
    )
    settings = replace(settings, sensor_width_mm=sensor_width_mm)
    camera = replace(_camera(), intrinsics=make_intrinsics(0.15, _SIZE))
    running = Sensor(settings, camera, 30.0, np.random.default_rng(0))
    for left in (20, 25, 30, 30, 45):
        frame = _square(left, velocity=(8.0, 3.0))
        fresh = Sensor(settings, camera, 30.0, np.random.default_rng(0))
        np.testing.assert_array_equal(running.expose(frame), fresh.expose(frame))


def test_focus_follows_a_person_who_comes_nearer():
    settings = replace(_CLEAN, sensor_width_mm=36.0)
    camera = replace(_camera(), intrinsics=make_intrinsics(0.15, _SIZE))
    running = Sensor(settings, camera, 30.0, np.random.default_rng(0))
    for near in np.linspace(4.0, 2.0, 40):
        running.expose(_square(near=float(near)))
    for _ in range(100):
        last = running.expose(_square(near=2.0))
    fresh = Sensor(settings, camera, 30.0, np.random.default_rng(0)).expose(_square(near=2.0))
    assert np.abs(last.astype(int) - fresh).max() <= 1


def test_same_draw_same_pictures():
    def film(seed):
        rng = np.random.default_rng(seed)
        sensor = Sensor(read_sensors().draw(rng), _camera(), 30.0, rng)
        return np.stack([sensor.expose(_square(left, velocity=(5.0, 0.0))) for left in (30, 35)])

    np.testing.assert_array_equal(film(4), film(4))
    assert (film(4) != film(5)).any()


def test_frames_of_one_video_have_their_own_noise():
    settings = replace(_CLEAN, iso=1600.0, full_well=3e4)
    sensor = Sensor(settings, _camera(), 30.0, np.random.default_rng(0))
    first, second = sensor.expose(_square()), sensor.expose(_square())
    assert (first != second).mean() > 0.2


def test_phones_blur_depth_less_than_cameras():
    square, rng = _square(near=3.0), np.random.default_rng(0)
    colour = square.colour.copy()
    colour[:, :30] = rng.integers(30, 220, (64, 30, 3))
    frame = replace(square, colour=colour)

    def loss(width_mm):
        settings = replace(_CLEAN, sensor_width_mm=width_mm, f_number=2.0)
        camera = replace(_camera(), intrinsics=make_intrinsics(0.15, _SIZE))
        return np.abs(Sensor(settings, camera, 30.0, rng).expose(frame).astype(float) - frame.colour)[:, 2:28].mean()

    assert loss(5.0) < 0.5 * loss(36.0)


def test_drawn_settings_lie_in_their_ranges():
    section = read_sensors()
    for kind in section.kinds.values():
        drawn = kind.draw(np.random.default_rng(0))
        for name, (low, high) in kind.model_dump(exclude={"chance"}).items():
            assert low <= getattr(drawn, name) <= high


def test_contrast_spreads_light_about_a_middle_that_stays():
    amount = np.geomspace(0.01, 2.0, 50)
    spread = np.diff(np.log(contrasted(amount, 1.6))) / np.diff(np.log(amount))
    assert np.allclose(spread, 1.6)
    assert np.allclose(contrasted(contrasted(amount, 1.6), 1 / 1.6), amount)
    plain, steep = (np.array(tone_table(0.0, np.ones(3), contrast)[:256]) for contrast in (1.0, 1.6))
    assert np.array_equal(plain, np.arange(256))
    darker, brighter = (steep < plain)[1:].nonzero()[0], (steep > plain).nonzero()[0]
    assert darker.max() < brighter.min(), "darks are darker, brights brighter"


def test_noise_follows_the_contrast_that_shows_it():
    """Where the curve is c times steeper, noise of the same light is c times as strong."""
    values = (np.arange(256) + 0.5) / 256
    plain, steep = (noise_levels(100, 1e7, 5.0, contrast) for contrast in (1.0, 1.5))
    before = shown(contrasted(light_of(values), 1 / 1.5))
    step = 1e-5
    gain = (shown(contrasted(light_of(before + step), 1.5)) - values) / step
    middle = slice(20, 235)
    assert np.allclose(steep[middle], (np.interp(before, values, plain) * gain)[middle], rtol=0.05)
