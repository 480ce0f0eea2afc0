"""Applies the motion effects of condition cards (`engine.people.card_effects.MotionEffect`) to many gaits at once.

An effect is a target: so far from the healthy curve of the same speed. A gait that shows a part of it already, because a weak or stiff body
walks like that by itself, is moved by the rest only; one that shows more stays.

Everything here is for people whose right side is affected, or both; the left is their mirror image.
"""

from collections.abc import Callable

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import ANTISYMMETRIC_COORDINATES, COORDINATE_INDEX, SIDES, suffix
from engine.core.frozen import frozen
from engine.gait.cycle import basis, fit_coefficients, phase_grid
from engine.people.card_effects import MotionEffect
from engine.people.ramps import Where, at_severity
from generative.gait_batch import shift_rows

FRAMES = 100
_GRID = phase_grid(FRAMES)
_BASIS = basis(_GRID)
# A curve lifted to a new least value keeps at least this excursion.
_LEAST_EXCURSION = np.deg2rad(14.0)


@frozen
class _Curves:
    """One coordinate of ``n`` people: ``shown (n, 17)`` of the gait as it is, ``reference (n, 17)`` of healthy people with the effects so
    far."""

    shown: Array
    reference: Array

    def each(self, change: Callable[[Array], Array]) -> "_Curves":
        return _Curves(change(self.shown), change(self.reference))


Change = Callable[[_Curves, Array], _Curves]
"""Takes curves and the phase ``(n,)`` at which the cycle of that side begins, gives them with one more effect."""


def reached_sides(where: Where, bilateral: bool) -> tuple[int, ...]:
    """Indices into `SIDES` of the legs that an effect reaches."""
    if where == "both":
        return (0, 1)
    if bilateral:
        return (0, 1) if where == "affected" else ()
    return (0,) if where == "affected" else (1,)


def _fit_rows(curves: Array) -> Array:
    return fit_coefficients(curves.T).T


def _window(phase: float, width: float, start: Array) -> Array:
    """Gaussian of an effect around its phase, ``(n, frames)``."""
    distance = (_GRID - phase - start[:, None] + 0.5) % 1.0 - 0.5
    return np.exp(-0.5 * (distance / width) ** 2)


def missing(amount: Array, already: Array) -> Array:
    """What is left to add to ``already`` until it is ``amount``: nothing where there is enough, or where nothing is asked."""
    return np.sign(amount) * np.maximum(np.sign(amount) * (amount - already), 0.0)


def _offset(amount: Array) -> Change:
    def change(curves: _Curves, _: Array) -> _Curves:
        shown, reference = curves.shown.copy(), curves.reference.copy()
        shown[:, 0] += missing(amount, shown[:, 0] - reference[:, 0])
        reference[:, 0] += amount
        return _Curves(shown, reference)

    return change


def _bump(phase: float, width: float, amount: Array) -> Change:
    def change(curves: _Curves, start: Array) -> _Curves:
        window = _window(phase, width, start)
        shape = _fit_rows(window)
        already = ((curves.shown - curves.reference) @ _BASIS.T * window).sum(axis=1) / (window**2).sum(axis=1)
        added = missing(amount, already)
        return _Curves(curves.shown + added[:, None] * shape, curves.reference + amount[:, None] * shape)

    return change


def _scale(amount: Array) -> Change:
    def change(curves: _Curves, _: Array) -> _Curves:
        size = [np.linalg.norm(c[:, 1:], axis=1) for c in (curves.shown, curves.reference)]
        already = np.divide(size[0], size[1], out=np.ones_like(amount), where=size[1] > 1e-9)
        aim = np.where(amount < 1, np.minimum(amount, already), np.maximum(amount, already))
        factor = np.divide(np.where(amount == 1, already, aim), already, out=np.ones_like(aim), where=already > 1e-9)
        return _Curves(_excursion(curves.shown, factor), _excursion(curves.reference, amount))

    return change


def _excursion(coefficients: Array, factor: Array) -> Array:
    scaled = coefficients.copy()
    scaled[:, 1:] *= factor[:, None]
    return scaled


def _flatten(phase: float, width: float, amount: Array) -> Change:
    def change(curves: _Curves, start: Array) -> _Curves:
        window = _window(phase, width, start)
        shown, reference = (c @ _BASIS.T for c in (curves.shown, curves.reference))
        above = reference - reference.min(axis=1, keepdims=True)
        height = ((shown - shown.min(axis=1, keepdims=True)) * window).sum(axis=1)
        full, slope = (above * window).sum(axis=1), (above * window**2).sum(axis=1)
        already = np.divide(full - height, slope, out=np.zeros_like(amount), where=slope > 1e-9)
        rest = 1 - (1 - amount) / np.maximum(1 - already, 1e-9)
        return _Curves(_lowered(shown, window, np.clip(rest, 0.0, 1.0)), _lowered(reference, window, amount))

    return change


def _lowered(curve: Array, window: Array, share: Array) -> Array:
    """Drawn towards its least value by ``share (n,)`` where the window is one."""
    return _fit_rows(curve - share[:, None] * window * (curve - curve.min(axis=1, keepdims=True)))


def _minimum(amount: Array) -> Change:
    def lifted(coefficients: Array) -> Array:
        curve = coefficients @ _BASIS.T
        low, high = curve.min(axis=1), curve.max(axis=1)
        target = np.where(amount == 0, low, np.maximum(low, amount))  # 0 is what severity 0 asks: nothing
        peak = np.where(target > low, np.maximum(high, target + _LEAST_EXCURSION), high)
        gain = (peak - target) / np.maximum(high - low, 1e-9)
        return _fit_rows(target[:, None] + (curve - low[:, None]) * gain[:, None])

    return lambda curves, _: curves.each(lifted)


def _change(effect: MotionEffect, severity: Array, expression: Array) -> Change:
    """The effect at each person's severity, its departure from neutral multiplied by ``expression``."""
    value = np.array([at_severity(effect.amount, float(s), effect.neutral) for s in severity])
    value = effect.neutral + (value - effect.neutral) * expression
    if effect.kind == "scale":
        return _scale(np.maximum(value, 0.0))
    if effect.kind == "minimum":
        return _minimum(np.deg2rad(value))
    if effect.phase is None or effect.width is None:
        return _offset(np.deg2rad(value))
    if effect.kind == "flatten":
        return _flatten(effect.phase, effect.width, np.clip(value, 0.0, 1.0))
    return _bump(effect.phase, effect.width, np.deg2rad(value))


def _apply_midline(
    curves: _Curves, change: Change, effect: MotionEffect, left_strike: Array, bilateral: bool
) -> _Curves:
    """One midline coordinate. Where both sides are affected, a local effect acts in both legs' cycles, mirrored for the left."""
    sign = -1.0 if effect.coordinate in ANTISYMMETRIC_COORDINATES else 1.0
    if bilateral and effect.kind == "offset" and sign < 0:
        return curves
    begin = np.zeros(len(left_strike))
    curves = change(curves, begin)
    if not bilateral or effect.kind not in ("bump", "flatten"):
        return curves
    seen_in_mirror = change(curves.each(lambda c: sign * shift_rows(c, -left_strike)), begin)
    return seen_in_mirror.each(lambda c: sign * shift_rows(c, left_strike))


def apply_motion_effects(
    coefficients: Array,
    left_strike: Array,
    effects: tuple[MotionEffect, ...],
    severity: Array,
    *,
    bilateral: bool,
    expression: Array | None = None,
    reference: Array | None = None,
) -> tuple[Array, Array]:
    """Gaits with all ``effects`` applied in their order, and healthy gaits with them: both ``(n, 17, 31)``.

    ``left_strike (n,)`` is the phase of the left heel strike; ``expression (n, len(effects), 2)`` how strongly each person shows each
    effect on each side (1 is the card's own amount; a midline effect is shown by the mean of both). ``reference (n, 17, 31)`` are the
    healthy gaits of the same people and timing, from which the effects count; left out, the gaits themselves are healthy.
    """
    result = coefficients.copy()
    healthy = result.copy() if reference is None else reference.copy()
    starts = (np.zeros(len(result)), left_strike)
    told = np.ones((len(result), len(effects), len(SIDES))) if expression is None else expression
    for number, effect in enumerate(effects):
        if effect.coordinate in COORDINATE_INDEX:
            change = _change(effect, severity, told[:, number].mean(axis=1))
            index = COORDINATE_INDEX[effect.coordinate]
            curves = _Curves(result[..., index], healthy[..., index])
            curves = _apply_midline(curves, change, effect, left_strike, bilateral)
            result[..., index], healthy[..., index] = curves.shown, curves.reference
            continue
        for side in reached_sides(effect.where, bilateral):
            index = COORDINATE_INDEX[effect.coordinate + suffix(SIDES[side])]
            change = _change(effect, severity, told[:, number, side])
            curves = change(_Curves(result[..., index], healthy[..., index]), starts[side])
            result[..., index], healthy[..., index] = curves.shown, curves.reference
    return result, healthy
