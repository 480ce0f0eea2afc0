"""How wrong the network is: one figure to descend."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from downstream.network.curve_network import Gaussian, Outputs
from downstream.network.signal_batches import SignalBatch, batch_of, padded, stacked
from downstream.training.draw_example import Example

_BETA = 0.5
_EVENTS, _NUMBERS, _OVERGROUND = 5.0, 0.5, 0.2
"""Weights beside curves: so that each falls alike in early training."""


@dataclass(frozen=True)
class LearningBatch:
    """``signals`` of ``B`` examples and what is to be read of them, as in `Example`."""

    signals: SignalBatch
    curves: Tensor
    events: Tensor
    numbers: Tensor
    overground: Tensor

    def to(self, device: torch.device) -> "LearningBatch":
        """The same on another device."""
        wanted = (self.curves, self.events, self.numbers, self.overground)
        return LearningBatch(self.signals.to(device), *(part.to(device) for part in wanted))


def learning_batch(examples: Sequence[Example]) -> LearningBatch:
    """Examples padded to the longest."""
    return LearningBatch(
        batch_of([example.signals for example in examples]),
        padded([example.curves for example in examples], fill=np.nan),
        padded([example.events for example in examples]),
        stacked([example.numbers for example in examples]),
        torch.tensor([float(example.overground) for example in examples]),
    )


def reading_loss(outputs: Outputs, batch: LearningBatch) -> Tensor:
    """Weighted sum of the losses of curves, numbers, events and of whether the walk leads over ground."""
    mask = batch.signals.mask[..., None]
    events = (cross_entropy(outputs.events, batch.events, reduction="none") * mask).sum() / (
        mask.sum() * outputs.events.shape[-1]
    )
    return (
        beta_likelihood(outputs.curves, batch.curves)
        + _NUMBERS * beta_likelihood(outputs.numbers, batch.numbers)
        + _EVENTS * events
        + _OVERGROUND * cross_entropy(outputs.overground, batch.overground)
    )


def beta_likelihood(told: Gaussian, wanted: Tensor) -> Tensor:
    """Negative log-likelihood, each term weighted by variance^β, so that badly fitted samples keep their say (Seitzer et al. 2022, "On
    the pitfalls of heteroscedastic uncertainty estimation", ICLR, eq. 6); over what is known of ``wanted``, not a number elsewhere."""
    known = torch.isfinite(wanted)
    error = torch.where(known, wanted, told.mean.detach()) - told.mean
    variance = told.log_variance.exp()
    terms = 0.5 * (told.log_variance + error**2 / variance) * variance.detach() ** _BETA
    return (terms * known).sum() / known.sum().clamp(min=1)
