"""Walks visited over and over, each time before other cameras: an endless corpus from finitely many walks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

from downstream.training.draw_example import Example, ExampleOdds, draw_example
from downstream.training.reading_loss import LearningBatch, learning_batch
from downstream.views.draw_clip import clip_rng
from downstream.walks.labelled_walk import LabelledWalk
from downstream.walks.read_folder import read_folder


class Visits(Dataset[list[Example]]):
    """All visits of a training, in order: each epoch every walk once, and ``clips`` examples of it. A visit depends on seed, epoch and walk
    alone, so that neither the number of processes nor where a training begins matters."""

    def __init__(
        self, walks: Sequence[Path], epochs: int, clips: int, seed: int, odds: ExampleOdds | None = None
    ) -> None:
        self.walks, self.clips, self.seed, self.odds = list(walks), clips, seed, odds
        self.order = np.concatenate(
            [np.random.default_rng([seed, epoch]).permutation(len(walks)) for epoch in range(epochs)]
        )

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: int) -> list[Example]:
        epoch, walk = index // len(self.walks), int(self.order[index])
        read = read_folder(self.walks[walk], needed=())
        drawn = (self._drawn(read, epoch, walk * self.clips + k) for k in range(self.clips))
        return [example for example in drawn if example is not None]

    def _drawn(self, walk: LabelledWalk, epoch: int, number: int) -> Example | None:
        return draw_example(walk, clip_rng(self.seed, epoch, number), self.odds)


def batches_by_length(visits: Sequence[list[Example]], parts: int) -> list[LearningBatch]:
    """Examples of some visits in ``parts`` batches, the shorter ones together, so that little is padded."""
    examples = sorted((example for visit in visits for example in visit), key=lambda example: len(example.events))
    shares = np.array_split(np.arange(len(examples)), parts)
    return [learning_batch([examples[index] for index in share]) for share in shares if len(share)]
