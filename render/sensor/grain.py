"""Noise of a sensor: of the light itself and of reading it, as the camera's processing leaves it.

A pixel that gathers n electrons is off by ``sqrt(n + r²)`` of them, r the read noise (EMVA Standard 1288). Shown through a curve, that is
larger in the shadows and next to nothing in white. Processing smooths colour more than brightness, so that colour noise comes in blotches;
their share and size are an assumption.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from engine.core.arrays import Array, Labels, Single
from render.core.display import light_of, shown
from render.sensor.tone import contrasted

_SPARE = 64
_MOST_LEVELS = 15.0
_UNIT, _SIXTEENTH = 32, 16
_BRIGHTNESS_SHARE, _FINE_PX, _BLOTCH_PX = 0.85, 0.45, 1.3


def noise_levels(iso: float, full_well: float, read_noise: float, contrast: float = 1.0) -> NDArray[np.float64]:
    """Standard deviation of the noise, in display levels, at each of the 256 levels."""
    values = (np.arange(256) + 0.5) / 256
    white = full_well * 100 / iso
    amount = contrasted(light_of(values), 1 / contrast)
    deviation = np.sqrt(amount * white + read_noise**2) / white
    step = 1e-4
    slope = (shown(contrasted(amount + step, contrast)) - values) / step
    return np.minimum(256 * deviation * slope, _MOST_LEVELS)


class Grain:
    """A field of noise made once; every picture takes it from another corner, mirrored another way."""

    def __init__(self, size: tuple[int, int], levels: Array, rng: np.random.Generator) -> None:
        self._table = np.round(_SIXTEENTH * levels).astype(np.uint8).tobytes()
        self._size = size
        field = _field(size, rng)
        self._fields = [np.ascontiguousarray(side) for side in (field, field[::-1])]

    def add(self, picture: Labels, rng: np.random.Generator) -> Labels:
        """The picture ``(height, width, 3)`` with the noise of its brightness."""
        width, height = self._size
        upside, mirrored = rng.integers(2, size=2)
        left, top = rng.integers(_SPARE, size=2)
        field = self._fields[upside][top : top + height, left : left + width]
        levels = np.frombuffer(picture.tobytes().translate(self._table), np.uint8).reshape(picture.shape)
        noise = np.multiply(levels, field[:, ::-1] if mirrored else field, dtype=np.int16)
        noise += _UNIT * _SIXTEENTH // 2
        noise >>= 9
        noise += picture
        return np.clip(noise, 0, 255, out=noise).astype(np.uint8)


def _field(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.int8]:
    """Noise of unit deviation in 32nds, ``(height, width, 3)`` and some to spare."""
    shape = (size[1] + _SPARE, size[0] + _SPARE)
    fine = _unit(gaussian_filter(rng.standard_normal(shape, np.float32), _FINE_PX))[..., None]
    blotches = _unit(gaussian_filter(rng.standard_normal((*shape, 3), np.float32), (_BLOTCH_PX, _BLOTCH_PX, 0)))
    mixed = _BRIGHTNESS_SHARE * fine + np.sqrt(1 - _BRIGHTNESS_SHARE**2) * blotches
    return np.clip(np.round(_UNIT * mixed), -127, 127).astype(np.int8)


def _unit(field: Single) -> Single:
    return field / field.std()
