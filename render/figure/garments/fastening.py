"""How tops close in front: plackets with buttons, zips."""

import numpy as np
from scipy.spatial import cKDTree

from engine.core.arrays import Array
from render.figure.anatomy import Anatomy
from render.figure.garments.dye import Fabric, Mark, Rgb, midline, shade
from render.figure.garments.garment import Sheet
from render.figure.mesh import Faces, vertex_normals
from render.figure.part import Material, Part

_PLACKET, _SEAM, _ZIP = 0.009, 0.0009, 0.0022
_BUTTON, _BUTTON_GAP, _BUTTON_HEIGHT = 0.0036, 0.05, 0.0018
"""Widths, a button's radius, distance of buttons and how far they stand off the cloth: shares of stature."""
_CORNERS = 8
_PALE, _DARK, _STEEL = (0.62, 0.60, 0.55), (0.03, 0.03, 0.03), (0.18, 0.18, 0.19)


def front_marks(person: Anatomy, fabric: Fabric, front: str) -> list[Mark]:
    """Lines down the front of a top that is ``closed``, or has ``buttons`` or a ``zip``."""
    level, stature = midline(person), person.stature
    if front == "buttons":
        dark = shade(fabric.colour, 0.55)
        return [Mark(level, (at - _SEAM) * stature, (at + _SEAM) * stature, dark) for at in (-_PLACKET, _PLACKET)]
    if front == "zip":
        return [Mark(level, -_ZIP * stature, _ZIP * stature, _STEEL)]
    return []


def buttons(person: Anatomy, sheet: Sheet, fabric: Fabric) -> Part:
    """A row of buttons down the front of ``sheet``: small discs that move with the cloth under them."""
    middle = (np.abs(sheet.vertices[:, 0]) < 0.02 * person.stature) & (sheet.vertices[:, 2] > person.joint("pelvis")[2])
    low, high = sheet.vertices[middle, 1].min(), person.joint("neck")[1] - 0.02 * person.stature
    heights = np.arange(
        high, max(low, person.joint("left_knee")[1]) + 0.02 * person.stature, -_BUTTON_GAP * person.stature
    )
    on_line = np.column_stack([np.zeros_like(heights), heights])
    distance, near = cKDTree(sheet.vertices[middle][:, :2]).query(on_line, k=4)
    share = 1 / (distance + 1e-4)
    share /= share.sum(axis=1, keepdims=True)
    near = np.flatnonzero(middle)[near]
    normals = vertex_normals(sheet.vertices, sheet.faces)
    centre, normal, weights = (
        np.einsum("kn,kna->ka", share, of[near]) for of in (sheet.vertices, normals, sheet.weights)
    )
    places, faces = _discs(centre + _BUTTON_HEIGHT * person.stature * normal, normal, _BUTTON * person.stature)
    colours = np.tile(_button_colour(fabric.colour), (len(places), 1))
    weights = np.repeat(weights, _CORNERS + 1, axis=0)
    return Part("button", places, weights, faces, colours, places[:, :2], Material.PLAIN, 0.3)


def _button_colour(cloth: Rgb) -> Rgb:
    return _PALE if np.mean(cloth) < 0.35 else _DARK


def _discs(centres: Array, normals: Array, radius: float) -> tuple[Array, Faces]:
    side = np.cross([0.0, 1.0, 0.0], normals)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(normals, side)
    turn = 2 * np.pi * np.arange(_CORNERS) / _CORNERS
    rim = radius * (np.cos(turn)[:, None, None] * side + np.sin(turn)[:, None, None] * up)
    places = np.concatenate([centres[None], centres - 0.3 * radius * normals + rim]).transpose(1, 0, 2).reshape(-1, 3)
    ring = 1 + np.arange(_CORNERS)
    fan = np.stack([np.zeros(_CORNERS, int), ring, np.roll(ring, -1)], axis=1)
    return places, np.concatenate([fan + k * (_CORNERS + 1) for k in range(len(centres))])
