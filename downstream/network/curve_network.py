"""The network of the reader: signals of a walk in; curves, event scores and numbers out, each with its uncertainty."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from diffusers import ModelMixin
from diffusers.configuration_utils import ConfigMixin, register_to_config
from safetensors import SafetensorError
from torch import Tensor, nn

from downstream.network.frame_signals import CHANNELS, SCALARS
from downstream.network.geometry_first import GeometryFirst
from downstream.network.reading_targets import CURVE_CHANNELS, EVENT_TARGETS, NUMBER_TARGETS
from downstream.network.signal_batches import SignalBatch
from downstream.network.view_kinds import VIEW_KINDS
from engine.core.errors import DataError
from engine.core.files import TEMPORARY_PREFIX

_LOG_VARIANCE_RANGE = (-7.0, 5.0)
_EVENTS, _NUMBERS = len(EVENT_TARGETS), len(NUMBER_TARGETS)
CONFIG_FILE, WEIGHTS_FILE = "config.json", "diffusion_pytorch_model.safetensors"


@dataclass(frozen=True)
class Gaussian:
    """Means and log variances, of one shape."""

    mean: Tensor
    log_variance: Tensor


@dataclass(frozen=True)
class Outputs:
    """Of ``B`` walks over ``T`` frames: ``curves (B, T, 54)`` in `CURVE_SCALES`; ``events (B, T, 4)``, logits of `EVENT_TARGETS`; ``numbers
    (B, 8)`` in the units of `NUMBER_TARGETS`; ``overground (B,)``, logits of a camera that stands before a walk that leads somewhere."""

    curves: Gaussian
    events: Tensor
    numbers: Gaussian
    overground: Tensor


class DilatedBlock(nn.Module):
    """Residual dilated convolution over time, in groups of channels that the linear layer mixes; normalised frame by frame, so that
    padding cannot reach the statistics. It is one of pictures of one line whose channels lie side by side in memory: on CPUs a third
    faster than one of lines."""

    def __init__(self, width: int, dilation: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv2d(
            width, width, kernel_size=(1, 5), dilation=(1, dilation), padding=(0, 2 * dilation), groups=groups
        )
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x (B, T, width)``, ``mask (B, T, 1)``."""
        line = (self.norm(x) * mask)[:, None].permute(0, 3, 1, 2)
        hidden = self.conv(line).permute(0, 2, 3, 1)[:, 0]
        return x + self.out(nn.functional.gelu(hidden)) * mask


class CurveNetwork(ModelMixin, ConfigMixin):
    """A temporal convolutional network that sees more than eight seconds to either side of a frame. It takes ``patch`` frames at a time:
    signals of a walk change little from frame to frame, so that half the steps cost half as much and lose nothing.

    ``trained_on`` says on what. ``curve_factors``, ``number_factors`` and ``event_factors`` multiply standard deviations by kind of view
    (`VIEW_KINDS`), so that 95 % intervals hold on validation subjects.
    """

    curve_factors: Tensor
    number_factors: Tensor
    event_factors: Tensor

    @register_to_config
    def __init__(
        self,
        width: int = 192,
        groups: int = 4,
        patch: int = 2,
        dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1, 2, 4, 8, 16),
        dropout: float = 0.1,
        trained_on: dict[str, Any] | None = None,  # noqa: ARG002 - kept in the config by the decorator
    ) -> None:
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(patch * CHANNELS, width)
        self.known = nn.Linear(len(SCALARS), width)
        self.blocks = nn.ModuleList(DilatedBlock(width, dilation, groups) for dilation in dilations)
        self.norm = nn.LayerNorm(width)
        self.frame_head = nn.Linear(width, patch * (2 * CURVE_CHANNELS + _EVENTS))
        told = nn.Linear(width, 2 * _NUMBERS + 1)
        nn.init.zeros_(told.weight)
        nn.init.zeros_(told.bias)
        self.pooled = nn.Sequential(nn.Linear(3 * width + len(SCALARS), width), nn.GELU(), nn.Dropout(dropout), told)
        self.geometry_first = GeometryFirst(len(SCALARS))
        self.register_buffer("curve_factors", torch.ones(len(VIEW_KINDS), CURVE_CHANNELS))
        self.register_buffer("number_factors", torch.ones(len(VIEW_KINDS), _NUMBERS))
        self.register_buffer("event_factors", torch.ones(len(VIEW_KINDS)))

    def forward(self, batch: SignalBatch) -> Outputs:
        patches, mask = self._patches(batch.frames), self._patches(batch.mask[..., None]).amax(dim=-1, keepdim=True)
        x = (self.embed(patches) + self.known(batch.scalars)[:, None]) * mask
        for block in self.blocks:
            x = block(x, mask)
        x = self.norm(x)
        frames = self.frame_head(x).unflatten(-1, (self.patch, -1)).flatten(1, 2)[:, : batch.frames.shape[1]]
        events, *curves = frames.split([_EVENTS, CURVE_CHANNELS, CURVE_CHANNELS], dim=-1)
        pooled = self.pooled(torch.cat([_over_time(x, mask), batch.scalars], dim=-1))
        residual, log_variance, overground = pooled.split([_NUMBERS, _NUMBERS, 1], dim=-1)
        numbers = self.geometry_first(residual, batch.scalars, batch.geometry)
        return Outputs(_gaussian(*curves), events, _gaussian(numbers, log_variance), overground[..., 0])

    def _patches(self, frames: Tensor) -> Tensor:
        """``(B, T, C)`` as ``(B, T / patch, patch * C)``, zeros after the end."""
        whole = nn.functional.pad(frames, (0, 0, 0, -frames.shape[1] % self.patch))
        return whole.unflatten(1, (-1, self.patch)).flatten(2)


def _over_time(x: Tensor, mask: Tensor) -> Tensor:
    """Mean, spread and greatest value over time ``(B, 3 * width)``: the phase at which a recording begins does not matter."""
    count = mask.sum(dim=1)
    mean = (x * mask).sum(dim=1) / count
    spread = (((x - mean[:, None]) * mask) ** 2).sum(dim=1) / count
    return torch.cat([mean, torch.sqrt(spread + 1e-6), x.masked_fill(mask == 0, -torch.inf).amax(dim=1)], dim=-1)


def _gaussian(mean: Tensor, log_variance: Tensor) -> Gaussian:
    return Gaussian(mean, log_variance.clamp(*_LOG_VARIANCE_RANGE))


def save_network(model: CurveNetwork, folder: Path) -> None:
    """Writes weights (safetensors), then the config, each file whole or not at all; other files in the folder stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=TEMPORARY_PREFIX) as temporary:
        model.save_pretrained(temporary)
        for name in (WEIGHTS_FILE, CONFIG_FILE):
            (Path(temporary) / name).replace(folder / name)


def load_network(folder: Path) -> CurveNetwork:
    """The network saved in ``folder``.

    Raises:
        DataError: none is there, or its files are broken. Nothing is ever looked for elsewhere.
    """
    for path in (folder / CONFIG_FILE, folder / WEIGHTS_FILE):
        if not path.is_file():
            raise DataError(f"{path}: missing, so there is no reader; `gaitforge train COHORT -o {folder}` makes one")
    try:
        return CurveNetwork.from_pretrained(folder, local_files_only=True).eval()
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        raise DataError(f"{folder}: not a readable reader ({error}); train it again with `gaitforge train`") from error
