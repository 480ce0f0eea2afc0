"""A panorama of a real place with its true brightness: what lies behind the walker, and the light that falls on them."""

from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.ndimage import label, uniform_filter1d

from engine.core.arrays import Array, Single
from engine.core.errors import DataError
from engine.core.frozen import frozen
from render.camera.camera import Camera
from render.core.colour import LUMINANCE
from render.core.display import shown
from render.core.frame import Image
from render.core.light import Lamp, Light, harmonics
from render.core.radiance_file import read_radiance
from render.places.backgrounds import pixel_grid, sample

_CONSTANTS = np.array([0.282095, *[0.488603] * 3, 1.092548, 1.092548, 0.315392, 1.092548, 0.546274])
"""Of the real spherical harmonics in the order of `render.core.light.harmonics`."""
_BANDS = np.array([np.pi, *[2 * np.pi / 3] * 3, *[np.pi / 4] * 5])
"""What a matt surface makes of each band (Ramamoorthi & Hanrahan 2001, SIGGRAPH, 497)."""
_LIGHT_PIXELS = 128
"""Lines of the smaller panorama that light is measured in."""
_PEAK_SHARE, _OVER_MEAN = 0.1, 4.0
"""The key light is the region around the brightest spot with more than this share of its luminance and this many times the mean."""
_WIDE_SHARE = 0.016
"""Share of the sphere that the key light has where nothing stands out: half a radian across."""
_BRIGHTNESS = 1.15
"""Irradiance over π, luminance, that an upward surface and the mean direction are scaled to."""


@frozen
class Panorama:
    """Equirectangular radiance ``radiance (h, 2h, 3)``, linear RGB; its middle lies at ``turn`` rad from z towards x."""

    name: str
    radiance: Single
    turn: float = 0.0

    def picture(self, camera: Camera) -> Image:
        """What ``camera`` sees: display values ``(height, width, 3)``."""
        height, width = self.radiance.shape[:2]
        rays = camera.rays(pixel_grid(camera))
        rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
        column = (0.5 - (np.arctan2(rays[..., 0], rays[..., 2]) - self.turn) / (2 * np.pi)) % 1.0
        line = 0.5 - np.arcsin(np.clip(rays[..., 1], -1, 1)) / np.pi
        around = np.concatenate([self.radiance[:, -1:], self.radiance, self.radiance[:, :1]], axis=1)
        at = np.stack([column * width + 0.5, line * height - 0.5], axis=-1)
        linear = self._gain * sample(around, at)
        return np.round(255 * shown(linear)).astype(np.uint8)

    @cached_property
    def light(self) -> Light:
        """Its brightest region as the key light, all else as a dome; irradiance over π, scaled to the brightness of other places."""
        key, softness, dome = _separate(_smaller(self.radiance), self.turn)
        return Light(Lamp(key.to_light, self._gain * key.colour), softness, (), self._gain * dome)

    @cached_property
    def _gain(self) -> float:
        key, _, dome = _separate(_smaller(self.radiance), self.turn)
        up = dome[0] + dome[1] - dome[6] - dome[8] + key.colour * max(key.to_light[1], 0.0)
        return _BRIGHTNESS / max(float(LUMINANCE @ (0.5 * (up + dome[0]))), 1e-6)


def read_panorama(path: Path, turn: float = 0.0) -> Panorama:
    """A Radiance picture (.hdr), twice as wide as high.

    Raises:
        DataError: the file cannot be read, or is not twice as wide as high.
    """
    if path.suffix.lower() != ".hdr":
        raise DataError(f"{path}: panoramas are read from Radiance pictures, .hdr; convert it")
    radiance = read_radiance(path)
    height, width = radiance.shape[:2]
    if width != 2 * height:
        raise DataError(
            f"{path}: a panorama of the whole sphere is twice as wide as high, this one is {width} x {height}"
        )
    return Panorama(path.name, radiance, turn)


def directions(height: int, turn: float) -> tuple[Array, Array]:
    """Unit vectors ``(h, 2h, 3)`` and solid angles ``(h, 2h)`` of an equirectangular picture's pixels."""
    elevation = np.pi * (0.5 - (np.arange(height) + 0.5) / height)
    azimuth = turn + 2 * np.pi * (0.5 - (np.arange(2 * height) + 0.5) / (2 * height))
    level = np.cos(elevation)[:, None]
    up = np.broadcast_to(np.sin(elevation)[:, None], (height, 2 * height))
    solid = 2 * np.pi**2 / (2 * height**2) * np.broadcast_to(level, up.shape)
    return np.stack([level * np.sin(azimuth), up, level * np.cos(azimuth)], axis=-1), solid


def irradiance_dome(radiance: Array, turn: float = 0.0) -> Array:
    """Dome ``(9, 3)`` of a panorama ``(h, 2h, 3)``: irradiance over π as spherical harmonics."""
    to, solid = directions(len(radiance), turn)
    basis = harmonics(to.reshape(-1, 3)) * (_CONSTANTS**2 * _BANDS / np.pi)
    return basis.T @ (radiance * solid[..., None]).reshape(-1, 3)


def _separate(radiance: Array, turn: float) -> tuple[Lamp, float, Array]:
    """Key light, its width over its distance (that of an even disc as uneven as what shines), and the dome of the rest."""
    to, solid = directions(len(radiance), turn)
    luminance: Array = uniform_filter1d(radiance @ LUMINANCE, 3, axis=0, mode="nearest")
    luminance = uniform_filter1d(luminance, 3, axis=1, mode="wrap")
    level = max(_PEAK_SHARE * luminance.max(), _OVER_MEAN * float((luminance * solid).sum()) / (4 * np.pi))
    middle = np.unravel_index(np.argmax(luminance), luminance.shape)
    shift = luminance.shape[1] // 2 - int(middle[1])
    regions = np.empty(luminance.shape, np.int32)
    label(np.roll(luminance > level, shift, axis=1), output=regions)
    regions = np.roll(regions, -shift, axis=1)
    bright = (regions == regions[middle]) & (regions[middle] > 0)
    weight = np.where(bright, 0.0, solid)[..., None]
    elsewhere = (radiance * weight).sum(axis=(0, 1)) / weight.sum()
    rest = np.where(bright[..., None], np.minimum(radiance, elsewhere), radiance)
    excess = (radiance - rest) * solid[..., None]
    colour = excess.sum(axis=(0, 1)) / np.pi
    towards = to[middle] if not bright.any() else np.einsum("hwc,hwa->a", excess, to)
    bright_light = (radiance - rest) @ LUMINANCE
    power = float((bright_light**2 * solid).sum())
    spread = float((bright_light * solid).sum()) ** 2 / power if power > 0 else 4 * np.pi * _WIDE_SHARE
    softness = 2 * np.sqrt(spread / np.pi)
    unit = towards / max(float(np.linalg.norm(towards)), 1e-9)
    return Lamp(unit if unit.any() else to[middle], colour), softness, irradiance_dome(rest, turn)


def _smaller(radiance: Single) -> Array:
    """At most `_LIGHT_PIXELS` lines, each pixel the mean of several."""
    step = max(1, len(radiance) // _LIGHT_PIXELS)
    lines = len(radiance) // step
    cut = radiance[: lines * step, : 2 * lines * step].astype(float)
    return cut.reshape(lines, step, 2 * lines, step, 3).mean(axis=(1, 3))
