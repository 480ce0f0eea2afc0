"""Trains an estimator on the training subjects of a cohort: noisy copies of every walk first, then a plain loop over them."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from rich.progress import Progress
from torch.utils.data import DataLoader

from downstream.data import CohortDataset, Sample
from downstream.estimator import GaitEstimator, save_estimator
from downstream.network.batches import Batch, collate
from downstream.network.heads import gaussian_loss
from downstream.network.walk_features import Features, features
from downstream.recordings.cleaning import LEAST_SECONDS, clean
from downstream.targets import TARGETS
from downstream.views.detector_noise import DetectorNoise, corrupt, forget, mirrored
from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.core.seeds import stage_rng

LONGEST_CLIP_S = 4.0
LEAST_TO_CALIBRATE = 10
_TRIES = 4


@dataclass(frozen=True)
class TrainingSettings:
    """``noisy_walks`` is how many noisy copies are made in all: at least two, at most sixteen of each walk.

    There is no early stopping: validation on synthetic walks would choose the model that trusts clean input most.
    """

    epochs: int = 30
    seed: int = 0
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    noisy_walks: int = 2000


@frozen
class NoisyWalks:
    """Features of noisy clips and their targets ``(n, 3)``; ``left_out`` names the walks of which no usable clip could be cut."""

    walks: tuple[Features, ...]
    targets: Array
    left_out: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.walks)


def train_estimator(cohort: Path, output: Path, settings: TrainingSettings | None = None) -> GaitEstimator:
    """Trains on split ``train`` of ``cohort``, fits the level of the uncertainties on split ``validation``, saves into ``output``.

    Raises:
        DataError: the cohort cannot be used, or ``output`` cannot be written; before any work starts.
    """
    settings = settings or TrainingSettings()
    training = CohortDataset(cohort, "train")
    _check_output(output)
    accelerator = Accelerator()
    with Progress(disable=not accelerator.is_local_main_process) as progress:
        noisy = make_noisy(training, _copies(len(training), settings), settings.seed, progress)
        if not len(noisy):
            raise DataError(
                f"{cohort}: in none of its {len(training)} training walks a person is seen for {LEAST_SECONDS} s"
            )
        model = _untrained(noisy, training, _describe(training, noisy, settings), settings.seed)
        model = _fit(model, noisy, settings, accelerator, progress)
        calibrated = _calibrate(model, cohort, settings.seed, progress)
    model.register_to_config(trained_on={**model.config["trained_on"], "uncertainty_fitted_on_walks": calibrated})
    if accelerator.is_main_process:
        save_estimator(model, output)
    return model


def _check_output(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        probe = output / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataError(f"{output}: cannot be written ({error}); choose another folder") from error


def _copies(walks: int, settings: TrainingSettings) -> int:
    return int(np.clip(round(settings.noisy_walks / walks), 2, 16))


def make_noisy(samples: CohortDataset, copies: int, seed: int, progress: Progress) -> NoisyWalks:
    """``copies`` noisy clips of every walk. Each depends on the seed, the walk's name and the copy's number alone."""
    task = progress.add_task("Noisy copies", total=len(samples) * copies)
    walks, targets, left_out = [], [], []
    for sample in samples:
        made = []
        for copy in range(copies):
            made.append(noisy_clip(sample, stage_rng(seed, sample.name, f"noise {copy}")))
            progress.advance(task)
        usable = [clip for clip in made if clip is not None]
        walks += usable
        targets += [sample.targets] * len(usable)
        left_out += [] if usable else [sample.name]
    return NoisyWalks(tuple(walks), np.array(targets).reshape(-1, len(TARGETS)), tuple(left_out))


def noisy_clip(sample: Sample, rng: np.random.Generator, noise: DetectorNoise | None = None) -> Features | None:
    """A clip of random length, mirrored by chance, as a detector would have seen it; None if no usable one is found in a few tries.

    The length is drawn without regard to the walk, so that it says nothing about the speed.
    """
    for _ in range(_TRIES):
        frames = int(rng.uniform(LEAST_SECONDS + 0.5, LONGEST_CLIP_S) * sample.sequence.fps)
        start = int(rng.integers(max(len(sample.sequence) - frames, 0) + 1))
        sequence, visible = sample.sequence.frames(start, start + frames), sample.visible[start : start + frames]
        if rng.random() < 0.5:
            sequence, visible = mirrored(sequence, visible)
        try:
            return features(clean(forget(corrupt(sequence, visible, rng, noise), rng, noise)))
        except DataError:
            continue
    return None


def _describe(training: CohortDataset, noisy: NoisyWalks, settings: TrainingSettings) -> dict[str, Any]:
    """Where the weights come from, for the model's config."""
    table = training.table
    return {
        "cohort": training.files.folder.resolve().name,
        "cohort_hash": cohort_hash(training),
        "kind": "synthetic keypoints with detector noise",
        "split": "train",
        "subjects": int(table["subject_id"].nunique()),
        "walks_by_camera": len(table) - len(noisy.left_out),
        "walks_left_out": len(noisy.left_out),
        "noisy_copies": len(noisy),
        "conditions": dict(Counter(table.drop_duplicates("subject_id")["condition"].astype(str))),
        "height_m": [float(table["height_m"].min()), float(table["height_m"].max())],
        "speed_mps": [float(table["speed_mps"].min()), float(table["speed_mps"].max())],
        "settings": asdict(settings),
        "gaitforge": version("gaitforge"),
    }


def cohort_hash(dataset: CohortDataset) -> str:
    """Identifies the cohort by its resolved spec."""
    return hashlib.sha256(dataset.files.spec.read_bytes()).hexdigest()[:16]


def _untrained(noisy: NoisyWalks, training: CohortDataset, described: dict[str, Any], seed: int) -> GaitEstimator:
    means = training.table[list(TARGETS)].to_numpy(dtype=float).mean(axis=0)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = GaitEstimator(target_means=tuple(float(m) for m in means), trained_on=described)
    scalars = np.stack([walk.scalars for walk in noisy.walks])
    model.scalar_mean.copy_(torch.from_numpy(scalars.mean(axis=0)))
    model.scalar_sd.copy_(torch.from_numpy(np.maximum(scalars.std(axis=0), 1e-3)))
    return model


def _fit(
    model: GaitEstimator, noisy: NoisyWalks, settings: TrainingSettings, accelerator: Accelerator, progress: Progress
) -> GaitEstimator:
    loader = DataLoader(
        list(zip(noisy.walks, np.log(noisy.targets), strict=True)),  # pyright: ignore[reportArgumentType] any sequence will do
        batch_size=settings.batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(settings.seed),
        collate_fn=_collate_with_targets,
    )
    optimiser = torch.optim.AdamW(model.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    prepared, optimiser, loader = accelerator.prepare(model, optimiser, loader)
    steps = settings.epochs * len(loader)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.learning_rate, total_steps=steps, pct_start=0.1)
    task = progress.add_task("Training", total=steps)
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        prepared.train()
        for _ in range(settings.epochs):
            for batch, targets in loader:
                loss = gaussian_loss(prepared(batch), targets)
                optimiser.zero_grad()
                accelerator.backward(loss)
                accelerator.clip_grad_norm_(prepared.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                progress.advance(task)
    return accelerator.unwrap_model(prepared).eval()


def _collate_with_targets(items: Iterable[tuple[Features, Array]]) -> tuple[Batch, torch.Tensor]:
    walks, targets = zip(*items, strict=True)
    return collate(walks), torch.from_numpy(np.stack(targets).astype(np.float32))


@torch.inference_mode()
def _calibrate(model: GaitEstimator, cohort: Path, seed: int, progress: Progress) -> int:
    """Shifts the log variances so that errors on noisy validation walks are as large as said; returns how many walks there were.

    With fewer than `LEAST_TO_CALIBRATE` walks, or no validation subjects, nothing is changed and 0 is returned.
    """
    try:
        validation = CohortDataset(cohort, "validation")
    except DataError:
        return 0
    noisy = make_noisy(validation, 2, seed, progress)
    if len(noisy) < LEAST_TO_CALIBRATE:
        return 0
    estimate = model(collate(noisy.walks).to(model.device))
    error = torch.from_numpy(np.log(noisy.targets)).to(estimate.mean) - estimate.mean
    ratio = (error**2 / estimate.log_variance.exp()).mean(dim=0)
    model.log_variance_shift.copy_(ratio.log())
    return len(validation) - len(noisy.left_out)
