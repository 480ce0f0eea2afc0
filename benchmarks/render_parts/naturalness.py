"""What a picture's statistics are, apart from what it shows: 43 numbers."""

import numpy as np
from PIL import Image as Pillow
from scipy.ndimage import gaussian_filter
from scipy.special import gamma

from engine.core.arrays import Array
from render.core.frame import Image

WHOLE_PX, PERSON_PX = (256, 128), (128, 64)
"""Heights to which whole pictures, and squares around the person, are brought, so that the camera's number of pixels tells nothing."""
_SHAPES = np.arange(0.2, 10.0, 0.001)
_RATIOS = gamma(2 / _SHAPES) ** 2 / (gamma(1 / _SHAPES) * gamma(3 / _SHAPES))
_OPPONENT = np.array([[1, 1, 1], [1, 1, -2], [1, -1, 0]]) / np.sqrt([[3], [6], [2]])
"""Logarithms of colour to brightness, blue-yellow, red-green (Ruderman, Cronin & Chiao 1998, J Opt Soc Am A 15:2036)."""


def picture_statistics(image: Image, heights: tuple[int, int] = WHOLE_PX) -> Array:
    """``(43,)``: at two sizes, 18 numbers each of locally normalised brightness (BRISQUE: Mittal, Moorthy & Bovik 2012, IEEE Trans Image
    Process 21:4695); mean and spread of three opponent colours; slope of the power spectrum."""
    sizes = [_reduced(image, height) for height in heights]
    local = [_local_statistics(size.mean(axis=2)) for size in sizes]
    colours = np.log(sizes[0] + 1.0) @ _OPPONENT.T
    spread = np.concatenate([colours.mean(axis=(0, 1)), colours.std(axis=(0, 1))])
    return np.concatenate([*local, spread, [_spectral_slope(sizes[0].mean(axis=2))]])


def _reduced(image: Image, height: int) -> Array:
    width = max(round(image.shape[1] * height / image.shape[0]), 1)
    return np.asarray(
        Pillow.fromarray(np.ascontiguousarray(image)).resize((width, height), Pillow.Resampling.BOX), float
    )


def _local_statistics(grey: Array) -> Array:
    mean = gaussian_filter(grey, 7 / 6)
    deviation = np.sqrt(np.maximum(gaussian_filter(grey**2, 7 / 6) - mean**2, 0.0))
    normal = (grey - mean) / (deviation + 1.0)
    steps = ((0, 1), (1, 0), (1, 1), (1, -1))
    products = [normal * np.roll(normal, step, axis=(0, 1)) for step in steps]
    return np.concatenate([[_shape(normal), normal.var()], *[_lopsided(product) for product in products]])


def _shape(values: Array) -> float:
    """Shape of a generalised normal distribution by moments (2: normal; less: heavier tails)."""
    return float(_SHAPES[np.abs(_RATIOS - np.abs(values).mean() ** 2 / max((values**2).mean(), 1e-12)).argmin()])


def _lopsided(values: Array) -> Array:
    """Shape, mean, left and right variance of an asymmetric generalised normal distribution ``(4,)`` (Mittal 2012, eq. 10 to 15)."""
    left, right = (np.sqrt((values[side] ** 2).mean()) if side.any() else 0.0 for side in (values < 0, values > 0))
    skew = max(left, 1e-6) / max(right, 1e-6)
    ratio = np.abs(values).mean() ** 2 / max((values**2).mean(), 1e-12)
    ratio *= (skew**3 + 1) * (skew + 1) / (skew**2 + 1) ** 2
    shape = _SHAPES[np.abs(_RATIOS - ratio).argmin()]
    scale = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    return np.array([shape, (right - left) * scale * gamma(2 / shape) / gamma(1 / shape), left**2, right**2])


def _spectral_slope(grey: Array) -> float:
    """How steeply power falls with frequency, between 0.03 and 0.35 cycles a pixel, in double logarithms."""
    window = np.outer(np.hanning(grey.shape[0]), np.hanning(grey.shape[1]))
    power = np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2
    frequency = np.hypot(*np.meshgrid(*(np.fft.fftfreq(side) for side in grey.shape), indexing="ij"))
    inside = (frequency > 0.03) & (frequency < 0.35)
    return float(np.polyfit(np.log(frequency[inside]), np.log(power[inside] + 1e-9), 1)[0])
