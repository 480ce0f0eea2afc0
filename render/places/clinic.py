"""A clinic corridor: doors, handrails and notices along both walls, lamps under a low ceiling, somewhere to sit."""

import numpy as np

from engine.core.arrays import Array
from render.core.colour import LUMINANCE, linear_rgb
from render.figure.part import Material
from render.places.colours import CEILINGS, METALS, WALLS, WOODS, pick
from render.places.extent import Extent
from render.places.furniture import bench, bin_with_lid, chair, picture_frame, plant, trolley
from render.places.lighting import ceiling_rows
from render.places.place import Piece, Place, apart, furnish
from render.places.shell import Covering, Patch, ceiling, door, hall, hall_eye_room, wall_of
from render.places.solids import block, tube
from render.places.surfaces import Room, placed

_BEYOND_M = 7.0
_FLOORS = ("#a39d90", "#8f9a9c", "#b3a78f", "#9aa58f", "#8a8f94", "#a98f78")


def corridor(start: float, end: float, rng: np.random.Generator) -> Place:
    """A corridor along z for a walk from ``start`` to ``end`` (m)."""
    wide, high = rng.uniform(1.25, 1.75), rng.uniform(2.5, 2.95)
    extent = Extent(-wide, wide + rng.uniform(0.0, 0.5), start - _BEYOND_M, end + _BEYOND_M, high)
    wall, colour = pick(rng, WALLS), pick(rng, _FLOORS)
    base = Covering(colour, Material.FLOOR, 0.35)
    light = ceiling_rows(rng, wall, colour)
    glow = light.key.colour / (LUMINANCE @ light.key.colour)
    spacing = rng.uniform(2.4, 3.4)
    lamps = [(0.0, float(z), 0.3, 0.6) for z in np.arange(extent.back + 1.0, extent.front - 0.8, spacing)]
    leaf, frame = pick(rng, (*WOODS, "#d7d9d6", "#5f7f8c")), pick(rng, METALS)
    pieces = [
        *(wall_of(side, extent, wall, _along(rng, extent, leaf, frame)) for side in ("right", "left")),
        *(wall_of(side, extent, wall, door(0.0, leaf, frame, 1.5)) for side in ("back", "front")),
        ceiling(extent, pick(rng, CEILINGS), lamps, glow),
        *_beside(rng, extent, start, end),
    ]
    walkway = (start, end)
    ground = hall(walkway, wall, base, _border(rng, extent, colour))
    return furnish("corridor", walkway, ground, tuple(pieces), light, hall_eye_room(walkway), extent=extent)


def _border(rng: np.random.Generator, extent: Extent, colour: Array) -> tuple[Patch, ...]:
    """Darker strips of the floor along both walls, in some corridors."""
    if rng.uniform() < 0.5:
        return ()
    covering = Covering(0.6 * colour, Material.FLOOR, 0.35)
    z = (extent.back, extent.front)
    return (
        Patch((extent.right, extent.right + 0.2), z, covering),
        Patch((extent.left - 0.2, extent.left), z, covering),
    )


def _along(rng: np.random.Generator, extent: Extent, leaf: Array, frame: Array) -> list[Room]:
    """Doors, notices between them, a bumper and a handrail that stop at the doors."""
    half, spacing = 0.5 * (extent.front - extent.back), rng.uniform(3.2, 4.6)
    doors = np.arange(-half + rng.uniform(1.0, 3.0), half - 1.0, spacing)
    rail, bumper = pick(rng, (*WOODS, *METALS)), pick(rng, ("#a9bfc0", "#b8b09c", "#9aa7b4", "#a7b59a"))
    parts: list[Room] = []
    for at in doors:
        parts += door(float(at), leaf, frame)
    for low, high in zip((-half, *(doors + 0.62)), (*(doors - 0.62), half), strict=True):
        if high - low < 0.5:
            continue
        middle, reach = 0.5 * (low + high), 0.5 * (high - low)
        parts.append(block((middle, 0.92, 0.006), (reach, 0.14, 0.008), bumper, 0.8))
        parts.append(tube([[low + 0.06, 0.92, 0.07], [high - 0.06, 0.92, 0.07]], 0.02, rail, 0.45, Material.WOOD, 8))
        if high - low > 1.6 and rng.uniform() < 0.7:
            at = (middle + rng.uniform(-0.2, 0.2), rng.uniform(1.5, 1.65), 0.0)
            parts += [placed(room, at) for room in picture_frame(rng, (rng.uniform(0.25, 0.5), rng.uniform(0.2, 0.35)))]
        if rng.uniform() < 0.3:
            parts.append(block((low + 0.35, 1.25, 0.05), (0.055, 0.13, 0.05), linear_rgb("#e3e4e2"), 0.4))
    return parts


def _beside(rng: np.random.Generator, extent: Extent, start: float, end: float) -> list[Piece]:
    """A bench, chairs or a trolley against the right wall, mostly past the ends of the walk."""
    makers = (bench, trolley, plant, bin_with_lid, chair)
    pieces = []
    for z in (*rng.uniform(start - 4.0, start - 1.5, 1), *rng.uniform(end + 1.2, end + 4.5, 2)):
        side = rng.choice([-1.0, 1.0])
        x = extent.right + 0.38 if side < 0 else extent.left - 0.38
        maker = makers[int(rng.integers(len(makers)))]
        pieces.append(maker(rng).moved(float(x), float(z), -side * 0.5 * np.pi))
    return apart(pieces)
