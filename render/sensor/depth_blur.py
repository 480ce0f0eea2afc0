"""Blur of what is out of focus, by the thin lens.

A point at depth d, focused at s, is spread over a disc of diameter ``f D |1/s − 1/d|`` pixels, with f the focal length in pixels and D the
aperture in metres (Potmesil & Chakravarty 1981, SIGGRAPH, for s much longer than the focal length). D is real focal length over f-number:
2 to 5 mm in phones, hence next to no blur there.
"""

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Single

_DISC_TO_DEVIATION = 0.25
"""Standard deviation along one axis of a disc of unit diameter."""
_LEVEL_DEVIATION = (0.71, 1.58, 3.24)
"""Deviations in pixels after one, two and three passes of the kernel 1 2 1 whose taps lie 1, 2 and 4 pixels apart."""
REACH_PX = 7
"""How far those passes look in all."""
_LEAST_DISC_PX = 0.7
_STEPS = 16


def blur_disc(depth: Single, focus_m: float, focal_px: float, aperture_m: float) -> Single:
    """Diameter in pixels of the disc over which each pixel of ``depth`` (m; 0: infinitely far) is spread."""
    nearness = np.divide(1.0, depth, out=np.zeros(depth.shape, np.float32), where=depth > 0, casting="same_kind")
    return np.abs(nearness - np.float32(1 / focus_m)) * np.float32(focal_px * aperture_m)


def matters(focus_m: float, focal_px: float, aperture_m: float) -> bool:
    """Whether even the horizon is out of focus enough to see it."""
    return focal_px * aperture_m / focus_m > _LEAST_DISC_PX


def blur_depth(picture: NDArray[np.int16], disc: Single) -> NDArray[np.int16]:
    """The picture ``(height, width, 3)`` with each pixel spread over its ``disc (height, width)``.

    Three pictures of growing blur, mixed by the disc. What is sharp gives nothing to its blurred surroundings (an edge-stopping
    à-trous pass, Dammertz et al. 2010, HPG), so that nobody in focus wears a halo.
    """
    deviation = _DISC_TO_DEVIATION * disc
    gives = np.clip(disc * _STEPS, 0, _STEPS).astype(np.int16)[..., None].repeat(3, axis=2)
    result, blurred, previous = picture, picture, 0.0
    for level, reached in enumerate(_LEVEL_DEVIATION):
        if deviation.max() <= previous:
            break
        for axis in (0, 1):
            blurred = _pass(blurred, gives, 2**level, axis)
        share = (
            np.clip((deviation - previous) / (reached - previous) * _STEPS, 0, _STEPS)
            .astype(np.int16)[..., None]
            .repeat(3, axis=2)
        )
        result = result + ((blurred - result) * share + _STEPS // 2) // _STEPS
        previous = reached
    return result


def _pass(picture: NDArray[np.int16], gives: NDArray[np.int16], step: int, axis: int) -> NDArray[np.int16]:
    """Kernel 1 2 1, its taps ``step`` pixels apart; a tap counts as much as it gives."""
    values, weights = np.moveaxis(picture, axis, 0), np.moveaxis(gives, axis, 0)
    change = np.zeros_like(values)
    ahead, behind = slice(step, None), slice(None, -step)
    rise = values[ahead] - values[behind]
    change[behind] += rise * weights[ahead]
    change[ahead] -= rise * weights[behind]
    return np.moveaxis(values + (change + 2 * _STEPS) // (4 * _STEPS), 0, axis)
