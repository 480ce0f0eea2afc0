"""The light of rooms and of the open air: colours of lamps and skies by temperature, and how a camera's white balance takes them."""

from dataclasses import dataclass, replace

import numpy as np

from engine.core.arrays import Array
from render.core.colour import LUMINANCE
from render.core.light import Lamp, Light, even_dome

_XYZ_TO_RGB = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
"""IEC 61966-2-1."""
_ADAPTATION = 0.85
"""Share of the light's mean colour that automatic white balance takes away; assumed."""


def planckian(temperature_k: float) -> Array:
    """Linear RGB ``(3,)``, luminance 1, of a black body of 1000 to 15000 K.

    Chromaticity by the rational fit of Krystek 1985 (Color Res Appl 10:38).
    """
    t = np.clip(temperature_k, 1000.0, 15000.0)
    u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t**2) / (1 + 8.42420235e-4 * t + 7.08145163e-7 * t**2)
    v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t**2) / (1 - 2.89741816e-5 * t + 1.61456053e-7 * t**2)
    x, y = 3 * u / (2 * u - 8 * v + 4), 2 * v / (2 * u - 8 * v + 4)
    rgb = np.maximum(_XYZ_TO_RGB @ np.array([x / y, 1.0, (1 - x - y) / y]), 0.0)
    return rgb / (LUMINANCE @ rgb)


def towards(azimuth: float, elevation: float) -> Array:
    """Unit vector ``(3,)`` at ``azimuth`` rad from straight ahead of the walker towards their left, ``elevation`` rad above the horizon."""
    level = np.cos(elevation)
    return np.array([level * np.sin(azimuth), np.sin(elevation), level * np.cos(azimuth)])


def ceiling_rows(rng: np.random.Generator, wall: Array, floor: Array) -> Light:
    """Rows of lamps under a ceiling; ``wall`` and ``floor (3,)`` are the albedos that send their light on."""
    colour = planckian(rng.uniform(3300.0, 5200.0))
    to_light = towards(rng.uniform(-np.pi, np.pi), np.radians(rng.uniform(62.0, 80.0)))
    key, bounced = rng.uniform(1.0, 1.35), rng.uniform(0.55, 0.7)
    dome = even_dome(bounced * colour * _tint(wall), 0.62 * bounced * colour * _tint(0.5 * (wall + floor)))
    return balanced(Light(Lamp(to_light, key * colour), rng.uniform(0.08, 0.16), (), dome))


def window_light(rng: np.random.Generator, azimuth: float, wall: Array, floor: Array) -> Light:
    """Daylight through windows at ``azimuth`` rad, lamps inside as a weak fill, the rest bounced by the room."""
    day, lamp = planckian(rng.uniform(5200.0, 7500.0)), planckian(rng.uniform(2700.0, 3600.0))
    to_window = towards(azimuth + rng.uniform(-0.3, 0.3), np.radians(rng.uniform(32.0, 48.0)))
    key, inside = rng.uniform(1.2, 1.6), rng.uniform(0.1, 0.4)
    fills = (Lamp(towards(rng.uniform(-np.pi, np.pi), np.radians(70.0)), inside * lamp),)
    bounced = rng.uniform(0.42, 0.55) * (day + 0.3 * inside * lamp)
    dome = even_dome(bounced * _tint(wall), 0.75 * bounced * _tint(0.5 * (wall + floor)))
    dome[[1, 2, 3]] += 0.25 * to_window[[1, 2, 0], None] * bounced
    return balanced(Light(Lamp(to_window, key * day), rng.uniform(0.25, 0.4), fills, dome))


def sun_and_sky(rng: np.random.Generator, ground: Array) -> Light:
    """A clear day: the sun on the walker's left, warm when it is low, blue light from the sky, light sent back by the ground."""
    elevation = np.radians(rng.uniform(22.0, 62.0))
    sun = planckian(3300.0 + 2400.0 * np.sin(elevation))
    sky = planckian(rng.uniform(9000.0, 14000.0))
    to_sun = towards(rng.uniform(0.08, 0.92) * np.pi, elevation)
    strength = 1.75 * rng.uniform(0.85, 1.1)
    above = 0.42 * sky
    below = ground * (above + strength * np.sin(elevation) * sun)
    return balanced(Light(Lamp(to_sun, strength * sun), 0.0093, (), even_dome(above, below)))


def overcast(rng: np.random.Generator, ground: Array) -> Light:
    """A grey sky, three times as bright at the zenith as at the horizon (Moon & Spencer 1942, Illum Eng 37:707): a key so wide that it
    hardly casts a shadow."""
    sky = planckian(rng.uniform(6200.0, 7800.0))
    key = Lamp(towards(rng.uniform(-np.pi, np.pi), np.radians(rng.uniform(65.0, 85.0))), rng.uniform(0.45, 0.65) * sky)
    above = rng.uniform(0.8, 0.95) * sky
    return balanced(Light(key, 0.5, (), even_dome(above, ground * above)))


def _tint(albedo: Array) -> Array:
    """What many bounces off a surface do to light's colour, brightness kept."""
    return albedo / (LUMINANCE @ albedo)


@dataclass(frozen=True)
class Variation:
    """How a place's light differs from what it usually is: ``intensity`` and ``contrast`` are factors on all light and on the key over
    the rest, ``mired`` shifts its colour temperature (10⁶ / K, warmer when positive)."""

    intensity: float
    contrast: float
    mired: float


def varied(light: Light, variation: Variation) -> Light:
    """The light changed by ``variation``; its mean brightness follows the intensity alone."""
    tint = planckian(1e6 / (1e6 / 6500.0 + variation.mired)) / planckian(6500.0)
    before = LUMINANCE @ mean_light(light)
    mixed = _scaled(light, variation.contrast, 1.0)
    gain = variation.intensity * before / (LUMINANCE @ mean_light(mixed)) * tint
    return _scaled(mixed, gain, gain)


def mean_light(light: Light) -> Array:
    """Linear RGB ``(3,)`` that stands for what a surface receives: half of each lamp, and the even part of the dome."""
    return 0.5 * (light.key.colour + sum((fill.colour for fill in light.fills), np.zeros(3))) + light.dome[0]


def balanced(light: Light) -> Light:
    """The light as a camera with automatic white balance records it: most of its mean colour gone, brightness kept (von Kries)."""
    mean = mean_light(light)
    gain = (mean / (LUMINANCE @ mean)) ** -_ADAPTATION
    return _scaled(light, gain, gain)


def _scaled(light: Light, key: Array | float, rest: Array | float) -> Light:
    return replace(
        light,
        key=replace(light.key, colour=light.key.colour * key),
        fills=tuple(replace(fill, colour=fill.colour * rest) for fill in light.fills),
        dome=light.dome * rest,
    )
