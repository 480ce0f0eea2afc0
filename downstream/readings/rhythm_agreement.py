"""Whether the foot strikes that were read walk to the rhythm that geometry found: two ways to the same cadence."""

from dataclasses import dataclass

import numpy as np

from engine.gait.records import Events

SAME = 0.1
"""Cadences closer than this (share) are of one rhythm: far from 3/2 or 2, and farther apart than short clips make them."""


@dataclass(frozen=True)
class RhythmAgreement:
    """Cadence by geometry and by the strikes, steps/min; ``strikes_spm`` is None where no foot strikes twice."""

    rhythm_spm: float
    strikes_spm: float | None

    @property
    def disagrees(self) -> bool:
        """The strikes are of another rhythm. Too few strikes contradict nothing."""
        return self.strikes_spm is not None and abs(self.strikes_spm / self.rhythm_spm - 1) > SAME

    @property
    def words(self) -> str:
        """What to mind; empty unless they disagree."""
        if not self.disagrees:
            return ""
        return (
            f"feet strike {self.strikes_spm:.0f} times a minute, the body moves at {self.rhythm_spm:.0f} steps/min: "
            "do not trust cadence and step length"
        )


def agreement(events: Events, rhythm_spm: float) -> RhythmAgreement:
    """Strikes of a reading beside geometry's cadence. A stride is what lies between two strikes of one foot; the median over both feet
    bears some strikes that were missed or made up."""
    strides = np.concatenate([np.diff(strikes) for strikes in events.heel_strikes])
    return RhythmAgreement(rhythm_spm, float(120 / np.median(strides)) if len(strides) else None)
