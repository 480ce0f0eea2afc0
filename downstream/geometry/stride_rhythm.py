"""To which rhythm somebody walks, and how surely: the evidence of all that moves, weighed together.

Left minus right of legs, feet and arms goes to and fro once in a stride, and the root sways once; what both legs do alike comes twice,
with each step, and so does the root's bobbing. One signal alone may be taken for another rhythm of the same walk where it is small in the
picture, hidden, uneven between the sides or cut short; all of them together seldom agree on a wrong one.

The evidence of a signal for a rhythm is the log-likelihood of a sinusoid in noise of unknown size, −N/2 · log(1 − share explained)
(Bretthorst 1988, *Bayesian Spectrum Analysis and Parameter Estimation*, ch. 2), N its independent values. One sinusoid, not its harmonics:
those would explain a rhythm by its half or its third as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from downstream.geometry.regression import Series, explained, series, turning
from engine.core.arrays import Array
from engine.core.frozen import frozen

STRIDE_HZ_RANGE = (0.3, 1.9)
"""Stride frequencies searched: cadence 36 to 228 steps/min, from a severely impaired walk to a running toddler."""

INDEPENDENT_HZ = 2.0
"""Independent values a second of one coordinate: a detector's trembling lasts, and people are not clockwork. Chosen so that the lead over
the next best rhythm, as odds, is what `benchmarks.bench_rhythm_views` finds, or less."""

USUAL_HZ, USUAL_STATURE_M, USUAL_SPREAD = 0.93, 1.70, 0.35
"""Stride frequency of adults who walk as they like (112 steps/min), at which stature, and its spread (log) over paces and conditions. It
goes with one over the root of leg length (Hof 1996, Gait & Posture 4:222)."""

UNUSUAL = 0.1
"""No rhythm is less likely than this share of the usual one: a second of legs that are seen well outweighs it."""

APART = 0.15
"""Rhythms whose logarithms differ by less are one."""

CERTAIN = 3.0
"""Lead (log of odds) from which a rhythm is certain: 20 to 1."""

_SHORTEST = 0.5
"""Least part of a stride that a recording must hold."""
_PEAK_SHARE = 0.1
"""Step of the search: a tenth of what a recording of its length can tell apart."""
_HARMONICS = 2
_LARGEST_SHARE = 0.9999


@frozen
class Signal:
    """``values (n, m)``, NaN where missing, that come back ``per_stride`` times in a stride."""

    values: Array
    per_stride: int


@dataclass(frozen=True)
class Rhythm:
    """The best frequency of strides, ``other_hz`` the next best that is another rhythm, and ``lead``, the log of the odds between them."""

    stride_hz: float
    other_hz: float
    lead: float


def strongest_rhythm(time: Array, signals: Sequence[Signal], stature_m: float) -> Rhythm:
    """The rhythm that all signals ``(n,)`` together speak for most. Signals that are missing in half of the time or more say nothing.

    A coarse search with one sinusoid for each signal, then a fine one around its best with `_HARMONICS`.
    """
    heard = _heard(time, signals)
    step = _PEAK_SHARE / float(time[-1] - time[0])
    lowest = max(STRIDE_HZ_RANGE[0], _SHORTEST * step / _PEAK_SHARE)
    candidates = np.arange(lowest, STRIDE_HZ_RANGE[1] + step, step)
    odds = _usual(candidates, stature_m) + _evidence(time, heard, candidates, 1)
    best = int(odds.argmax())
    apart = np.abs(np.log(candidates / candidates[best])) > APART
    other = int(np.where(apart, odds, -np.inf).argmax())
    stride_hz = _refined(time, heard, float(candidates[best]), step)
    return Rhythm(stride_hz, float(candidates[other]), float(odds[best] - odds[other]))


@frozen
class _Heard:
    """Signals that come back alike often, with how many independent values each has ``(s,)``."""

    per_stride: int
    signals: Series
    independent: Array


def _heard(time: Array, signals: Sequence[Signal]) -> list[_Heard]:
    """Those of ``signals`` that are known for long enough, by how often they come back in a stride."""
    made, widest = [], max(signal.values.shape[1] for signal in signals)
    for per_stride in sorted({signal.per_stride for signal in signals}):
        own = [signal.values for signal in signals if signal.per_stride == per_stride]
        own = [values for values in own if np.isfinite(values).all(axis=1).mean() > 0.5]
        if own:
            wide = np.stack([np.pad(values, ((0, 0), (0, widest - values.shape[1]))) for values in own])
            heard = series(time, wide)
            channels = np.array([values.shape[1] for values in own])
            seconds = heard.known.mean(axis=1) * (time[-1] - time[0])
            made.append(_Heard(per_stride, heard, INDEPENDENT_HZ * seconds * channels))
    return made


def _refined(time: Array, heard: Sequence[_Heard], stride_hz: float, within_hz: float) -> float:
    for half_width in (within_hz, 0.1 * within_hz, 0.01 * within_hz):
        fine = np.linspace(stride_hz - half_width, stride_hz + half_width, 21)
        stride_hz = float(fine[_evidence(time, heard, fine, _HARMONICS).argmax()])
    return stride_hz


def _usual(stride_hz: Array, stature_m: float) -> Array:
    """Log of how likely rhythms are for somebody so tall before anything is seen."""
    usual = USUAL_HZ * np.sqrt(USUAL_STATURE_M / stature_m)
    return np.log(UNUSUAL + np.exp(-0.5 * (np.log(stride_hz / usual) / USUAL_SPREAD) ** 2))


def _evidence(time: Array, heard: Sequence[_Heard], stride_hz: Array, harmonics: int) -> Array:
    """Log of how likely all signals are by each rhythm, up to a constant, if each repeats with so many harmonics of a stride; those that
    come twice with every other one."""
    total, turns = np.zeros(len(stride_hz)), turning(time, stride_hz)
    for group in heard:
        share = explained(group.signals, turns**group.per_stride, max(harmonics // group.per_stride, 1))
        total -= 0.5 * group.independent @ np.log1p(-np.minimum(share, _LARGEST_SHARE))
    return total
