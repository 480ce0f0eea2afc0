"""Lays the figure and its shadow over the picture of the empty place, in the values that a display takes."""

from functools import cache

import numpy as np
from PIL import Image as Pillow
from PIL import ImageFilter

from engine.core.arrays import Labels
from render.core.display import EXPOSURE, GAMMA, shown
from render.core.frame import Image

BRIGHTEST = 16.0
SHOWN_OVER = (0.042663, 1.139145, -1.421493, 0.72338)
SHOWN_UNDER = (-1.390664, 1.590016, -1.282136, 0.657477)
"""The shaders show light (`render.core.display`) by a ratio of polynomials in ``c^(1/4)``, without constant terms, the lower plus
one: right to 0.15 of 255 up to `BRIGHTEST` (fitted by weighted least squares), and a processor has no exponentials to compute."""
_SMOOTHING = ImageFilter.BoxBlur(1)
"""Averages the scattered looks into the shadow map over neighbouring pixels."""
_FULL = 255


def display_definitions() -> dict[str, float | str]:
    """What the shaders must have defined to show light."""
    over, under = (f"vec4{values}" for values in (SHOWN_OVER, SHOWN_UNDER))
    return {"BRIGHTEST": BRIGHTEST, "SHOWN_OVER": over, "SHOWN_UNDER": under}


def finer_to_one(picture: Image, finer: int) -> Image:
    """The mean over squares of ``finer`` by ``finer`` pixels of ``picture (h, w)`` or ``(h, w, 4)``, each channel by itself."""
    height, width = picture.shape[:2]
    mode = "L" if picture.ndim == 2 else "RGBX"
    plain = Pillow.frombuffer(mode, (width, height), np.ascontiguousarray(picture), "raw", mode, 0, 1)
    return np.asarray(plain.reduce(finer))


def smoothed(share: Image) -> Image:
    """``share (h, w)`` without the grain of its few samples."""
    return np.asarray(Pillow.fromarray(np.ascontiguousarray(share)).filter(_SMOOTHING))


@cache
def dimming() -> Image:
    """``(256, 256)``: how a display value looks (second index) when ``first / 255`` of its light is left."""
    light = -np.log(np.maximum(1.0 - (np.arange(_FULL + 1) / _FULL) ** GAMMA, 1e-6)) / EXPOSURE
    left = np.arange(_FULL + 1)[:, None] / _FULL * light
    return np.round(_FULL * shown(left)).astype(np.uint8)


def dim(picture: Image, share: Image, floor: Image) -> None:
    """Leaves ``share (h, w)`` of its light to ``picture (h, w, 3)``, in place, where ``floor (h, w)`` of a pixel is floor (both of 255)."""
    darker = (share < _FULL) & (floor > 0)
    lines, columns = np.flatnonzero(darker.any(axis=1)), np.flatnonzero(darker.any(axis=0))
    if not len(lines):
        return
    part = slice(lines[0], lines[-1] + 1), slice(columns[0], columns[-1] + 1)
    left = _FULL - ((_FULL - share[part].astype(np.uint16)) * floor[part] + 127) // _FULL
    picture[part] = dimming()[left[..., None], picture[part]]


def lay_over(picture: Image, drawn: Image) -> None:
    """Puts ``drawn (h, w, 4)``, colours times coverage and coverage, over ``picture (h, w, 3)``, in place."""
    uncovered = (_FULL - drawn[..., 3:]).astype(np.uint16)
    picture[:] = drawn[..., :3] + ((picture * uncovered + 127) // _FULL).astype(np.uint8)


def over_backdrop(drawn: Labels, covered: Image, backdrop: Image) -> Image:
    """``drawn (h, w, 3)``, times coverage, over ``backdrop``; ``covered (h, w)`` of 255."""
    picture = backdrop.copy()
    lay_over(picture, np.dstack([drawn, covered]))
    return picture
