"""Furniture of rooms. Every piece stands at the origin on the floor, its front towards z; `Piece.moved` puts it in its place."""

from functools import partial

import numpy as np

from engine.core.arrays import Array
from render.core.colour import linear_rgb
from render.figure.part import Material
from render.places.colours import DARK, FABRICS, INKS, LEAVES, METALS, PAPERS, PLASTICS, WOODS, pick
from render.places.place import Piece
from render.places.solids import block, cushion, loft, tube
from render.places.surfaces import Room

_LEAF_THICKNESS = 0.2
"""Share of a leaf's width."""

_wooden = partial(block, roughness=0.5, material=Material.WOOD)


def chair(rng: np.random.Generator) -> Piece:
    """A stacking chair: padded seat and back on steel tubes."""
    pad, steel = pick(rng, FABRICS), pick(rng, METALS)
    wide, high = 0.24 + 0.02 * rng.uniform(), 0.45 + 0.02 * rng.uniform()
    legs = [
        tube([[x, 0.0, z * 1.05], [x, high - 0.02, z]], 0.011, steel, around=8)
        for x in (-wide + 0.02, wide - 0.02)
        for z in (-0.19, 0.2)
    ]
    backs = [
        tube([[x, high, -0.2], [x, high + 0.42, -0.27]], 0.011, steel, around=8) for x in (-wide + 0.03, wide - 0.03)
    ]
    seat = cushion((0, high, 0.0), (wide, 0.03, 0.23), pad, squareness=0.3, around=24, belts=5)
    back = cushion((0, high + 0.32, -0.255), (wide, 0.15, 0.025), pad, squareness=0.3, around=24, belts=5)
    return Piece("chair", (seat, back, *legs, *backs))


def bench(rng: np.random.Generator, half: float = 0.85) -> Piece:
    """A waiting bench on two steel feet."""
    seat, steel = pick(rng, FABRICS), pick(rng, METALS)
    feet = [block((x, 0.21, 0.0), (0.025, 0.21, 0.2), steel, 0.4, Material.METAL) for x in (0.15 - half, half - 0.15)]
    return Piece(
        "bench",
        (
            cushion((0, 0.445, 0.0), (half, 0.04, 0.25), seat, 0.6, Material.LEATHER, squareness=0.2),
            cushion((0, 0.74, -0.22), (half, 0.2, 0.035), seat, 0.6, Material.LEATHER, squareness=0.2),
            *feet,
        ),
    )


def sofa(rng: np.random.Generator) -> Piece:
    """A sofa for two or three."""
    seats = int(rng.integers(2, 4))
    leather = rng.uniform() < 0.35
    colour = pick(rng, ("#5a3a28", "#2e2c2b", "#7a5b41") if leather else FABRICS)
    material = Material.LEATHER if leather else Material.CLOTH
    soft = partial(cushion, colour=colour, roughness=0.5 if leather else 0.9, material=material)
    half = 0.36 * seats
    parts = [
        soft((0, 0.24, 0.0), (half + 0.2, 0.14, 0.42), squareness=0.12),
        soft((0, 0.52, -0.33), (half + 0.2, 0.33, 0.12), squareness=0.25),
    ]
    parts += [soft((side * (half + 0.12), 0.38, 0.02), (0.11, 0.24, 0.42), squareness=0.25) for side in (-1, 1)]
    for k in range(seats):
        x = (2 * k + 1 - seats) * 0.355
        parts.append(soft((x, 0.43, 0.06), (0.35, 0.09, 0.35), squareness=0.22))
        parts.append(soft((x, 0.66, -0.19), (0.34, 0.2, 0.09), squareness=0.3))
    for x in rng.uniform(-half, half, int(rng.integers(0, 3))):
        parts.append(cushion((x, 0.62, -0.06), (0.19, 0.19, 0.07), pick(rng, FABRICS), squareness=0.5))
    legs = [
        block((x, 0.05, z), (0.025, 0.05, 0.025), linear_rgb("#3a2a1e")) for x in (-half, half) for z in (-0.33, 0.33)
    ]
    return Piece("sofa", (*parts, *legs))


def shelf(rng: np.random.Generator) -> Piece:
    """A shelf with books."""
    wood = pick(rng, (*WOODS, "#e6e4de"))
    half, high, boards = rng.uniform(0.4, 0.6), rng.uniform(1.5, 2.0), int(rng.integers(4, 6))
    parts = [
        _wooden((-half, 0.5 * high, 0), (0.012, 0.5 * high, 0.15), wood),
        _wooden((half, 0.5 * high, 0), (0.012, 0.5 * high, 0.15), wood),
        _wooden((0, 0.5 * high, -0.145), (half, 0.5 * high, 0.006), 0.8 * wood),
    ]
    for y in np.linspace(0.06, high, boards):
        parts.append(_wooden((0, y, 0), (half, 0.012, 0.15), wood))
    for low in np.linspace(0.06, high, boards)[:-1]:
        parts += _books(rng, half, float(low) + 0.012, (high - 0.06) / (boards - 1) - 0.05)
    return Piece("shelf", tuple(parts))


def _books(rng: np.random.Generator, half: float, y: float, room: float) -> list[Room]:
    books, x = [], -half + 0.03
    until = half * rng.uniform(-0.2, 0.95)
    while x < until:
        thick, high = rng.uniform(0.012, 0.03), room * rng.uniform(0.55, 0.9)
        colour = pick(rng, (*INKS, *PAPERS, *PLASTICS))
        books.append(
            block((x + thick, y + 0.5 * high, -0.02), (thick, 0.5 * high, rng.uniform(0.08, 0.11)), colour, 0.7)
        )
        x += 2 * thick + 0.002
    return books


def table(rng: np.random.Generator, half: tuple[float, float] = (0.55, 0.32), high: float = 0.42) -> Piece:
    """A table; by default one for a living room."""
    wood = pick(rng, WOODS)
    legs = [
        _wooden(
            (x * (half[0] - 0.06), 0.5 * high - 0.01, z * (half[1] - 0.06)), (0.022, 0.5 * high - 0.01, 0.022), wood
        )
        for x in (-1, 1)
        for z in (-1, 1)
    ]
    return Piece("table", (_wooden((0, high, 0), (half[0], 0.02, half[1]), wood), *legs))


def desk(rng: np.random.Generator) -> Piece:
    """A table with a screen and a keyboard."""
    top = table(rng, (0.7, 0.36), 0.73)
    dark, glow = linear_rgb(DARK), 0.55 * pick(rng, ("#7fa6c4", "#9fb4b8", "#c4c8d0"))
    screen = [
        block((0.05, 1.03, -0.12), (0.29, 0.18, 0.015), dark, 0.4),
        block((0.05, 1.03, -0.103), (0.275, 0.165, 0.002), glow, 0.3, Material.GLOW),
        tube([[0.05, 0.75, -0.14], [0.05, 0.95, -0.14]], 0.02, dark),
        block((0.05, 0.755, -0.12), (0.12, 0.006, 0.09), dark, 0.4),
        block((0.05, 0.76, 0.12), (0.21, 0.01, 0.07), linear_rgb("#3a3d40"), 0.6),
    ]
    return Piece("desk", (*top.solids, *screen))


def plant(rng: np.random.Generator) -> Piece:
    """A pot plant with long leaves."""
    pot = pick(rng, ("#8a5a44", "#d7d3ca", "#4a4c4f", "#a9a08f"))
    high = rng.uniform(0.75, 1.35)
    parts = [
        tube([[0, 0, 0], [0, 0.3, 0]], (0.13, 0.17), pot, 0.6, Material.PLAIN),
        tube([[0, 0.285, 0], [0, 0.302, 0]], 0.155, linear_rgb("#2e241c"), 0.95, Material.CARPET),
    ]
    leaf = pick(rng, LEAVES)
    for turn in rng.uniform(0, 2 * np.pi, 1) + 2.39996 * np.arange(17):
        parts.append(_leaf(rng, turn, high * rng.uniform(0.55, 1.0), leaf * rng.uniform(0.75, 1.25)))
    return Piece("plant", tuple(parts))


def _leaf(rng: np.random.Generator, turn: float, high: float, colour: Array) -> Room:
    share = np.linspace(0, 1, 7)
    out = 0.02 + rng.uniform(0.15, 0.38) * share**1.7
    rise = 0.3 + (high - 0.3) * (share - 0.28 * share**3)
    path = np.stack([out * np.sin(turn), rise, out * np.cos(turn)], axis=1)
    width = 0.004 + rng.uniform(0.018, 0.032) * np.sin(np.pi * share**0.8) ** 1.2
    across = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    upper = np.cross(np.gradient(path, axis=0), across)
    upper *= _LEAF_THICKNESS / np.linalg.norm(upper, axis=1, keepdims=True)
    angle = 2 * np.pi * (np.arange(8)[:, None] + 0.5) / 8
    section = np.cos(angle) * across + np.sin(angle) * upper[:, None]
    return loft(path[:, None] + width[:, None, None] * section, colour, 0.5, Material.PLAIN)


def bin_with_lid(rng: np.random.Generator) -> Piece:
    """A waste bin."""
    body, lid = pick(rng, (*METALS, "#e3e3e0", "#4b4f52")), pick(rng, (*PLASTICS, DARK))
    high, wide = rng.uniform(0.4, 0.62), rng.uniform(0.13, 0.18)
    return Piece(
        "bin",
        (
            tube([[0, 0, 0], [0, high, 0]], (0.9 * wide, wide), body, 0.4, Material.METAL, 20),
            tube([[0, high, 0], [0, high + 0.05, 0]], (1.04 * wide, 0.85 * wide), lid, 0.5, Material.PLAIN, 20),
        ),
    )


def trolley(rng: np.random.Generator) -> Piece:
    """A ward trolley: shelves on four posts with castors, boxes and a bowl on them."""
    steel, half = pick(rng, METALS), (rng.uniform(0.26, 0.36), 0.21)
    parts = [block((0, y, 0), (half[0], 0.012, half[1]), steel, 0.3, Material.METAL) for y in (0.2, 0.52, 0.84)]
    for x in (-half[0], half[0]):
        for z in (-half[1], half[1]):
            parts.append(tube([[x, 0.1, z], [x, 0.95, z]], 0.011, steel, around=8))
            parts.append(
                tube([[x - 0.012, 0.05, z], [x + 0.012, 0.05, z]], 0.05, linear_rgb(DARK), 0.8, Material.RUBBER)
            )
    for y in (0.532, 0.852):
        for x in rng.uniform(-half[0] + 0.1, half[0] - 0.1, 2):
            size = rng.uniform((0.05, 0.03, 0.05), (0.1, 0.09, 0.12))
            parts.append(block((x, y + size[1], rng.uniform(-0.08, 0.08)), size, pick(rng, (*PAPERS, *PLASTICS)), 0.7))
    return Piece("trolley", tuple(parts))


def floor_lamp(rng: np.random.Generator) -> Piece:
    """A standing lamp with a cloth shade."""
    steel, shade = pick(rng, (*METALS, DARK)), 1.1 * pick(rng, ("#e8dcc4", "#efe7da", "#d9c7a2"))
    high = rng.uniform(1.4, 1.65)
    return Piece(
        "floor lamp",
        (
            tube([[0, 0, 0], [0, 0.025, 0]], 0.14, steel, around=20),
            tube([[0, 0.02, 0], [0, high, 0]], 0.012, steel, around=8),
            tube([[0, high - 0.1, 0], [0, high + 0.2, 0]], (0.2, 0.13), shade, 0.9, Material.GLOW, 20),
        ),
    )


def picture_frame(rng: np.random.Generator, half: tuple[float, float]) -> list[Room]:
    """A framed picture or notice about the origin, ``half`` its width and height (m), its back on the plane z = 0."""
    ink, paper = pick(rng, INKS), pick(rng, PAPERS)
    wide, high = half
    parts = [
        block((0, 0, 0.008), (wide, high, 0.008), pick(rng, (*INKS, *WOODS, "#dddddb")), 0.5),
        block((0, 0, 0.015), (wide - 0.03, high - 0.03, 0.003), paper, 0.8),
    ]
    for _ in range(int(rng.integers(2, 5))):
        size = rng.uniform(0.1, 0.45, 2) * (np.array(half) - 0.05)
        at = rng.uniform(-1, 1, 2) * (np.array(half) - 0.05 - size)
        parts.append(
            block((*at, 0.017 + 0.001 * len(parts)), (*size, 0.003), 0.6 * ink + 0.4 * pick(rng, (*INKS, *PAPERS)), 0.8)
        )
    return parts
