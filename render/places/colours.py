"""Colours of things in a place, drawn about what they usually are."""

from collections.abc import Sequence

import numpy as np

from engine.core.arrays import Array
from render.core.colour import linear_rgb

_SPREAD = 0.12


def pick(rng: np.random.Generator, colours: Sequence[str], spread: float = _SPREAD) -> Array:
    """One of the sRGB ``colours``, a little lighter or darker: linear RGB ``(3,)``, at most 0.9."""
    chosen = linear_rgb(str(rng.choice(list(colours))))
    return np.clip(chosen * np.exp(rng.normal(0.0, spread)) * np.exp(rng.normal(0.0, 0.25 * spread, 3)), 0.004, 0.9)


WALLS = ("#dcdbd2", "#e4e1d6", "#d3d9d8", "#e6ded0", "#ccd5cf", "#d9d4cb", "#e9e7e2")
CEILINGS = ("#fbfbf8", "#f3f1ea", "#eceeed")
WOODS = ("#b5936b", "#8a6a4a", "#c7a77c", "#6e4c33", "#a97f54", "#d3b68d")
METALS = ("#9aa0a4", "#b9bdc0", "#7d8286", "#c9ccce")
FABRICS = ("#2f5673", "#5c6b52", "#7a3f3a", "#8c8579", "#b7a78c", "#3c4048", "#9b8f9f", "#4e7377", "#b07a4a")
PAPERS = ("#e9e7dc", "#dfe7ea", "#eee6d2", "#e6ecdf", "#ece2e4")
INKS = ("#3d6b8f", "#8f4b3d", "#4d7a55", "#7a6a3d", "#5b4f86", "#2e2f33")
PLASTICS = ("#2d6ca2", "#a13a35", "#3a7d4f", "#d0a63a", "#3a3d42", "#d9dadb")
LEAVES = ("#3f6b35", "#56803c", "#2f5a35", "#6d8a45")
DARK = "#26282b"
"""Screens, tyres, glass in shade."""
