"""What the generator is told about a person, any of which may be left open.

A person has a severity of every condition and modifier that the network knows, most of them zero: conditions add up, and severity zero of
any is healthy, by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engine.core.arrays import Array, Mask
from engine.core.errors import SpecError
from generative.gait_batch import SEXES, People, modifiers_of

NUMBERS: tuple[str, ...] = ("age", "height", "mass", "speed")
CATEGORIES: tuple[str, ...] = ("sex", "side", "source")
FIELDS: tuple[str, ...] = (*NUMBERS, *CATEGORIES, "condition", "severity")
"""Order of the second axis of `Conditions.known`; speed is dimensionless. An open ``severity`` of a known ``condition`` is drawn too."""

SIDEDNESS: tuple[str, ...] = ("both", "right")
"""No side or both sides alike, or the right side; the left is the right in a mirror."""

SOURCES: tuple[str, ...] = ("solved", "drawn")
"""Whether physics has accepted a gait, or it comes as the atlas and the cards draw it. The network learns from both and is asked for the
first."""

_AGE_SHIFT_YEARS = 2.0
_CENTRE = (3.3, 1.45, 3.9, 0.36)
SPREAD = (1.0, 0.35, 0.6, 0.14)
"""With the centre, what brings `NUMBERS` near zero and one: log years, metres, log kilograms, dimensionless speed."""
_WAVES = (1.0, 2.0, 3.0)
_SEVERITY_FEATURES = 5


def age_number(years: Tensor) -> Tensor:
    """Ages as they enter, near zero and one."""
    return (torch.log(years + _AGE_SHIFT_YEARS) - _CENTRE[0]) / SPREAD[0]


def standard_numbers(values: Tensor) -> Tensor:
    """`Conditions.values` with `NUMBERS` near zero and one, categories as they are."""
    numbers, categories = values[:, : len(NUMBERS)], values[:, len(NUMBERS) :]
    return torch.cat([(numbers - torch.tensor(_CENTRE)) / torch.tensor(SPREAD), categories], dim=1)


@dataclass(frozen=True)
class Conditions:
    """Of ``n`` people: ``values (n, 7)`` as `NUMBERS` and `CATEGORIES`, ``burdens (n, conditions, 2)`` whether they have each condition and
    how severely, and which of `FIELDS` are ``known (n, 9)`` (1 or 0)."""

    values: Tensor
    burdens: Tensor
    known: Tensor

    def __len__(self) -> int:
        return len(self.values)

    def opened(self, *names: str) -> "Conditions":
        """The same with the fields called ``names`` left open."""
        known = self.known.clone()
        known[:, [FIELDS.index(name) for name in names]] = 0.0
        return Conditions(self.values, self.burdens, known)

    def take(self, rows: Tensor) -> "Conditions":
        """The people at ``rows``."""
        return Conditions(self.values[rows], self.burdens[rows], self.known[rows])


def encode_conditions(
    people: People, speed: Array | None, conditions: Sequence[str], *, solved: Mask | None = None
) -> Conditions:
    """What is known of ``people``, their dimensionless ``speed (n,)`` if given; ``conditions`` are the names that a network was trained on;
    ``solved (n,)`` says which of the gaits have passed physics (left out: all).

    Raises:
        SpecError: a person has a condition or modifier that the network does not know.
    """
    drawn = np.zeros(len(people)) if solved is None else 1.0 - solved
    columns = {
        "age": np.log(people.age + _AGE_SHIFT_YEARS),
        "height": people.height,
        "mass": np.log(people.mass),
        "speed": np.full(len(people), _CENTRE[-1]) if speed is None else speed,
        "sex": [SEXES.index(sex) for sex in people.sex],
        "side": [int(side in ("right", "left")) for side in people.side],
        "source": drawn,
    }
    values = torch.from_numpy(np.column_stack([columns[name] for name in (*NUMBERS, *CATEGORIES)])).float()
    known = torch.ones(len(people), len(FIELDS))
    encoded = Conditions(values, _burdens(people, conditions), known)
    return encoded.opened("speed") if speed is None else encoded


def _burdens(people: People, conditions: Sequence[str]) -> Tensor:
    burdens = torch.zeros(len(people), len(conditions), 2)
    for row in range(len(people)):
        had = {str(people.condition[row]): float(people.severity[row]), **modifiers_of(str(people.modifiers[row]))}
        for name, severity in had.items():
            if name not in conditions:
                raise SpecError(
                    f"condition: the generator was not trained on {name} (it knows {', '.join(conditions)}); "
                    "train one that does with `gaitforge train-generator --card FILE`"
                )
            burdens[row, conditions.index(name)] = torch.tensor([1.0, severity])
    return burdens


class BurdenEmbedding(nn.Module):
    """Conditions as a sum over what a person has; each a curve in severity that begins at zero ``(n, width)``."""

    def __init__(self, width: int, conditions: int) -> None:
        super().__init__()
        self.curves = nn.Parameter(0.3 * torch.randn(conditions, _SEVERITY_FEATURES, width))
        self.any_severity = nn.Parameter(0.1 * torch.randn(conditions, width))

    def forward(self, burdens: Tensor, severity_known: Tensor) -> Tensor:
        present, severity = burdens.unbind(dim=-1)
        rise = torch.stack([severity, severity**2, severity**3], dim=-1)
        waves = torch.sin(torch.pi * torch.stack([severity, 2 * severity], dim=-1))
        told = torch.einsum("nck,ckw->nw", torch.cat([rise, waves], dim=-1) * present[..., None], self.curves)
        return told * severity_known + (present @ self.any_severity) * (1 - severity_known)


class ConditionEmbedding(nn.Module):
    """Every field embedded alone, an open field as its learnt null, then mixed into ``(n, width)``."""

    centre: Tensor
    spread: Tensor
    waves: Tensor

    def __init__(self, width: int, conditions: int) -> None:
        super().__init__()
        waves = 1 + 2 * len(_WAVES)
        self.numbers = nn.ModuleList(
            nn.Sequential(nn.Linear(waves, width), nn.SiLU(), nn.Linear(width, width)) for _ in NUMBERS
        )
        counts = (len(SEXES), len(SIDEDNESS), len(SOURCES))
        self.categories = nn.ModuleList(nn.Embedding(count, width) for count in counts)
        self.burdens = BurdenEmbedding(width, conditions)
        embedded = len(NUMBERS) + len(CATEGORIES) + 1
        self.null = nn.Parameter(0.02 * torch.randn(embedded, width))
        self.mix = nn.Sequential(nn.Linear(embedded * width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))
        self.register_buffer("centre", torch.tensor(_CENTRE))
        self.register_buffer("spread", torch.tensor(SPREAD))
        self.register_buffer("waves", torch.tensor(_WAVES))

    def forward(self, values: Tensor, burdens: Tensor, known: Tensor) -> Tensor:
        count = len(NUMBERS)
        numbers = ((values[:, :count] - self.centre) / self.spread)[..., None]
        angles = numbers * self.waves
        features = torch.cat([numbers, angles.sin(), angles.cos()], dim=-1)
        embedded = [layer(features[:, i]) for i, layer in enumerate(self.numbers)]
        embedded += [layer(values[:, count + i].long()) for i, layer in enumerate(self.categories)]
        embedded.append(self.burdens(burdens, known[:, -1:]))
        mask = known[:, :-1, None]
        told = torch.stack(embedded, dim=1) * mask + self.null * (1 - mask)
        return self.mix(told.flatten(1))
