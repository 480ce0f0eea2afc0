"""Colours that people write, and what they are in linear light."""

from typing import Annotated

import numpy as np
from pydantic import Field, StringConstraints

from engine.core.arrays import Array

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
"""sRGB in hex."""
Palette = Annotated[tuple[Colour, ...], Field(min_length=1)]
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Of linear RGB (IEC 61966-2-1)."""


def linear_rgb(colour: str) -> Array:
    """Linear RGB ``(3,)`` of an sRGB hex colour (IEC 61966-2-1)."""
    value = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
