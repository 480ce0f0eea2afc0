"""Whether the rhythm that geometry found agrees with the foot strikes that were read and with a plain spectrum of the same points."""

from dataclasses import dataclass

import numpy as np

from downstream.geometry.stride_rhythm import STRIDE_HZ_RANGE
from downstream.network.frame_signals import RATE_HZ, FrameSignals
from engine.core.arrays import Array
from engine.gait.records import Events

SAME = 0.1
"""Cadences closer than this (share) are of one rhythm: far from 3/2 or 2, and farther apart than short clips make them."""

_LEGS = ("ankle", "knee")
_SPECTRUM_STEP_HZ = 0.005


@dataclass(frozen=True)
class RhythmAgreement:
    """Cadence by geometry, by the strikes, and by the spectrum, steps/min. ``strikes_spm`` is None where no foot strikes twice."""

    rhythm_spm: float
    strikes_spm: float | None
    spectrum_spm: float

    @property
    def disagrees(self) -> bool:
        return bool(self.words)

    @property
    def words(self) -> str:
        """What to mind; empty unless something is of another rhythm. Too few strikes contradict nothing."""
        others = []
        if self.strikes_spm is not None and self._differs(self.strikes_spm):
            others.append(f"feet strike {self.strikes_spm:.0f} times a minute")
        if self._differs(self.spectrum_spm):
            others.append(f"the spectrum of the legs is highest at {self.spectrum_spm:.0f}")
        if not others:
            return ""
        told = " and ".join(others)
        return f"the body moves at {self.rhythm_spm:.0f} steps/min, but {told}: do not trust cadence and step length"

    def _differs(self, other_spm: float) -> bool:
        return abs(other_spm / self.rhythm_spm - 1) > SAME


def agreement(rhythm_spm: float, events: Events, signals: FrameSignals) -> RhythmAgreement:
    """Geometry's cadence beside the strikes of a reading and the spectrum of what it was read from."""
    return RhythmAgreement(rhythm_spm, strikes_spm(events), spectrum_spm(signals))


def strikes_spm(events: Events) -> float | None:
    """A stride is what lies between two strikes of one foot; the median over both feet bears some strikes that were missed or made up."""
    strides = np.concatenate([np.diff(strikes) for strikes in events.heel_strikes])
    return float(120 / np.median(strides)) if len(strides) else None


def spectrum_spm(signals: FrameSignals) -> float:
    """Twice the frequency, per minute, at which left less right ankle and knee have most power, among the frequencies of walking. Their
    straight lines are taken off, and they are filled up with zeros to a step of `_SPECTRUM_STEP_HZ`."""
    legs = _without_lines(signals.apart(_LEGS))
    count = max(round(RATE_HZ / _SPECTRUM_STEP_HZ), len(legs))
    power = (np.abs(np.fft.rfft(legs, count, axis=0)) ** 2).sum(axis=1)
    hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    walking = (hz >= STRIDE_HZ_RANGE[0]) & (hz <= STRIDE_HZ_RANGE[1])
    return float(120 * hz[walking][power[walking].argmax()])


def _without_lines(signals: Array) -> Array:
    lines = np.column_stack([np.ones(len(signals)), np.arange(len(signals))])
    return signals - lines @ np.linalg.lstsq(lines, signals, rcond=None)[0]
