"""What a small camera adds to a picture: slight blur, noise, its own white balance and exposure, dimmer corners."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageChops, ImageFilter

Picture = NDArray[np.uint8]

_BLUR = ImageFilter.Kernel((3, 3), [1, 6, 1, 6, 36, 6, 1, 6, 1])
_NOISE_LEVELS, _NOISE_FIELDS = 1.8, 6
_DIMMING = (0.0, 0.08)
_WHITE_BALANCE_SD = 0.012
_CORNER_DARKENING = (0.04, 0.16)
_ZERO = 128


class Sensor:
    """One camera's imperfections, drawn from ``rng`` once; pictures are ``(height, width, 3)`` of the given ``size`` (width, height)."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        self._rng = rng
        width, height = size
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        colour = rng.normal(1.0, _WHITE_BALANCE_SD, 3)
        colour *= (1 - rng.uniform(*_DIMMING)) / colour.max()
        corners = 1 - 0.5 * rng.uniform(*_CORNER_DARKENING) * (x**2 + y**2)
        self._gain = _pillow(255 * corners[..., None] * colour)
        fields = rng.normal(_ZERO, _NOISE_LEVELS, (_NOISE_FIELDS, height, width, 3))
        self._noise = [_pillow(field) for field in fields]

    def expose(self, picture: Picture) -> Picture:
        """The picture as the sensor records it."""
        lit = ImageChops.multiply(Pillow.fromarray(picture).filter(_BLUR), self._gain)
        noise = self._noise[self._rng.integers(_NOISE_FIELDS)]
        shift = (int(self._rng.integers(lit.width)), int(self._rng.integers(lit.height)))
        return np.asarray(ImageChops.add(lit, ImageChops.offset(noise, *shift), 1.0, -_ZERO))


def _pillow(values: NDArray[np.float64]) -> Pillow.Image:
    return Pillow.fromarray(np.clip(np.round(values), 0, 255).astype(np.uint8))
