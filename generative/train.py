"""Trains the generator on a corpus: `gaitforge train-generator`."""

from dataclasses import dataclass

import numpy as np
import torch
from accelerate import Accelerator
from diffusers.training_utils import EMAModel
from rich.progress import track
from torch import Tensor

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


def train(corpus: Corpus, settings: TrainingSettings | None = None) -> TrainingResult:
    """Trains a denoiser on the whole corpus; the same corpus and settings on the same machine give the same weights."""
    settings = settings or TrainingSettings()
    torch.manual_seed(settings.seed)  # initial weights
    generator = torch.Generator().manual_seed(settings.seed)
    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    names = tuple(sorted(corpus.cards))
    space = GaitSpace(settings.dimensions).fit(corpus.gaits)
    vectors = space.encode(corpus.gaits)
    told = encode_conditions(corpus.people, corpus.gaits.speed, names)
    free = torch.from_numpy(np.asarray(corpus.free_speed))
    denoiser = GaitDenoiser(
        settings.dimensions,
        settings.width,
        settings.blocks,
        conditions=names,
        cards=tuple(corpus.cards[name] for name in names),
    )
    optimiser = torch.optim.AdamW(denoiser.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, settings.steps))
    model, optimiser, schedule = accelerator.prepare(denoiser, optimiser, schedule)
    average = EMAModel(model.parameters(), decay=settings.ema_decay, use_ema_warmup=True, power=0.75)
    noise_scheduler, losses = training_scheduler(), []
    for _ in track(range(settings.steps), "training the generator"):
        rows = torch.randint(len(vectors), (settings.batch,), generator=generator)
        clean, noise = vectors[rows], torch.randn((settings.batch, settings.dimensions), generator=generator)
        timestep = torch.randint(noise_scheduler.config.num_train_timesteps, (settings.batch,), generator=generator)
        conditions = Conditions(told.values[rows], known_mask(free[rows], settings, generator))
        noisy = noise_scheduler.add_noise(clean, noise, timestep)
        target = noise_scheduler.get_velocity(clean, noise, timestep)
        device = accelerator.device
        inputs = (noisy, timestep, conditions.values, conditions.known)
        loss = torch.nn.functional.mse_loss(model(*(x.to(device) for x in inputs)), target.to(device))
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


def _rate(step: int, steps: int) -> float:
    """Learning rate over its maximum: a short rise, then a cosine to zero."""
    return min(1.0, (step + 1) / _WARM_UP_STEPS) * 0.5 * (1 + np.cos(np.pi * step / steps))
