"""Moves the timing of leg curves inside the cycle: later toe off, later left heel strike."""

from dataclasses import replace

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import ARM_COORDINATES, COORDINATE_INDEX, LEG_COORDINATES, SIDES, suffix
from engine.gait.cycle import basis, fit_coefficients, phase_grid
from generative.gait_batch import GaitBatch, shift_rows

_GRID = phase_grid(64)
_CHUNK = 1000
_BEFORE = 0.3
"""Share of the cycle before toe off from which its move is felt."""


def warped_phase(phase: Array, toe_off: Array, source_toe_off: Array) -> Array:
    """The phase ``(n, t)`` of the source curve to be shown at ``phase (t,)``.

    What happened at ``source_toe_off (n,)`` now happens at ``toe_off (n,)``. Heel strike stays at 0, and so does what the leg does until
    shortly before the other foot lands: in people who walk faster and slower push-off moves with toe off, hip extension half as much,
    the peak of knee flexion in swing half as much (Schwartz et al. 2008). Smooth and rising for moves up to a sixth of the cycle.
    """
    since = phase[None] - toe_off[:, None]
    reach = np.where(since < 0, _BEFORE, 1 - toe_off[:, None])
    bell = np.cos(np.pi / 2 * np.clip(since / reach, -1.0, 1.0)) ** 2
    return phase[None] + (source_toe_off - toe_off)[:, None] * bell


def retimed(curves: Array, toe_off: Array, source_toe_off: Array) -> Array:
    """Curves ``(n, 17, k)`` that begin with their own heel strike, their toe off moved."""
    source = warped_phase(_GRID, toe_off, source_toe_off)
    design = basis(source.ravel()).reshape(*source.shape, -1)
    return np.moveaxis(fit_coefficients(np.moveaxis(design @ curves, 0, -1)), -1, 0)


def move_toe_off(batch: GaitBatch, source_stance: Array) -> GaitBatch:
    """Leg curves whose toe off was made for ``source_stance (n, 2)`` fitted to the stance shares of the batch."""
    coefficients = batch.coefficients.copy()
    strike, stance = batch.strike, batch.stance
    for start in range(0, len(batch), _CHUNK):
        rows = slice(start, start + _CHUNK)
        for number, side in enumerate(SIDES):
            columns = [COORDINATE_INDEX[name + suffix(side)] for name in LEG_COORDINATES]
            begin = strike[rows, number]
            curves = shift_rows(coefficients[rows][..., columns], -begin)
            curves = retimed(curves, stance[rows, number], source_stance[rows, number])
            coefficients[rows, :, columns] = shift_rows(curves, begin)
    return replace(batch, coefficients=coefficients)


def delay_left(batch: GaitBatch, delay: Array) -> GaitBatch:
    """The left leg and arm ``delay (n,)`` of a cycle later, contacts with them."""
    coefficients = batch.coefficients.copy()
    columns = [COORDINATE_INDEX[f"{name}_l"] for name in (*LEG_COORDINATES, *ARM_COORDINATES)]
    coefficients[..., columns] = shift_rows(coefficients[..., columns], delay)
    contact = batch.contact.copy()
    contact[:, 1:] = (contact[:, 1:] + delay[:, None]) % 1.0
    return replace(batch, coefficients=coefficients, contact=contact)
