"""How light is shown: the curve from an amount of light to the value that a display takes, the same in shaders, sensors and backdrops."""

from typing import TypeVar

import numpy as np

from engine.core.arrays import Array, Single

Light = TypeVar("Light", Array, Single)
"""In either precision."""

EXPOSURE, GAMMA = 1.15, 2.2
"""A soft shoulder, then display gamma: light ``c`` is shown as ``(1 - exp(-EXPOSURE c))^(1 / GAMMA)``."""


def shown(light: Light) -> Light:
    """Display value in [0, 1) of an amount of light."""
    return (1 - np.exp(-EXPOSURE * light)) ** (1 / GAMMA)  # pyright: ignore[reportReturnType] its stub forgets the precision


def light_of(values: Light) -> Light:
    """Light that is shown as ``values`` in [0, 1)."""
    return -np.log1p(-(values**GAMMA)) / EXPOSURE  # pyright: ignore[reportReturnType] likewise
