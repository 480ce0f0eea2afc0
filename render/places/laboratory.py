"""A gait laboratory: a walkway with force plates let in, motion capture cameras on rails, a desk, video cameras on tripods."""

import numpy as np

from engine.core.arrays import Array
from render.core.colour import LUMINANCE, linear_rgb
from render.figure.part import Material
from render.places.colours import CEILINGS, METALS, PLASTICS, WOODS, pick
from render.places.equipment import capture_camera, exercise_mat, treatment_couch, tripod
from render.places.extent import Extent
from render.places.furniture import chair, desk, shelf
from render.places.lighting import ceiling_rows
from render.places.place import Piece, Place, apart, furnish
from render.places.shell import Covering, Patch, ceiling, door, hall, hall_eye_room, wall_of
from render.places.solids import block, tube
from render.places.surfaces import Room

_WALLS = ("#dfe0dd", "#c9d0d4", "#3f4d5c", "#5a646c", "#e6e2d8", "#8da0a8")
_FLOORS = ("#5f666c", "#7b8288", "#8c8577", "#4b5a66", "#93948f")
_WALKWAYS = ("#33465a", "#3c4043", "#6a5a48", "#50665a", "#8f3f3a", "#8a8f94")
_PLATE_M = (0.4, 0.6)
_RAIL_BELOW_CEILING_M = 0.35


def laboratory(start: float, end: float, rng: np.random.Generator) -> Place:
    """A hall for a walk from ``start`` to ``end`` (m)."""
    right, left = -rng.uniform(2.4, 3.4), rng.uniform(2.8, 4.5)
    extent = Extent(right, left, start - rng.uniform(2.5, 4.0), end + rng.uniform(2.5, 4.0), rng.uniform(2.9, 3.6))
    wall, colour = pick(rng, _WALLS), pick(rng, _FLOORS)
    light = ceiling_rows(rng, wall, colour)
    glow = light.key.colour / (LUMINANCE @ light.key.colour)
    lamps = [
        (x, float(z), 0.6, 0.15)
        for x in (0.6 * right, 0.0, 0.6 * left)
        for z in np.arange(extent.back + 1.2, extent.front - 1.0, 2.4)
    ]
    leaf, frame = pick(rng, (*WOODS, "#d7d9d6")), pick(rng, METALS)
    pieces = [
        *(wall_of(side, extent, wall) for side in ("right", "left")),
        wall_of("back", extent, wall, door(right + 1.2, leaf, frame)),
        wall_of("front", extent, wall, door(left - 1.4, leaf, frame)),
        ceiling(extent, pick(rng, CEILINGS), lamps, glow),
        *_rails(extent, start, end),
        *_around(rng, extent, start, end),
    ]
    walkway = (start, end)
    ground = hall(walkway, wall, Covering(colour, Material.RUBBER, 0.6), _strip(rng, start, end))
    return furnish("laboratory", walkway, ground, tuple(pieces), light, hall_eye_room(walkway), extent=extent)


def _strip(rng: np.random.Generator, start: float, end: float) -> list[Patch]:
    """The walkway and its force plates, one after the other, left and right in turn."""
    half, middle = rng.uniform(0.5, 0.75), 0.5 * (start + end)
    wooden = rng.uniform() < 0.3
    covering = Covering(pick(rng, WOODS if wooden else _WALKWAYS), Material.WOOD if wooden else Material.RUBBER, 0.6)
    patches = [Patch((-half, half), (start - 1.5, end + 1.5), covering)]
    plate = pick(rng, ("#2d3033", "#5d6468", "#44586a", "#a3a6a6"))
    edge, top = Covering(0.45 * covering.colour, Material.PLAIN, 0.6), Covering(plate, Material.RUBBER, 0.5)
    wide, long = _PLATE_M
    for k in range(int(rng.integers(2, 5))):
        x, z = (-1) ** k * 0.22, middle + (k - 1) * (long + 0.05)
        patches.append(Patch((x - 0.5 * wide - 0.008, x + 0.5 * wide + 0.008), (z - 0.008, z + long + 0.008), edge))
        patches.append(Patch((x - 0.5 * wide, x + 0.5 * wide), (z, z + long), top))
    return patches


def _rails(extent: Extent, start: float, end: float) -> list[Piece]:
    """A rail under the ceiling along each long wall with cameras that look at the middle of the walk."""
    y, middle = extent.height - _RAIL_BELOW_CEILING_M, 0.5 * (extent.front + extent.back)
    aim = (0.0, 0.8, 0.5 * (start + end))
    steel = linear_rgb("#7d8286")
    pieces = []
    for x in (extent.right + 0.25, extent.left - 0.25):
        half = 0.5 * (extent.front - extent.back)
        parts: list[Room] = [block((x, y, middle), (0.025, 0.025, half), steel, 0.4, Material.METAL)]
        for z in np.linspace(extent.back + 0.4, extent.front - 0.4, 5):
            parts += capture_camera(x, y - 0.22, float(z), aim)
        pieces.append(Piece("camera rail", tuple(parts)))
    return pieces


def _around(rng: np.random.Generator, extent: Extent, start: float, end: float) -> list[Piece]:
    """Desk and chair, couch, shelf, mats and tripods along the walls."""
    right, left = extent.right, extent.left
    z = _places_along(rng, start - 1.0, end + 1.0, 4)
    pieces = [
        desk(rng).moved(left - 0.5, z[0], -0.5 * np.pi),
        chair(rng).moved(left - 1.15, z[0] + 0.1, rng.uniform(1.2, 1.9)),
        treatment_couch(rng).moved(right + 0.5, z[1], 0.5 * np.pi),
        shelf(rng).moved(right + 0.18, z[2], 0.5 * np.pi),
        exercise_mat(rng, (0.5, 0.9)).moved(left - 0.7, z[3]),
        tripod(rng).moved(rng.uniform(-0.4, 0.4), end + 2.0, np.pi),
        tripod(rng).moved(right + 0.8, 0.5 * (start + end), 0.5 * np.pi),
    ]
    if rng.uniform() < 0.5:
        colour = pick(rng, PLASTICS)
        pieces.append(Piece("cones", tuple(_cone(x, end + 0.6, colour) for x in (-0.8, 0.8))))
    return apart(pieces)


def _places_along(rng: np.random.Generator, low: float, high: float, count: int) -> list[float]:
    """``count`` places well apart between ``low`` and ``high``, in any order."""
    step = (high - low) / count
    return [float(low + (k + rng.uniform(0.3, 0.7)) * step) for k in rng.permutation(count)]


def _cone(x: float, z: float, colour: Array) -> Room:
    return tube(
        [[x, 0, z], [x, 0.02, z], [x, 0.021, z], [x, 0.3, z]], (0.13, 0.13, 0.09, 0.02), colour, 0.6, Material.PLAIN
    )
