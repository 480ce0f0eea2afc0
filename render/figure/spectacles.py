"""Spectacles: rims, bridge and temples, rigid with the head; the lenses are clear and not drawn."""

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy
from render.figure.loft import tube
from render.figure.mesh import Faces
from render.figure.part import Material, Part, flat_colour

_BEFORE_EYE, _BELOW_EYE, _APART = 0.10, 0.03, 1.08
"""Where a rim's middle lies: ears-to-nose units before and below the eye, and times the eye's distance from the middle."""
_RIM_POINTS = 22


@frozen
class Spectacles:
    """``half (2,)`` width and height of a rim halved and ``wire`` radius (unit: ears to nose); ``corner`` exponent of its shape: 2 round, 4
    boxy. ``colour (3,)`` linear RGB."""

    half: tuple[float, float]
    corner: float
    wire: float
    metal: bool
    colour: Array


SPECTACLES: dict[str, tuple[tuple[float, float], float, float, bool]] = {
    "round": ((0.165, 0.155), 2.0, 0.011, True),
    "oval": ((0.185, 0.125), 2.2, 0.011, True),
    "square": ((0.190, 0.135), 3.6, 0.018, False),
    "large": ((0.205, 0.170), 2.8, 0.018, False),
}
"""Frames: half width and height, corner, wire, whether of metal."""


def make_spectacles(person: Anatomy, frame: Spectacles) -> list[Part]:
    """Spectacles on the person's nose."""
    size = person.head_size
    wire = frame.wire * size
    pieces: list[tuple[Array, Faces]] = []
    hinges = []
    for side in (1.0, -1.0):
        middle = _rim_middle(person, side)
        turn = np.linspace(0, 2 * np.pi, _RIM_POINTS, endpoint=False)
        x, y = (np.sign(f(turn)) * np.abs(f(turn)) ** (2 / frame.corner) for f in (np.cos, np.sin))
        bow = -0.12 * x * side * frame.half[0] * size
        rim = middle + np.stack([x * frame.half[0] * size, y * frame.half[1] * size, bow], axis=1)
        pieces.append(tube(rim, np.full(len(rim), wire), 5, closed=True))
        hinges.append(middle + size * np.array([side * frame.half[0], 0.35 * frame.half[1], -0.12 * frame.half[0]]))
        pieces.append(tube(_temple(person, hinges[-1], side), np.full(8, wire), 5))
    pieces.append(tube(_bridge(person, frame), np.full(6, wire), 5))
    material, roughness = (Material.METAL, 0.35) if frame.metal else (Material.PLAIN, 0.4)
    return [_part(person, *piece, frame.colour, material, roughness) for piece in pieces]


def _part(person: Anatomy, points: Array, faces: Faces, colour: Array, material: Material, roughness: float) -> Part:
    weights = np.zeros((len(points), person.weights.shape[1]))
    weights[:, JOINT["head"]] = 1.0
    colours = flat_colour(colour, len(points))
    return Part("spectacles", points, weights, faces, colours, points[:, :2], material, roughness)


def _rim_middle(person: Anatomy, side: float) -> Array:
    eye = person.landmark("leye" if side > 0 else "reye")
    size = person.head_size
    return np.array([_APART * eye[0], eye[1] - _BELOW_EYE * size, eye[2] + _BEFORE_EYE * size])


def _bridge(person: Anatomy, frame: Spectacles) -> Array:
    left, right = (_rim_middle(person, side) for side in (1.0, -1.0))
    inner = left[0] - frame.half[0] * person.head_size
    across = np.linspace(inner, -inner, 6)
    arch = 0.05 * person.head_size * (1 - (across / inner) ** 2)
    up = 0.5 * (left[1] + right[1]) + 0.25 * frame.half[1] * person.head_size
    return np.stack([across, up + arch, np.full(6, left[2]) + 0.5 * arch], axis=1)


def _temple(person: Anatomy, hinge: Array, side: float) -> Array:
    """From the hinge ``(3,)`` past the temple to the top of the ear, outside the head."""
    ear = person.landmark("lear" if side > 0 else "rear") + person.head_size * np.array([0.0, 0.06, -0.05])
    path = hinge + np.linspace(0, 1, 8)[:, None] * ([0.93 * ear[0], *ear[1:]] - hinge)
    skull = person.vertices[(person.head > 0.5) & (person.regions["ears"] < 0.01)]
    for point in path:
        near = skull[(np.abs(skull[:, 1:] - point[1:]) < 0.1 * person.head_size).all(axis=1)]
        if len(near):
            point[0] = side * max(side * point[0], (side * near[:, 0]).max() + 0.02 * person.head_size)
    return path
