"""Traits of a picture that can be named, to see in what ours differ from real ones."""

import numpy as np
from PIL import Image as Pillow
from scipy.ndimage import gaussian_filter, uniform_filter

from engine.core.arrays import Array
from render.core.colour import LUMINANCE
from render.core.frame import Image

TRAITS = (
    "brightness",
    "contrast",
    "darkest 1 %",
    "brightest 1 %",
    "clipped white",
    "colourfulness",
    "saturation",
    "warmth",
    "flat area",
    "noise",
    "fine detail",
    "edges",
)
_PX = 256
_BLOCK_PX, _FLAT = 7, 0.012


def picture_traits(image: Image) -> Array:
    """``(12,)`` of `TRAITS`, at a height of 256 pixels, display values from 0 to 1.

    Spread of brightness; percentiles; share of pixels above 0.98; colourfulness of Hasler & Süsstrunk (2003, Proc SPIE 5007:87) and mean
    chroma over the largest channel; mean log₂ of red over blue; share of 7 px neighbourhoods whose deviation is below 0.012; mean
    deviation after a high-pass in the flattest quarter (noise, or compression's lack of it); logarithm of 10 of the energy above 0.25 over
    that of 0.03 to 0.25 cycles a pixel (sharpness); mean gradient.
    """
    width = max(round(image.shape[1] * _PX / image.shape[0]), 1)
    picture = (
        np.asarray(Pillow.fromarray(np.ascontiguousarray(image)).resize((width, _PX), Pillow.Resampling.BOX), float)
        / 255
    )
    grey = picture @ LUMINANCE
    deviation = np.sqrt(np.maximum(uniform_filter(grey**2, _BLOCK_PX) - uniform_filter(grey, _BLOCK_PX) ** 2, 0.0))
    high = grey - gaussian_filter(grey, 1.0)
    flat = deviation <= np.quantile(deviation, 0.25)
    largest = picture.max(axis=2)
    across, down = np.gradient(grey)
    return np.array(
        [
            grey.mean(),
            grey.std(),
            *np.quantile(grey, [0.01, 0.99]),
            (grey > 0.98).mean(),
            _colourfulness(picture),
            ((largest - picture.min(axis=2)) / np.maximum(largest, 0.02)).mean(),
            np.log2((picture[..., 0].mean() + 0.01) / (picture[..., 2].mean() + 0.01)),
            (deviation < _FLAT).mean(),
            np.sqrt(uniform_filter(high**2, _BLOCK_PX)[flat].clip(0)).mean(),
            _fine_share(grey),
            np.hypot(across, down).mean(),
        ]
    )


def _colourfulness(picture: Array) -> float:
    red_green = picture[..., 0] - picture[..., 1]
    yellow_blue = 0.5 * (picture[..., 0] + picture[..., 1]) - picture[..., 2]
    return float(np.hypot(red_green.std(), yellow_blue.std()) + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def _fine_share(grey: Array) -> float:
    window = np.outer(np.hanning(grey.shape[0]), np.hanning(grey.shape[1]))
    power = np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2
    frequency = np.hypot(*np.meshgrid(*(np.fft.fftfreq(side) for side in grey.shape), indexing="ij"))
    return float(np.log10(power[frequency > 0.25].sum() / power[(frequency > 0.03) & (frequency <= 0.25)].sum()))
