"""Collars and hoods: strips that carry on from the neckline, up and over."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array, Index
from render.figure.anatomy import Anatomy
from render.figure.garments.garment import Sheet
from render.figure.garments.tube import quads


@dataclass(frozen=True)
class Collar:
    """Rows of ``(outward, upward)`` from the neckline behind and in front, thousandths of stature; ``gap`` rad either side of the middle
    in front where the strip is open."""

    behind: tuple[tuple[float, float], ...]
    before: tuple[tuple[float, float], ...]
    gap: float


COLLARS = {
    "shirt": Collar(
        behind=((0, 8), (-1, 19), (3, 22), (9, 15), (13, 4)),
        before=((0, 5), (0, 11), (4, 12), (10, 3), (15, -12)),
        gap=0.10,
    ),
    "stand": Collar(
        behind=((0, 12), (0, 24), (0, 33), (3, 34), (5, 24)),
        before=((2, 9), (4, 18), (5, 25), (8, 25), (9, 17)),
        gap=0.07,
    ),
    "hood": Collar(
        behind=((3, 10), (10, 20), (22, 24), (33, 16), (37, 0), (31, -18), (20, -30)),
        before=((1, 5), (4, 9), (7, 9), (10, 6), (12, 0), (12, -7), (9, -12)),
        gap=0.0,
    ),
}


def add_collar(person: Anatomy, sheet: Sheet, collar: Collar) -> Sheet:
    """``sheet`` with ``collar`` on its neckline, a strip of its own whose outer side is what shows when it is turned down."""
    loop = _neckline(sheet)
    ring = sheet.vertices[loop]
    across = (ring - ring.mean(axis=0)) * [1.0, 0.0, 1.0]
    angle = np.arctan2(across[:, 0], across[:, 2])
    outward = across / np.linalg.norm(across, axis=1, keepdims=True)
    places = np.concatenate([ring[None], ring + _offsets(collar, angle, outward) * person.stature])
    rows, columns = places.shape[:2]
    faces = quads(len(sheet.vertices) + np.arange(rows * columns).reshape(rows, columns))[:, ::-1]
    open_front = np.abs(angle[np.tile(np.arange(columns), 2 * (rows - 1))]) < collar.gap
    weights = np.tile(sheet.weights[loop], (rows, 1))
    return sheet.extended(places.reshape(-1, 3), weights, faces[~open_front])


def _neckline(sheet: Sheet) -> Index:
    return min(sheet.loops()[1:], key=lambda loop: abs(sheet.vertices[loop, 0].mean()))


def _offsets(collar: Collar, angle: Array, outward: Array) -> Array:
    """From the neckline to each row of the collar ``(rows, m, 3)``, statures."""
    behind, before = (1e-3 * np.array(rows) for rows in (collar.behind, collar.before))
    front = (0.5 + 0.5 * np.cos(angle))[None, :, None]
    out, up = np.moveaxis(behind[:, None] + front * (before - behind)[:, None], -1, 0)
    return out[..., None] * outward + up[..., None] * [0.0, 1.0, 0.0]
