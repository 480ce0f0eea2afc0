"""Exposure, white balance and contrast, in light: display values are turned back into light, changed, and shown again."""

import numpy as np

from engine.core.arrays import Array
from render.core.colour import LUMINANCE
from render.core.display import light_of, shown

_NEUTRAL_K = 6504.0
_MIDDLE = 0.45
"""Light that contrast leaves as it is: shown as two thirds of white."""
_RGB_FROM_XYZ = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
"""IEC 61966-2-1 (sRGB)."""


def planck_rgb(temperature_k: float) -> Array:
    """Linear sRGB ``(3,)`` of a black body between 4000 and 25000 K, of unit luminance (Kang et al. 2002, J Korean Phys Soc 41:865)."""
    t = 1e3 / temperature_k
    x = -3.0258469 * t**3 + 2.1070379 * t**2 + 0.2226347 * t + 0.240390
    y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return _RGB_FROM_XYZ @ np.array([x / y, 1.0, (1 - x - y) / y])


def white_balance(temperature_k: float, tint: float) -> Array:
    """By how much each channel ``(3,)`` of light grows when white comes out in that colour; luminance of white stays."""
    gains = planck_rgb(temperature_k) / planck_rgb(_NEUTRAL_K) * [1.0, 1.0 + tint, 1.0]
    return gains / (gains @ LUMINANCE)


def contrasted(amount: Array, contrast: float) -> Array:
    """Light as a camera's picture style renders it: its logarithm is spread about the middle by ``contrast`` (1: the scene's own)."""
    return _MIDDLE * (amount / _MIDDLE) ** contrast


def tone_table(exposure_ev: float, gains: Array, contrast: float = 1.0) -> list[int]:
    """New values of the 256 old ones, red first, then green and blue: 768 numbers."""
    values = (np.arange(256) + 0.5) / 256
    new = shown(contrasted(light_of(values) * 2.0**exposure_ev * gains[:, None], contrast))
    return np.clip(np.floor(256 * new), 0, 255).astype(int).ravel().tolist()
