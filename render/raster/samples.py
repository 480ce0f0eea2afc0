"""From the samples of a figure to its pixels, without blending what must not be blended."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Single
from render.core.frame import Image
from render.raster.view import metres

Value = TypeVar("Value", bound=np.generic)

FINER = 2
"""A pixel has this many samples in both directions; colours are averaged over them."""
EDGE_M = 0.05
"""Neighbours whose depths differ more belong to different surfaces."""
_LEAST = FINER**2 // 2


def shown(labels: Image, raw: Single, velocity: Single | None) -> tuple[Image, Single, Single | None]:
    """Labels ``(h, w)``, depths ``(h, w)`` m and velocities ``(h, w, 2)`` of pixels, from samples ``(2 h, 2 w, …)`` of labels, raw depths
    and velocities.

    A pixel shows the figure where at least half of its samples do, so that outlines lie alike to all sides; else its values are 0. It
    has the label of its nearest sample, and the mean depth and velocity of those on the same surface.
    """
    blocks = _blocks(labels)
    seen = np.count_nonzero(blocks, axis=2) >= _LEAST
    own = blocks[seen]
    depth = np.where(own > 0, metres(_blocks(raw)[seen]), np.inf)
    near = depth < depth.min(axis=1, keepdims=True) + EDGE_M
    count = near.sum(axis=1)
    pixels = np.zeros(seen.shape, labels.dtype), np.zeros(seen.shape, np.float32)
    pixels[0][seen] = own[np.arange(len(own)), depth.argmin(axis=1)]
    pixels[1][seen] = np.where(near, depth, 0.0).sum(axis=1) / count
    if velocity is None:
        return *pixels, None
    motion = np.zeros((*seen.shape, 2), np.float32)
    motion[seen] = (_blocks(velocity)[seen] * near[..., None]).sum(axis=1) / count[:, None]
    return *pixels, motion


def _blocks(samples: NDArray[Value]) -> NDArray[Value]:
    """The samples of each pixel ``(h, w, 4, …)``."""
    height, width = (extent // FINER for extent in samples.shape[:2])
    inner = samples.shape[2:]
    apart = samples.reshape(height, FINER, width, FINER, *inner).swapaxes(1, 2)
    return apart.reshape(height, width, FINER**2, *inner)
