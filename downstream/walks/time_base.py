"""Evenly spaced curves at the frames of a camera."""

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array, Single

_EDGES = (-1, 0, 1, 2)


def smooth(values: NDArray[np.floating], rate_hz: float, seconds: Array) -> Single:
    """Evenly spaced ``values (n, …)`` at ``seconds (m,)`` after the first: cubic through the four nearest (Catmull & Rom 1974), exact at
    samples. For motion; at the ends the outermost samples stand twice."""
    place = np.clip(seconds * rate_hz, 0, len(values) - 1)
    before = np.minimum(np.floor(place), len(values) - 2).astype(int)
    weights = _catmull_rom(place - before)
    near = np.clip(before[:, None] + np.array(_EDGES), 0, len(values) - 1)
    flat = np.asarray(values, np.float32).reshape(len(values), -1)
    taken = sum(weights[:, k, None] * flat[near[:, k]] for k in range(len(_EDGES)))
    return np.asarray(taken, np.float32).reshape(len(seconds), *values.shape[1:])


def _catmull_rom(u: Array) -> Single:
    """Weights ``(m, 4)`` of the samples around shares ``u (m,)`` of a step."""
    u2, u3 = u**2, u**3
    weights = np.stack([-u + 2 * u2 - u3, 2 - 5 * u2 + 3 * u3, u + 4 * u2 - 3 * u3, u3 - u2], axis=1)
    return (0.5 * weights).astype(np.float32)
