"""Trains the reader on the walks of a cohort: cameras and noise drawn anew at each visit of a walk, then its uncertainty is set."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from rich.progress import Progress
from torch.utils.data import DataLoader

from downstream.network.curve_network import CurveNetwork, save_network
from downstream.training.draw_example import Example
from downstream.training.reading_loss import LearningBatch, reading_loss
from downstream.training.set_uncertainty import calibrate
from downstream.training.visits import Visits, batches_by_length
from downstream.walks.cohort_walks import cohort_walks
from engine.cohort.layout import CohortFiles
from engine.core.errors import DataError

_CALIBRATION_SEED = 1
"""Added to the seed of a training: views of validation subjects."""


@dataclass(frozen=True)
class ReaderSettings:
    """Each epoch visits every walk once and draws ``clips`` examples of it; ``batch_size`` examples are learnt from at a time, those of
    ``batches`` such batches are drawn together. ``calibration`` examples of validation subjects set the uncertainty. ``workers``
    processes draw examples; how many does not change the weights.

    There is no early stopping: validation on synthetic walks would choose the model that trusts clean input most.
    """

    epochs: int = 3
    clips: int = 8
    batch_size: int = 32
    batches: int = 4
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    calibration: int = 1200
    seed: int = 0
    workers: int = 2


def train_reader(cohort: Path, output: Path, settings: ReaderSettings | None = None) -> CurveNetwork:
    """Trains on split ``train`` of ``cohort``, sets the uncertainty by split ``validation``, saves into ``output``.

    Raises:
        DataError: the cohort cannot be used, or ``output`` cannot be written; before any work starts.
    """
    settings = settings or ReaderSettings()
    walks = cohort_walks(cohort, "train")
    _check_output(output)
    accelerator = Accelerator()
    with Progress(disable=not accelerator.is_local_main_process) as progress, _one_thread(), torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        network = CurveNetwork(trained_on=describe(cohort, walks, settings))
        network = _fit(network, list(walks), settings, accelerator, progress)
        calibrated = calibrate(network, _validation_examples(cohort, settings, progress))
    network.register_to_config(trained_on={**network.config["trained_on"], "uncertainty_set_by_examples": calibrated})
    if accelerator.is_main_process:
        save_network(network, output)
    return network


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums are added in the same order on every machine; other cores draw examples."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _check_output(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        probe = output / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataError(f"{output}: cannot be written ({error}); choose another folder") from error


def _fit(
    network: CurveNetwork, walks: Sequence[Path], settings: ReaderSettings, accelerator: Accelerator, progress: Progress
) -> CurveNetwork:
    loader = _loader(Visits(walks, settings.epochs, settings.clips, settings.seed), settings)
    optimiser = torch.optim.AdamW(network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    prepared, optimiser, loader = accelerator.prepare(network, optimiser, loader)
    steps = len(loader) * settings.batches
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser.optimizer, settings.learning_rate, total_steps=steps + 1, pct_start=0.1
    )
    task = progress.add_task("Training", total=steps)
    prepared.train()
    for batches in loader:
        for batch in batches:
            _step(prepared, batch, optimiser, accelerator)
            schedule.step()
        progress.advance(task, settings.batches)
    return accelerator.unwrap_model(prepared).eval()


def _step(
    network: torch.nn.Module, batch: LearningBatch, optimiser: torch.optim.Optimizer, accelerator: Accelerator
) -> None:
    loss = reading_loss(network(batch.signals), batch)
    optimiser.zero_grad()
    accelerator.backward(loss)
    accelerator.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()


def _loader(visits: Visits, settings: ReaderSettings) -> "DataLoader[Any]":
    """Gives `batches_by_length` of some visits at a time."""
    together = max(settings.batches * settings.batch_size // settings.clips, 1)
    return DataLoader(
        visits,
        batch_size=together,
        collate_fn=partial(batches_by_length, parts=settings.batches),
        num_workers=settings.workers,
        worker_init_fn=_one_thread_each,
    )


def _one_thread_each(_: int) -> None:
    torch.set_num_threads(1)


def _validation_examples(cohort: Path, settings: ReaderSettings, progress: Progress) -> list[Example]:
    """None where the cohort has no validation subjects."""
    try:
        walks = list(cohort_walks(cohort, "validation"))
    except DataError:
        return []
    epochs = max(settings.calibration // (len(walks) * settings.clips), 1)
    visits = Visits(walks, epochs, settings.clips, settings.seed + _CALIBRATION_SEED)
    loader = DataLoader(visits, batch_size=None, num_workers=settings.workers, worker_init_fn=_one_thread_each)
    return [
        example for visit in progress.track(loader, description="Uncertainty", total=len(visits)) for example in visit
    ]


def describe(cohort: Path, walks: dict[Path, dict[str, Any]], settings: ReaderSettings) -> dict[str, Any]:
    """Where the weights come from, for the network's config."""
    people = {row["subject_id"]: row for row in walks.values()}
    told = asdict(settings)
    del told["workers"]
    return {
        "cohort": cohort.resolve().name,
        "cohort_hash": hashlib.sha256(CohortFiles(cohort).spec.read_bytes()).hexdigest()[:16],
        "kind": "synthetic walks before drawn cameras, with detector noise",
        "split": "train",
        "subjects": len(people),
        "walks": len(walks),
        "examples": len(walks) * settings.epochs * settings.clips,
        "conditions": dict(Counter(str(row["condition"]) for row in people.values() if "condition" in row)),
        "ranges": {name: _range(walks, name) for name in ("age_years", "height_m", "speed_mps")},
        "settings": told,
        "gaitforge": version("gaitforge"),
    }


def _range(walks: dict[Path, dict[str, Any]], name: str) -> list[float] | None:
    values = [float(row[name]) for row in walks.values() if name in row]
    return [min(values), max(values)] if values else None
