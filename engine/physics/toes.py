"""Toes that lie on the floor while the foot rises over its ball: an angle that proposals mean and seldom tell.

Motion capture rarely follows toes. Left to effort, a foot pivots on stiff toe tips, which lengthen the trailing leg so that the ankle need
not push off.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, LEG_COORDINATES, SIDES, suffix
from engine.gait.cycle import GaitCycle, fit_coefficients, phase_grid
from engine.physics.body import PhysicalBody
from engine.physics.kernels.rigid_body import point_positions

_FRAMES = 100
_BALL_M = (0.015, 0.05)
"""Height of the ball of the foot below which toes lie on the floor, and above which they are as proposed, for the reference adult."""


def lay_toes(cycle: GaitCycle, body: PhysicalBody) -> GaitCycle:
    """A cycle on the floor whose toes are extended by as much as the foot is pitched forward, wherever the ball is on the floor."""
    q = cycle.at(phase_grid(_FRAMES))
    points = point_positions(body.multibody.tree, body.points, q)
    coefficients = cycle.coefficients.copy()
    for number, side in enumerate(SIDES):
        toe = COORDINATE_INDEX[LEG_COORDINATES[-1] + suffix(side)]
        heel = int(np.flatnonzero(body.point_side == number)[0])
        ball = points[:, body.ball[heel]]
        share = _on_floor(ball[:, 1] / body.length_scale)
        pitch = np.maximum(_pitch(ball - points[:, heel]), 0.0)
        coefficients[:, toe] = fit_coefficients(share * pitch + (1 - share) * q[:, toe])
    return GaitCycle(coefficients, cycle.speed_mps, cycle.duration_s)


def _on_floor(height_m: Array) -> Array:
    low, high = _BALL_M
    share = np.clip((high - height_m) / (high - low), 0.0, 1.0)
    return share**2 * (3 - 2 * share)


def _pitch(along: Array) -> Array:
    """Angle ``(n,)`` of a sole from heel to ball ``(n, 3)``, toes down positive."""
    return np.arctan2(-along[:, 1], np.hypot(along[:, 0], along[:, 2]))
