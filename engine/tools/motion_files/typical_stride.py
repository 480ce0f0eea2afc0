"""From a recorded walk to the one stride that stands for it, closed to a periodic cycle.

A stride is found by return: the time after which both legs are back where they were, moving as they did. That needs no heel strike inside
the recording, so one stride and a few frames are enough. Of all strides the one nearest to their mean, and that returns best, is taken.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from engine.core.arrays import Array, Index
from engine.core.conventions import COORDINATE_INDEX, COORDINATES, LEG_COORDINATES, SIDES, TRANSLATIONS, suffix
from engine.core.errors import DataError
from engine.gait.cycle import GaitCycle, fit_coefficients
from engine.gait.recording import Recording
from engine.tools.motion_files.heading import heading_of, turned

RATE_HZ = 100.0
STRIDE_TIMES_S = (0.55, 3.0)
"""Shortest and longest stride that is looked for: a running child's, and a very slow patient's."""

SPEED_WEIGHT_S = 0.1
"""Seconds by which a difference of angular speeds counts as one of angles: about one over the stride's own angular frequency."""

RETURN_LIMIT_DEG = 10.0
"""RMS difference of leg angles over a stride beyond which the legs have not come back."""

AS_GOOD_RAD = 0.05
"""The shortest return that is less than this worse than the best one is a stride; longer ones are several."""

_LEAST_RANGE_DEG = 8.0
_SMOOTHING_S = 0.015
_SAMPLES = 101
_SPREAD = 0.12
_STARTS_PER_STRIDE = 20
_LEGS = np.array([COORDINATE_INDEX[n + suffix(s)] for s in SIDES for n in LEG_COORDINATES if n != "mtp_angle"])
_PLACE = [COORDINATE_INDEX[name] for name in TRANSLATIONS]
_TX = COORDINATE_INDEX["pelvis_tx"]


@dataclass(frozen=True)
class Stride:
    """One stride from ``start_s`` to ``end_s`` of a recording, closed: its phase 0 is ``start_s``. ``gap_deg`` is by how much the leg's
    angles (RMS) differed between its ends."""

    cycle: GaitCycle
    start_s: float
    end_s: float
    gap_deg: float


def typical_stride(recording: Recording) -> Stride:
    """The stride that stands for a recorded walk.

    Raises:
        DataError: the legs hardly move, or nothing in the recording repeats.
    """
    even = recording.resampled(RATE_HZ)
    swing = np.degrees(np.ptp(even.q[:, _LEGS[[0, 5]]], axis=0).min())
    if swing < _LEAST_RANGE_DEG:
        raise DataError(f"{recording.source}: this is not walking: a hip flexes and extends by {swing:.1f}° only")
    state = _leg_state(even.q)
    frames = _stride_frames(recording.source, state)
    starts, ends = _candidates(state, frames)
    strides = [closed_stride(even, int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
    return _returning(recording.source, strides[_most_typical(strides)])


def cut_stride(recording: Recording) -> Stride:
    """The whole recording as one stride.

    Raises:
        DataError: it is too long or too short for a stride, or does not end as it began.
    """
    shortest, longest = STRIDE_TIMES_S
    if not shortest <= recording.duration_s <= longest:
        raise DataError(
            f"{recording.source}: --start and --end are {recording.duration_s:.2f} s apart; one stride takes {shortest} to {longest} s"
        )
    even = recording.resampled(RATE_HZ)
    return _returning(recording.source, closed_stride(even, 0, len(even.time) - 1))


def _returning(source: str, stride: Stride) -> Stride:
    if stride.gap_deg > RETURN_LIMIT_DEG:
        raise DataError(
            f"{source}: no stride repeats: from {stride.start_s:.2f} to {stride.end_s:.2f} s, the legs' angles end "
            f"{stride.gap_deg:.0f}° (RMS) from where they began; choose a steady part with --start and --end"
        )
    return stride


def _leg_state(q: Array) -> Array:
    """Angles and weighted speeds of the legs ``(n, 20)``, without the noise of single frames."""
    angles = gaussian_filter1d(q[:, _LEGS], _SMOOTHING_S * RATE_HZ, axis=0, mode="nearest")
    return np.concatenate([angles, SPEED_WEIGHT_S * np.gradient(angles, 1 / RATE_HZ, axis=0)], axis=1)


def _stride_frames(source: str, state: Array) -> int:
    """Frames after which the legs return, on average over the recording."""
    shortest, longest = (round(t * RATE_HZ) for t in STRIDE_TIMES_S)
    lags = np.arange(shortest, min(longest, len(state) - 2))
    if len(lags) < 2:
        raise DataError(
            f"{source}: {len(state) / RATE_HZ:.2f} s; a whole stride and a little more is needed, at least {STRIDE_TIMES_S[0]} s"
        )
    distance = np.array([_distance(state[lag:], state[:-lag]).mean() for lag in lags])
    inner = np.flatnonzero((distance[1:-1] <= distance[:-2]) & (distance[1:-1] <= distance[2:])) + 1
    if not len(inner):
        raise DataError(
            f"{source}: nothing repeats within {len(state) / RATE_HZ:.2f} s: no complete stride is in the recording"
        )
    deep = inner[distance[inner] < distance[inner].min() + AS_GOOD_RAD]
    return int(lags[deep[0]])


def _distance(a: Array, b: Array) -> Array:
    return np.sqrt(((a - b) ** 2).mean(axis=1))


def _candidates(state: Array, frames: int) -> tuple[Index, Index]:
    """Strides over the whole recording, each from its start to where the legs are nearest to it again."""
    spread = max(1, round(_SPREAD * frames))
    starts = np.arange(0, len(state) - frames + spread, max(1, frames // _STARTS_PER_STRIDE))
    ends = []
    for start in starts:
        later = np.arange(start + frames - spread, min(start + frames + spread + 1, len(state)))
        ends.append(later[_distance(state[later], state[start][None]).argmin()] if len(later) else -1)
    ends = np.array(ends)
    whole = (ends > 0) & (ends < len(state) - 1) | (ends - starts == frames)
    return (starts[whole], ends[whole]) if whole.any() else (starts[:1], starts[:1] + frames)


def closed_stride(even: Recording, start: int, end: int) -> Stride:
    """The frames from ``start`` to ``end`` of an evenly sampled recording as a cycle that goes along X.

    What differs between both ends is taken away in proportion to time, so that each angle is bent as little as possible.
    """
    q, duration = even.q[start : end + 1], float(even.time[end] - even.time[start])
    gap = float(np.degrees(np.sqrt(np.mean((q[-1] - q[0])[_LEGS] ** 2))))
    way = q[-1, _PLACE] - q[0, _PLACE]
    q = turned(q, -heading_of(way))
    q[:, _PLACE] -= q[0, _PLACE] * [1, 0, 1]
    ramp = np.linspace(0.0, 1.0, len(q))
    q -= np.outer(ramp - 0.5, q[-1] - q[0])
    phase = np.arange(_SAMPLES - 1) / (_SAMPLES - 1)
    samples = CubicSpline(ramp, q)(phase)
    samples[:, _TX] -= samples[:, _TX].mean()
    cycle = GaitCycle(fit_coefficients(samples), float(np.hypot(way[0], way[2])) / duration, duration)
    return Stride(cycle, float(even.time[start]), float(even.time[end]), gap)


def _most_typical(strides: list[Stride]) -> int:
    """Index of the stride nearest to the mean of all, its own gap counted too. Strides are compared from the same instant of the cycle,
    that at which the right thigh is farthest forward."""
    phase = np.arange(_SAMPLES) / _SAMPLES
    curves = []
    for stride in strides:
        flexion = stride.cycle.at(phase)[:, COORDINATES.index("hip_flexion_r")]
        curves.append(stride.cycle.at(phase + phase[flexion.argmax()])[:, _LEGS])
    apart = np.degrees(np.sqrt(np.mean((np.array(curves) - np.mean(curves, axis=0)) ** 2, axis=(1, 2))))
    return int(np.argmin(apart + [stride.gap_deg for stride in strides]))
