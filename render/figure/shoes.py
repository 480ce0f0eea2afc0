"""Shoes: hulls lofted around the feet, flat-soled, as thick below as `footwear` says."""

from dataclasses import dataclass

import numpy as np

from engine.cycle import Array
from render.body.footwear import sole_thickness_m
from render.body.skeleton import JOINT
from render.figure.anatomy import Anatomy
from render.figure.mesh import Faces

_STATIONS, _AROUND = 26, 24
_SOLE_POINTS = np.isin(np.arange(_AROUND), [0, 1, _AROUND - 4, _AROUND - 3, _AROUND - 2, _AROUND - 1])
_SLICE = 0.045
_ROOM = 0.014
"""Between foot and leather, share of foot length."""
_TOE_SPRING = 0.02
_COLLAR = 0.012
"""Top of the shoe above the ankle centre, share of stature."""


@dataclass(frozen=True)
class Shoe:
    """``vertices (n, 3)`` in the rest pose, ``weights (n, 55)``, ``faces``, ``sole (n,)`` true where it is sole."""

    vertices: Array
    weights: Array
    faces: Faces
    sole: Array


def make_shoe(person: Anatomy, side: str) -> Shoe:
    """The shoe of one foot (``side`` left or right)."""
    ankle, ball = person.joint(f"{side}_ankle"), person.joint(f"{side}_foot")
    forward = (ball - ankle) * [1.0, 0.0, 1.0]
    forward /= np.linalg.norm(forward)
    frame = np.stack([np.cross([0.0, 1.0, 0.0], forward), [0.0, 1.0, 0.0], forward])
    origin = np.array([ankle[0], person.floor, ankle[2]])
    foot = person.share(f"{side}_ankle", f"{side}_foot") > 0.5
    points = (person.vertices[foot] - origin) @ frame.T
    collar = ankle[1] - person.floor + _COLLAR * person.stature
    thickness = sole_thickness_m(person.stature)
    local, along = _loft(points, collar, thickness)
    length = np.ptp(along)
    toes = np.clip(0.5 + (along - (ball - ankle) @ forward) / (0.14 * length), 0, 1)
    weights = np.zeros((len(local), person.weights.shape[1]))
    weights[:, JOINT[f"{side}_foot"]] = toes
    weights[:, JOINT[f"{side}_ankle"]] = 1 - toes
    spring = np.maximum(along - (along.min() + 0.85 * length), 0) ** 2 / (0.15 * length)
    sole = np.tile(_SOLE_POINTS, _STATIONS)
    local[:, 1] += _TOE_SPRING * length * spring / max(spring.max(), 1e-9) * 0.6
    return Shoe(local @ frame + origin, weights, _faces(), sole)


def _loft(points: Array, collar: float, thickness: float) -> tuple[Array, Array]:
    """Hull in foot axes (lateral, up, forward) about the bare foot ``points``, and its forward coordinate."""
    heel, toe = points[:, 2].min(), points[:, 2].max()
    length = toe - heel
    room = _ROOM * length
    stations = heel - room + (length + 2 * room) * 0.5 * (1 - np.cos(np.linspace(0, np.pi, _STATIONS)))
    middle, half, top = _slices(points, stations, length, collar)
    end = np.clip(np.minimum(stations - stations[0], stations[-1] - stations) / (0.2 * length), 0, 1)
    rounded = np.sqrt(np.clip(1 - (1 - end) ** 2, 0, 1))
    half, top = (half + room) * np.maximum(rounded, 0.02), top + room
    top = thickness + top * np.where(stations > 0.5 * (heel + toe), np.maximum(rounded, 0.15) ** 0.6, 1.0)
    vertices = [_section(m, w, h, z, thickness) for m, w, h, z in zip(middle, half, top, stations, strict=True)]
    flat = np.concatenate(vertices)
    return flat, flat[:, 2].copy()


def _slices(points: Array, stations: Array, length: float, collar: float) -> tuple[Array, Array, Array]:
    """Middle and half of the foot's width and its top (below the collar) at each station, smoothed along the foot."""
    low = points[points[:, 1] < collar]
    rows = []
    for z in np.clip(stations, low[:, 2].min() + 0.02 * length, low[:, 2].max() - 0.02 * length):
        near = low[np.abs(low[:, 2] - z) < _SLICE * length]
        left, right = near[:, 0].min(), near[:, 0].max()
        rows.append((0.5 * (left + right), 0.5 * (right - left), min(near[:, 1].max(), collar)))
    table = np.array(rows)
    for _ in range(3):
        table[1:-1] = 0.25 * table[:-2] + 0.5 * table[1:-1] + 0.25 * table[2:]
    return table[:, 0], table[:, 1], table[:, 2]


def _section(middle: float, half: float, top: float, forward: float, thickness: float) -> Array:
    """A closed cross-section `_AROUND` points long: upright sole, a step in, upright sides rounded above, flat below."""
    turn = np.linspace(0, np.pi, _AROUND - 6)
    x = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.55 * half
    y = thickness + (top - thickness) * np.sin(turn) ** 0.75
    edge = 1.05 * half
    x = np.concatenate([[edge, edge], x, [-edge, -edge, -0.4 * half, 0.4 * half]])
    y = np.concatenate([[0.0, thickness], y, [thickness, 0.0, 0.0, 0.0]])
    return np.stack([middle + x, y - thickness, np.full(len(x), forward)], axis=1)


def _faces() -> Faces:
    """Quads between neighbouring sections, two triangles each, facing outward; fans close heel and toe."""
    ring = np.arange(_AROUND)
    following = np.roll(ring, -1)
    faces = []
    for k in range(_STATIONS - 1):
        a, b = k * _AROUND, (k + 1) * _AROUND
        faces += [np.stack([a + ring, b + following, b + ring], axis=1)]
        faces += [np.stack([a + ring, a + following, b + following], axis=1)]
    last = (_STATIONS - 1) * _AROUND
    fan = np.stack([np.zeros(_AROUND - 2, int), ring[2:], ring[1:-1]], axis=1)
    faces += [fan, last + fan[:, ::-1]]
    return np.concatenate(faces)
