"""The room that people are filmed in: a clinic corridor, described as coloured surfaces."""

from dataclasses import dataclass

import numpy as np

from engine.cycle import Array
from render.figure.mesh import Faces
from render.figure.part import Material
from render.looks import linear_rgb

_WALL_DISTANCE_M, _HEIGHT_M = 1.9, 2.9
_FLOOR_BEFORE_M = 30.0
_FLOOR_COLOUR = "#a39d90"
_LAMP_SPACING_M, _LAMP_GLOW = 3.0, 3.5
_DOOR_SPACING_M, _DOOR_M = 4.2, (0.96, 2.06)


@dataclass(frozen=True)
class Room:
    """One mesh: ``vertices``, ``normals (n, 3)``, ``faces (m, 3)``, ``colours (n, 4)`` linear RGB and openness, ``grain (n, 2)`` metres
    on the surface, ``surface (n, 2)`` material number and roughness."""

    vertices: Array
    normals: Array
    faces: Faces
    colours: Array
    grain: Array
    surface: Array


@dataclass(frozen=True)
class _Quad:
    """``corner`` plus two edges; its normal is their cross product. ``openness`` at corner, corner + first, opposite, corner + second."""

    corner: Array
    first: Array
    second: Array
    colour: Array
    material: Material
    roughness: float
    openness: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)


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
    return _join(quads)


def floor_sheet() -> Room:
    """A sheet that lies on the floor unseen and takes the figure's shadow."""
    corner, deep, wide = np.zeros(3), np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
    return _join([_Quad(corner, deep, wide, _colour(_FLOOR_COLOUR), Material.SHADOW, 1.0)])


def _colour(text: str) -> Array:
    return linear_rgb(text)


def _shell(back: float, front: float) -> list[_Quad]:
    x, length = -_WALL_DISTANCE_M, front - back
    deep, wide = np.array([0.0, 0.0, length]), np.array([_FLOOR_BEFORE_M, 0.0, 0.0])
    floor, wall, ceiling = _colour(_FLOOR_COLOUR), _colour("#dcdbd2"), _colour("#fbfbf8")
    edge = np.array([x, 0.0, back])
    up = np.array([0.0, _HEIGHT_M, 0.0])
    near_wall = 0.9
    strip = np.array([near_wall, 0.0, 0.0])
    return [
        _Quad(edge, deep, strip, floor, Material.FLOOR, 0.35, (0.6, 0.6, 1.0, 1.0)),
        _Quad(edge + strip, deep, wide, floor, Material.FLOOR, 0.35),
        _Quad(edge, up * 0.35, deep, wall, Material.WALL, 0.9, (0.62, 0.95, 0.95, 0.62)),
        _Quad(edge + up * 0.35, up * 0.65, deep, wall, Material.WALL, 0.9, (0.95, 0.8, 0.8, 0.95)),
        _Quad(edge + up, wide, deep, ceiling, Material.PLAIN, 0.9, (0.8, 1.0, 1.0, 0.8)),
        _Quad(np.array([x, 0.0, front]), up, wide, wall, Material.WALL, 0.9, (0.7, 0.9, 0.9, 0.7)),
        _Quad(np.array([x, 0.0, back]), wide, up, wall, Material.WALL, 0.9, (0.7, 0.7, 0.9, 0.9)),
    ]


def _lamps(back: float, front: float) -> list[_Quad]:
    """Light panels under the ceiling, seen but not casting light (the key light of the shader stands for their row)."""
    y, glow = _HEIGHT_M - 0.01, np.full(3, _LAMP_GLOW)
    return [
        _Quad(
            np.array([x - 0.3, y, z]), np.array([0.6, 0.0, 0.0]), np.array([0.0, 0.0, 1.2]), glow, Material.PLAIN, 1.0
        )
        for x in (-0.6, 2.4, 5.4)
        for z in np.arange(back + 1.0, front - 1.0, _LAMP_SPACING_M)
    ]


def _rails(back: float, front: float) -> list[_Quad]:
    middle, half = 0.5 * (back + front), 0.5 * (front - back)
    x = -_WALL_DISTANCE_M
    return [
        *_box([x, 0.05, middle], [0.012, 0.05, half], _colour("#7d8286"), 0.5),
        *_box([x, 0.98, middle], [0.006, 0.16, half], _colour("#a9bfc0"), 0.8),
        *_box([x + 0.05, 0.90, middle], [0.03, 0.045, half], _colour("#8a6a4a"), 0.45),
    ]


def _door(z: float) -> list[_Quad]:
    x = -_WALL_DISTANCE_M
    half_width, height = 0.5 * _DOOR_M[0], _DOOR_M[1]
    return [
        *_box([x, 0.5 * height + 0.02, z], [0.03, 0.5 * height + 0.04, half_width + 0.07], _colour("#868b8e"), 0.6),
        *_box([x + 0.01, 0.5 * height, z], [0.03, 0.5 * height, half_width], _colour("#b5936b"), 0.5),
        *_box([x + 0.02, 1.45, z + 0.22], [0.025, 0.32, 0.09], _colour("#4b5a63"), 0.2),
        *_box([x + 0.06, 1.02, z - 0.38], [0.03, 0.012, 0.06], _colour("#c9ccce"), 0.25),
        *_box([x + 0.02, 0.15, z], [0.024, 0.14, half_width - 0.02], _colour("#a3a6a8"), 0.3),
    ]


def _notice(z: float, number: int) -> list[_Quad]:
    x = -_WALL_DISTANCE_M
    frames = ("#3d6b8f", "#8f4b3d", "#4d7a55", "#7a6a3d", "#5b4f86")
    sheets = ("#e9e7dc", "#dfe7ea", "#eee6d2", "#e6ecdf", "#ece2e4")
    return [
        *_box([x, 1.62, z], [0.015, 0.30, 0.42], _colour(frames[number % 5]), 0.5),
        *_box([x + 0.005, 1.62, z], [0.013, 0.265, 0.385], _colour(sheets[number % 5]), 0.8),
        *_box([x + 0.007, 1.70, z - 0.12], [0.013, 0.10, 0.16], _colour(frames[(number + 2) % 5]), 0.8),
        *_box([x + 0.007, 1.50, z + 0.1], [0.013, 0.03, 0.2], _colour("#8c9196"), 0.8),
    ]


def _bench(z: float) -> list[_Quad]:
    x = -_WALL_DISTANCE_M + 0.34
    seat, steel = _colour("#2f5673"), _colour("#9aa0a4")
    quads = [
        *_box([x, 0.44, z], [0.24, 0.03, 0.85], seat, 0.6),
        *_box([x - 0.22, 0.72, z], [0.025, 0.2, 0.85], seat, 0.6),
    ]
    for end in (-0.7, 0.7):
        quads += _box([x, 0.21, z + end], [0.2, 0.21, 0.025], steel, 0.4)
    return quads


def _box(centre: list[float], half: list[float], colour: Array, roughness: float) -> list[_Quad]:
    middle, size = np.array(centre), np.array(half)
    quads = []
    for axis in range(3):
        j, k = (axis + 1) % 3, (axis + 2) % 3
        for sign in (1.0, -1.0):
            first, second = np.zeros(3), np.zeros(3)
            first[j], second[k] = 2 * size[j], 2 * size[k]
            corner = middle - size
            corner[axis] += (1 + sign) * size[axis]
            edges = (first, second) if sign > 0 else (second, first)
            quads.append(_Quad(corner, *edges, colour, Material.PLAIN, roughness))
    return quads


def _join(quads: list[_Quad]) -> Room:
    corners = np.array(
        [[q.corner, q.corner + q.first, q.corner + q.first + q.second, q.corner + q.second] for q in quads]
    )
    normals = np.array([np.cross(q.first, q.second) for q in quads])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    colours = np.array([[[*q.colour, openness] for openness in q.openness] for q in quads])
    surface = np.array([[float(q.material), q.roughness] for q in quads])
    start = 4 * np.arange(len(quads))[:, None]
    faces = np.concatenate([start + np.array(corner) for corner in ((0, 1, 2), (0, 2, 3))])
    flat = corners.reshape(-1, 3)
    lying = np.repeat(np.abs(normals[:, 1]) > 0.5, 4)
    grain = np.stack([flat[:, 2], np.where(lying, flat[:, 0], flat[:, 1])], axis=1)
    return Room(
        vertices=flat.astype(np.float32),
        normals=np.repeat(normals, 4, axis=0).astype(np.float32),
        faces=faces,
        colours=colours.reshape(-1, 4).astype(np.float32),
        grain=grain.astype(np.float32),
        surface=np.repeat(surface, 4, axis=0).astype(np.float32),
    )
