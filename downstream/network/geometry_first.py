"""Speed, cadence and step length of a walk: the network corrects geometry, it does not replace it."""

import numpy as np
import torch
from torch import Tensor, nn

from downstream.network.reading_targets import NUMBER_TARGETS

_TRUST_GEOMETRY = 4.0
_SPEED, _CADENCE, _STEP = NUMBER_TARGETS[:3]


class GeometryFirst(nn.Module):
    """``estimate = gate · geometry + residual`` in the units of `NUMBER_TARGETS`, whose zero is the prior.

    The gate is computed from what is known (see `SCALARS`) and begins near one; the residual is the network's and begins at zero. So the
    untrained answer is almost geometry's. Where geometry is worth little (a frontal view without the focal length) the gate can close.
    """

    centre: Tensor
    scale: Tensor

    def __init__(self, scalars: int) -> None:
        super().__init__()
        self.gate = nn.Linear(scalars, 2)
        nn.init.zeros_(self.gate.weight)
        nn.init.constant_(self.gate.bias, _TRUST_GEOMETRY)
        self.register_buffer("centre", torch.tensor([_SPEED.centre, _CADENCE.centre]))
        self.register_buffer("scale", torch.tensor([_SPEED.scale, _CADENCE.scale]))

    def forward(self, residual: Tensor, scalars: Tensor, geometry: Tensor) -> Tensor:
        """Numbers ``(B, N)`` from residuals ``(B, N)``, scalars ``(B, S)``, and logs of geometry's speed and cadence ``(B, 2)``. Behind
        the first three, numbers are the residuals."""
        read = (geometry - self.centre) / self.scale
        corrected = torch.sigmoid(self.gate(scalars)) * read + residual[:, :2]
        speed, cadence = (corrected * self.scale + self.centre).unbind(dim=-1)
        step = (speed - cadence + float(np.log(60)) - _STEP.centre) / _STEP.scale
        return torch.cat([corrected, step[:, None], residual[:, 3:]], dim=-1)
