"""Curves in little space: as whole steps, and of those how their differences change, since smooth curves hardly change theirs.

Rounded to single precision a curve is noise below and a walk above, and compresses to a half. In steps that are fine enough for its use,
each number is a small one that a file's own compression takes to about a byte; steps of a power of two come back to the last bit.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array

_CHANGES, _STEP = "{}_changes", "{}_step"
_MOST = np.iinfo(np.int32).max // 4
"""Steps: a second difference of so many still fits 32 bits."""


def stepped(name: str, values: NDArray[np.floating], step: float) -> dict[str, Any]:
    """Curves ``values (n, …)``, rounded to whole ``step``, as arrays for a compressed ``.npz``: ``<name>_changes (…, n)``, the second
    differences of the steps from rest at zero, and ``<name>_step``.

    Raises:
        ValueError: a number is not finite, or too large for 32 bits of steps.
    """
    whole = np.rint(np.moveaxis(np.asarray(values, float), 0, -1) / step)
    if not np.abs(whole).max(initial=0) <= _MOST:
        raise ValueError(f"{name}: holds numbers that are not finite, or too large for steps of {step:g}")
    changes = np.diff(whole, n=2, axis=-1, prepend=np.zeros((*whole.shape[:-1], 2)))
    narrow = np.abs(changes).max(initial=0) <= np.iinfo(np.int16).max
    return {_CHANGES.format(name): changes.astype(np.int16 if narrow else np.int32), _STEP.format(name): np.array(step)}


def curves(data: Mapping[str, NDArray], name: str) -> Array:
    """Curves ``(n, …)`` of an open ``.npz``: the inverse of `stepped`, or the array ``name`` where it is there as it is.

    Raises:
        KeyError: neither is there.
    """
    if name in data:
        return np.asarray(data[name], float)
    whole = np.cumsum(np.cumsum(data[_CHANGES.format(name)], axis=-1, dtype=np.int32), axis=-1, dtype=np.int32)
    return np.moveaxis(whole.astype(float) * float(data[_STEP.format(name)]), -1, 0)
