"""Keeps swinging toes off the floor."""

from dataclasses import replace

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.conventions import COORDINATE_INDEX, SIDES, suffix
from engine.gait.cycle import basis, fit_coefficients
from generative.feet import LegGeometry, foot_points
from generative.gait_batch import GaitBatch
from generative.standing import GRID, stance_progress, world_points

TOE_CLEARANCE = 0.014
"""Hip heights: some 12 mm of an adult, the lower end of the healthy minimum (17 mm, SD 4; J-STAGE Rigaku 31(2), 60 women)."""
_LIFTING = ("hip_flexion", "knee_angle", "ankle_angle")
_LIFT_COST = np.array([1.5, 3.0, 1.0])
_LIFT_WIDTH = 0.06
_LARGEST_LIFT = np.deg2rad(8.0)
_SMALL_TURN = 1e-3


def toe_clearance(batch: GaitBatch, geometry: LegGeometry) -> Array:
    """Least height of each foot's sole in the middle of its swing, ``(n, 2)`` hip heights; the batch must be grounded."""
    height = world_points(batch, geometry)[..., 1].min(axis=-1)
    return np.where(_swing(batch), height, np.inf).min(axis=1)


def clear_toes(batch: GaitBatch, geometry: LegGeometry, wanted: float = TOE_CLEARANCE) -> GaitBatch:
    """Swinging feet that come closer to the floor than ``wanted`` lifted by a little flexion of hip, knee and ankle around that instant.

    The least change in the metric of `_LIFT_COST`; the batch must be grounded and stays so: only the swinging leg moves.
    """
    coefficients = batch.coefficients.copy()
    for _ in range(3):
        current = replace(batch, coefficients=coefficients)
        height = np.where(_swing(batch), world_points(current, geometry)[..., 1].min(axis=-1), np.inf)
        for number, side in enumerate(SIDES):
            lowest = height[..., number].argmin(axis=1)
            deficit = np.maximum(wanted - height[np.arange(len(batch)), lowest, number], 0)
            q = np.einsum("nk,nkc->nc", basis(GRID[lowest]), coefficients)[:, None]
            lift = _lift_per_radian(q, geometry, side)
            turn = lift / _LIFT_COST
            turn *= (deficit / np.maximum((lift * turn).sum(axis=1), 1e-3))[:, None]
            turn = np.clip(turn, -_LARGEST_LIFT, _LARGEST_LIFT)
            distance = (GRID - GRID[lowest][:, None] + 0.5) % 1.0 - 0.5
            bump = fit_coefficients(np.exp(-0.5 * (distance / _LIFT_WIDTH) ** 2).T).T
            for index, amount in zip((COORDINATE_INDEX[n + suffix(side)] for n in _LIFTING), turn.T, strict=True):
                coefficients[..., index] += bump * amount[:, None]
    return replace(batch, coefficients=coefficients)


def _lift_per_radian(q: Array, geometry: LegGeometry, side: str) -> Array:
    """Rise of the lowest sole point per radian of each `_LIFTING` angle ``(n, 3)`` in the poses ``q (n, 1, 31)``."""
    here = foot_points(q, geometry, side)[..., 1].min(axis=-1)[:, 0]
    rises = []
    for name in _LIFTING:
        turned = q.copy()
        turned[..., COORDINATE_INDEX[name + suffix(side)]] += _SMALL_TURN
        rises.append((foot_points(turned, geometry, side)[..., 1].min(axis=-1)[:, 0] - here) / _SMALL_TURN)
    return np.stack(rises, axis=1)


def _swing(batch: GaitBatch) -> Mask:
    """Where each foot is in the middle of its swing, its first and last quarter left out ``(n, t, 2)``."""
    stance = batch.stance[:, None]
    progress = (stance_progress(batch) * stance - stance) / (1 - stance)
    return (progress > 0.25) & (progress < 0.75)
