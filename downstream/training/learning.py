"""The loop of a training: examples in, steps of the optimiser, a state kept every few minutes."""

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.optimizer import AcceleratedOptimizer
from rich.progress import Progress
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader, Subset

from downstream.network.curve_network import CurveNetwork
from downstream.training.checkpoint import Checkpoint, Part
from downstream.training.reader_settings import ReaderSettings
from downstream.training.reading_loss import LearningBatch, reading_loss
from downstream.training.visits import Visits, batches_by_length

_WARM_UP = 0.1
_LARGEST_GRADIENT = 1.0


@dataclass(frozen=True)
class Learner:
    """What changes with each step, and what changes it."""

    network: nn.Module
    optimiser: AcceleratedOptimizer
    schedule: OneCycleLR
    accelerator: Accelerator

    @property
    def parts(self) -> dict[str, Part]:
        return {"network": self.network, "optimiser": self.optimiser, "schedule": self.schedule}

    def step(self, batch: LearningBatch) -> None:
        batch = batch.to(self.accelerator.device)
        self.optimiser.zero_grad()
        self.accelerator.backward(reading_loss(self.network(batch.signals), batch))
        self.accelerator.clip_grad_norm_(self.network.parameters(), _LARGEST_GRADIENT)
        self.optimiser.step()
        self.schedule.step()


def learn(
    network: CurveNetwork, visits: Visits, settings: ReaderSettings, file: Path, progress: Progress
) -> Checkpoint:
    """``network`` learns from all visits, or from those that it had not seen when its state was kept in ``file``. The last state that was
    kept stays there until it is removed.

    Raises:
        DataError: the state in ``file`` is that of another training.
    """
    together = settings.visits_together
    learner = _learner(network, settings, steps=math.ceil(len(visits) / together) * settings.batches)
    checkpoint = Checkpoint(file, network.config["trained_on"], learner.parts)
    seen, kept = checkpoint.load(), monotonic()
    task = progress.add_task("Training", total=len(visits) * visits.clips, completed=seen * visits.clips)
    network.train()
    for batches in _loader(visits, seen, settings):
        for batch in batches:
            learner.step(batch)
        seen = min(seen + together, len(visits))
        progress.update(task, completed=seen * visits.clips)
        if monotonic() - kept >= settings.checkpoint_s:
            checkpoint.save(seen)
            kept = monotonic()
    network.eval()
    return checkpoint


def _learner(network: CurveNetwork, settings: ReaderSettings, steps: int) -> Learner:
    accelerator = Accelerator()
    optimiser = torch.optim.AdamW(network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    prepared, accelerated = accelerator.prepare(network, optimiser)
    schedule = OneCycleLR(optimiser, settings.learning_rate, total_steps=steps + 1, pct_start=_WARM_UP)
    return Learner(prepared, accelerated, schedule, accelerator)


def _loader(visits: Visits, seen: int, settings: ReaderSettings) -> "DataLoader[Any]":
    """Gives `batches_by_length` of some visits at a time, without those that were ``seen``, and leaves randomness alone."""
    return DataLoader(
        Subset(visits, range(seen, len(visits))),
        batch_size=settings.visits_together,
        collate_fn=partial(batches_by_length, parts=settings.batches),
        num_workers=settings.workers,
        worker_init_fn=one_thread_each,
        generator=torch.Generator(),
    )


def one_thread_each(_: int) -> None:
    """In a process that draws examples."""
    torch.set_num_threads(1)
