"""A physiotherapy room: parallel bars, mats, wall bars, gym balls, a couch; daylight from one side."""

import numpy as np

from render.core.colour import LUMINANCE
from render.figure.part import Material
from render.places.colours import CEILINGS, METALS, WALLS, WOODS, pick
from render.places.equipment import (
    exercise_mat,
    gym_ball,
    parallel_bars,
    step_blocks,
    treatment_couch,
    wall_bars,
)
from render.places.extent import Extent
from render.places.furniture import bench, chair, picture_frame, plant
from render.places.lighting import window_light
from render.places.place import Piece, Place, apart, furnish
from render.places.shell import Covering, ceiling, door, hall, hall_eye_room, wall_of, window
from render.places.surfaces import Room, placed


def therapy_room(start: float, end: float, rng: np.random.Generator) -> Place:
    """A room for a walk from ``start`` to ``end`` (m), windows in its left wall."""
    extent = Extent(
        -rng.uniform(2.3, 3.0),
        rng.uniform(2.4, 3.4),
        start - rng.uniform(2, 3),
        end + rng.uniform(2, 3),
        rng.uniform(2.7, 3.2),
    )
    wall = pick(rng, WALLS)
    wooden = rng.uniform() < 0.5
    base = (
        Covering(pick(rng, WOODS), Material.WOOD, 0.45)
        if wooden
        else Covering(pick(rng, ("#5f7f8c", "#6f8a6a", "#8a8478", "#4f6480")), Material.RUBBER, 0.6)
    )
    light = window_light(rng, 0.5 * np.pi, wall, base.colour)
    day = light.key.colour / (LUMINANCE @ light.key.colour)
    leaf, frame = pick(rng, (*WOODS, "#d7d9d6")), pick(rng, (*METALS, "#e9e9e6"))
    lamps = [(0.0, float(z), 0.15, 0.6) for z in np.arange(extent.back + 1.0, extent.front - 0.8, 2.6)]
    pieces = [
        wall_of("right", extent, wall, _hung(rng, extent)),
        wall_of("left", extent, wall, _windows(rng, extent, day, frame)),
        wall_of("back", extent, wall, door(-0.8, leaf, frame)),
        wall_of("front", extent, wall, _pictures(rng, 2)),
        ceiling(extent, pick(rng, CEILINGS), lamps, day),
        *_equipment(rng, extent, start, end),
    ]
    walkway = (start, end)
    return furnish(
        "therapy", walkway, hall(walkway, wall, base), tuple(pieces), light, hall_eye_room(walkway), extent=extent
    )


def _hung(rng: np.random.Generator, extent: Extent) -> list[Room]:
    """Wall bars side by side."""
    first = rng.uniform(-0.35, 0.05) * (extent.front - extent.back)
    return [placed(room, (first + 0.95 * k, 0, 0)) for k in range(int(rng.integers(2, 4))) for room in wall_bars(rng)]


def _windows(rng: np.random.Generator, extent: Extent, day: np.ndarray, frame: np.ndarray) -> list[Room]:
    half, spacing = 0.5 * (extent.front - extent.back), rng.uniform(2.2, 3.0)
    size, sill = (rng.uniform(0.6, 0.95), rng.uniform(0.6, 0.8)), rng.uniform(0.7, 0.95)
    return [
        room
        for at in np.arange(-half + 0.6 * spacing, half - 0.4 * spacing, spacing)
        for room in window(float(at), size, sill, day, frame)
    ]


def _pictures(rng: np.random.Generator, count: int) -> list[Room]:
    return [
        placed(room, (-1.2 + 1.9 * k, rng.uniform(1.45, 1.6), 0))
        for k in range(count)
        for room in picture_frame(rng, (rng.uniform(0.25, 0.45), rng.uniform(0.3, 0.45)))
    ]


def _equipment(rng: np.random.Generator, extent: Extent, start: float, end: float) -> list[Piece]:
    right, left, middle = extent.right, extent.left, 0.5 * (start + end)
    long = min(3.5, end - start)
    pieces = [
        parallel_bars(rng, long).moved(right + rng.uniform(0.85, 1.1), middle + rng.uniform(-1, 1)),
        treatment_couch(rng).moved(left - 0.45, start + rng.uniform(-0.5, 0.5), 0.5 * np.pi),
        exercise_mat(rng).moved(left - 0.75, middle + rng.uniform(0.5, 1.2)),
        gym_ball(rng).moved(right + 0.45, end + rng.uniform(0.6, 1.4)),
        gym_ball(rng).moved(left - 0.5, end + rng.uniform(0.4, 1.4)),
        step_blocks(rng).moved(right + 0.6, start - rng.uniform(0.6, 1.2), 0.5 * np.pi),
        chair(rng).moved(left - 0.4, middle - rng.uniform(1.2, 1.8), -0.5 * np.pi),
        bench(rng).moved(0.3, extent.front - 0.35, np.pi),
        plant(rng).moved(right + 0.35, extent.front - 0.4),
    ]
    return apart(pieces)
