"""Variables of a gait that are kept as they are while the rest is drawn (in-painting).

The network works on whitened components z of the features f = m + B z, which mix all variables; m are the features that are expected of the
person. What the kept features say about z is their conditional mean under z ~ N(0, 1) and a small observation noise s: h =
(BᵀB + s²)⁻¹ Bᵀ (f − m) over the kept rows, and how sure each component then is: the diagonal of 1 − s² (BᵀB + s²)⁻¹ (Bishop 2006, Pattern
Recognition and Machine Learning, eq. 2.116). The network is shown both, in training with variables chosen at random; what is kept is put
back exactly at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.core.arrays import Mask
from engine.core.conventions import ARM_COORDINATES, COORDINATES, LUMBAR_COORDINATES
from engine.core.errors import SpecError
from generative.gait_batch import MUSCLE_FIELDS, GaitBatch, Rows
from generative.space import FEATURES, VARIABLES, GaitSpace, from_features, to_features

BODY: tuple[str, ...] = (*MUSCLE_FIELDS, "joint_stiffness", "segment_mass")
UPPER_BODY: tuple[str, ...] = tuple(n for n in COORDINATES if n.startswith((*ARM_COORDINATES, *LUMBAR_COORDINATES)))
GROUPS: dict[str, tuple[str, ...]] = {
    "body": BODY,
    "motion": COORDINATES,
    "upper_body": UPPER_BODY,
    "legs": tuple(name for name in COORDINATES if name not in UPPER_BODY),
    "timing": ("speed", "duration", "contact"),
}
"""Names for several variables at once."""

_NOISE = 0.5
"""Observation noise in units of features (a degree, a hundredth of the hip height): about what the whitened space leaves out."""

_NOTHING_KEPT, _WHOLE_GROUP = 0.4, 0.3
_BLOCKS = 4


@dataclass(frozen=True)
class Clamp:
    """Keeps the variables called ``names`` (of `VARIABLES` or `GROUPS`) as they are in ``gaits``."""

    gaits: GaitBatch
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        kept_features(self.names)

    def take(self, rows: Rows) -> "Clamp":
        """The people at ``rows``."""
        return Clamp(self.gaits.take(rows), self.names)

    def put_back(self, made: GaitBatch) -> GaitBatch:
        """What was made with what is kept, exactly."""
        kept = kept_features(self.names)
        return from_features(np.where(kept, to_features(self.gaits), to_features(made)))


@dataclass(frozen=True)
class Hint:
    """What is known of whitened vectors before they are drawn: the conditional ``mean`` of their deviations from what is expected, and how
    ``sure`` it is, both ``(n, d)``."""

    mean: Tensor
    sure: Tensor

    @classmethod
    def nothing(cls, shape: tuple[int, int] | torch.Size) -> "Hint":
        """No variable is kept."""
        return cls(torch.zeros(shape), torch.zeros(shape))


def kept_features(names: Sequence[str]) -> Mask:
    """Mask ``(FEATURES,)`` of the variables called ``names``.

    Raises:
        SpecError: no variable or group of variables has one of these names.
    """
    kept = np.zeros(FEATURES, bool)
    for name in names:
        members = GROUPS.get(name, (name,))
        for member in members:
            if member not in VARIABLES:
                raise SpecError(f"clamp: unknown variable {name!r}; choose from {', '.join((*GROUPS, *VARIABLES))}")
            kept[VARIABLES[member]] = True
    return kept


def hint(space: GaitSpace, features: Tensor, kept: Mask, expected: Tensor) -> Hint:
    """What the ``kept (FEATURES,)`` of ``features (n, FEATURES)`` say about whitened vectors of which ``expected (n, d)`` is expected."""
    rows = torch.from_numpy(np.flatnonzero(kept))
    spread = (space.components[:, rows] * space.deviation[:, None]).T
    deviation = features[:, rows] - space.mean[rows] - expected @ spread.T
    precision = spread.T @ spread + _NOISE**2 * torch.eye(spread.shape[1])
    mean = torch.linalg.solve(precision, spread.T @ deviation.T).T
    sure = 1 - _NOISE**2 * torch.linalg.inv(precision).diagonal()
    return Hint(mean, sure.expand_as(mean))


def clamp_hint(space: GaitSpace, clamp: Clamp, expected: Tensor) -> Hint:
    """The hint of a clamp."""
    return hint(space, torch.from_numpy(to_features(clamp.gaits)).float(), kept_features(clamp.names), expected)


def random_hint(space: GaitSpace, features: Tensor, expected: Tensor, generator: torch.Generator) -> Hint:
    """Hints for a batch in training: rows in a few blocks, each with its own random choice of what is kept, often nothing."""
    blocks = zip(features.chunk(_BLOCKS), expected.chunk(_BLOCKS), strict=True)
    parts = [_block_hint(space, *block, generator) for block in blocks]
    return Hint(torch.cat([p.mean for p in parts]), torch.cat([p.sure for p in parts]))


def _block_hint(space: GaitSpace, features: Tensor, expected: Tensor, generator: torch.Generator) -> Hint:
    lot = float(torch.rand((), generator=generator))
    if lot < _NOTHING_KEPT:
        return Hint.nothing((len(features), len(space.deviation)))
    if lot < _NOTHING_KEPT + _WHOLE_GROUP:
        names = list(GROUPS)
        group = names[int(torch.randint(len(names), (), generator=generator))]
        return hint(space, features, kept_features([group]), expected)
    share = float(torch.rand((), generator=generator))
    chosen = torch.rand(len(VARIABLES), generator=generator) < share
    kept = kept_features([n for n, c in zip(VARIABLES, chosen.tolist(), strict=True) if c])
    return hint(space, features, kept, expected)
