"""Markers over time, whichever file they come from."""

import numpy as np

from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.gait.recording import check_time

_UNIT_M = {"mm": 1e-3, "cm": 1e-2, "m": 1.0}


def unit_in_metres(source: str, unit: str) -> float:
    """Metres per unit of length.

    Raises:
        DataError: an unknown unit.
    """
    factor = _UNIT_M.get(unit.strip().lower())
    if factor is None:
        raise DataError(f"{source}: markers in {unit!r}; known units are {', '.join(_UNIT_M)}")
    return factor


@frozen
class Markers:
    """``places (n, M, 3)`` m in axes with Y up, at ``time (n,)`` s, of the markers called ``names``. A marker that was not seen is NaN."""

    source: str
    time: Array
    names: tuple[str, ...]
    places: Array

    def __post_init__(self) -> None:
        if self.places.shape != (len(self.time), len(self.names), 3):
            raise ValueError(f"places: shape {self.places.shape}, expected ({len(self.time)}, {len(self.names)}, 3)")
        check_time(self.source, self.time)
        if not np.isfinite(self.places).any():
            raise DataError(f"{self.source}: no marker was seen in any frame")
