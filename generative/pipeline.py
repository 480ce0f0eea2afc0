"""The sampler: noise in, gaits out (a `diffusers` pipeline: saved and loaded as a folder, offline)."""

from pathlib import Path

import torch
from diffusers import DDPMScheduler, DiffusionPipeline, DPMSolverMultistepScheduler
from diffusers.utils.logging import disable_progress_bar

from engine.errors import DataError
from generative.conditioning import Conditions
from generative.denoiser import GaitDenoiser
from generative.gait_batch import GaitBatch
from generative.space import GaitSpace

STEPS = 20
_NOISE = {"num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction"}


def training_scheduler() -> DDPMScheduler:
    """Adds the noise that the network learns to remove."""
    return DDPMScheduler(clip_sample=False, **_NOISE)


def sampling_scheduler() -> DPMSolverMultistepScheduler:
    """DPM-Solver++ of second order (Lu et al. 2022, arXiv:2211.01095)."""
    return DPMSolverMultistepScheduler(
        algorithm_type="dpmsolver++", solver_order=2, timestep_spacing="trailing", **_NOISE
    )


class GaitPipeline(DiffusionPipeline):
    """Samples gaits under conditions.

    >>> pipeline = GaitPipeline.from_pretrained("generative/weights")
    >>> gaits = pipeline(conditions, generator=torch.Generator().manual_seed(0))
    """

    def __init__(self, denoiser: GaitDenoiser, space: GaitSpace, scheduler: DPMSolverMultistepScheduler) -> None:
        super().__init__()
        self.register_modules(denoiser=denoiser, space=space, scheduler=scheduler)

    @torch.no_grad()
    def __call__(self, conditions: Conditions, generator: torch.Generator, steps: int = STEPS) -> GaitBatch:
        """One gait per row of ``conditions``, dimensionless, as the network gives it: feet not yet put on the floor."""
        denoiser, scheduler = self.denoiser, self.scheduler
        n = len(conditions)
        scheduler.set_timesteps(steps)
        vectors = torch.randn((n, denoiser.config.dimensions), generator=generator) * scheduler.init_noise_sigma
        for timestep in scheduler.timesteps:
            velocity = denoiser(vectors, timestep.expand(n), conditions.values, conditions.known)
            vectors = scheduler.step(velocity, timestep, vectors).prev_sample
        return self.space.decode(vectors)


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
