"""A plain wall: nothing but a floor and walls of one colour."""

import numpy as np

from render.figure.part import Material
from render.places.colours import pick
from render.places.extent import Extent
from render.places.lighting import ceiling_rows, window_light
from render.places.place import Place, furnish
from render.places.shell import Covering, hall, hall_eye_room, wall_of

_PAINTS = ("#c9c7c2", "#8f9396", "#e4e2dc", "#5d6a75", "#6f8a74", "#a9927a", "#3c3f44", "#7fa3b8", "#b9aeb8")


def studio(start: float, end: float, rng: np.random.Generator) -> Place:
    """Walls on all sides for a walk from ``start`` to ``end`` (m)."""
    side = rng.uniform(1.4, 3.0)
    extent = Extent(-side, side, start - rng.uniform(1.5, 4.0), end + rng.uniform(1.5, 4.0), 6.0)
    wall = pick(rng, _PAINTS)
    floor = wall if rng.uniform() < 0.5 else pick(rng, _PAINTS)
    light = (
        ceiling_rows(rng, wall, floor)
        if rng.uniform() < 0.5
        else window_light(rng, rng.uniform(-np.pi, np.pi), wall, floor)
    )
    pieces = tuple(wall_of(name, extent, wall) for name in ("right", "left", "back", "front"))
    walkway = (start, end)
    ground = hall(walkway, wall, Covering(floor, Material.WALL, 0.8))
    return furnish("studio", walkway, ground, pieces, light, hall_eye_room(walkway), extent=extent)
