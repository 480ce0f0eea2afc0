"""The network: a residual MLP on gait vectors, modulated by noise level and conditions (adaptive layer norm).

Peebles & Xie 2023 (arXiv:2212.09748) for the modulation that begins as the identity. On whitened gait vectors it learns faster and better
than a transformer with one token per coordinate (`docs/generator.md`).
"""

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from diffusers.models.embeddings import get_timestep_embedding
from torch import Tensor, nn

from engine.core.conventions import HEALTHY
from generative.clamp import Hint
from generative.conditioning import ConditionEmbedding, Conditions
from generative.expected import ExpectedGait
from generative.noise import signal_and_noise


class _Block(nn.Module):
    """Layer norm shifted and scaled by the context, two layers, gated into the stream."""

    def __init__(self, width: int, context: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation = nn.Linear(context, 3 * width)
        self.inner = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Dropout(dropout), nn.Linear(width, width))
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, stream: Tensor, context: Tensor) -> Tensor:
        shift, scale, gate = self.modulation(context).chunk(3, dim=-1)
        return stream + (1 + gate) * self.inner(self.norm(stream) * (1 + scale) + shift)


class GaitDenoiser(ModelMixin, ConfigMixin):
    """Predicts the velocity of noisy gait vectors (Salimans & Ho 2022, arXiv:2202.00512). Its layers see and say how a gait deviates from
    what is ``expected`` under the conditions.

    ``conditions`` are the names of the condition cards it was trained on and ``cards`` their fingerprints: a later card is a longer list.
    """

    levels: Tensor

    @register_to_config
    def __init__(
        self,
        dimensions: int = 128,
        width: int = 512,
        blocks: int = 3,
        context: int = 64,
        dropout: float = 0.0,
        conditions: tuple[str, ...] = (HEALTHY,),
        cards: tuple[str, ...] = (),  # noqa: ARG002 (kept in the saved configuration)
    ) -> None:
        super().__init__()
        self.conditioning = ConditionEmbedding(context, len(conditions))
        self.time = nn.Sequential(nn.Linear(context, context), nn.SiLU(), nn.Linear(context, context))
        self.inlet = nn.Linear(3 * dimensions, width)
        self.layers = nn.ModuleList(_Block(width, context, dropout) for _ in range(blocks))
        self.outlet = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, dimensions))
        self.expected = ExpectedGait(dimensions, len(conditions))
        self.register_buffer("levels", signal_and_noise(), persistent=False)

    def forward(self, vectors: Tensor, timestep: Tensor, told: Conditions, hint: Hint) -> Tensor:
        """Velocity ``(n, dimensions)`` at ``timestep (n,)`` under conditions and with what is known of the vectors."""
        noise_level = self.time(get_timestep_embedding(timestep, self.config["context"]))
        context = nn.functional.silu(noise_level + self.conditioning(told.values, told.burdens, told.known))
        expected = self.expected(told)
        signal, noise = self.levels[timestep].unsqueeze(-1).unbind(dim=1)
        stream = self.inlet(torch.cat([vectors - signal * expected, hint.mean, hint.sure], dim=-1))
        for block in self.layers:
            stream = block(stream, context)
        return self.outlet(stream) - noise * expected


def count_weights(model: torch.nn.Module) -> int:
    """Number of trained weights."""
    return sum(p.numel() for p in model.parameters())
