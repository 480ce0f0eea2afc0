"""Cane and forearm crutch: shaft, rubber tip, handle, cuff. Axes: y up along the shaft from the tip, z forward along the handle, x left."""

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.aids.fit import Fit
from render.aids.shapes import Solid, band, joined, tube
from render.figure.part import Material
from render.people.aid import Finish

SHAFT_RADIUS = 0.0065
TIP_RADIUS, TIP_HEIGHT = 0.0105, 0.024
"""Shares of stature: tubes of 22 mm and tips of 36 mm for an adult."""
HANDLE_HALF = 0.62
"""Half of a handle's length, share of the length from wrist to middle knuckle: as wide as the palm."""
CUFF_TILT = np.radians(12.0)
"""How far a crutch leans back above its handle, along the forearm."""
CUFF_AT = 0.8
"""Where the cuff is on the forearm, from the wrist: its upper edge 25 to 40 mm below the elbow."""
_CUFF_RADIUS, _CUFF_HEIGHT, _CUFF_THICKNESS, _CUFF_OPENING = 0.03, 0.03, 0.0022, np.radians(110.0)

FINISHES: dict[Finish, tuple[Array, Material, float]] = {
    "silver": (np.array([0.55, 0.56, 0.58]), Material.METAL, 0.35),
    "dark": (np.array([0.02, 0.02, 0.022]), Material.METAL, 0.45),
    "wood": (np.array([0.14, 0.055, 0.022]), Material.WOOD, 0.5),
}
"""Colour (linear RGB), material and roughness of shafts and frames."""
BLACK = np.array([0.016, 0.016, 0.017])
GREY = np.array([0.09, 0.09, 0.095])


@frozen
class Piece:
    """One surface of an aid: ``colour (3,)`` linear RGB."""

    name: str
    solid: Solid
    colour: Array
    material: Material
    roughness: float


def handle_place(fit: Fit, kind: str) -> Array:
    """Middle of the handle ``(3,)``: behind the shaft of a cane, before that of a crutch, so that no finger meets the shaft."""
    back = -1.0 if kind == "cane" else 1.0
    return np.array([0.0, fit.handle, back * (HANDLE_HALF * _hand(fit) + SHAFT_RADIUS * fit.stature)])


def forearm_way() -> Array:
    """Direction ``(3,)`` from wrist to elbow of the arm in a crutch's cuff."""
    return np.array([0.0, np.cos(CUFF_TILT), -np.sin(CUFF_TILT)])


def cane(fit: Fit, finish: Finish) -> tuple[Piece, ...]:
    """A cane with a straight handle over its shaft's front end."""
    radius, handle = SHAFT_RADIUS * fit.stature, handle_place(fit, "cane")
    shaft = tube([[0.0, y, 0.0] for y in np.linspace(0.6 * TIP_HEIGHT * fit.stature, fit.handle, 12)], radius)
    grip = _handle(fit, handle, forward=1.25)
    colour, material, roughness = FINISHES[finish]
    held = (colour, Material.WOOD, roughness) if finish == "wood" else (BLACK, Material.PLAIN, 0.5)
    return (Piece("shaft", shaft, colour, material, roughness), _tip(fit), Piece("handle", grip, *held))


def forearm_crutch(fit: Fit, finish: Finish) -> tuple[Piece, ...]:
    """A crutch with a handle before its shaft and an open cuff about the forearm."""
    radius, handle = SHAFT_RADIUS * fit.stature, handle_place(fit, "crutch")
    wrist = handle + fit.grip.wrist
    cuff = wrist + CUFF_AT * fit.fore * forearm_way()
    size = (_CUFF_RADIUS * fit.stature, _CUFF_HEIGHT * fit.stature, _CUFF_THICKNESS * fit.stature)
    behind = cuff - size[0] * np.array([0.0, np.sin(CUFF_TILT), np.cos(CUFF_TILT)])
    straight = [[0.0, y, 0.0] for y in np.linspace(0.6 * TIP_HEIGHT * fit.stature, fit.handle, 12)]
    top = np.array([0.0, fit.handle, 0.0])
    bent = [top + share * (behind - top) for share in np.linspace(0.1, 1.0, 6)]
    shaft = tube(np.array([*straight, *bent]), radius)
    stem = tube([[0.0, fit.handle, 0.0], [0.0, fit.handle, 0.5 * handle[2]]], 0.8 * radius)
    colour, material, roughness = FINISHES["silver" if finish == "wood" else finish]
    ring = band(cuff, forearm_way(), size, _CUFF_OPENING)
    return (
        Piece("shaft", joined([shaft, stem]), colour, material, roughness),
        _tip(fit),
        Piece("handle", _handle(fit, handle, forward=1.0), BLACK, Material.PLAIN, 0.6),
        Piece("cuff", ring, GREY, Material.PLAIN, 0.5),
    )


def _hand(fit: Fit) -> float:
    return float(np.linalg.norm(fit.grip.palm))


def _handle(fit: Fit, middle: Array, forward: float) -> Solid:
    half = HANDLE_HALF * _hand(fit)
    along = np.array([-1.0, -0.97, -0.88, -0.5, 0.0, 0.5, 0.88 * forward, 0.97 * forward, forward])
    swell = np.array([0.55, 0.8, 0.97, 1.0, 1.0, 1.0, 0.97, 0.8, 0.55])
    return tube(middle + half * along[:, None] * [0.0, 0.0, 1.0], fit.grip.radius * swell)


def _tip(fit: Fit) -> Piece:
    height, radius = TIP_HEIGHT * fit.stature, TIP_RADIUS * fit.stature
    levels = height * np.array([0.0, 0.08, 0.25, 0.9, 1.0])
    solid = tube([[0.0, y, 0.0] for y in levels], radius * np.array([0.9, 1.0, 0.92, 0.78, 0.66]))
    return Piece("tip", solid, BLACK, Material.RUBBER, 0.9)
