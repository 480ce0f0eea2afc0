"""The sampler: noise in, gaits out (a `diffusers` pipeline: saved and loaded as a folder, offline)."""

from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import DiffusionPipeline, DPMSolverMultistepScheduler
from diffusers.utils.logging import disable_progress_bar
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from engine.core.errors import DataError
from generative.clamp import Clamp, Hint, clamp_hint
from generative.conditioning import Conditions
from generative.denoiser import GaitDenoiser
from generative.gait_batch import GaitBatch
from generative.space import GaitSpace

STEPS = 20

Correction = Callable[[GaitBatch], GaitBatch]
"""Moves gaits towards what physics allows, one for one."""


class GaitPipeline(DiffusionPipeline):
    """Samples gaits under conditions.

    >>> pipeline = GaitPipeline.from_pretrained("generative/weights")
    >>> gaits = pipeline(conditions, generator=torch.Generator().manual_seed(0))
    """

    def __init__(self, denoiser: GaitDenoiser, space: GaitSpace, scheduler: DPMSolverMultistepScheduler) -> None:
        super().__init__()
        self.register_modules(denoiser=denoiser, space=space, scheduler=scheduler)

    @torch.no_grad()
    def __call__(
        self,
        conditions: Conditions,
        generator: torch.Generator | list[torch.Generator],
        steps: int = STEPS,
        *,
        guidance: float = 1.0,
        clamp: Clamp | None = None,
        correct: Correction | None = None,
        corrected: float = 0.5,
    ) -> GaitBatch:
        """One gait per row of ``conditions``, dimensionless, as the network gives it: feet not yet put on the floor. A list of generators
        is one for each row: a person's gait then does not depend on who else is drawn.

        ``guidance`` above 1 exaggerates what the condition changes (Ho & Salimans 2022, arXiv:2207.12598), 1 is the learnt distribution.
        ``clamp`` keeps variables as they are. ``correct`` moves the gait that is expected at each of the last steps, a share ``corrected``
        of all, before the step is made (Yuan et al. 2023, PhysDiff, arXiv:2212.02500).
        """
        denoiser, scheduler, n = self.denoiser, self.scheduler, len(conditions)
        scheduler.set_timesteps(steps)
        vectors = randn_tensor((n, denoiser.config["dimensions"]), generator=generator) * scheduler.init_noise_sigma
        known = (
            Hint.nothing(vectors.shape)
            if clamp is None
            else clamp_hint(self.space, clamp, denoiser.expected(conditions))
        )
        healthy = conditions.opened("condition", "severity")
        for number, timestep in enumerate(scheduler.timesteps):
            level = timestep.expand(n)
            velocity = denoiser(vectors, level, conditions, known)
            if guidance != 1.0:
                plain = denoiser(vectors, level, healthy, known)
                velocity = plain + guidance * (velocity - plain)
            if correct is not None and number >= (1 - corrected) * steps:
                velocity = self._corrected(vectors, velocity, int(timestep), correct)
            vectors = scheduler.step(velocity, timestep, vectors).prev_sample
        made = self.space.decode(vectors)
        return made if clamp is None else clamp.put_back(made)

    def _corrected(self, vectors: Tensor, velocity: Tensor, timestep: int, correct: Correction) -> Tensor:
        """The velocity that leads to the corrected gait: with a² the share of signal, x0 = a x - s v, so v = (a x - x0) / s."""
        signal = self.scheduler.alphas_cumprod[timestep]
        a, s = signal.sqrt(), (1 - signal).sqrt()
        expected = self.space.encode(correct(self.space.decode(a * vectors - s * velocity)))
        return (a * vectors - expected) / s


def require_pipeline(folder: Path) -> None:
    """Checks that a pipeline was saved in ``folder``.

    Raises:
        DataError: nothing was.
    """
    if not (folder / "model_index.json").is_file():
        raise DataError(f"{folder}: no trained generator here; `gaitforge train-generator -o {folder}` makes one")


def load_pipeline(folder: Path) -> GaitPipeline:
    """The pipeline saved in ``folder``; never asks the network.

    Raises:
        DataError: the folder holds no complete pipeline.
    """
    require_pipeline(folder)
    disable_progress_bar()
    try:
        return GaitPipeline.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"{folder}: the generator cannot be loaded ({error})") from error
