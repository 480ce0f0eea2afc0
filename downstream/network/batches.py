"""Walks of different lengths side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from downstream.network.walk_features import CHANNELS, Features


@dataclass(frozen=True)
class Batch:
    """``frames (B, T, 51)`` padded with zeros, ``mask (B, T)``, ``scalars (B, 12)``, ``geometry (B, 2)``."""

    frames: Tensor
    mask: Tensor
    scalars: Tensor
    geometry: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(self.frames.to(device), self.mask.to(device), self.scalars.to(device), self.geometry.to(device))


def collate(walks: Sequence[Features]) -> Batch:
    """Walks padded to the longest."""
    longest = max(len(walk.frames) for walk in walks)
    frames = np.zeros((len(walks), longest, CHANNELS), dtype=np.float32)
    mask = np.zeros((len(walks), longest), dtype=np.float32)
    for index, walk in enumerate(walks):
        frames[index, : len(walk.frames)] = walk.frames
        mask[index, : len(walk.frames)] = 1
    return Batch(
        torch.from_numpy(frames),
        torch.from_numpy(mask),
        torch.from_numpy(np.stack([walk.scalars for walk in walks]).astype(np.float32)),
        torch.from_numpy(np.stack([walk.geometry for walk in walks]).astype(np.float32)),
    )
