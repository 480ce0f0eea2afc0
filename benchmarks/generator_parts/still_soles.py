"""Gaits moved, as little as possible, until standing soles neither slide nor leave the floor: kinematics alone, for a whole batch at once.

One damped Gauss-Newton step on the Fourier coefficients of pelvis and legs. With residuals r (slip velocity and height of what stands, over
their tolerances), their derivatives A by the coefficients, and a metric W that says how much a change of each matters, the step is
-W⁻¹ Aᵀ (1 + A W⁻¹ Aᵀ)⁻¹ r: as few equations as residuals (Nocedal & Wright 2006, Numerical Optimization, ch. 10).
"""

from dataclasses import dataclass, replace

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import (
    COORDINATE_INDEX,
    COORDINATES,
    LEG_COORDINATES,
    ROOT_COORDINATES,
    SIDES,
    TRANSLATIONS,
    suffix,
)
from engine.gait.cycle import COEFFICIENTS, HARMONICS, basis
from generative.feet import LegGeometry, foot_points
from generative.gait_batch import TRANSLATION_INDEX, GaitBatch
from generative.standing import GRID, sole_weights, stance_progress

_TURNS = tuple(name for name in ROOT_COORDINATES if name not in TRANSLATIONS)
_MOVED = [
    COORDINATE_INDEX[name] for name in (*ROOT_COORDINATES, *(n + suffix(s) for s in SIDES for n in LEG_COORDINATES))
]
_SMALL_TURN = 1e-4
_TOGETHER = 1  # gaits: the derivatives of one, about 2 MB, still fit into a cache
_EVERY = 2  # frames: an eighth harmonic still has three residuals a period
_LOOKED_AT = np.arange(0, len(GRID), _EVERY)
_NEXT, _LAST = (_LOOKED_AT + 1) % len(GRID), (_LOOKED_AT - 1) % len(GRID)
_ROUGH_HARMONIC = 4.0  # a deviation of this harmonic counts double, as in the projection of `engine.physics`


# These cost alike: slip (hip heights per stride) and height (hip heights) of a standing foot; a change of all angles, of the pelvis' place.
_SLIP, _HEIGHT, _ANGLE_RAD, _PLACE = 0.05, 0.005, np.deg2rad(4.0), 0.03


@dataclass(frozen=True)
class StillSoles:
    """A correction (`generative.pipeline.Correction`) of the gaits of people with these ``legs``, in their order."""

    legs: LegGeometry

    def __call__(self, gaits: GaitBatch) -> GaitBatch:
        rows = np.array_split(np.arange(len(gaits)), -(-len(gaits) // _TOGETHER))
        return GaitBatch.joined([self._stilled(gaits.take(part), self.legs.take(part)) for part in rows])

    def _stilled(self, gaits: GaitBatch, legs: LegGeometry) -> GaitBatch:
        residual, slope = soles(gaits, legs)
        n, m = residual.shape
        weighted = slope * _trust()
        system = np.matmul(weighted, slope.transpose(0, 2, 1))
        system[:, np.arange(m), np.arange(m)] += 1.0
        step = -np.matmul(np.linalg.solve(system, residual[..., None])[..., 0][:, None], weighted)[:, 0]
        coefficients = gaits.coefficients.copy()
        coefficients[..., _MOVED] += step.reshape(n, COEFFICIENTS, len(_MOVED))
        return replace(gaits, coefficients=coefficients)


def soles(gaits: GaitBatch, legs: LegGeometry) -> tuple[Array, Array]:
    """Slip forward and sideways and height of what stands, over their tolerances ``(n, 150)``, and their derivatives by the coefficients of
    pelvis and legs ``(n, 150, 306)``. Heights count from their mean: where the floor is, is free."""
    q = basis(GRID) @ gaits.coefficients
    sides = [_points_and_slopes(q, legs, side) for side in SIDES]
    points, slopes = (np.stack(parts, axis=2) for parts in zip(*sides, strict=True))
    weight = sole_weights(points, stance_progress(gaits))[:, _LOOKED_AT]
    points = points + q[:, :, None, None, TRANSLATION_INDEX]
    rows = [
        (_slip(points, weight, gaits.speed * gaits.duration), _slip_slope(slopes, weight), _SLIP),
        (*_height(points, slopes, weight), _HEIGHT),
    ]
    n, columns = len(gaits), COEFFICIENTS * len(_MOVED)
    residual = np.concatenate([value.reshape(n, -1) / unit for value, _, unit in rows], axis=1)
    slope = np.concatenate([slope.reshape(n, -1, columns) / unit for _, slope, unit in rows], axis=1)
    return residual, slope


def _slip(points: Array, weight: Array, stride: Array) -> Array:
    """Horizontal velocity of what stands, per stride ``(n, t, 2, 2)``."""
    way = points[:, _NEXT] - points[:, _LAST]
    way[..., 0] += 2 * stride[:, None, None, None] / len(GRID)
    return len(GRID) / 2 * np.einsum("ntsk,ntskx->ntsx", weight, way[..., [0, 2]])


def _slip_slope(slopes: Array, weight: Array) -> Array:
    """Derivative of `_slip` by the coefficients ``(n, t, 2, 2, 17, 18)``."""
    level = slopes[:, :, :, :, [0, 2]]
    return len(GRID) / 2 * (_carried(level, weight, _NEXT) - _carried(level, weight, _LAST))


def _height(points: Array, slopes: Array, weight: Array) -> tuple[Array, Array]:
    """Height of what stands above its mean ``(n, t, 2)``, and its derivative ``(n, t, 2, 1, 17, 18)``; the weights count as constant."""
    lead = weight.sum(axis=-1)
    share = lead / lead.sum(axis=(1, 2), keepdims=True)
    height = np.einsum("ntsk,ntsk->nts", weight, points[..., 1][:, _LOOKED_AT])
    total, where = lead.sum(axis=(1, 2), keepdims=True), (..., None, None, None)
    slope = _carried(slopes[:, :, :, :, [1]], weight, _LOOKED_AT)
    mean, mean_slope = height.sum(axis=(1, 2), keepdims=True) / total, slope.sum(axis=(1, 2), keepdims=True)
    return height - lead * mean, slope - share[where] * mean_slope


def _carried(slopes: Array, weight: Array, at: np.ndarray) -> Array:
    """Derivative of weighted points at the frames ``at`` by the coefficients."""
    by_frame = np.einsum("ntsk,ntskxi->ntsxi", weight, slopes[:, at])
    return by_frame[..., None, :] * basis(GRID)[at][None, :, None, None, :, None]


def _points_and_slopes(q: Array, legs: LegGeometry, side: str) -> tuple[Array, Array]:
    """Sole points relative to the pelvis ``(n, t, 3, 3)``, and their derivatives in the world by `_MOVED` ``(n, t, 3, 3, 18)``."""
    points = foot_points(q, legs, side)
    slopes = np.zeros((*points.shape, len(_MOVED)))
    for number, index in enumerate(_MOVED):
        if index in TRANSLATION_INDEX:
            slopes[..., TRANSLATION_INDEX.index(index), number] = 1.0
        elif COORDINATES[index] in _TURNS or COORDINATES[index].endswith(suffix(side)):
            turned = q.copy()
            turned[..., index] += _SMALL_TURN
            slopes[..., number] = (foot_points(turned, legs, side) - points) / _SMALL_TURN
    return points, slopes


def _trust() -> Array:
    """Inverse metric of the step ``(17 * 18,)``: the squared change of each coefficient that costs as much as one residual."""
    harmonic = np.array([0, *range(1, HARMONICS + 1), *range(1, HARMONICS + 1)])
    frames = len(GRID) / _EVERY
    power = np.where(harmonic == 0, frames, frames / 2) * (1 + (harmonic / _ROUGH_HARMONIC) ** 4)
    size = np.array([_PLACE if index in TRANSLATION_INDEX else _ANGLE_RAD for index in _MOVED])
    return (size**2 / power[:, None]).ravel()
