"""Muscles that the nervous system drives together, which least effort alone would use one without the other.

Muscles are recruited in a few groups: one basic pattern of weight acceptance drives extensors of hip and knee (Ivanenko et al. 2004,
J Physiol 556:267), one module vasti and rectus femoris (Neptune et al. 2009, J Biomech 42:1282). Least effort alone leaves the hip to the
gluteus maximus, which does not bend the knee, and the knee to the vasti, which do not bend the hip.
"""

from dataclasses import dataclass, replace

import numpy as np

from engine.core.conventions import MUSCLES, SIDES, suffix
from engine.physics.loads import Explanation


@dataclass(frozen=True)
class SharedDrive:
    """``followers`` are at least ``share`` times as active as the ``leaders`` of their side on average."""

    followers: tuple[str, ...]
    leaders: tuple[str, ...]
    share: float


SHARED = (
    SharedDrive(("recfem",), ("vasint", "vaslat", "vasmed"), 1.0),
    SharedDrive(("bflh", "semimem", "semiten"), ("glmax1", "glmax2", "glmax3"), 0.75),
)
"""Shares were chosen on generated people and published electromyography (`docs/validation/physics.md`)."""


def share_drive(frames: Explanation) -> Explanation:
    """The same explanation, its floors of activation raised to what the leaders' own activations make the followers do."""
    lower = frames.lower.copy()
    for drive in SHARED:
        for side in SIDES:
            led = drive.share * frames.activation[:, _columns(drive.leaders, side)].mean(axis=1)
            followers = _columns(drive.followers, side)
            lower[:, followers] = np.maximum(lower[:, followers], led[:, None])
    return replace(frames, lower=lower)


def _columns(names: tuple[str, ...], side: str) -> list[int]:
    return [MUSCLES.index(name + suffix(side)) for name in names]
