"""Colours of light, and how a place's light varies."""

import numpy as np
import pytest

from render.places.lighting import (
    LUMINANCE,
    Variation,
    balanced,
    ceiling_rows,
    mean_light,
    overcast,
    planckian,
    sun_and_sky,
    towards,
    varied,
    window_light,
)

_WALL, _FLOOR = np.array([0.7, 0.68, 0.6]), np.array([0.35, 0.3, 0.22])


def _lights() -> list:
    rng = np.random.default_rng(2)
    return [
        ceiling_rows(rng, _WALL, _FLOOR),
        window_light(rng, 1.5, _WALL, _FLOOR),
        sun_and_sky(rng, _FLOOR),
        overcast(rng, _FLOOR),
    ]


def test_black_bodies_go_from_red_to_blue():
    colours = np.stack([planckian(t) for t in (1800, 2700, 4000, 6500, 10000, 14000)])
    np.testing.assert_allclose(colours @ LUMINANCE, 1, atol=1e-9)
    assert (np.diff(colours[:, 2] / colours[:, 0]) > 0).all()


def test_daylight_is_nearly_white():
    """D65 is sRGB's white; a black body of its temperature lies close to it, a little on the purple side."""
    np.testing.assert_allclose(planckian(6504.0), 1, atol=0.06)


def test_2856_kelvin_is_standard_illuminant_a():
    """x = 0.44757, y = 0.40745 (CIE 15)."""
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = matrix @ planckian(2856.0)
    np.testing.assert_allclose(xyz[:2] / xyz.sum(), [0.44757, 0.40745], atol=0.004)


@pytest.mark.parametrize("light", _lights())
def test_intensity_sets_brightness_and_contrast_keeps_it(light):
    before = LUMINANCE @ mean_light(light)
    same = varied(light, Variation(1.0, 1.0, 0.0))
    np.testing.assert_allclose(same.dome, light.dome, rtol=1e-9)
    brighter = varied(light, Variation(1.5, 1.6, 0.0))
    assert LUMINANCE @ mean_light(brighter) == pytest.approx(1.5 * before)
    assert brighter.key.colour.sum() / brighter.dome[0].sum() > 1.5 * light.key.colour.sum() / light.dome[0].sum()
    warm = varied(light, Variation(1.0, 1.0, 40.0))
    assert warm.key.colour[0] / warm.key.colour[2] > light.key.colour[0] / light.key.colour[2]


def test_white_balance_takes_most_of_the_colour_and_no_brightness():
    light = varied(ceiling_rows(np.random.default_rng(0), _WALL, _FLOOR), Variation(1.0, 1.0, 100.0))
    before, after = mean_light(light), mean_light(balanced(light))
    assert np.ptp(np.log(after)) < 0.3 * np.ptp(np.log(before))
    assert LUMINANCE @ after == pytest.approx(LUMINANCE @ before, rel=0.1)


def test_sun_is_sharp_warm_and_on_the_open_side():
    for seed in range(20):
        light = sun_and_sky(np.random.default_rng(seed), _FLOOR)
        assert light.softness < 0.02
        assert light.key.to_light[0] > 0
        above = light.dome[0] + light.dome[1]
        assert light.key.colour[0] / light.key.colour[2] > above[0] / above[2]


def test_azimuth_is_counted_towards_the_walkers_left():
    np.testing.assert_allclose(towards(0.5 * np.pi, 0.0), [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(towards(0.0, 0.25 * np.pi), np.array([0, 1, 1]) / np.sqrt(2))
