"""What the generator is told about a person, any of which may be left open."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engine.cycle import Array
from engine.errors import SpecError
from generative.gait_batch import SEXES, People

NUMBERS: tuple[str, ...] = ("age", "height", "mass", "severity", "speed")
CATEGORIES: tuple[str, ...] = ("sex", "condition", "side")
FIELDS: tuple[str, ...] = (*NUMBERS, *CATEGORIES)
"""Order of the second axis of `Conditions`; speed is dimensionless."""

SIDEDNESS: tuple[str, ...] = ("both", "right")
"""No side or both sides alike, or the right side; the left is the right in a mirror."""

_AGE_SHIFT_YEARS = 2.0
# Centre and spread that bring the numbers near zero and one: log years, metres, log kilograms, severity, dimensionless speed.
_CENTRE = (3.3, 1.45, 3.9, 0.4, 0.36)
_SPREAD = (1.0, 0.35, 0.6, 0.35, 0.14)
_WAVES = (1.0, 2.0, 3.0)


@dataclass(frozen=True)
class Conditions:
    """Numbers and category indices of ``n`` people ``(n, 8)``, and which of them are ``known (n, 8)`` (1 or 0), as `FIELDS`."""

    values: Tensor
    known: Tensor

    def __len__(self) -> int:
        return len(self.values)

    def opened(self, *names: str) -> "Conditions":
        """The same with the fields called ``names`` left open."""
        known = self.known.clone()
        known[:, [FIELDS.index(name) for name in names]] = 0.0
        return Conditions(self.values, known)


def encode_conditions(people: People, speed: Array | None, conditions: Sequence[str]) -> Conditions:
    """What is known of ``people``, their dimensionless ``speed (n,)`` if given; ``conditions`` are the names that a network was trained on.

    Raises:
        SpecError: a person has a condition that the network does not know.
    """
    unknown = sorted(set(people.condition) - set(conditions))
    if unknown:
        raise SpecError(
            f"condition: the generator was not trained on {', '.join(unknown)} (it knows {', '.join(conditions)}); "
            "train one that does with `gaitforge train-generator --card FILE`"
        )
    columns = {
        "age": np.log(people.age + _AGE_SHIFT_YEARS),
        "height": people.height,
        "mass": np.log(people.mass),
        "severity": people.severity,
        "speed": np.full(len(people), _CENTRE[-1]) if speed is None else speed,
        "sex": [SEXES.index(sex) for sex in people.sex],
        "condition": [conditions.index(name) for name in people.condition],
        "side": [int(side in ("right", "left")) for side in people.side],
    }
    values = torch.from_numpy(np.column_stack([columns[name] for name in FIELDS])).float()
    encoded = Conditions(values, torch.ones_like(values))
    return encoded.opened("speed") if speed is None else encoded


class ConditionEmbedding(nn.Module):
    """Every field embedded alone, an open field as its learnt null, then mixed into ``(n, width)``."""

    def __init__(self, width: int, conditions: int) -> None:
        super().__init__()
        waves = 1 + 2 * len(_WAVES)
        self.numbers = nn.ModuleList(
            nn.Sequential(nn.Linear(waves, width), nn.SiLU(), nn.Linear(width, width)) for _ in NUMBERS
        )
        counts = (len(SEXES), conditions, len(SIDEDNESS))
        self.categories = nn.ModuleList(nn.Embedding(count, width) for count in counts)
        self.null = nn.Parameter(0.02 * torch.randn(len(FIELDS), width))
        self.mix = nn.Sequential(nn.Linear(len(FIELDS) * width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))
        self.register_buffer("centre", torch.tensor(_CENTRE))
        self.register_buffer("spread", torch.tensor(_SPREAD))
        self.register_buffer("waves", torch.tensor(_WAVES))

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        count = len(NUMBERS)
        numbers = ((values[:, :count] - self.centre) / self.spread)[..., None]
        angles = numbers * self.waves
        features = torch.cat([numbers, angles.sin(), angles.cos()], dim=-1)
        embedded = [layer(features[:, i]) for i, layer in enumerate(self.numbers)]
        embedded += [layer(values[:, count + i].long()) for i, layer in enumerate(self.categories)]
        mask = known[..., None]
        told = torch.stack(embedded, dim=1) * mask + self.null * (1 - mask)
        return self.mix(told.flatten(1))
