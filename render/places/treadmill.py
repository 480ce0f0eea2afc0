"""A room with a treadmill, on which the walker stays where they are while the belt runs."""

import numpy as np

from render.core.colour import LUMINANCE, linear_rgb
from render.figure.part import Material
from render.places.colours import CEILINGS, METALS, WALLS, WOODS, pick
from render.places.equipment import gym_ball, treadmill, wall_bars
from render.places.extent import Extent
from render.places.furniture import chair, desk, picture_frame, plant
from render.places.lighting import ceiling_rows
from render.places.place import Place, apart, furnish
from render.places.shell import Covering, Patch, ceiling, door, hall, hall_eye_room, wall_of
from render.places.surfaces import placed

_BELT_LONG_M, _BELT_WIDE_M = 2.1, 0.62
_SPOT_M = 0.45
"""Half length of the stretch of the belt above which the walker's pelvis stays."""


def treadmill_room(start: float, end: float, rng: np.random.Generator) -> Place:
    """A room around a belt whose middle lies half-way between ``start`` and ``end`` (m)."""
    middle = 0.5 * (start + end)
    extent = Extent(
        -rng.uniform(2.0, 3.2),
        rng.uniform(2.0, 3.2),
        middle - rng.uniform(2.6, 3.6),
        middle + rng.uniform(2.6, 3.6),
        rng.uniform(2.6, 3.1),
    )
    wall, colour = pick(rng, WALLS), pick(rng, ("#5f666c", "#8c8577", "#6f8a8a", "#a39d90", "#77706a"))
    light = ceiling_rows(rng, wall, colour)
    glow = light.key.colour / (LUMINANCE @ light.key.colour)
    lamps = [
        (x, float(z), 0.3, 0.3) for x in (-1.0, 1.0) for z in np.arange(extent.back + 0.9, extent.front - 0.6, 1.8)
    ]
    leaf, frame = pick(rng, (*WOODS, "#d7d9d6")), pick(rng, METALS)
    belt = Covering(linear_rgb(str(rng.choice(["#1f2022", "#2a2b2d", "#343537"]))), Material.PLAIN, 0.8)
    half = 0.5 * _BELT_WIDE_M
    patch = Patch((-half, half), (middle - 0.5 * _BELT_LONG_M - 0.15, middle + 0.5 * _BELT_LONG_M), belt)
    at = rng.uniform(-1.5, 1.5)
    bars = [placed(room, (at, 0, 0)) for room in wall_bars(rng)] if rng.uniform() < 0.4 else []
    notices = [placed(room, (-1.0, 1.6, 0)) for room in picture_frame(rng, (0.4, 0.3))]
    pieces = [
        wall_of("right", extent, wall, bars),
        wall_of("left", extent, wall, notices),
        wall_of("back", extent, wall, door(0.5, leaf, frame)),
        wall_of("front", extent, wall, [placed(room, (0.6, 1.6, 0)) for room in picture_frame(rng, (0.5, 0.35))]),
        ceiling(extent, pick(rng, CEILINGS), lamps, glow),
        *apart(
            [
                treadmill(rng, _BELT_LONG_M, _BELT_WIDE_M).moved(0.0, middle),
                desk(rng).moved(extent.left - 0.5, middle + rng.uniform(0.3, 1.0), -0.5 * np.pi),
                chair(rng).moved(extent.left - 1.1, middle - rng.uniform(0.3, 1.0), rng.uniform(1.2, 1.9)),
                gym_ball(rng).moved(extent.right + 0.5, middle - rng.uniform(0.8, 2.0)),
                plant(rng).moved(extent.right + 0.4, extent.front - 0.5),
            ]
        ),
    ]
    walkway = (middle - _SPOT_M, middle + _SPOT_M)
    ground = hall(walkway, wall, Covering(colour, Material.RUBBER, 0.6), (patch,))
    return furnish("treadmill", walkway, ground, tuple(pieces), light, hall_eye_room(walkway), extent=extent, belt=True)
