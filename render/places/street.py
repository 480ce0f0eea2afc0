"""A street: pavement, kerb and road, houses on both sides, parked cars, trees, the sky."""

import numpy as np

from engine.core.arrays import Array
from render.core.colour import LUMINANCE
from render.figure.part import Material
from render.places.colours import pick
from render.places.lighting import overcast, sun_and_sky
from render.places.outdoors import SKY_M, bollard, car, house_front, sky, street_lamp, tree
from render.places.place import Piece, Place, apart, furnish
from render.places.shell import Covering, floor, slab
from render.places.solids import block
from render.places.surfaces import Room, merge, placed

_KERB_M, _DROP_M = 0.13, 0.11
_SLABS = ("#a8a49b", "#98968f", "#b3a995", "#8f9090")
_EYE_HEIGHT_M = 12.0
_HOUSES_M = 45.0
"""How far the houses go on before and behind the walk."""


def street(start: float, end: float, rng: np.random.Generator) -> Place:
    """A pavement along z for a walk from ``start`` to ``end`` (m); houses on the walker's right, the road on the left."""
    clear = rng.uniform() < 0.55
    paving = pick(rng, _SLABS)
    light = sun_and_sky(rng, 0.8 * paving) if clear else overcast(rng, 0.8 * paving)
    house, kerb, road = -rng.uniform(1.4, 2.8), rng.uniform(1.3, 2.0), rng.uniform(5.5, 7.5)
    middle = 0.5 * (start + end)
    z = (middle - SKY_M, middle + SKY_M)
    above = light.dome[0] + light.dome[1]
    clouds = rng.uniform(0.1, 0.5) if clear else rng.uniform(0.85, 1.0)
    brightness = above / (LUMINANCE @ above) * (0.95 if clear else 1.1)
    park = rng.uniform() < 0.4
    ground = merge(
        [
            *_ground(rng, z, kerb, kerb + _KERB_M + road, paving, park),
            sky(rng, (0.0, middle), brightness, light.key.to_light, clouds),
        ]
    )
    far = kerb + 2 * _KERB_M + road + rng.uniform(1.8, 3.0)
    pieces = [
        *_row(rng, house, 0.5 * np.pi, middle),
        *(_park(rng, far, middle) if park else _row(rng, far, -0.5 * np.pi, middle)),
        *_ends(rng, middle),
        *_kerbside(rng, kerb, start, end),
        *_cars(rng, kerb + _KERB_M + 1.1, start, end),
        *_cars(rng, kerb + _KERB_M + road - 1.1, start, end),
    ]
    eye_room = np.array([[-25.0, 0.15, start - 25.0], [25.0, _EYE_HEIGHT_M, end + 25.0]])
    return furnish("street", (start, end), ground, tuple(pieces), light, eye_room)


def _ground(
    rng: np.random.Generator, z: tuple[float, float], kerb: float, far: float, paving: Array, park: bool
) -> list[Room]:
    """Pavement, kerbstones, road, the other side, from sky to sky."""
    slabs = Covering(paving, Material.PAVING)
    tar = Covering(pick(rng, ("#4a4b4d", "#58585a", "#3f4143")), Material.ASPHALT)
    green = Covering(pick(rng, ("#5d7a3e", "#6b8046", "#4f6f3a")), Material.GRASS)
    stone, half = pick(rng, ("#b0aca4", "#9c9a95")), 0.5 * (z[1] - z[0])
    middle = 0.5 * (z[0] + z[1])
    kerbs = [
        block((x, -0.5 * _DROP_M, middle), (0.5 * _KERB_M, 0.5 * _DROP_M, half), stone, 0.9, Material.ASPHALT)
        for x in (kerb + 0.5 * _KERB_M, far + 0.5 * _KERB_M)
    ]
    return [
        floor((-SKY_M, kerb), z, slabs),
        slab((kerb + _KERB_M, far), z, -_DROP_M, tar),
        floor((far + _KERB_M, SKY_M), z, slabs if not park else green),
        *kerbs,
    ]


def _row(rng: np.random.Generator, x: float, turn: float, middle: float) -> list[Piece]:
    """Houses side by side whose fronts stand at ``x``."""
    pieces, z = [], middle - _HOUSES_M
    while z < middle + _HOUSES_M:
        half = rng.uniform(3.0, 6.5)
        parts = house_front(rng, half)
        pieces.append(Piece("house", tuple(placed(part, (x, 0, z + half), turn) for part in parts)))
        z += 2 * half
    return pieces


def _park(rng: np.random.Generator, x: float, middle: float) -> list[Piece]:
    """Trees on grass."""
    return [
        tree(rng).moved(x + rng.uniform(1.0, 12.0), float(z) + rng.uniform(-1.5, 1.5))
        for z in np.arange(middle - _HOUSES_M, middle + _HOUSES_M, 5.5)
    ]


def _ends(rng: np.random.Generator, middle: float) -> list[Piece]:
    """Houses across both ends of the street."""
    pieces = []
    for z, turn in ((middle - _HOUSES_M - 4.0, 0.0), (middle + _HOUSES_M + 4.0, np.pi)):
        for x in (-19.0, -6.0, 7.0, 20.0):
            parts = house_front(rng, 6.5)
            pieces.append(Piece("house", tuple(placed(part, (x, 0, z), turn) for part in parts)))
    return pieces


def _kerbside(rng: np.random.Generator, kerb: float, start: float, end: float) -> list[Piece]:
    """Trees, lamps and bollards along the kerb."""
    makers = (tree, street_lamp, bollard)
    spots = np.arange(start - 14.0, end + 20.0, rng.uniform(4.0, 6.0))
    return [
        makers[int(rng.choice(3, p=[0.4, 0.3, 0.3]))](rng).moved(
            kerb - 0.3, float(z) + rng.uniform(-0.5, 0.5), 0.5 * np.pi
        )
        for z in spots
    ]


def _cars(rng: np.random.Generator, x: float, start: float, end: float) -> list[Piece]:
    """Cars parked in line, with gaps."""
    pieces = []
    for z in np.arange(start - 16.0, end + 22.0, 5.6):
        if rng.uniform() < 0.55:
            lowered = [placed(solid, (0, -_DROP_M, 0)) for solid in car(rng).solids]
            turn = 0.0 if x < 5.0 else np.pi
            pieces.append(Piece("car", tuple(lowered)).moved(x, float(z) + rng.uniform(-0.3, 0.3), turn))
    return apart(pieces)
