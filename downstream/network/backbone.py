"""A compact temporal network: keypoints over time in, one vector per walk out, whatever the length."""

import torch
from torch import Tensor, nn


class TemporalBlock(nn.Module):
    """Residual dilated convolution over time; normalised frame by frame, so that padding cannot reach the statistics."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, width, kernel_size=5, dilation=dilation, padding=2 * dilation)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x (B, T, width)``, ``mask (B, T, 1)``."""
        hidden = self.conv((self.norm(x) * mask).transpose(1, 2)).transpose(1, 2)
        return x + self.out(nn.functional.gelu(hidden)) * mask


class TemporalBackbone(nn.Module):
    """Keypoint channels ``(B, T, channels)`` to walk vectors ``(B, 2 * width)``: mean and spread over time of the last block.

    The first layer halves the rate. Pooling over time makes the vector independent of the phase at which the recording begins;
    ``mask (B, T)`` is 1 where there are frames.
    """

    def __init__(self, channels: int, width: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.embed = nn.Conv1d(channels, width, kernel_size=5, stride=2, padding=2)
        self.blocks = nn.ModuleList(TemporalBlock(width, dilation) for dilation in dilations)
        self.norm = nn.LayerNorm(width)

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        frames, mask = frames * mask[..., None], mask[:, ::2, None]
        x = self.embed(frames.transpose(1, 2)).transpose(1, 2) * mask
        for block in self.blocks:
            x = block(x, mask)
        x = self.norm(x) * mask
        count = mask.sum(dim=1)
        mean = x.sum(dim=1) / count
        spread = (((x - mean[:, None]) * mask) ** 2).sum(dim=1) / count
        return torch.cat([mean, torch.sqrt(spread + 1e-6)], dim=-1)
