"""Trains the generator on a corpus: `gaitforge train-generator`."""

from dataclasses import dataclass

import numpy as np
import torch
from accelerate import Accelerator
from diffusers import DDPMScheduler
from diffusers.training_utils import EMAModel
from rich.progress import track
from torch import Tensor

from engine.errors import SpecError
from generative.conditioning import FIELDS, NUMBERS, Conditions, encode_conditions
from generative.corpus import Corpus
from generative.denoiser import GaitDenoiser
from generative.pipeline import GaitPipeline, sampling_scheduler, training_scheduler
from generative.space import GaitSpace

_WARM_UP_STEPS = 50
_LAST_LOSSES = 200


@dataclass(frozen=True)
class TrainingSettings:
    """Everyday settings; the defaults made the weights that ship."""

    steps: int = 6000
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    open_share: float = 0.15
    """Share of fields left open at random; besides, one person in ten has all fields open."""
    all_open_share: float = 0.1
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
    """Which fields of a batch the network is told ``(n, 8)``. A speed that the person did not choose is always told, so that an open speed
    means the person's own."""
    n = len(free_speed)
    known = (torch.rand((n, len(FIELDS)), generator=generator) > settings.open_share).float()
    known *= (torch.rand((n, 1), generator=generator) > settings.all_open_share).float()
    speed = NUMBERS.index("speed")
    known[:, speed] = torch.where(free_speed, known[:, speed], torch.ones(n))
    return known


def new_denoiser(corpus: Corpus, settings: TrainingSettings) -> GaitDenoiser:
    """An untrained network for the conditions of the corpus."""
    torch.manual_seed(settings.seed)
    names = tuple(sorted(corpus.cards))
    return GaitDenoiser(
        settings.dimensions,
        settings.width,
        settings.blocks,
        conditions=names,
        cards=tuple(corpus.cards[name] for name in names),
    )


def train(corpus: Corpus, settings: TrainingSettings | None = None) -> TrainingResult:
    """Trains a denoiser on the whole corpus; the same corpus and settings on the same machine give the same weights.

    Raises:
        SpecError: the corpus is smaller than the space of vectors.
    """
    settings = settings or TrainingSettings()
    if len(corpus) <= settings.dimensions:
        raise SpecError(f"corpus: {len(corpus)} gaits are too few, more than {settings.dimensions} are needed")
    space = GaitSpace(settings.dimensions).fit(corpus.gaits)
    vectors, free = space.encode(corpus.gaits), torch.from_numpy(np.asarray(corpus.free_speed))
    denoiser = new_denoiser(corpus, settings)
    told = encode_conditions(corpus.people, corpus.gaits.speed, denoiser.config.conditions)
    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    optimiser = torch.optim.AdamW(denoiser.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, settings.steps))
    model, optimiser, schedule = accelerator.prepare(denoiser, optimiser, schedule)
    average = EMAModel(model.parameters(), decay=settings.ema_decay, use_ema_warmup=True, power=0.75)
    noise, losses = training_scheduler(), []
    generator = torch.Generator().manual_seed(settings.seed)
    for _ in track(range(settings.steps), "training the generator"):
        rows = torch.randint(len(vectors), (settings.batch,), generator=generator)
        known = known_mask(free[rows], settings, generator)
        inputs, target = noisy_batch(noise, vectors[rows], Conditions(told.values[rows], known), generator)
        prediction = model(*(part.to(accelerator.device) for part in inputs))
        loss = torch.nn.functional.mse_loss(prediction, target.to(accelerator.device))
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


def noisy_batch(
    noise: DDPMScheduler, clean: Tensor, conditions: Conditions, generator: torch.Generator
) -> tuple[tuple[Tensor, Tensor, Tensor, Tensor], Tensor]:
    """What the network is shown, ``(noisy vectors, noise levels, condition values, which are known)``, and the velocity it should say."""
    added = torch.randn(clean.shape, generator=generator)
    level = torch.randint(noise.config.num_train_timesteps, (len(clean),), generator=generator)
    shown = noise.add_noise(clean, added, level)
    return (shown, level, conditions.values, conditions.known), noise.get_velocity(clean, added, level)


def _rate(step: int, steps: int) -> float:
    """Learning rate over its maximum: a short rise, then a cosine to zero."""
    return min(1.0, (step + 1) / _WARM_UP_STEPS) * 0.5 * (1 + np.cos(np.pi * step / steps))
