"""Things and people that stand between a camera and the walker, or beside the walkway."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.core.arrays import Array
from render.camera.camera import Camera
from render.places.bystander import bystander
from render.places.furniture import bin_with_lid, chair, plant, trolley
from render.places.outdoors import bollard
from render.places.place import WALKWAY_HALF_M, Piece, Place

Maker = Callable[[np.random.Generator], Piece]

INDOORS: tuple[Maker, ...] = (chair, plant, trolley, bin_with_lid, bystander, bystander)
OUTDOORS: tuple[Maker, ...] = (bollard, bin_with_lid, plant, bystander, bystander)
_MOST = 2
_CLEAR_OF_CAMERA_M, _CLEAR_OF_WALKWAY_M = 2.2, 0.12
_NEAREST_SHARE, _FURTHEST_SHARE = 0.15, 0.6
"""How far from the walkway towards the camera something stands: nearer to the camera it would fill the picture."""
_TRIES = 30


def occluders(
    camera: Camera,
    walkway: tuple[float, float],
    rate: float,
    rng: np.random.Generator,
    *,
    makers: Sequence[Maker] = INDOORS,
) -> list[Piece]:
    """With probability ``rate`` one or two things that stand between ``camera`` and the walkway, else none.

    They keep off the strip in which somebody walks and stay in a place whoever looks (`Piece.stays`).
    """
    if rng.uniform() >= rate:
        return []
    pieces: list[Piece] = []
    for _ in range(int(rng.integers(1, _MOST + 1))):
        made = makers[int(rng.integers(len(makers)))](rng)
        piece = Piece(made.name, made.solids, stays=True)
        found = _somewhere(piece, camera.position, walkway, pieces, rng)
        pieces += [found] if found is not None else []
    return pieces


def with_occluders(place: Place, camera: Camera, rate: float, rng: np.random.Generator) -> Place:
    """The place with what hides the walker from ``camera`` now and then; nothing that would stand in something else."""
    makers = OUTDOORS if place.name == "street" else INDOORS
    wanted = occluders(camera, place.walkway, rate, rng, makers=makers)
    hiding = place.hiding(camera.position[None])
    standing = [piece for piece, hides in zip(place.pieces, hiding, strict=True) if not hides]
    return place.with_pieces([piece for piece in wanted if not any(_meet(piece, other) for other in standing)])


def _somewhere(
    piece: Piece, eye: Array, walkway: tuple[float, float], others: Sequence[Piece], rng: np.random.Generator
) -> Piece | None:
    """The piece on the floor below a line of sight, off the walkway; ``None`` if there is no room."""
    for _ in range(_TRIES):
        target = np.array([0.0, walkway[0] + rng.uniform(0.15, 0.85) * (walkway[1] - walkway[0])])
        to_eye = eye[[0, 2]] - target
        far = float(np.linalg.norm(to_eye))
        if far < 2 * _CLEAR_OF_CAMERA_M:
            continue
        furthest = min(1 - _CLEAR_OF_CAMERA_M / far, _FURTHEST_SHARE)
        x, z = target + to_eye * rng.uniform(_NEAREST_SHARE, furthest) + rng.normal(0, 0.25, 2)
        moved = piece.moved(float(x), float(z), float(rng.uniform(-np.pi, np.pi)))
        if _off_walkway(moved, walkway) and not any(_meet(moved, other) for other in others):
            return moved
    return None


def _off_walkway(piece: Piece, walkway: tuple[float, float]) -> bool:
    low, high = piece.extent
    half = WALKWAY_HALF_M + _CLEAR_OF_WALKWAY_M
    return bool(low[0] > half or high[0] < -half or low[2] > walkway[1] + half or high[2] < walkway[0] - half)


def _meet(one: Piece, other: Piece) -> bool:
    """Whether solids of two pieces may touch, by their boxes."""
    low = np.maximum(one.boxes[:, None, 0], other.boxes[None, :, 0])
    high = np.minimum(one.boxes[:, None, 1], other.boxes[None, :, 1])
    return bool((low < high).all(axis=-1).any())
