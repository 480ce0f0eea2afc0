"""What closes a place in: floors, walls with doors and windows, ceilings with lamps, a hall or a sky around it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.core.colour import linear_rgb
from render.figure.part import Material
from render.places.extent import Extent
from render.places.place import Piece
from render.places.solids import block
from render.places.surfaces import Quad, Room, join, merge, placed

HALL_M, HALL_HEIGHT_M = 32.0, 14.0
"""From the walkway to the walls of the hall in which rooms stand, and its height."""
_LAMP_GLOW = 1.6
_GLASS_M = 0.01


@frozen
class Covering:
    """What a floor is covered with: linear RGB ``colour (3,)``, material, roughness."""

    colour: Array
    material: Material
    roughness: float = 0.9


@dataclass(frozen=True)
class Patch:
    """Part of a floor with a covering of its own, ``x`` and ``z`` from and to, m."""

    x: tuple[float, float]
    z: tuple[float, float]
    covering: Covering


def floor(x: tuple[float, float], z: tuple[float, float], base: Covering, patches: Sequence[Patch] = ()) -> Room:
    """A floor at height 0 with patches let into it, later ones above earlier ones; nowhere do two surfaces lie on each other."""
    xs = np.unique(np.clip([*x, *(edge for patch in patches for edge in patch.x)], *x))
    zs = np.unique(np.clip([*z, *(edge for patch in patches for edge in patch.z)], *z))
    quads = []
    for x0, x1 in pairwise(xs):
        for z0, z1 in pairwise(zs):
            over = [patch.covering for patch in patches if _holds(patch, 0.5 * (x0 + x1), 0.5 * (z0 + z1))]
            quads.append(_lying(x0, x1, z0, z1, 0.0, over[-1] if over else base))
    return join(quads)


def slab(x: tuple[float, float], z: tuple[float, float], y: float, covering: Covering) -> Room:
    """A lying rectangle at height ``y`` m that faces up."""
    return join([_lying(*x, *z, y, covering)])


def _holds(patch: Patch, x: float, z: float) -> bool:
    return bool(patch.x[0] < x < patch.x[1] and patch.z[0] < z < patch.z[1])


def _lying(x0: float, x1: float, z0: float, z1: float, y: float, covering: Covering) -> Quad:
    deep, wide = np.array([0.0, 0.0, z1 - z0]), np.array([x1 - x0, 0.0, 0.0])
    return Quad(np.array([x0, y, z0]), deep, wide, covering.colour, covering.material, covering.roughness)


def hall(walkway: tuple[float, float], wall: Array, base: Covering, patches: Sequence[Patch] = ()) -> Room:
    """Floor, four walls and a ceiling far around a room: what is seen past it."""
    back, front = walkway[0] - HALL_M, walkway[1] + HALL_M
    corner, up = np.array([-HALL_M, 0.0, back]), np.array([0.0, HALL_HEIGHT_M, 0.0])
    wide, deep = np.array([2 * HALL_M, 0.0, 0.0]), np.array([0.0, 0.0, front - back])
    sides = ((corner, up, deep), (corner + wide, deep, up), (corner, wide, up), (corner + deep, up, wide))
    quads = [Quad(*side, wall, Material.WALL, 0.9) for side in (*sides, (corner + up, wide, deep))]
    return merge([floor((-HALL_M, HALL_M), (back, front), base, patches), join(quads)])


def hall_eye_room(walkway: tuple[float, float]) -> Array:
    """Where cameras may stand in a `hall` ``(2, 3)``."""
    inside = HALL_M - 2.0
    return np.array([[-inside, 0.15, walkway[0] - inside], [inside, HALL_HEIGHT_M - 1.0, walkway[1] + inside]])


def wall_of(
    side: str, extent: Extent, colour: Array, hung: Sequence[Room] = (), material: Material = Material.WALL
) -> Piece:
    """One wall of the room with a skirting board and all that is ``hung`` on it.

    ``hung`` is given as seen from inside: x along the wall from its middle to the right, y up, z into the room.
    """
    middle, half, turn = _wall_frame(side, extent)
    up, along = np.array([0.0, extent.height, 0.0]), np.array([2 * half, 0.0, 0.0])
    surface = join([Quad(np.array([-half, 0.0, 0.0]), along, up, colour, material, 0.9)])
    skirting = block((0, 0.045, 0.006), (half, 0.045, 0.007), 0.55 * colour, 0.5)
    return Piece(f"{side} wall", tuple(placed(room, middle, turn) for room in (surface, skirting, *hung)), side=side)


def _wall_frame(side: str, extent: Extent) -> tuple[Array, float, float]:
    """Foot of the wall's middle ``(3,)``, half its length, and the turn that makes z point into the room."""
    x, z = 0.5 * (extent.left + extent.right), 0.5 * (extent.back + extent.front)
    wide, deep = 0.5 * (extent.left - extent.right), 0.5 * (extent.front - extent.back)
    return {
        "right": (np.array([extent.right, 0.0, z]), deep, 0.5 * np.pi),
        "left": (np.array([extent.left, 0.0, z]), deep, -0.5 * np.pi),
        "back": (np.array([x, 0.0, extent.back]), wide, 0.0),
        "front": (np.array([x, 0.0, extent.front]), wide, np.pi),
    }[side]


def ceiling(extent: Extent, colour: Array, lamps: Sequence[tuple[float, float, float, float]], glow: Array) -> Piece:
    """A ceiling with light panels ``(x, z, half width, half length)``; they shine, but the place's light is what lights it."""
    corner = np.array([extent.right, extent.height, extent.back])
    wide, deep = np.array([extent.left - extent.right, 0.0, 0.0]), np.array([0.0, 0.0, extent.front - extent.back])
    y = extent.height
    panels = [block((x, y, z), (w, 0.03, d), _LAMP_GLOW * glow, 1.0, Material.GLOW) for x, z, w, d in lamps]
    frames = [block((x, y, z), (w + 0.03, 0.025, d + 0.03), linear_rgb("#c9ccce"), 0.5) for x, z, w, d in lamps]
    surface = join([Quad(corner, wide, deep, colour, Material.PLAIN, 0.9)])
    return Piece("ceiling", (surface, *panels, *frames), side="height")


def door(at: float, leaf: Array, frame: Array, wide: float = 0.96, high: float = 2.06) -> list[Room]:
    """A door with frame, glass strip, handle and kick plate, ``at`` m from the wall's middle."""
    half = 0.5 * wide
    return [
        block((at, 0.5 * high + 0.03, 0.012), (half + 0.07, 0.5 * high + 0.03, 0.02), frame, 0.6),
        block((at, 0.5 * high, 0.02), (half, 0.5 * high, 0.022), leaf, 0.5, Material.WOOD),
        block((at - 0.22, 1.45, 0.03), (0.09, 0.32, 0.016), linear_rgb("#4b5a63"), 0.2),
        block((at + half - 0.09, 1.02, 0.06), (0.06, 0.012, 0.022), linear_rgb("#c9ccce"), 0.25, Material.METAL),
        block((at, 0.15, 0.03), (half - 0.02, 0.14, 0.014), linear_rgb("#a3a6a8"), 0.3, Material.METAL),
    ]


def window(at: float, half: tuple[float, float], sill: float, sky: Array, frame: Array) -> list[Room]:
    """A window with bright sky behind its panes, ``at`` m from the wall's middle, ``half`` its width and height, ``sill`` m high."""
    wide, high = half
    y = sill + high
    parts = [
        block((at, y, 0.0), (wide, high, _GLASS_M), 1.1 * sky, 1.0, Material.GLOW),
        block(
            (at, sill + 0.3 * high, 0.002),
            (wide, 0.3 * high, _GLASS_M),
            0.45 * sky * [0.75, 0.95, 0.7],
            1.0,
            Material.GLOW,
        ),
        block((at, sill - 0.02, 0.06), (wide + 0.08, 0.02, 0.1), frame, 0.5),
    ]
    for x in (-wide, 0.0, wide):
        parts.append(block((at + x, y, 0.02), (0.03, high, 0.025), frame, 0.5))
    for level in (sill, y + high):
        parts.append(block((at, level, 0.02), (wide + 0.03, 0.03, 0.026), frame, 0.5))
    return parts
