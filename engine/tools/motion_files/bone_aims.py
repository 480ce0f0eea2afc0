"""Coordinates from directions of bones: the pose whose bones point as somebody else's do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES
from engine.core.frozen import frozen
from engine.musculoskeletal.multibody import Multibody
from engine.physics.kernels.rigid_body import Points, rigid_body_motion

_STEPS = 40
_LARGEST_STEP = 0.4
_ENOUGH = 1e-6
_REST = 1e-3
"""Weight with which a coordinate that no aim moves is drawn to zero."""


@dataclass(frozen=True)
class Place:
    """A point ``offset (3,)`` m of a body, in its own axes."""

    body: str
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)


@frozen
class Aim:
    """The line from ``start`` to ``end`` should have the direction ``target (n, 3)``, a unit vector in the world."""

    start: Place
    end: Place
    target: Array
    weight: float = 1.0


@frozen
class Anchor:
    """The middle of two places should be at ``target (n, 3)`` m."""

    places: tuple[Place, Place]
    target: Array


def follow(bones: Multibody, aims: Sequence[Aim], anchor: Anchor, start: Array) -> Array:
    """Coordinates ``(n, 31)`` that bring all aims together best (Gauss-Newton from ``start (n, 31)``, all frames at once)."""
    ends = [place for aim in aims for place in (aim.start, aim.end)] + list(anchor.places)
    bodies = np.array([bones.body(place.body) for place in ends])
    points = Points(bodies, np.array([place.offset for place in ends], dtype=float), np.zeros(len(ends)))
    q = start.copy()
    for _ in range(_STEPS):
        residual, slope = _linearised(bones, points, aims, anchor, q)
        residual = np.concatenate([residual, _REST * q], axis=1)
        slope = np.concatenate(
            [slope, np.broadcast_to(_REST * np.eye(len(COORDINATES)), (len(q), *2 * (len(COORDINATES),)))], axis=1
        )
        matrix = slope.transpose(0, 2, 1) @ slope
        step = -np.linalg.solve(matrix, np.einsum("nri,nr->ni", slope, residual)[..., None])[..., 0]
        q += np.clip(step, -_LARGEST_STEP, _LARGEST_STEP)
        if np.abs(step).max() < _ENOUGH:
            break
    return q


def _linearised(bones: Multibody, points: Points, aims: Sequence[Aim], anchor: Anchor, q: Array) -> tuple[Array, Array]:
    still = np.zeros_like(q)
    motion = rigid_body_motion(bones.tree, points, q, still, still)
    place, moved = motion.position, motion.jacobian.transpose(0, 1, 3, 2)
    residuals, slopes = [], []
    for k, aim in enumerate(aims):
        way = place[:, 2 * k + 1] - place[:, 2 * k]
        length = np.linalg.norm(way, axis=1, keepdims=True)
        residuals.append(aim.weight * (way / length - aim.target))
        slopes.append(aim.weight * (moved[:, 2 * k + 1] - moved[:, 2 * k]) / length[..., None])
    residuals.append(place[:, -2:].mean(axis=1) - anchor.target)
    slopes.append(moved[:, -2:].mean(axis=1))
    return np.concatenate(residuals, axis=1), np.concatenate(slopes, axis=1)
