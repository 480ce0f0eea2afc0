"""A room's walls and ceiling, and how they give way to a camera that stands further back than the room is wide."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array
from render.places.surfaces import Room

_BEHIND_EYE_M = 0.5
_AT_PLANE_M = 1e-3


@dataclass(frozen=True)
class Extent:
    """A room's floor plan: walls at ``right`` and ``left`` (x, m), ``back`` and ``front`` (z, m), ceiling at ``height`` m."""

    right: float
    left: float
    back: float
    front: float
    height: float

    def around(self, eyes: Array) -> "Extent":
        """The extent with those sides moved out that ``eyes (n, 3)`` would stand beyond."""
        low, high = eyes.min(axis=0) - _BEHIND_EYE_M, eyes.max(axis=0) + _BEHIND_EYE_M
        return Extent(
            min(self.right, low[0]),
            max(self.left, high[0]),
            min(self.back, low[2]),
            max(self.front, high[2]),
            max(self.height, high[1]),
        )


def stretched(room: Room, side: NDArray[np.str_], before: Extent, after: Extent) -> Room:
    """The room with its walls moved from ``before`` to ``after``.

    ``side (n,)`` names the side that each vertex belongs to (a field of `Extent`), or nothing. What hangs on a side goes with it, and the
    other sides grow where they met it.
    """
    vertices = room.vertices.copy()
    walls = side != ""
    for name, axis in (("right", 0), ("left", 0), ("back", 2), ("front", 2), ("height", 1)):
        old, new = getattr(before, name), getattr(after, name)
        if new != old:
            meets = walls & (np.abs(room.vertices[:, axis] - old) < _AT_PLANE_M)
            vertices[(side == name) | meets, axis] += new - old
    return replace(room, vertices=vertices)
