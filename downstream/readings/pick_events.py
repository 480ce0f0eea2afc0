"""Foot events from their scores over time."""

from dataclasses import dataclass

import numpy as np

from downstream.network.reading_targets import EVENT_SPREAD_S, EVENT_TARGETS
from engine.core.arrays import Array
from engine.gait.records import Events

LEAST_SCORE = 0.1
"""A lower peak is no event."""

_LEAST_SD_S = 0.005
_IN_ORDER = ("right_strike", "left_off", "left_strike", "right_off")
"""In walking events follow each other so, over and over."""
_BEFORE = [EVENT_TARGETS.index(_IN_ORDER[_IN_ORDER.index(name) - 1]) for name in EVENT_TARGETS]


@dataclass(frozen=True)
class FoundEvent:
    """A peak of a score. ``kind`` indexes `EVENT_TARGETS`; ``sd_s`` is by how much the bell is wider than that of an event whose instant is
    known: where the network is unsure, it lays the bell over all instants that may be."""

    kind: int
    time_s: float
    score: float
    sd_s: float


def pick_events(scores: Array, time: Array) -> tuple[Events, float]:
    """Events from scores ``(T, 4)``, 0 to 1 in the order of `EVENT_TARGETS`, at evenly spaced ``time (T,)`` s; and the standard deviation
    of their instants. Of all peaks those are taken that follow each other as in walking and have the greatest sum of scores."""
    chain = _in_order([peak for kind in range(len(EVENT_TARGETS)) for peak in _peaks(scores[:, kind], time, kind)])
    right, left, right_off, left_off = (
        np.array([found.time_s for found in chain if found.kind == kind]) for kind in range(len(EVENT_TARGETS))
    )
    sd_s = float(np.median([found.sd_s for found in chain])) if chain else EVENT_SPREAD_S
    return Events((right, left), (right_off, left_off)), sd_s


def _peaks(score: Array, time: Array, kind: int) -> list[FoundEvent]:
    """Peaks of one score, placed between frames by a parabola through the logarithms of three: exact for a bell."""
    inner = score[1:-1]
    frames = np.flatnonzero((inner >= LEAST_SCORE) & (inner > score[:-2]) & (inner >= score[2:])) + 1
    logs, step = np.log(np.maximum(score, 1e-6)), float(time[1] - time[0])
    made = []
    for frame in frames:
        before, at, after = logs[frame - 1 : frame + 2]
        curvature = 2 * at - before - after
        spread_s = step / np.sqrt(curvature)
        made.append(
            FoundEvent(
                kind,
                float(time[frame] + 0.5 * step * (after - before) / curvature),
                float(score[frame]),
                float(np.sqrt(max(spread_s**2 - EVENT_SPREAD_S**2, _LEAST_SD_S**2))),
            )
        )
    return made


def _in_order(peaks: list[FoundEvent]) -> list[FoundEvent]:
    """The chain of greatest weight in which each event is of the kind that follows in walking."""
    peaks = sorted(peaks, key=lambda found: found.time_s)
    total, back, last = [], [], [-1] * len(EVENT_TARGETS)
    for index, found in enumerate(peaks):
        before = last[_BEFORE[found.kind]]
        total.append(found.score + (total[before] if before >= 0 else 0.0))
        back.append(before)
        if last[found.kind] < 0 or total[index] > total[last[found.kind]]:
            last[found.kind] = index
    at = int(np.argmax(total)) if peaks else -1
    chain = []
    while at >= 0:
        chain.append(peaks[at])
        at = back[at]
    return chain[::-1]
