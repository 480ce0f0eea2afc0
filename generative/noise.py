"""How noise is added in training and taken away in sampling."""

import torch
from diffusers import DDPMScheduler, DPMSolverMultistepScheduler
from torch import Tensor

_NOISE = {"num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction"}


def training_scheduler() -> DDPMScheduler:
    """Adds the noise that the network learns to remove."""
    return DDPMScheduler(clip_sample=False, **_NOISE)


def sampling_scheduler() -> DPMSolverMultistepScheduler:
    """DPM-Solver++ of second order (Lu et al. 2022, arXiv:2211.01095)."""
    return DPMSolverMultistepScheduler(
        algorithm_type="dpmsolver++", solver_order=2, timestep_spacing="trailing", **_NOISE
    )


def signal_and_noise() -> Tensor:
    """What a vector and the noise on it are multiplied with at every timestep: ``(1000, 2)``."""
    signal = training_scheduler().alphas_cumprod
    return torch.stack([signal.sqrt(), (1 - signal).sqrt()], dim=1)
