"""Walks of different lengths side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from downstream.network.frame_signals import FrameSignals
from engine.core.arrays import Array

_LENGTHS = 32
"""Frames. A network keeps memory and compiled code for each length that it has met: there are to be few."""


@dataclass(frozen=True)
class SignalBatch:
    """``frames (B, T, 74)`` padded with zeros, ``mask (B, T)`` 1 where there are frames, ``scalars (B, 15)``, ``geometry (B, 2)``."""

    frames: Tensor
    mask: Tensor
    scalars: Tensor
    geometry: Tensor

    def to(self, device: torch.device) -> "SignalBatch":
        """The same on another device."""
        return SignalBatch(*(part.to(device) for part in (self.frames, self.mask, self.scalars, self.geometry)))


def batch_of(walks: Sequence[FrameSignals]) -> SignalBatch:
    """Walks padded alike."""
    return SignalBatch(
        padded([walk.frames for walk in walks]),
        padded([np.ones(len(walk.frames)) for walk in walks]),
        stacked([walk.scalars for walk in walks]),
        stacked([walk.geometry for walk in walks]),
    )


def padded(parts: Sequence[Array], fill: float = 0.0) -> Tensor:
    """Arrays ``(T_b, …)`` as one tensor ``(B, T, …)``, ``fill`` after the end of each; ``T`` is a whole number of `_LENGTHS`."""
    frames = -(-max(map(len, parts)) // _LENGTHS) * _LENGTHS
    made = np.full((len(parts), frames, *parts[0].shape[1:]), fill, dtype=np.float32)
    for index, part in enumerate(parts):
        made[index, : len(part)] = part
    return torch.from_numpy(made)


def stacked(parts: Sequence[Array]) -> Tensor:
    """Arrays of one shape as one tensor."""
    return torch.from_numpy(np.stack(parts).astype(np.float32))
