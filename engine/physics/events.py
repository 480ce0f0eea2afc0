"""Heel strikes and toe offs from vertical ground forces."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.conventions import SIDES
from engine.gait.records import ContactPhases, Events

LOADED = 0.03
"""Share of body weight above which a foot stands: 20-30 N for an adult, the usual threshold of force plates."""

STRUCK = 0.05
"""Share of body weight that a foot bears at its strike. Real load leaps within a fiftieth of the cycle; forces of a motion made of eight
harmonics rise over a tenth, and pass `LOADED` two percent of the cycle before the strike: so smoothed, the vertical force of 83 children
at five speeds (Schwartz, Rozumalski & Trost 2008, J Biomech 41:1639) is 0.08 (very slow) to 0.24 body weights (very fast) at the strike.
Such values make angles agree with their norms, but forces, which the physics lets lead the angles, early by as much; this one shares the
difference between them (`docs/physics.md`, *Choices*)."""

_REAL_STANCE = 0.25
_SHORTEST_GAP = 0.06
"""Share of body weight that a stance must reach, and share of the longest stance below which a gap is part of the stance."""


@dataclass(frozen=True)
class Stance:
    """One foot's time on the floor, in frames with fractions."""

    start: float
    end: float


def _runs(loaded: Mask) -> list[tuple[int, int]]:
    """First frame of each run, and first frame after it, runs that touch an end included."""
    change = np.diff(np.concatenate([[False], loaded, [False]]).astype(int))
    return list(zip(np.flatnonzero(change == 1).tolist(), np.flatnonzero(change == -1).tolist(), strict=True))


def _crossing(force: Array, before: int, threshold: float) -> float:
    """Frame between ``before`` and the next at which a force crosses ``threshold``."""
    share = (threshold - force[before]) / (force[before + 1] - force[before])
    return before + float(share)


def stances(vertical: Array, weight: float) -> list[Stance]:
    """Stances of one foot, from strike to toe off, that begin and end within ``vertical (n,)``, N. Short gaps are closed, faint touches
    left out."""
    loaded, struck = LOADED * weight, STRUCK * weight
    runs = _runs(vertical > loaded)
    longest = max((end - start for start, end in runs), default=0)
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] < _SHORTEST_GAP * longest:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))

    def strike(start: int) -> float:
        return _crossing(vertical, start + int(np.argmax(vertical[start:] > struck)) - 1, struck)

    return [
        Stance(strike(start), _crossing(vertical, end - 1, loaded))
        for start, end in joined
        if start > 0 and end < len(vertical) and vertical[start:end].max() > _REAL_STANCE * weight
    ]


def cycle_phases(vertical: Array, weight: float) -> tuple[float, ContactPhases] | None:
    """Phase of the right heel strike in a periodic cycle ``vertical (n, 2)``, and the other events relative to it; None if a foot
    does not stand exactly once."""
    n = len(vertical)
    found = [
        [s for s in stances(np.tile(vertical[:, side], 3), weight) if n <= s.start < 2 * n]
        for side in range(len(SIDES))
    ]
    if any(len(side) != 1 or side[0].end - side[0].start >= n for side in found):
        return None
    right, left = found[0][0], found[1][0]

    def phase(frame: float) -> float:
        return float((frame - right.start) / n % 1.0)

    return float(right.start / n % 1.0), ContactPhases(phase(right.end), phase(left.start), phase(left.end))


def walk_events(time: Array, vertical: Array, weight: float) -> Events:
    """Events of a walk with vertical forces ``(n, 2)`` at ``time (n,)``. The first and the last stance may lack one of theirs."""
    frames = np.arange(len(time))
    strikes, offs = [], []
    for side in range(len(SIDES)):
        force = np.concatenate([[0.0], vertical[:, side], [0.0]])
        whole = [Stance(s.start - 1, s.end - 1) for s in stances(force, weight)]
        strikes.append(np.array([np.interp(s.start, frames, time) for s in whole if s.start >= 0]))
        offs.append(np.array([np.interp(s.end, frames, time) for s in whole if s.end <= len(time) - 1]))
    return Events((strikes[0], strikes[1]), (offs[0], offs[1]))
