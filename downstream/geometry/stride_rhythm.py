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

from downstream.geometry.regression import explained
from engine.core.arrays import Array

STRIDE_HZ_RANGE = (0.3, 1.9)
"""Stride frequencies searched: cadence 36 to 228 steps/min, from a severely impaired walk to a running toddler."""

INDEPENDENT_HZ = 2.0
"""Independent values a second of one coordinate: a detector's trembling lasts, and people are not clockwork. Chosen so that the lead over
the next best rhythm, as odds, is what `benchmarks.bench_rhythm_views` finds, or less."""

USUAL_HZ, USUAL_STATURE_M, USUAL_SPREAD = 0.93, 1.70, 0.35
"""Stride frequency of adults who walk as they like (112 steps/min), at which stature, and its spread (log) over paces and conditions. It
goes with one over the root of leg length (Hof 1996, Gait & Posture 4:222). Weak: twice or half the usual rhythm is seven times less
likely, as much as a second of legs seen well outweighs."""

APART = 0.15
"""Rhythms whose logarithms differ by less are one."""

CERTAIN = 3.0
"""Lead (log of odds) from which a rhythm is certain: 20 to 1."""

_SHORTEST = 0.5
"""Least part of a stride, or a step, that a recording must hold."""
_LARGEST_SHARE = 0.999


@dataclass(frozen=True)
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
    """The rhythm that all signals ``(n,)`` together speak for most. Signals that are missing in more than half of the time say nothing."""
    candidates = _candidates(float(time[-1] - time[0]))
    odds = _usual(candidates, stature_m) + sum(_evidence(time, signal, candidates) for signal in signals)
    best = int(odds.argmax())
    apart = np.abs(np.log(candidates / candidates[best])) > APART
    other = int(np.where(apart, odds, -np.inf).argmax())
    return Rhythm(float(candidates[best]), float(candidates[other]), float(odds[best] - odds[other]))


def _candidates(seconds: float) -> Array:
    lowest = max(STRIDE_HZ_RANGE[0], _SHORTEST / seconds)
    step = search_step_hz(seconds)
    return np.arange(lowest, STRIDE_HZ_RANGE[1] + step, step)


def search_step_hz(seconds: float) -> float:
    """How finely frequencies are searched that a recording of this length can tell apart: ten to a peak."""
    return 0.1 / seconds


def _usual(stride_hz: Array, stature_m: float) -> Array:
    """Log of how usual rhythms are for somebody so tall."""
    usual = USUAL_HZ * np.sqrt(USUAL_STATURE_M / stature_m)
    return -0.5 * (np.log(stride_hz / usual) / USUAL_SPREAD) ** 2


def _evidence(time: Array, signal: Signal, stride_hz: Array) -> Array:
    """Log of how likely the signal is by each rhythm, up to a constant."""
    known = np.isfinite(signal.values).all(axis=1)
    if known.sum() <= len(known) / 2:
        return np.zeros(len(stride_hz))
    share = explained(time[known], signal.values[known], signal.per_stride * stride_hz, 1)
    independent = INDEPENDENT_HZ * (time[-1] - time[0]) * known.mean() * signal.values.shape[1]
    return -0.5 * independent * np.log1p(-np.minimum(share, _LARGEST_SHARE))
