"""The dome of a place as an environment picture that shines so."""

import numpy as np

from engine.core.arrays import Array
from render.core.light import harmonics

_HEIGHT = 32
_COSINE_LOBE = np.array([1.0, *[2 / 3] * 3, *[1 / 4] * 5])
"""What convolution with a clamped cosine over π does to each spherical harmonic of order 0, 1, 2 (Ramamoorthi & Hanrahan 2001, eq. 8)."""


def dome_radiance(dome: Array) -> Array:
    """Radiance ``(32, 64, 3)`` from all around that lights a white surface as ``dome (9, 3)`` says (where that would ask for negative
    light: none), laid out as Blender does: lines from straight down (−z) to straight up, in each line from −x by way of +y to +x, −y."""
    rows, columns = np.meshgrid(np.arange(_HEIGHT) + 0.5, np.arange(2 * _HEIGHT) + 0.5, indexing="ij")
    polar, azimuth = np.pi * (1 - rows / _HEIGHT), np.pi * (1 - columns / _HEIGHT)
    directions = np.stack(
        [np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], axis=-1
    ).reshape(-1, 3)
    radiance = harmonics(directions) @ (dome / _COSINE_LOBE[:, None])
    return np.maximum(radiance, 0.0).reshape(_HEIGHT, 2 * _HEIGHT, 3)
