"""Applies the motion effects of condition cards (`engine.conditions.MotionEffect`) to many gaits at once.

Everything here is for people whose right side is affected, or both; the left is their mirror image.
"""

from collections.abc import Callable

import numpy as np

from engine.conditions import MotionEffect, Where, at_severity
from engine.conventions import ANTISYMMETRIC_COORDINATES, COORDINATE_INDEX, SIDES, suffix
from engine.cycle import Array, basis, fit_coefficients, phase_grid
from generative.gait_batch import shift_rows

FRAMES = 100
_GRID = phase_grid(FRAMES)
_BASIS = basis(_GRID)
# A curve lifted to a new least value keeps at least this excursion.
_LEAST_EXCURSION = np.deg2rad(14.0)

Change = Callable[[Array, Array], Array]
"""Takes coefficients ``(n, 17)`` and the phase ``(n,)`` at which the cycle of that side begins, gives new coefficients."""


def reached_sides(where: Where, bilateral: bool) -> tuple[int, ...]:
    """Indices into `SIDES` of the legs that an effect reaches."""
    if where == "both":
        return (0, 1)
    if bilateral:
        return (0, 1) if where == "affected" else ()
    return (0,) if where == "affected" else (1,)


def _fit_rows(curves: Array) -> Array:
    return fit_coefficients(curves.T).T


def _window(effect: MotionEffect, start: Array) -> Array:
    """Gaussian of the effect around its phase, ``(n, frames)``."""
    distance = (_GRID - effect.phase - start[:, None] + 0.5) % 1.0 - 0.5
    return np.exp(-0.5 * (distance / effect.width) ** 2)


def _offset(effect: MotionEffect, amount: Array) -> Change:
    def change(coefficients: Array, start: Array) -> Array:
        added = np.zeros_like(coefficients)
        if effect.kind == "offset":
            added[:, 0] = amount
            return coefficients + added
        return coefficients + _fit_rows(amount[:, None] * _window(effect, start))

    return change


def _scale(amount: Array) -> Change:
    def change(coefficients: Array, _: Array) -> Array:
        factor = np.ones_like(coefficients)
        factor[:, 1:] = amount[:, None]
        return coefficients * factor

    return change


def _flatten(effect: MotionEffect, amount: Array) -> Change:
    def change(coefficients: Array, start: Array) -> Array:
        curve = coefficients @ _BASIS.T
        above = curve - curve.min(axis=1, keepdims=True)
        return _fit_rows(curve - amount[:, None] * _window(effect, start) * above)

    return change


def _minimum(amount: Array) -> Change:
    def change(coefficients: Array, _: Array) -> Array:
        curve = coefficients @ _BASIS.T
        low, high = curve.min(axis=1), curve.max(axis=1)
        target = np.where(amount == 0, low, np.maximum(low, amount))  # 0 is what severity 0 asks: nothing
        peak = np.where(target > low, np.maximum(high, target + _LEAST_EXCURSION), high)
        gain = (peak - target) / np.maximum(high - low, 1e-9)
        return _fit_rows(target[:, None] + (curve - low[:, None]) * gain[:, None])

    return change


def _change(effect: MotionEffect, severity: Array, expression: Array) -> Change:
    """The effect at each person's severity, its departure from neutral multiplied by ``expression``."""
    value = np.array([at_severity(effect.amount, float(s), effect.neutral) for s in severity])
    value = effect.neutral + (value - effect.neutral) * expression
    if effect.kind == "scale":
        return _scale(np.maximum(value, 0.0))
    if effect.kind == "flatten":
        return _flatten(effect, np.clip(value, 0.0, 1.0))
    return _minimum(np.deg2rad(value)) if effect.kind == "minimum" else _offset(effect, np.deg2rad(value))


def _apply_midline(column: Array, change: Change, effect: MotionEffect, left_strike: Array, bilateral: bool) -> Array:
    """One midline coordinate. Where both sides are affected, a local effect acts in both legs' cycles, mirrored for the left."""
    sign = -1.0 if effect.coordinate in ANTISYMMETRIC_COORDINATES else 1.0
    if bilateral and effect.kind == "offset" and sign < 0:
        return column
    begin = np.zeros(len(column))
    column = change(column, begin)
    if not bilateral or effect.kind not in ("bump", "flatten"):
        return column
    seen_in_mirror = change(sign * shift_rows(column, -left_strike), begin)
    return sign * shift_rows(seen_in_mirror, left_strike)


def apply_motion_effects(
    coefficients: Array,
    left_strike: Array,
    effects: tuple[MotionEffect, ...],
    severity: Array,
    *,
    bilateral: bool,
    expression: Array | None = None,
) -> Array:
    """Coefficients ``(n, 17, 31)`` with all ``effects`` applied in their order.

    ``left_strike (n,)`` is the phase of the left heel strike; ``expression (n, len(effects))`` how strongly each person shows each
    effect (1 is the card's own amount).
    """
    result = coefficients.copy()
    starts = (np.zeros(len(result)), left_strike)
    shown = np.ones((len(result), len(effects))) if expression is None else expression
    for number, effect in enumerate(effects):
        change = _change(effect, severity, shown[:, number])
        if effect.coordinate in COORDINATE_INDEX:
            index = COORDINATE_INDEX[effect.coordinate]
            result[..., index] = _apply_midline(result[..., index], change, effect, left_strike, bilateral)
            continue
        for side in reached_sides(effect.where, bilateral):
            index = COORDINATE_INDEX[effect.coordinate + suffix(SIDES[side])]
            result[..., index] = change(result[..., index], starts[side])
    return result
