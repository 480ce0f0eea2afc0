"""A living room: sofa, shelves, a rug, pictures, a window, lamps and plants."""

import numpy as np

from render.core.colour import LUMINANCE
from render.figure.part import Material
from render.places.colours import CEILINGS, FABRICS, WALLS, WOODS, pick
from render.places.extent import Extent
from render.places.furniture import chair, floor_lamp, picture_frame, plant, shelf, sofa, table
from render.places.lighting import window_light
from render.places.place import Piece, Place, apart, furnish
from render.places.shell import Covering, Patch, ceiling, door, hall, hall_eye_room, wall_of, window
from render.places.surfaces import Room, placed

_PAINTS = (*WALLS, "#b8c4b8", "#c9b8a0", "#8fa3ab", "#d8c3b0", "#a9a08f")


def living_room(start: float, end: float, rng: np.random.Generator) -> Place:
    """A room for a walk from ``start`` to ``end`` (m), the window at its front or in its left wall."""
    extent = Extent(
        -rng.uniform(1.9, 2.5),
        rng.uniform(1.9, 2.6),
        start - rng.uniform(1.4, 2.2),
        end + rng.uniform(1.4, 2.2),
        rng.uniform(2.45, 2.8),
    )
    wall, wood = pick(rng, _PAINTS), pick(rng, WOODS)
    carpeted = rng.uniform() < 0.3
    base = (
        Covering(pick(rng, ("#a39787", "#8a8f8c", "#b5a894", "#6d6a66")), Material.CARPET, 0.95)
        if carpeted
        else Covering(wood, Material.WOOD, 0.4)
    )
    at_front = rng.uniform() < 0.4
    light = window_light(rng, 0.0 if at_front else 0.5 * np.pi, wall, base.colour)
    day = light.key.colour / (LUMINANCE @ light.key.colour)
    trim = pick(rng, ("#efece4", "#e4e1d6", "#d8d6d0", "#8a6a4a"))
    panes = window(0.0, (rng.uniform(0.7, 1.1), rng.uniform(0.65, 0.85)), rng.uniform(0.5, 0.9), day, trim)
    left_wall = panes if not at_front else _pictures(rng, 3, 1.8)
    pieces = [
        wall_of("right", extent, wall, _pictures(rng, int(rng.integers(2, 5)), 1.7)),
        wall_of("left", extent, wall, left_wall),
        wall_of("back", extent, wall, door(rng.uniform(-0.6, 0.6), pick(rng, (*WOODS, "#e9e7e2")), trim, 0.86)),
        wall_of("front", extent, wall, panes if at_front else _pictures(rng, 1, 1.0)),
        ceiling(extent, pick(rng, CEILINGS), (), day),
        *_furniture(rng, extent, start, end),
    ]
    walkway = (start, end)
    ground = hall(walkway, wall, base, () if carpeted else _rug(rng, start, end))
    return furnish("living room", walkway, ground, tuple(pieces), light, hall_eye_room(walkway), extent=extent)


def _rug(rng: np.random.Generator, start: float, end: float) -> tuple[Patch, Patch]:
    """A rug with a border of another colour, somewhere on the way."""
    low, high = sorted((start + 1.0, end - 1.0))
    half, long, middle = rng.uniform(0.8, 1.2), rng.uniform(1.8, 2.8), rng.uniform(low, high)
    border = rng.uniform(0.06, 0.16)
    wide, inner = (
        Patch((-x, x), (middle - z, middle + z), Covering(pick(rng, FABRICS), Material.CARPET, 0.95))
        for x, z in ((half, 0.5 * long), (half - border, 0.5 * long - border))
    )
    return wide, inner


def _pictures(rng: np.random.Generator, count: int, spacing: float) -> list[Room]:
    middle = 0.5 * (count - 1)
    return [
        placed(room, (spacing * (k - middle) + rng.uniform(-0.2, 0.2), rng.uniform(1.5, 1.7), 0))
        for k in range(count)
        for room in picture_frame(rng, (rng.uniform(0.18, 0.5), rng.uniform(0.2, 0.4)))
    ]


def _furniture(rng: np.random.Generator, extent: Extent, start: float, end: float) -> list[Piece]:
    right, left, middle = extent.right, extent.left, 0.5 * (start + end)
    at = middle + rng.uniform(-0.8, 0.8)
    pieces = [
        sofa(rng).moved(right + 0.52, at, 0.5 * np.pi),
        shelf(rng).moved(right + 0.2, at - rng.uniform(2.2, 2.8), 0.5 * np.pi),
        _low(rng).moved(left - 0.3, at, -0.5 * np.pi),
        floor_lamp(rng).moved(right + 0.35, at + rng.uniform(1.5, 1.9)),
        plant(rng).moved(right + 0.4, extent.front - 0.45),
        plant(rng).moved(left - 0.4, extent.front - 0.45),
        chair(rng).moved(left - 0.45, start + rng.uniform(-0.5, 0.3), -0.5 * np.pi),
        shelf(rng).moved(left - 0.2, end + rng.uniform(-0.6, 0.2), -0.5 * np.pi),
    ]
    return apart(pieces)


def _low(rng: np.random.Generator) -> Piece:
    """A sideboard's worth of table, low, along a wall."""
    half: tuple[float, float] = (float(rng.uniform(0.5, 0.8)), 0.22)
    return table(rng, half, float(rng.uniform(0.4, 0.6)))
