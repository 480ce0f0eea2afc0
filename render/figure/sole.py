"""The sole of a shoe: a slab that stands flat on the floor."""

import numpy as np

from engine.core.arrays import Array, Index
from render.figure.last import Last
from render.figure.loft import along_loop, grid_faces
from render.figure.mesh import Faces
from render.figure.shoe_cuts import ShoeCut
from render.figure.upper import AROUND, edge_height

_SPRING = 0.022
"""How high the tip of the sole is turned up, share of foot length; over the last sixth."""
_HEEL_BEVEL = 0.012
_ROWS = (0.0, 0.17, 0.22, 0.42, 0.46, 0.64, 0.68, 1.0)
"""Heights of the wall's rows, shares of it: a dark tread, a band, the midsole."""
TREAD, WALL, BAND = 0, 1, 2


def make_sole(last: Last, cut: ShoeCut) -> tuple[Array, Faces, Index]:
    """Vertices ``(n, 3)`` in the last's axes, outward faces, and for each vertex whether it is tread, wall or the band on the wall."""
    room = cut.room * last.length
    tread = last.tread(room, cut.toe_room * last.length, cut.toe_width * last.length)
    edge = along_loop(tread, np.arange(AROUND) / AROUND)
    middle = np.array([edge[:, 0].mean(), 0.0])
    outward = (edge - middle) / np.linalg.norm(edge - middle, axis=1, keepdims=True)
    wide = edge + cut.welt * last.length * outward
    top, bottom = edge_height(last, cut, edge[:, 1]), _underside(last, cut, edge[:, 1])
    rows = [
        _ring(wide - 0.004 * last.length * (share == 0) * outward, bottom + share * (top - bottom)) for share in _ROWS
    ]
    inside = middle * [1, 0] + (edge - middle * [1, 0]) * [0.5, 0.9]
    under = _ring(inside, _underside(last, cut, inside[:, 1]))
    cover = _ring(edge - 0.01 * last.length * outward, top)
    spine = np.stack([np.full(AROUND, middle[0]), top, edge[:, 1] * 0.9], axis=1)
    points = np.concatenate([under, *rows, cover, spine])
    kinds = np.repeat([TREAD] * 3 + [WALL] * 2 + [BAND] * 2 + [WALL] * 4, AROUND)
    fan = np.stack([np.zeros(AROUND - 2, int), np.arange(1, AROUND - 1), np.arange(2, AROUND)], axis=1)
    return points, np.concatenate([grid_faces(len(_ROWS) + 3, AROUND, closed=True), fan]), kinds


def _underside(last: Last, cut: ShoeCut, forward: Array) -> Array:
    """Height of the sole's underside: flat on the floor, turned up at the toes, bevelled at the heel, hollow at the waist."""
    share = (forward - last.heel) / last.length
    spring = _SPRING * last.length * np.clip((share - 0.84) / 0.2, 0, 1.2) ** 2
    bevel = _HEEL_BEVEL * last.length * np.clip((0.06 - share) / 0.08, 0, 1) ** 2
    hollow = np.clip((share - 0.27) / 0.02, 0, 1) * np.clip((0.58 - share) / 0.12, 0, 1)
    return -last.thickness * (1 - cut.waist * hollow) + spring + bevel


def _ring(flat: Array, height: Array) -> Array:
    return np.stack([flat[:, 0], height, flat[:, 1]], axis=1)
