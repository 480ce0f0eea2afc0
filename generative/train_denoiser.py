"""Trains the generator on a corpus: `gaitforge train-generator`."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from accelerate import Accelerator
from diffusers import DDPMScheduler
from diffusers.training_utils import EMAModel
from rich.progress import track
from torch import Tensor

from engine.core.errors import SpecError
from generative.clamp import Hint, random_hint
from generative.conditioning import FIELDS, SPREAD, Conditions, encode_conditions
from generative.corpus import Corpus
from generative.denoiser import GaitDenoiser
from generative.expected import ExpectedGait
from generative.noise import sampling_scheduler, training_scheduler
from generative.pipeline import GaitPipeline
from generative.space import GaitSpace, to_features

_WARM_UP_STEPS = 50
_LAST_LOSSES = 200


@dataclass(frozen=True)
class TrainingSettings:
    """Everyday settings; the defaults made the weights that ship."""

    steps: int = 16000
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    open_share: float = 0.15
    """Share of fields left open at random; besides, one person in ten has all fields open."""
    open_speed_share: float = 0.5
    """Of those who chose their speed: left open, since a cohort mostly asks for people who walk as they like."""
    all_open_share: float = 0.1
    solved_share: float = 0.35
    """Of each batch, where a corpus has gaits that have passed physics and others."""
    jitter: float = 0.1
    """Noise on every number that the network is told, in the units of its embedding (severities: a third of it): exact numbers would name a
    person of the corpus."""
    dropout: float = 0.2
    ema_decay: float = 0.999
    dimensions: int = 128
    width: int = 512
    blocks: int = 3
    seed: int = 0


@dataclass(frozen=True)
class TrainingResult:
    """The trained pipeline and the mean loss of the last steps."""

    pipeline: GaitPipeline
    loss: float


def known_mask(free_speed: Tensor, settings: TrainingSettings, generator: torch.Generator) -> Tensor:
    """Which fields of a batch the network is told ``(n, 9)``. A speed that the person did not choose is always told, so that an open speed
    means the person's own."""
    n = len(free_speed)
    known = (torch.rand((n, len(FIELDS)), generator=generator) > settings.open_share).float()
    speed = FIELDS.index("speed")
    known[:, speed] = (torch.rand(n, generator=generator) > settings.open_speed_share).float()
    known *= (torch.rand((n, 1), generator=generator) > settings.all_open_share).float()
    known[:, speed] = torch.where(free_speed, known[:, speed], torch.ones(n))
    known[:, FIELDS.index("source")] = 1.0
    return known


def new_denoiser(corpus: Corpus, settings: TrainingSettings) -> GaitDenoiser:
    """An untrained network for the conditions of the corpus."""
    torch.manual_seed(settings.seed)
    names = tuple(sorted(corpus.cards))
    return GaitDenoiser(
        settings.dimensions,
        settings.width,
        settings.blocks,
        dropout=settings.dropout,
        conditions=names,
        cards=tuple(corpus.cards[name] for name in names),
    )


def train(corpus: Corpus, settings: TrainingSettings | None = None, init: GaitPipeline | None = None) -> TrainingResult:
    """Trains a denoiser on the whole corpus; the same corpus and settings on the same machine give the same weights.

    With ``init`` its network goes on learning, in its own space.

    Raises:
        SpecError: the corpus is smaller than the space of vectors.
    """
    settings = settings or TrainingSettings()
    if init is None and len(corpus) <= settings.dimensions:
        raise SpecError(f"corpus: {len(corpus)} gaits are too few, more than {settings.dimensions} are needed")
    space, denoiser = _begin(corpus, settings) if init is None else (init.space, deepcopy(init.denoiser))
    lesson = _lesson(corpus, denoiser.config["conditions"])
    if init is None:
        _fit_expected(denoiser, space, lesson)
    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    optimiser = torch.optim.AdamW(denoiser.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, settings.steps))
    model, optimiser, schedule = accelerator.prepare(denoiser.train(), optimiser, schedule)
    average = EMAModel(model.parameters(), decay=settings.ema_decay, use_ema_warmup=True, power=0.75)
    noise, losses = training_scheduler(), []
    generator = torch.Generator().manual_seed(settings.seed)
    for _ in track(range(settings.steps), "training the generator"):
        rows = draw_rows(lesson.solved, settings, generator)
        inputs, target = noisy_batch(noise, lesson, rows, (space, denoiser.expected), settings, generator)
        loss = torch.nn.functional.mse_loss(model(*inputs), target)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        average.step(model.parameters())
        losses.append(loss.item())
    average.copy_to(model.parameters())
    trained = accelerator.unwrap_model(model).cpu().eval()
    return TrainingResult(GaitPipeline(trained, space, sampling_scheduler()), float(np.mean(losses[-_LAST_LOSSES:])))


def _begin(corpus: Corpus, settings: TrainingSettings) -> tuple[GaitSpace, GaitDenoiser]:
    """A space fitted to gaits that have passed physics, where there are enough, and an untrained network."""
    solved = np.flatnonzero(corpus.solved)
    enough = solved if len(solved) > settings.dimensions else np.arange(len(corpus))
    return GaitSpace(settings.dimensions).fit(corpus.gaits.take(enough)), new_denoiser(corpus, settings)


def _fit_expected(denoiser: GaitDenoiser, space: GaitSpace, lesson: "Lesson") -> None:
    """Of everybody and their mirror images, so that who walks alike on both sides is expected to; what is left is the space's unit."""
    both = torch.cat([torch.arange(len(lesson.features))] * 2)
    vectors = space.whiten(torch.cat([lesson.features, lesson.images]))
    space.rescale(denoiser.expected.fit(lesson.told.take(both), lesson.free_speed[both], vectors))


@dataclass(frozen=True)
class Lesson:
    """A corpus as the network sees it, row by row; ``images`` are ``features`` in a mirror, of people whose sides are alike (of others the
    same again)."""

    features: Tensor
    images: Tensor
    told: Conditions
    free_speed: Tensor
    solved: Tensor


def _lesson(corpus: Corpus, conditions: Sequence[str]) -> Lesson:
    features = torch.from_numpy(to_features(corpus.gaits)).float()
    alike = np.flatnonzero((corpus.people.side != "right") & (corpus.people.side != "left"))
    images = features.clone()
    if len(alike):
        images[alike] = torch.from_numpy(to_features(corpus.gaits.take(alike).mirrored())).float()
    return Lesson(
        features,
        images,
        encode_conditions(corpus.people, corpus.gaits.speed, conditions, solved=corpus.solved),
        torch.tensor(corpus.free_speed),
        torch.from_numpy(corpus.solved),
    )


def draw_rows(solved: Tensor, settings: TrainingSettings, generator: torch.Generator) -> Tensor:
    """Rows of a batch ``(batch,)``: some that have passed physics, and others."""
    pools = [torch.nonzero(solved)[:, 0], torch.nonzero(~solved)[:, 0]]
    first = round(settings.solved_share * settings.batch)
    counts = [first, settings.batch - first]
    if min(len(pool) for pool in pools) == 0:
        counts = [settings.batch if len(pool) else 0 for pool in pools]
    picked = [
        pool[torch.randint(max(len(pool), 1), (count,), generator=generator)]
        for pool, count in zip(pools, counts, strict=True)
        if count
    ]
    rows = torch.cat(picked)
    return rows[torch.randperm(len(rows), generator=generator)]


def noisy_batch(
    noise: DDPMScheduler,
    lesson: Lesson,
    rows: Tensor,
    world: tuple[GaitSpace, ExpectedGait],
    settings: TrainingSettings,
    generator: torch.Generator,
) -> tuple[tuple[Tensor, Tensor, Conditions, Hint], Tensor]:
    """What the network is shown, ``(noisy vectors, noise levels, conditions, hint)``, and the velocity that it should say."""
    turned = torch.rand((len(rows), 1), generator=generator) < 0.5
    features, told = torch.where(turned, lesson.images[rows], lesson.features[rows]), lesson.told.take(rows)
    space, expected = world
    clean = space.whiten(features)
    blurred, known = blur(told, settings.jitter, generator), known_mask(lesson.free_speed[rows], settings, generator)
    conditions = Conditions(blurred.values, blurred.burdens, told.known * known)
    kept = random_hint(space, features, expected(conditions), generator)
    added = torch.randn(clean.shape, generator=generator)
    level = torch.randint(noise.config["num_train_timesteps"], (len(clean),), generator=generator)
    shown = noise.add_noise(clean, added, level)  # pyright: ignore[reportArgumentType] any whole numbers will do
    velocity = noise.get_velocity(clean, added, level)  # pyright: ignore[reportArgumentType] likewise
    return (shown, level, conditions, kept), velocity


def blur(told: Conditions, jitter: float, generator: torch.Generator) -> Conditions:
    """The same people told a little differently; who has no severity of a condition keeps none."""
    values, burdens = told.values.clone(), told.burdens.clone()
    spread = jitter * torch.tensor(SPREAD)
    values[:, : len(SPREAD)] += spread * torch.randn((len(told), len(SPREAD)), generator=generator)
    noise = jitter / 3 * torch.randn(burdens.shape[:2], generator=generator)
    burdens[..., 1] = torch.where(burdens[..., 1] > 0, (burdens[..., 1] + noise).clamp(0, 1), burdens[..., 1])
    return Conditions(values, burdens, told.known)


def _rate(step: int, steps: int) -> float:
    """Learning rate over its maximum: a short rise, then a cosine to zero."""
    return min(1.0, (step + 1) / _WARM_UP_STEPS) * 0.5 * (1 + np.cos(np.pi * step / steps))
