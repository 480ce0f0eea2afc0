"""What stands in a street: cars, trees, lamps, houses; and the sky over it."""

from dataclasses import replace

import numpy as np

from engine.core.arrays import Array
from render.core.colour import linear_rgb
from render.figure.mesh import vertex_normals
from render.figure.part import Material
from render.places.colours import DARK, LEAVES, METALS, PLASTICS, pick
from render.places.place import Piece
from render.places.solids import block, cushion, loft, tube
from render.places.surfaces import Quad, Room, box, join

SKY_M = 62.0
"""Radius of the sky, m."""
_CAR = ("#b9bdc0", "#2c2f33", "#e9eaea", "#7c2226", "#2a4466", "#55595e", "#c8c2b2", "#3f5c46")
_BRICKS = ("#9a5a44", "#a8684c", "#8a4a3c", "#b08a6a")
_PLASTERS = ("#d9cfba", "#cfc9bd", "#c8b89a", "#bfc6c4", "#d8b9a0")
_DOORS = (*PLASTICS, "#4a3426", "#26382f")
_AROUND_SKY, _BELTS_SKY = 72, 28
_CLOUD_WAVES = 10


def car(rng: np.random.Generator) -> Piece:
    """A parked car along z, 4 m long, on y = 0: a loft of cross sections, windows let in, four wheels."""
    paint = pick(rng, _CAR)
    long, high, half = rng.uniform(3.7, 4.6), rng.uniform(1.42, 1.6), rng.uniform(0.84, 0.92)
    z = np.array([-0.5, -0.47, -0.40, -0.33, 0.18, 0.30, 0.44, 0.5]) * long
    roof = np.array([0.42, 0.60, 0.64, 0.62, 0.63, 0.60, 0.53, 0.36]) * high
    body = _shell(z, roof, np.array([0.90, 0.97, 1, 1, 1, 1, 0.97, 0.86]) * half, 0.2, paint, 0.25)
    z = np.array([-0.43, -0.36, -0.24, 0.02, 0.10, 0.21]) * long
    roof = np.array([0.66, 0.90, 0.985, 1.0, 0.97, 0.68]) * high
    glass = _shell(
        z, roof, np.array([0.8, 0.78, 0.76, 0.76, 0.78, 0.84]) * half, 0.55 * high, linear_rgb("#20272c"), 0.12
    )
    z = np.array([-0.36, -0.24, 0.02, 0.09]) * long
    top = cushion(
        (0, 0.985 * high, float(z.mean()) - 0.02), (0.70 * half, 0.03, 0.2 * long), paint, 0.25, Material.PLAIN
    )
    parts = [body, glass, top]
    for pillar in (-0.22, -0.02):
        parts += [
            block((side * 0.80 * half, 0.79 * high, pillar * long), (0.018, 0.16 * high, 0.035), paint, 0.3)
            for side in (-1, 1)
        ]
    for side in (-1, 1):
        parts += _wheels(side * (half - 0.09), long)
        parts.append(
            block((side * 0.62 * half, 0.47 * high, 0.475 * long), (0.15, 0.06, 0.04), linear_rgb("#d9dde0"), 0.1)
        )
        parts.append(
            block((side * 0.72 * half, 0.5 * high, -0.49 * long), (0.1, 0.07, 0.03), linear_rgb("#8f1d1d"), 0.2)
        )
    for end in (-0.502, 0.502):
        parts.append(block((0, 0.36 * high, end * long), (0.26, 0.055, 0.012), linear_rgb("#dcdcd4"), 0.5))
    return Piece("car", tuple(parts))


def _shell(z: Array, top: Array, half: Array, bottom: float, colour: Array, roughness: float) -> Room:
    """Cross sections with round shoulders along z."""
    angle = np.linspace(-0.5 * np.pi, 1.5 * np.pi, 24, endpoint=False)
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.4
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.4
    middle, reach = 0.5 * (top + bottom), 0.5 * (top - bottom)
    rings = np.stack(
        [half[:, None] * x, middle[:, None] + reach[:, None] * y, np.broadcast_to(z[:, None], (len(z), len(x)))],
        axis=-1,
    )
    return loft(rings, colour, roughness, Material.PLAIN)


def _wheels(x: float, long: float) -> list[Room]:
    tyre, rim = linear_rgb("#1b1c1e"), linear_rgb("#a9adb0")
    parts = []
    for z in (-0.31 * long, 0.31 * long):
        parts.append(tube([[x - 0.1, 0.31, z], [x + 0.1, 0.31, z]], 0.31, tyre, 0.9, Material.RUBBER, 24))
        parts.append(tube([[x - 0.105, 0.31, z], [x + 0.105, 0.31, z]], 0.19, rim, 0.3, Material.METAL, 20))
    return parts


def tree(rng: np.random.Generator) -> Piece:
    """A street tree: trunk, branches, a crown of leafy clumps."""
    bark, leaf = pick(rng, ("#5b4a3a", "#6d6355", "#4a4038")), pick(rng, LEAVES)
    high, spread = rng.uniform(5.0, 7.5), rng.uniform(1.3, 2.0)
    fork = rng.uniform(2.3, 2.9)
    parts = [
        tube([[0, 0, 0], [0.03, 0.5 * fork, 0.02], [0, fork + 0.6, 0]], (0.17, 0.13, 0.10), bark, 0.95, Material.CARPET)
    ]
    for turn in rng.uniform(0, 2 * np.pi) + 2.39996 * np.arange(5):
        tip = [0.75 * spread * np.sin(turn), 0.5 * (fork + high), 0.75 * spread * np.cos(turn)]
        parts.append(tube([[0, fork, 0], tip], (0.07, 0.03), bark, 0.95, Material.CARPET, 8))
    for k, turn in enumerate(rng.uniform(0, 2 * np.pi) + 2.39996 * np.arange(16)):
        share = (k + 0.5) / 16
        out = spread * 0.8 * np.sin(np.pi * (0.15 + 0.8 * share))
        at = [out * np.sin(turn), fork + 0.5 + (high - fork - 0.6) * share, out * np.cos(turn)]
        size = spread * rng.uniform(0.4, 0.6, 3) * [1.0, 0.8, 1.0]
        parts.append(_clump(rng, np.array(at), size, leaf * rng.uniform(0.75, 1.2)))
    return Piece("tree", tuple(parts))


def _clump(rng: np.random.Generator, at: Array, half: Array, colour: Array) -> Room:
    """A ball of leaves: bumpy, darker below and in its hollows."""
    ball = cushion((0, 0, 0), (1, 1, 1), colour, 0.9, Material.GRASS, squareness=1.0, around=12, belts=6)
    waves, phase = rng.normal(0, 3.5, (8, 3)), rng.uniform(0, 2 * np.pi, 8)
    bump = np.sin(ball.vertices @ waves.T + phase).mean(axis=1)
    vertices = at + ball.vertices * half * (1 + 0.35 * bump)[:, None]
    shade = np.clip(0.75 + 0.25 * ball.vertices[:, 1] + 0.6 * bump, 0.35, 1.15)[:, None]
    colours = ball.colours.copy()
    colours[:, :3] *= shade
    return replace(
        ball,
        vertices=vertices.astype(np.float32),
        normals=vertex_normals(vertices, ball.faces).astype(np.float32),
        colours=colours,
        grain=(0.25 * ball.grain * half.mean()).astype(np.float32),
    )


def street_lamp(rng: np.random.Generator) -> Piece:
    """A lamp post with an arm towards z."""
    steel, high = pick(rng, (*METALS[:3], "#2f3a36")), rng.uniform(4.2, 5.5)
    return Piece(
        "street lamp",
        (
            tube([[0, 0, 0], [0, 1.0, 0]], 0.075, steel),
            tube([[0, 1.0, 0], [0, high, 0]], (0.055, 0.04), steel),
            tube([[0, high, 0], [0, high + 0.1, 0.7]], 0.03, steel),
            cushion((0, high + 0.08, 0.8), (0.13, 0.05, 0.28), steel, 0.4, Material.PLAIN),
        ),
    )


def bollard(rng: np.random.Generator) -> Piece:
    """A short post at the kerb."""
    return Piece(
        "bollard", (tube([[0, 0, 0], [0, 0.86, 0], [0, 0.93, 0]], (0.06, 0.055, 0.02), pick(rng, (*METALS, DARK))),)
    )


def house_front(rng: np.random.Generator, half: float) -> list[Room]:
    """A front of house as a wall that faces z, its foot on the origin: windows in rows, a door, a plinth, a cornice."""
    brick = rng.uniform() < 0.5
    wall = pick(rng, _BRICKS if brick else _PLASTERS)
    storeys, floor_height = int(rng.integers(2, 5)), rng.uniform(2.9, 3.3)
    high, pitch = storeys * floor_height + 0.5, rng.uniform(1.9, 2.5)
    stone, frame = pick(rng, ("#b8b2a6", "#cfcac0", "#8f8a82")), pick(rng, ("#e9e7e2", "#4a4d50", "#6e4c33"))
    along, up = np.array([2 * half, 0.0, 0.0]), np.array([0.0, high, 0.0])
    material = Material.BRICK if brick else Material.WALL
    columns = np.arange(-half + 0.6 * pitch, half - 0.4 * pitch, pitch)
    entrance = columns[int(rng.integers(len(columns)))]
    panes = [
        quad
        for x in columns
        for storey in range(storeys)
        if storey > 0 or x != entrance
        for quad in _pane(rng, float(x), storey * floor_height + 1.0, frame, stone)
    ]
    trim = [
        *box((0, high - 0.15, 0.1), (half, 0.15, 0.16), stone, 0.9),
        *box((0, floor_height + 0.1, 0.03), (half, 0.06, 0.05), stone, 0.9),
    ]
    return [
        join([Quad(np.array([-half, 0.0, 0.0]), along, up, wall, material, 0.95)]),
        block((0, 0.25, 0.02), (half, 0.25, 0.03), stone, 0.95, Material.ASPHALT),
        block((entrance, 1.08, 0.05), (0.58, 1.08, 0.05), frame, 0.6),
        block((entrance, 1.03, 0.07), (0.48, 1.03, 0.05), pick(rng, _DOORS), 0.4, Material.WOOD),
        join(trim),
        join(panes),
    ]


def _pane(rng: np.random.Generator, x: float, sill: float, frame: Array, stone: Array) -> list[Quad]:
    glass = linear_rgb("#3a464e") * rng.uniform(0.5, 1.8)
    curtain = 0.5 * pick(rng, ("#cfc9bd", "#d8d4ca", "#a9a294"))
    drop = rng.uniform(0.0, 0.6)
    return [
        *box((x, sill + 0.75, 0.01), (0.5, 0.75, 0.03), frame, 0.5),
        *box((x, sill + 0.75, 0.02), (0.44, 0.69, 0.03), glass, 0.1),
        *box((x, sill + 1.44 - 0.69 * drop, 0.022), (0.44, 0.69 * drop + 0.01, 0.03), curtain, 0.6),
        *box((x, sill + 0.75, 0.03), (0.44, 0.02, 0.03), frame, 0.5),
        *box((x, sill - 0.05, 0.08), (0.6, 0.05, 0.09), stone, 0.9),
    ]


def sky(
    rng: np.random.Generator, centre: tuple[float, float], light_above: Array, to_sun: Array, clouds: float
) -> Room:
    """The sky as a sphere that shines, seen from inside: ``clouds`` 0 (clear) to 1 (overcast), of the colour of ``light_above (3,)``.

    A clear sky pales towards the horizon and around the sun; an overcast one has the luminance (1 + 2 sin h) / 3 of the zenith's at
    height h (Moon & Spencer 1942, Illum Eng 37:707).
    """
    latitude = np.concatenate([[-0.12], np.linspace(0, 0.5 * np.pi, _BELTS_SKY)])
    longitude = 2 * np.pi * np.arange(_AROUND_SKY) / _AROUND_SKY
    out, up = np.cos(latitude)[:, None], np.broadcast_to(np.sin(latitude)[:, None], (len(latitude), _AROUND_SKY))
    directions = np.stack([out * np.sin(longitude), up, out * np.cos(longitude)], axis=-1)
    height = np.maximum(directions[..., 1:2], 0.0)
    white = np.full(3, light_above.mean())
    blue = light_above * np.array([0.42, 0.72, 1.25])
    pale = np.exp(-4.0 * height)
    glow = np.exp(-6.0 * (1 - directions @ to_sun))[..., None]
    clear = blue + (1.15 * white - blue) * pale + 0.5 * white * glow
    grey = 1.25 * white * (1 + 2 * height) / 3 + 0.35 * white * pale
    cover = _cover(rng, directions, clouds)[..., None]
    texture = 0.88 + 0.24 * _cover(rng, 1.7 * directions, 0.5)[..., None]
    return _inside_out(directions, clear + cover * (grey * texture - clear), centre)


def _cover(rng: np.random.Generator, directions: Array, clouds: float) -> Array:
    """Share of cloud in each direction: waves of four sizes on a flat layer overhead, cut at a level."""
    layer = directions[..., [0, 2]] / (directions[..., 1:2].clip(0.0) + 0.18)
    field = np.zeros(directions.shape[:-1])
    for octave in range(4):
        waves, phase = rng.normal(0, 0.9 * 2**octave, (_CLOUD_WAVES, 2)), rng.uniform(0, 2 * np.pi, _CLOUD_WAVES)
        field += np.cos(layer @ waves.T + phase).mean(axis=-1) / 1.6**octave
    return np.clip(0.5 + 2.2 * (field / 0.42 + 2.6 * (clouds - 0.5)), 0.0, 1.0)


def _inside_out(directions: Array, colours: Array, centre: tuple[float, float]) -> Room:
    rows, around = directions.shape[:2]
    k, j = np.meshgrid(np.arange(rows - 1), np.arange(around), indexing="ij")
    a, b = k * around + j, k * around + (j + 1) % around
    corners = ((a, a + around, b), (b, a + around, b + around))
    flat = directions.reshape(-1, 3)
    vertices = SKY_M * flat + [centre[0], 0.0, centre[1]]
    faces = np.concatenate([np.stack(corner, axis=-1).reshape(-1, 3) for corner in corners])
    one, two, three = (vertices[faces[:, k]] for k in range(3))
    inward = np.einsum("na,na->n", np.cross(two - one, three - one), one) < 0
    return Room(
        vertices=vertices.astype(np.float32),
        normals=-flat.astype(np.float32),
        faces=np.where(inward[:, None], faces, faces[:, ::-1]),
        colours=np.column_stack([colours.reshape(-1, 3), np.ones(len(flat))]).astype(np.float32),
        grain=(SKY_M * flat[:, [0, 2]]).astype(np.float32),
        surface=np.tile(np.array([float(Material.GLOW), 1.0], np.float32), (len(flat), 1)),
    )
