"""Sharpness, dark corners and coloured fringes of a lens, on whole numbers."""

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Labels

Values = NDArray[np.int16]

KERNEL_REACH = 2
"""Pixels on each side that the kernel sees."""
_UNIT = 64
_SHARPENING_RADIUS_PX = 0.9
_FULL = 256


def edge_kernel(softness_px: float, sharpening: float) -> tuple[int, int, int]:
    """Weights in 64ths at distance 0, 1 and 2 of a Gaussian blur and an unsharp mask after it, along one axis."""
    distance = np.arange(-4, 5)
    soft, wide = (np.exp(-0.5 * (distance / max(width, 1e-3)) ** 2) for width in (softness_px, _SHARPENING_RADIUS_PX))
    soft, wide = soft / soft.sum(), wide / wide.sum()
    kernel = (1 + sharpening) * soft - sharpening * np.convolve(soft, wide, mode="same")
    side, far = (round(_UNIT * float(kernel[4 + k] / kernel[2:7].sum())) for k in (1, 2))
    return _UNIT - 2 * (side + far), side, far


def filter_edges(picture: Values, kernel: tuple[int, int, int]) -> Values:
    """The picture ``(height, width, 3)``, in [0, 255], under the kernel along both axes; beyond its border it goes on as it ends."""
    for axis in (0, 1):
        values = np.moveaxis(picture, axis, 0)
        total = values * np.int16(kernel[0])
        for step in (1, 2):
            weight = np.int16(kernel[step])
            if weight:
                total[step:-step] += (values[: -2 * step] + values[2 * step :]) * weight
                total[:step] += (values[:1] + values[step : 2 * step]) * weight
                total[-step:] += (values[-1:] + values[-2 * step : -step]) * weight
        total += _UNIT // 2
        total >>= 6
        picture = np.moveaxis(np.clip(total, 0, 255, out=total), 0, axis)
    return picture


def corner_shade(size: tuple[int, int], vignetting: float, gamma: float) -> NDArray[np.uint16]:
    """In 256ths of a display value, what is left of it: ``(height, width, 3)``. Light falls with the fourth power of the cosine of an angle
    that loses the share ``vignetting`` in the corner."""
    width, height = size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    reach2 = (x**2 * width**2 + y**2 * height**2) / (width**2 + height**2)
    tangent2 = (1 - vignetting) ** -0.5 - 1
    left = (1 + tangent2 * reach2) ** (-2 / gamma)
    return np.round(_FULL * left).astype(np.uint16)[..., None].repeat(3, axis=2)


def shade(picture: Values, left: NDArray[np.uint16]) -> Labels:
    """The picture, in [0, 255], darkened towards the corners."""
    return ((picture.view(np.uint16) * left) >> 8).astype(np.uint8)


def fringe_offsets(size: tuple[int, int], fringe: float) -> tuple[Values, Values]:
    """By how many pixels red lies further out than green, in 256ths, along each column ``(width,)`` and line ``(height,)``: at most half
    a pixel; nothing if it is less than an eighth everywhere, which nobody sees."""
    offsets = [_FULL * 0.5 * fringe * (np.arange(n) - 0.5 * (n - 1)) for n in size]
    seen = max(np.abs(offset).max() for offset in offsets) >= _FULL / 8
    return tuple(np.clip(np.round(offset * seen), -127, 127).astype(np.int16) for offset in offsets)


def add_fringes(picture: Values, across: Values, down: Values) -> Values:
    """Red drawn slightly larger and blue slightly smaller than green: a first-order shift, right for less than a pixel."""
    fringed = picture.copy()
    for channel, way in ((0, -1), (2, 1)):
        plane = np.ascontiguousarray(picture[..., channel])
        sideways = (plane[1:-1, 2:] - plane[1:-1, :-2]) >> 1
        upright = (plane[2:, 1:-1] - plane[:-2, 1:-1]) >> 1
        shift = (sideways * across[1:-1] + upright * down[1:-1, None]) >> 8
        fringed[1:-1, 1:-1, channel] = plane[1:-1, 1:-1] + way * shift
    return fringed
