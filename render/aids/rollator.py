"""A rollator: frame, handles with brakes, seat, bag and four wheels. Origin on the floor under the middle between the handles."""

import numpy as np

from engine.core.arrays import Array
from render.aids.cane import BLACK, FINISHES, GREY, HANDLE_HALF, Piece
from render.aids.fit import Fit
from render.aids.shapes import Solid, board, joined, tube, tyre
from render.figure.part import Material
from render.people.aid import Finish

HALF_WIDTH = 0.14
"""Half the distance between the handles, share of stature: 0.48 m for an adult, as usual rollators have."""
WHEEL_RADIUS = 0.057
"""Share of stature: wheels of 0.2 m for an adult."""
_TUBE, _TYRE_WIDTH = 0.0068, 0.016
_FRONT, _REAR = 0.30, 0.02
"""Wheels ahead of the handles, share of stature; outdoor rollators of adults are 0.6 to 0.7 m long."""
_SEAT_LEVEL, _SEAT_THICKNESS = 0.62, 0.014
_NAVY = np.array([0.018, 0.025, 0.06])


def handle_places(fit: Fit) -> dict[str, Array]:
    """Middle of each handle ``(3,)``."""
    x = HALF_WIDTH * fit.stature
    return {"left": np.array([x, fit.handle, 0.0]), "right": np.array([-x, fit.handle, 0.0])}


def wheel_places(fit: Fit) -> Array:
    """Centres ``(4, 3)`` of the wheels."""
    x, radius = HALF_WIDTH * fit.stature, WHEEL_RADIUS * fit.stature
    return np.array([[sign * x, radius, fit.stature * z] for sign in (1, -1) for z in (_FRONT, _REAR)])


def rollator(fit: Fit, finish: Finish) -> list[tuple[Piece, ...]]:
    """The frame, then each wheel about its own centre."""
    return [_frame(fit, finish), *([_wheel(fit)] * len(wheel_places(fit)))]


def _frame(fit: Fit, finish: Finish) -> tuple[Piece, ...]:
    h, radius, x = fit.stature, _TUBE * fit.stature, HALF_WIDTH * fit.stature
    seat, front, rear = _SEAT_LEVEL * fit.handle, _FRONT * h, _REAR * h
    bars = []
    for side in (x, -x):
        stem = [[side, 0.0, front], [side, 0.45 * seat, 0.92 * front], [side, seat, 0.55 * front]]
        stem += [[side, 0.94 * fit.handle, 0.16 * front], [side, fit.handle, 0.1 * front], [side, fit.handle, 0.0]]
        bars.append(tube(_rounded(np.array(stem), 0.9 * WHEEL_RADIUS * h), radius))
        bars.append(tube([[side, 0.9 * WHEEL_RADIUS * h, rear], [side, seat, 0.52 * front]], radius))
        bars.append(tube([[side, seat, 0.3 * front], [side, seat, 0.9 * front]], 0.8 * radius))
    bars += [
        tube([[-x, y, z], [x, y, z]], 0.8 * radius) for y, z in ((seat, 0.55 * front), (0.45 * seat, 0.92 * front))
    ]
    colour, material, roughness = FINISHES["silver" if finish == "wood" else finish]
    thick, inside = _SEAT_THICKNESS * h, 0.86 * x
    top = board([-inside, seat, 0.3 * front], [inside, seat + thick, 0.9 * front])
    bag = board([-0.75 * x, 0.5 * seat, 0.62 * front], [0.75 * x, 0.92 * seat, 0.95 * front])
    return (
        Piece("frame", joined(bars), colour, material, roughness),
        Piece("handles", joined([*_grips(fit)]), BLACK, Material.PLAIN, 0.6),
        Piece("seat", top, BLACK, Material.PLAIN, 0.7),
        Piece("bag", bag, _NAVY, Material.CLOTH, 0.9),
    )


def _grips(fit: Fit) -> list[Solid]:
    half, solids = HANDLE_HALF * float(np.linalg.norm(fit.grip.palm)), []
    for place in handle_places(fit).values():
        along = half * np.array([-1.0, -0.9, 0.0, 0.9, 1.0])[:, None] * [0.0, 0.0, 1.0]
        solids.append(tube(place + along, fit.grip.radius * np.array([0.7, 1.0, 1.0, 1.0, 0.7])))
        lever = [[0.0, -0.4, 1.35], [0.0, -1.9, 1.0], [0.0, -2.5, 0.2], [0.0, -2.6, -0.6]]
        solids.append(tube(place + np.array(lever) * [1.0, fit.grip.radius, half], 0.3 * fit.grip.radius))
    return solids


def _wheel(fit: Fit) -> tuple[Piece, ...]:
    width, radius = _TYRE_WIDTH * fit.stature, WHEEL_RADIUS * fit.stature
    rim = radius - 0.9 * width
    spokes = [
        tube([[0.0, 0.0, 0.0], [0.0, rim * np.cos(turn), rim * np.sin(turn)]], 0.28 * width)
        for turn in np.linspace(0, 2 * np.pi, 5, endpoint=False)
    ]
    hub = tube([[-0.7 * width, 0.0, 0.0], [0.7 * width, 0.0, 0.0]], 0.8 * width)
    return (
        Piece("tyre", tyre(np.zeros(3), radius - 0.5 * width, width), BLACK, Material.RUBBER, 0.9),
        Piece("rim", joined([hub, tyre(np.zeros(3), rim, 0.5 * width), *spokes]), GREY, Material.PLAIN, 0.5),
    )


def _rounded(path: Array, lowest: float) -> Array:
    """The path with its corners cut twice (Chaikin 1974, Comput Graph Image Process 3:346), begun at height ``lowest``."""
    path = path.copy()
    path[0, 1] = lowest
    for _ in range(2):
        cut = np.stack([0.75 * path[:-1] + 0.25 * path[1:], 0.25 * path[:-1] + 0.75 * path[1:]], axis=1).reshape(-1, 3)
        path = np.concatenate([path[:1], cut[1:-1], path[-1:]])
    return path
