"""What a training is given: which gaits are learnt from, how often each, and which are held out to check it."""

import numpy as np

from engine.core.arrays import Index, Mask
from engine.core.frozen import frozen
from generative.corpus import MEASURED, Corpus

HELD_OUT_SHARE = 0.05
MEASURED_HELD_OUT_SHARE = 0.2
"""Of recorded people, of whom there are few."""

MEASURED_SHARE = 0.5
MOST_VIEWS = 100
"""Recorded gaits are shown more often than others, up to half of the time, but none more often than this in a whole training: a handful of
people shown all the time are learnt by heart, and everybody else is forgotten."""

_HOLD_OUT_SEED = 20


@frozen
class TrainingData:
    """``training`` and ``held_out`` have no family in common. ``repeats (n,)`` is how often each training gait counts."""

    training: Corpus
    held_out: Corpus
    repeats: Index

    @property
    def shown(self) -> Corpus:
        """The training gaits, each as often as it counts."""
        return self.training.take(np.repeat(np.arange(len(self.training)), self.repeats))


def measured(corpus: Corpus) -> Mask:
    """Which rows are people's recordings, ``(n,)``."""
    return np.char.startswith(corpus.provenance, MEASURED)


def prepare(corpus: Corpus, draws: int = 0) -> TrainingData:
    """Holds some families out, recorded and other ones apart, and lets recordings count more where there are others. ``draws`` is
    how many gaits the training will be shown in all; 0 where nothing is trained.

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
    return TrainingData(training, corpus.take(np.flatnonzero(held)), _repeats(measured(training), draws))


def _repeats(recorded: Mask, draws: int) -> Index:
    """With r repeats of k recordings among n others, each is seen draws · r / (n + k r) times."""
    few, others = int(recorded.sum()), int((~recorded).sum())
    if few == 0:
        return np.ones(len(recorded), int)
    by_share = MEASURED_SHARE / (1 - MEASURED_SHARE) * others / few
    spare = draws - MOST_VIEWS * few
    by_views = MOST_VIEWS * others / spare if spare > 0 else np.inf
    return np.where(recorded, max(int(min(by_share, by_views)), 1), 1)
