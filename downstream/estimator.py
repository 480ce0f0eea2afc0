"""The estimator: saved and loaded as diffusers models are, asked with `predict`."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from diffusers import ModelMixin
from diffusers.configuration_utils import ConfigMixin, register_to_config
from safetensors import SafetensorError
from torch import Tensor

from downstream.network.backbone import TemporalBackbone
from downstream.network.batches import Batch, collate
from downstream.network.heads import GeometryFirstHead, LogEstimate
from downstream.network.walk_features import CHANNELS, SCALARS, Features, features
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import Recording
from downstream.targets import Estimate, GaitEstimate
from engine.core.errors import DataError
from engine.core.files import TEMPORARY_PREFIX

_FURTHEST = 4.0


class GaitEstimator(ModelMixin, ConfigMixin):
    """Speed, cadence and step length, each with an uncertainty, from keypoints of one walk.

    ``trained_on`` says on what (see `train`); ``target_means`` are the training means, the trivial baseline, in the order of `TARGETS`.
    """

    @register_to_config
    def __init__(
        self,
        width: int = 48,
        dilations: tuple[int, ...] = (1, 2, 4),
        dropout: float = 0.1,
        target_means: tuple[float, ...] = (1.0, 110.0, 0.55),
        trained_on: dict[str, Any] | None = None,  # noqa: ARG002 - kept in the config by the decorator
    ) -> None:
        super().__init__()
        self.backbone = TemporalBackbone(CHANNELS, width, tuple(dilations))
        self.head = GeometryFirstHead(2 * width, len(SCALARS), width, dropout)
        self.register_buffer("scalar_mean", torch.zeros(len(SCALARS)))
        self.register_buffer("scalar_sd", torch.ones(len(SCALARS)))
        self.register_buffer("prior", torch.tensor([math.log(m) for m in target_means[:2]]))
        self.register_buffer("log_variance_shift", torch.zeros(3))

    def forward(self, batch: Batch) -> LogEstimate:
        scalars = ((batch.scalars - self.scalar_mean) / self.scalar_sd).clamp(-_FURTHEST, _FURTHEST)
        walk = self.backbone(batch.frames, batch.mask)
        estimate = self.head(walk, scalars, batch.geometry, self.prior)
        return LogEstimate(estimate.mean, estimate.log_variance + self.log_variance_shift)

    @torch.inference_mode()
    def predict(self, sequence: Recording) -> GaitEstimate:
        """Gait parameters of one recording: mean of what is read from it and from its mirror image, so that sides never matter.

        Raises:
            DataError: too little of a walking person is seen.
        """
        return self.predict_features(views(sequence))

    @torch.inference_mode()
    def predict_features(self, both: tuple[Features, Features]) -> GaitEstimate:
        """The same from the `views` of a recording."""
        self.eval()
        estimate = self(collate(both).to(self.device))
        means, variances = estimate.mean.double().mean(dim=0), estimate.log_variance.double().exp().mean(dim=0)
        return _to_record(means, variances)


def views(sequence: Recording) -> tuple[Features, Features]:
    """Features of a recording and of its mirror image."""
    return features(clean(sequence)), features(clean(sequence.mirrored()))


def _to_record(means: Tensor, variances: Tensor) -> GaitEstimate:
    """Median and standard deviation of a log-normal estimate; the latter to first order."""
    values = means.exp()
    sds = values * variances.sqrt()
    speed, cadence, step = (Estimate(float(v), float(s)) for v, s in zip(values, sds, strict=True))
    return GaitEstimate(speed, cadence, step)


CONFIG_FILE, WEIGHTS_FILE = "config.json", "diffusion_pytorch_model.safetensors"


def save_estimator(model: GaitEstimator, folder: Path) -> None:
    """Writes weights (safetensors), then the config, each file whole or not at all; other files in the folder stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=TEMPORARY_PREFIX) as temporary:
        model.save_pretrained(temporary)
        for name in (WEIGHTS_FILE, CONFIG_FILE):
            (Path(temporary) / name).replace(folder / name)


def load_estimator(folder: Path) -> GaitEstimator:
    """The estimator saved in ``folder``.

    Raises:
        DataError: no estimator is there, or its files are broken. Nothing is ever looked for on the network.
    """
    for path in (folder / CONFIG_FILE, folder / WEIGHTS_FILE):
        if not path.is_file():
            raise DataError(
                f"{path}: missing, so there is no estimator; `gaitforge train COHORT -o {folder}` makes one"
            )
    try:
        return GaitEstimator.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        raise DataError(
            f"{folder}: not a readable estimator ({error}); train it again with `gaitforge train`"
        ) from error
