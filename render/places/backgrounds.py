"""Photographs of real places behind the walker."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from scipy.ndimage import map_coordinates

from engine.core.arrays import Array, Single
from engine.core.errors import DataError
from engine.core.frozen import frozen
from render.camera.camera import UP, Camera, View, look_rotation
from render.core.frame import Image
from render.core.light import Lamp, Light, even_dome

_EDGE_PIXELS = 1.5
_PHOTO_BRIGHTNESS, _KEY_SHARE, _KEY_SOFTNESS = 0.55, 1.6, 0.2
"""Brightness of the light that goes with a photograph, its key over its dome, and how wide the key is; assumed."""
_TO_KEY = np.array([0.42, 1.0, 0.25]) / np.linalg.norm([0.42, 1.0, 0.25])


class Backdrop(Protocol):
    """What lies behind everything that is drawn."""

    def picture(self, camera: Camera) -> Image:
        """What ``camera`` sees of it: display values ``(height, width, 3)``."""
        ...


@frozen
class Photograph:
    """A photograph ``pixels (h, w, 3)`` taken by an upright camera with ``focal`` px that looked down by ``pitch`` rad; its middle lies at
    ``heading`` rad from z towards x, or where each camera looks (``None``). It is far away: cameras that move see it stand."""

    name: str
    pixels: Image
    focal: float
    pitch: float
    heading: float | None = None

    def facing(self, camera: Camera) -> "Photograph":
        """The photograph nailed to the direction in which ``camera`` looks, for a camera that turns later."""
        return replace(self, heading=_heading(camera))

    def view(self, view: View, size: tuple[int, int]) -> View:
        """The view that comes nearest to ``view`` and sees nothing but the photograph in a picture of ``size`` (width, height)."""
        height, width = self.pixels.shape[:2]
        widest = min(width, height * size[0] / size[1]) / (2 * self.focal)
        return replace(view, elevation=self.pitch, field_of_view=min(view.field_of_view, 2 * float(np.arctan(widest))))

    def picture(self, camera: Camera) -> Image:
        """What ``camera`` sees: display values ``(height, width, 3)``.

        Raises:
            DataError: the camera looks past the photograph's edges.
        """
        heading = _heading(camera) if self.heading is None else self.heading
        level = np.array([np.sin(heading), 0.0, np.cos(heading)])
        rotation = look_rotation(np.cos(self.pitch) * level - np.sin(self.pitch) * UP)
        seen = camera.rays(pixel_grid(camera)) @ rotation.T
        height, width = self.pixels.shape[:2]
        depth = np.maximum(seen[..., 2:], 1e-6)
        at = self.focal * seen[..., :2] / depth + 0.5 * np.array([width - 1, height - 1])
        outside = (seen[..., 2] <= 0) | ((at < -_EDGE_PIXELS) | (at > np.array([width, height]) + 0.5)).any(axis=-1)
        if outside.any():
            raise DataError(
                f"photograph {self.name}: camera {camera.name} looks past its edges ({outside.mean():.0%} of the picture); "
                f"it fits cameras that look down by {np.degrees(self.pitch):.1f}° within its {self._degrees():.0f}° of width"
            )
        shrink = min(1.0, float(camera.intrinsics[0, 0]) / self.focal)
        source = self.pixels
        if shrink < 1:
            small = (max(1, round(width * shrink)), max(1, round(height * shrink)))
            source = np.asarray(Pillow.fromarray(self.pixels).resize(small, Pillow.Resampling.BOX))
            at = (at + 0.5) * np.array(small) / np.array([width, height]) - 0.5
        return np.round(sample(source.astype(np.float32), at)).astype(np.uint8)

    def light(self) -> Light:
        """A light of the photograph's colours: what its upper and lower half show, as a dome, and a soft key from above."""
        linear = (self.pixels / 255.0) ** 2.2
        half = len(linear) // 2
        above, below = (part.mean(axis=(0, 1)) for part in (linear[:half], linear[half:]))
        scale = _PHOTO_BRIGHTNESS / max(float((0.5 * (above + below)).mean()), 1e-3)
        dome = even_dome(scale * above, scale * below)
        return Light(Lamp(_TO_KEY, _KEY_SHARE * dome[0]), _KEY_SOFTNESS, (), dome)

    def _degrees(self) -> float:
        return float(np.degrees(2 * np.arctan(0.5 * self.pixels.shape[1] / self.focal)))


def read_photograph(path: Path, field_of_view: float, horizon: float) -> Photograph:
    """A JPEG or PNG. ``field_of_view`` rad of its width; ``horizon``: height of the horizon as a share of the photograph's, from the top.

    Raises:
        DataError: the file cannot be read as a picture.
    """
    try:
        with Pillow.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB"))
    except (OSError, UnidentifiedImageError) as error:
        raise DataError(f"{path}: cannot be read as a photograph, JPEG or PNG ({error})") from error
    height, width = pixels.shape[:2]
    focal = 0.5 * width / np.tan(0.5 * field_of_view)
    pitch = float(np.arctan((0.5 - horizon) * height / focal))
    return Photograph(path.name, pixels, float(focal), pitch)


def pixel_grid(camera: Camera) -> Array:
    """Middles ``(height, width, 2)`` of the camera's pixels."""
    width, height = camera.size
    x, y = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
    return np.stack([x, y], axis=-1)


def sample(picture: Single, at: Array, mode: str = "nearest") -> Single:
    """``picture (h, w, c)`` at places ``at (…, 2)`` (column, line), bilinear."""
    where = [at[..., 1], at[..., 0]]
    channels = [map_coordinates(picture[..., k], where, order=1, mode=mode) for k in range(picture.shape[-1])]
    return np.stack(channels, axis=-1, dtype=np.float32)


def _heading(camera: Camera) -> float:
    forward = camera.rotation[2]
    return float(np.arctan2(forward[0], forward[2]))
