"""What a training is given: which gaits are learnt from, how often each, and which are held out to check it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generative.corpus import MEASURED, Corpus

HELD_OUT_SHARE = 0.05
MEASURED_HELD_OUT_SHARE = 0.2
"""Of recorded people, of whom there are few."""

MEASURED_SHARE = 0.5
MOST_REPEATS = 10
"""Recorded gaits are shown more often than others, up to half of the time, but none more than so many times as often: a handful of people
shown all the time would be learnt by heart, and everybody else forgotten."""


_HOLD_OUT_SEED = 20


@dataclass(frozen=True)
class TrainingData:
    """``training`` and ``held_out`` have no family in common. ``repeats (n,)`` is how often each training gait counts."""

    training: Corpus
    held_out: Corpus
    repeats: NDArray[np.int64]

    @property
    def shown(self) -> Corpus:
        """The training gaits, each as often as it counts."""
        return self.training.take(np.repeat(np.arange(len(self.training)), self.repeats))


def measured(corpus: Corpus) -> NDArray[np.bool_]:
    """Which rows are people's recordings, ``(n,)``."""
    return np.char.startswith(corpus.provenance, MEASURED)


def prepare(corpus: Corpus) -> TrainingData:
    """Holds some families out, recorded and other ones apart, and lets recordings count more where there are others.

    Who is held out depends on the number of the family alone, so that a generator which goes on learning from the same corpus has the same
    people kept from it; of the recorded people exactly the share is drawn.
    """
    recorded = measured(corpus)
    lot = np.random.default_rng(_HOLD_OUT_SEED).random(int(corpus.family.max(initial=0)) + 1)
    held = ~recorded & (lot[corpus.family] < HELD_OUT_SHARE)
    people = np.unique(corpus.family[recorded])
    drawn = people[np.argsort(lot[people])][: round(MEASURED_HELD_OUT_SHARE * len(people))]
    held |= recorded & np.isin(corpus.family, drawn)
    training = corpus.take(np.flatnonzero(~held))
    return TrainingData(training, corpus.take(np.flatnonzero(held)), _repeats(measured(training)))


def _repeats(recorded: NDArray[np.bool_]) -> NDArray[np.int64]:
    few, others = int(recorded.sum()), int((~recorded).sum())
    times = 1 if few == 0 else int(np.clip(MEASURED_SHARE / (1 - MEASURED_SHARE) * others / few, 1, MOST_REPEATS))
    return np.where(recorded, times, 1)
