"""What a small camera adds to a picture: slight blur, noise that grows with light, its own white balance and exposure, dimmer corners."""

import numpy as np
from numpy.typing import NDArray

from engine.cycle import Array

Image = NDArray[np.uint8]

_BLUR = (1, 6, 1)
_NOISE_LEVELS = 1.6
_NOISE_FIELDS = 6
_EXPOSURE_SD, _WHITE_BALANCE_SD = 0.04, 0.015
_CORNER_DARKENING = (0.04, 0.16)


class Sensor:
    """One camera's imperfections, drawn from ``rng`` once; pictures are ``(height, width, 3)`` of the given ``size`` (width, height)."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        self._rng = rng
        width, height = size
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        dim = rng.uniform(*_CORNER_DARKENING)
        colour = rng.normal(1.0, _EXPOSURE_SD) * rng.normal(1.0, _WHITE_BALANCE_SD, 3)
        gain = (1 - 0.5 * dim * (x**2 + y**2))[..., None] * colour
        self._gain = np.round(gain * 256).astype(np.uint16)
        fields = rng.normal(0.0, _NOISE_LEVELS, (_NOISE_FIELDS, height, width, 3))
        self._noise = np.round(fields).astype(np.int16)

    def expose(self, picture: Image) -> Image:
        """The picture as the sensor records it."""
        soft = _blur(_blur(picture.astype(np.uint16), 0), 1)
        lit = (soft.astype(np.uint32) * self._gain) >> 8
        field = self._noise[self._rng.integers(_NOISE_FIELDS)]
        shift = tuple(int(k) for k in self._rng.integers(0, lit.shape[:2]))
        grain = np.roll(field, shift, axis=(0, 1))
        return np.clip(lit.astype(np.int16) + grain, 0, 255).astype(np.uint8)


def _blur(values: NDArray[np.uint16], axis: int) -> Array:
    """Three taps along ``axis``; the outermost lines stay."""
    out = np.moveaxis(values, axis, 0).copy()
    lines = np.moveaxis(values, axis, 0)
    out[1:-1] = (_BLUR[0] * lines[:-2] + _BLUR[1] * lines[1:-1] + _BLUR[2] * lines[2:] + 4) >> 3
    return np.moveaxis(out, 0, axis)
