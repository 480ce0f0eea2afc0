"""From a walk vector to gait parameters: the network corrects geometry, it does not replace it."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

_TRUST_GEOMETRY = 4.0
_RESIDUAL_SCALE = (0.1, 0.02)
"""Logs of speed and cadence by which geometry is usually off: the unit of the residual, so that training starts with steps of that size."""

_FIRST_LOG_VARIANCE = (-5.0, -8.0, -5.0)
_LOG_VARIANCE_RANGE = (-12.0, 2.0)


@dataclass(frozen=True)
class LogEstimate:
    """Logs of the targets: mean and log variance ``(B, 3)`` each, in the order of `TARGETS`."""

    mean: Tensor
    log_variance: Tensor


class GeometryFirstHead(nn.Module):
    """``estimate = prior + gate · (geometry − prior) + residual`` in logs of speed and cadence; step length follows from both.

    The gate is computed from what is known (see `SCALARS`) and begins near one, the residual begins at zero: an untrained head answers
    almost as geometry does. ``prior`` is the training mean. Where geometry is worth little (a frontal view without the focal
    length) the gate can close.
    """

    def __init__(self, features: int, scalars: int, width: int, dropout: float) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(features + scalars, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width), nn.GELU()
        )
        self.gate = nn.Linear(scalars, 2)
        self.residual = nn.Linear(width, 2)
        self.log_variance = nn.Linear(width, 3)
        self.register_buffer("residual_scale", torch.tensor(_RESIDUAL_SCALE))
        for layer in (self.gate, self.residual, self.log_variance):
            nn.init.zeros_(layer.weight)
        nn.init.constant_(self.gate.bias, _TRUST_GEOMETRY)
        nn.init.zeros_(self.residual.bias)
        with torch.no_grad():
            self.log_variance.bias.copy_(torch.tensor(_FIRST_LOG_VARIANCE))

    def forward(self, walk: Tensor, scalars: Tensor, geometry: Tensor, prior: Tensor) -> LogEstimate:
        """``walk (B, features)``, ``scalars (B, S)`` normalised, ``geometry (B, 2)`` and ``prior (2,)`` logs."""
        hidden = self.body(torch.cat([walk, scalars], dim=-1))
        gate = torch.sigmoid(self.gate(scalars))
        corrected = prior + gate * (geometry - prior) + self.residual_scale * self.residual(hidden)
        speed, cadence = corrected.unbind(dim=-1)
        step = speed - cadence + torch.log(torch.tensor(60.0, dtype=speed.dtype, device=speed.device))
        log_variance = self.log_variance(hidden).clamp(*_LOG_VARIANCE_RANGE)
        return LogEstimate(torch.stack([speed, cadence, step], dim=-1), log_variance)


def gaussian_loss(estimate: LogEstimate, target: Tensor, beta: float = 0.5) -> Tensor:
    """Negative log-likelihood of log targets ``(B, 3)``, each term weighted by variance^β, so that badly fitted samples keep their say
    (Seitzer et al. 2022, "On the pitfalls of heteroscedastic uncertainty estimation", ICLR, eq. 6)."""
    variance = estimate.log_variance.exp()
    likelihood = 0.5 * (estimate.log_variance + (target - estimate.mean) ** 2 / variance)
    return (likelihood * variance.detach() ** beta).mean()
