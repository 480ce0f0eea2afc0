"""Equipment of physiotherapy rooms and gait laboratories. Every piece stands at the origin on the floor, its front towards z."""

from functools import partial

import numpy as np

from render.core.colour import linear_rgb
from render.figure.part import Material
from render.places.colours import DARK, METALS, PLASTICS, WOODS, pick
from render.places.place import Piece
from render.places.solids import block, cushion, sphere, tube
from render.places.surfaces import Room

_vinyl = partial(cushion, roughness=0.55, material=Material.LEATHER, squareness=0.18)


def parallel_bars(rng: np.random.Generator, long: float) -> Piece:
    """Two hand rails along z, 0.6 m apart, on posts."""
    wood, steel = pick(rng, WOODS), pick(rng, METALS)
    high, apart = rng.uniform(0.82, 0.95), 0.3
    parts: list[Room] = []
    for x in (-apart, apart):
        parts.append(tube([[x, high, -0.5 * long], [x, high, 0.5 * long]], 0.021, wood, 0.4, Material.WOOD))
        for z in np.linspace(-0.5 * long + 0.25, 0.5 * long - 0.25, 3):
            parts.append(tube([[x, 0.0, z], [x, high, z]], 0.02, steel))
            parts.append(block((x, 0.012, z), (0.09, 0.012, 0.16), steel, 0.4, Material.METAL))
    return Piece("parallel bars", tuple(parts))


def wall_bars(rng: np.random.Generator) -> list[Room]:
    """A ladder of wooden rungs with its back on the plane z = 0."""
    wood = pick(rng, WOODS[:3])
    sides = [block((x, 1.25, 0.06), (0.02, 1.25, 0.06), wood, 0.5, Material.WOOD) for x in (-0.45, 0.45)]
    rungs = [
        tube([[-0.45, y, 0.09], [0.45, y, 0.09]], 0.019, 1.08 * wood, 0.45, Material.WOOD, 8)
        for y in np.arange(0.2, 2.45, 0.155)
    ]
    return [*sides, *rungs]


def gym_ball(rng: np.random.Generator) -> Piece:
    """A ball to sit on."""
    radius = rng.uniform(0.27, 0.38)
    return Piece("gym ball", (sphere((0, radius, 0), radius, pick(rng, PLASTICS), 0.45),))


def exercise_mat(rng: np.random.Generator, half: tuple[float, float] = (0.6, 1.0)) -> Piece:
    """A thick mat on the floor."""
    return Piece("mat", (_vinyl((0, 0.03, 0), (half[0], 0.03, half[1]), pick(rng, PLASTICS[:3])),))


def treatment_couch(rng: np.random.Generator) -> Piece:
    """A padded couch on a steel frame, long in x."""
    pad, steel, high = (
        pick(rng, ("#2f5673", "#3c4a45", "#5a6670", "#7c3f3d")),
        pick(rng, METALS),
        rng.uniform(0.5, 0.72),
    )
    parts = [
        _vinyl((0.2, high, 0), (0.75, 0.05, 0.33), pad),
        _vinyl((-0.8, high + 0.03, 0), (0.22, 0.05, 0.33), pad),
        block((0.0, high - 0.07, 0), (0.95, 0.025, 0.24), steel, 0.4, Material.METAL),
    ]
    for x in (-0.7, 0.7):
        parts.append(block((x, 0.5 * (high - 0.1), 0), (0.03, 0.5 * (high - 0.1), 0.05), steel, 0.4, Material.METAL))
        parts.append(block((x, 0.03, 0), (0.04, 0.03, 0.33), steel, 0.4, Material.METAL))
    return Piece("couch", tuple(parts))


def step_blocks(rng: np.random.Generator) -> Piece:
    """Two training steps."""
    colour, top = pick(rng, PLASTICS), pick(rng, ("#4a4d50", "#6a6d70"))
    parts = []
    for k, z in enumerate((0.3, 0.0)):
        high = 0.09 * (k + 1)
        parts.append(block((0, high - 0.01, z), (0.4, high - 0.01, 0.15), colour, 0.6))
        parts.append(block((0, 2 * high - 0.01, z), (0.39, 0.01, 0.145), top, 0.9, Material.RUBBER))
    return Piece("steps", tuple(parts))


def tripod(rng: np.random.Generator) -> Piece:
    """A camera on a tripod that looks along z."""
    dark, high = linear_rgb(DARK), rng.uniform(1.05, 1.4)
    legs = [
        tube([[0, high - 0.15, 0], [0.42 * np.sin(a), 0.0, 0.42 * np.cos(a)]], 0.013, dark, 0.5, around=6)
        for a in 2 * np.pi * np.arange(3) / 3
    ]
    return Piece(
        "tripod",
        (
            *legs,
            tube([[0, high - 0.25, 0], [0, high, 0]], 0.016, dark, 0.5, around=8),
            block((0, high + 0.05, 0), (0.06, 0.05, 0.04), dark, 0.5),
            tube([[0, high + 0.05, 0.03], [0, high + 0.05, 0.12]], 0.033, linear_rgb("#17181a"), 0.3),
        ),
    )


def capture_camera(x: float, y: float, z: float, aim: tuple[float, float, float]) -> list[Room]:
    """A motion capture camera with its ring of red lamps, hung at (x, y, z), that looks at ``aim``."""
    body, at = linear_rgb(DARK), np.array([x, y, z])
    forward = np.array(aim) - at
    forward /= np.linalg.norm(forward)
    return [
        tube([at + np.array([0, 0.16, 0]), at], 0.012, linear_rgb("#7d8286"), around=6),
        tube([at - 0.06 * forward, at + 0.05 * forward], 0.055, body, 0.4, Material.PLAIN),
        tube([at + 0.05 * forward, at + 0.06 * forward], 0.05, linear_rgb("#b03a34"), 1.0, Material.GLOW),
        tube([at + 0.055 * forward, at + 0.1 * forward], 0.024, linear_rgb("#111214"), 0.2, Material.PLAIN),
    ]


def treadmill(rng: np.random.Generator, long: float, wide: float) -> Piece:
    """The frame of a treadmill around a belt at height 0 from z = −long/2 to long/2: deck edges, motor hood, hand rails, console."""
    frame, steel, dark = pick(rng, ("#3a3d42", "#55595e", "#c9ccce")), pick(rng, METALS), linear_rgb(DARK)
    half, z1 = 0.5 * wide, 0.5 * long
    post, high = z1 + 0.22, rng.uniform(1.15, 1.3)
    parts = [
        cushion((0, 0.06, z1 + 0.3), (half + 0.16, 0.2, 0.26), frame, 0.5, Material.PLAIN, squareness=0.25),
        block((0, high, post + 0.02), (0.32, 0.17, 0.035), dark, 0.4),
        block((0, high + 0.02, post - 0.017), (0.24, 0.11, 0.004), 0.5 * linear_rgb("#6fa5c9"), 0.3, Material.GLOW),
    ]
    for side in (-1, 1):
        x = side * (half + 0.09)
        parts.append(block((x, 0.015, 0.1), (0.085, 0.02, z1 + 0.25), frame, 0.7, Material.RUBBER))
        parts.append(tube([[x, 0.0, post], [x, high + 0.1, post]], 0.032, steel))
        path = [[x, 0.95, post], [x, 0.95, 0.3 * long], [x, 0.93, 0.12 * long], [x, 0.86, 0.07 * long]]
        parts.append(tube(path, 0.021, dark, 0.7, Material.RUBBER))
        parts.append(tube([[x, high, post], [side * 0.3, high, post]], 0.03, steel))
    return Piece("treadmill", tuple(parts), stays=True)
