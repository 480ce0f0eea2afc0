"""A clinic corridor: doors, handrail, notices, lamps under a low ceiling."""

import numpy as np

from render.colour import linear_rgb
from render.figure.part import Material
from render.places.surfaces import Quad, Room, box, join

_WALL_DISTANCE_M, _HEIGHT_M = 1.9, 2.9
_FLOOR_BEFORE_M = 30.0
_FLOOR_COLOUR = "#a39d90"
_LAMP_SPACING_M, _LAMP_GLOW = 3.0, 3.5
_DOOR_SPACING_M, _DOOR_M = 4.2, (0.96, 2.06)


def clinic_corridor(start: float, end: float) -> Room:
    """A corridor along z for a walk from ``start`` to ``end`` (m): floor, the wall on the walker's right, ends, doors, handrail, notices.

    The side on the walker's left is open: cameras stand there.
    """
    back, front = start - 14.0, end + 14.0
    quads = [*_shell(back, front), *_rails(back, front), *_lamps(back, front)]
    first_door = start + 0.5 * (end - start) - 2 * _DOOR_SPACING_M - 1.6
    for k in range(5):
        quads += _door(first_door + k * _DOOR_SPACING_M)
        quads += _notice(first_door + (k + 0.5) * _DOOR_SPACING_M, k)
    quads += _bench(end + 2.4)
    return join(quads)


def _shell(back: float, front: float) -> list[Quad]:
    x, length = -_WALL_DISTANCE_M, front - back
    deep, wide = np.array([0.0, 0.0, length]), np.array([_FLOOR_BEFORE_M, 0.0, 0.0])
    floor, wall, ceiling = linear_rgb(_FLOOR_COLOUR), linear_rgb("#dcdbd2"), linear_rgb("#fbfbf8")
    edge = np.array([x, 0.0, back])
    up = np.array([0.0, _HEIGHT_M, 0.0])
    near_wall = 0.9
    strip = np.array([near_wall, 0.0, 0.0])
    return [
        Quad(edge, deep, strip, floor, Material.FLOOR, 0.35, (0.6, 0.6, 1.0, 1.0)),
        Quad(edge + strip, deep, wide, floor, Material.FLOOR, 0.35),
        Quad(edge, up * 0.35, deep, wall, Material.WALL, 0.9, (0.62, 0.95, 0.95, 0.62)),
        Quad(edge + up * 0.35, up * 0.65, deep, wall, Material.WALL, 0.9, (0.95, 0.8, 0.8, 0.95)),
        Quad(edge + up, wide, deep, ceiling, Material.PLAIN, 0.9, (0.8, 1.0, 1.0, 0.8)),
        Quad(np.array([x, 0.0, front]), up, wide, wall, Material.WALL, 0.9, (0.7, 0.9, 0.9, 0.7)),
        Quad(np.array([x, 0.0, back]), wide, up, wall, Material.WALL, 0.9, (0.7, 0.7, 0.9, 0.9)),
    ]


def _lamps(back: float, front: float) -> list[Quad]:
    """Light panels under the ceiling, seen but not casting light (the key light of the shader stands for their row)."""
    y, glow = _HEIGHT_M - 0.01, np.full(3, _LAMP_GLOW)
    return [
        Quad(np.array([x - 0.3, y, z]), np.array([0.6, 0.0, 0.0]), np.array([0.0, 0.0, 1.2]), glow, Material.PLAIN, 1.0)
        for x in (-0.6, 2.4, 5.4)
        for z in np.arange(back + 1.0, front - 1.0, _LAMP_SPACING_M)
    ]


def _rails(back: float, front: float) -> list[Quad]:
    middle, half = 0.5 * (back + front), 0.5 * (front - back)
    x = -_WALL_DISTANCE_M
    return [
        *box([x, 0.05, middle], [0.012, 0.05, half], linear_rgb("#7d8286"), 0.5),
        *box([x, 0.98, middle], [0.006, 0.16, half], linear_rgb("#a9bfc0"), 0.8),
        *box([x + 0.05, 0.90, middle], [0.03, 0.045, half], linear_rgb("#8a6a4a"), 0.45),
    ]


def _door(z: float) -> list[Quad]:
    x = -_WALL_DISTANCE_M
    half_width, height = 0.5 * _DOOR_M[0], _DOOR_M[1]
    return [
        *box([x, 0.5 * height + 0.02, z], [0.03, 0.5 * height + 0.04, half_width + 0.07], linear_rgb("#868b8e"), 0.6),
        *box([x + 0.01, 0.5 * height, z], [0.03, 0.5 * height, half_width], linear_rgb("#b5936b"), 0.5),
        *box([x + 0.02, 1.45, z + 0.22], [0.025, 0.32, 0.09], linear_rgb("#4b5a63"), 0.2),
        *box([x + 0.06, 1.02, z - 0.38], [0.03, 0.012, 0.06], linear_rgb("#c9ccce"), 0.25),
        *box([x + 0.02, 0.15, z], [0.024, 0.14, half_width - 0.02], linear_rgb("#a3a6a8"), 0.3),
    ]


def _notice(z: float, number: int) -> list[Quad]:
    x = -_WALL_DISTANCE_M
    frames = ("#3d6b8f", "#8f4b3d", "#4d7a55", "#7a6a3d", "#5b4f86")
    sheets = ("#e9e7dc", "#dfe7ea", "#eee6d2", "#e6ecdf", "#ece2e4")
    return [
        *box([x, 1.62, z], [0.015, 0.30, 0.42], linear_rgb(frames[number % 5]), 0.5),
        *box([x + 0.005, 1.62, z], [0.013, 0.265, 0.385], linear_rgb(sheets[number % 5]), 0.8),
        *box([x + 0.007, 1.70, z - 0.12], [0.013, 0.10, 0.16], linear_rgb(frames[(number + 2) % 5]), 0.8),
        *box([x + 0.007, 1.50, z + 0.1], [0.013, 0.03, 0.2], linear_rgb("#8c9196"), 0.8),
    ]


def _bench(z: float) -> list[Quad]:
    x = -_WALL_DISTANCE_M + 0.34
    seat, steel = linear_rgb("#2f5673"), linear_rgb("#9aa0a4")
    quads = [
        *box([x, 0.44, z], [0.24, 0.03, 0.85], seat, 0.6),
        *box([x - 0.22, 0.72, z], [0.025, 0.2, 0.85], seat, 0.6),
    ]
    for end in (-0.7, 0.7):
        quads += box([x, 0.21, z + end], [0.2, 0.21, 0.025], steel, 0.4)
    return quads
