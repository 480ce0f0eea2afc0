"""What gait is to be expected of a person, before anything is drawn: a regression of gait vectors on what is told.

The network draws deviations from it. Means then rest on all gaits at once, smoothly in age, speed and severity, and not on how often a
network happened to see somebody alike.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from generative.conditioning import CATEGORIES, FIELDS, NUMBERS, Conditions, age_number, standard_numbers

_AGES = (2.0, 5.0, 9.0, 14.0, 20.0, 45.0, 65.0, 80.0, 92.0)
"""Years between which means change straight with the logarithm of age."""
_SPEED_POWERS = 4
_PER_BURDEN = 5
_RIDGE = 5.0
"""Rows of gaits that each coefficient has to outweigh."""

_AGE, _HEIGHT, _MASS, _SPEED = (NUMBERS.index(name) for name in ("age", "height", "mass", "speed"))
_SEX, _SIDE, _SOURCE = (len(NUMBERS) + CATEGORIES.index(name) for name in ("sex", "side", "source"))
_CONDITION, _SEVERITY = (FIELDS.index(name) for name in ("condition", "severity"))
_UNKNOWN_SEVERITY = 0.5


@dataclass(frozen=True)
class Told:
    """Conditions of ``n`` people without gaps: ``values (n, 7)``, numbers near zero and one, ``burdens (n, conditions, 2)``."""

    values: Tensor
    burdens: Tensor


class ExpectedGait(nn.Module):
    """Mean gait vectors ``(n, dimensions)`` under conditions; zero until it is fitted. A field that is left open counts as in the average
    person, an open speed as what the person would choose."""

    knots: Tensor
    usual: Tensor
    own_speed: Tensor
    coefficients: Tensor

    def __init__(self, dimensions: int, conditions: int) -> None:
        super().__init__()
        ages = len(_AGES)
        terms = ages * (_SPEED_POWERS + 4) + 2 + _PER_BURDEN * conditions
        self.register_buffer("knots", age_number(torch.tensor(_AGES)))
        self.register_buffer("usual", torch.zeros(len(NUMBERS) + len(CATEGORIES)))
        self.register_buffer("own_speed", torch.zeros(terms))
        self.register_buffer("coefficients", torch.zeros(terms, dimensions))

    def forward(self, conditions: Conditions) -> Tensor:
        told = self._without_gaps(conditions)
        return self._terms(told) @ self.coefficients

    def fit(self, conditions: Conditions, chose_speed: Tensor, vectors: Tensor) -> Tensor:
        """Fits to gaits ``vectors (n, dimensions)`` of people of whom everything is told; ``chose_speed (n,)`` are those who walk as fast
        as they like. What is left of the vectors' spread, ``(dimensions,)``, is their unit from then on, and returned."""
        told = Told(standard_numbers(conditions.values), conditions.burdens)
        self.usual.copy_(told.values.mean(dim=0))
        self.coefficients.copy_(_ridge(self._terms(told), vectors))
        free = Told(told.values[chose_speed], told.burdens[chose_speed])
        if len(free.values):
            speed = free.values[:, _SPEED : _SPEED + 1]
            self.own_speed.copy_(_ridge(self._terms(_at_usual_speed(free)), speed)[:, 0])
        left = (vectors - self(conditions)).std(dim=0)
        self.coefficients /= left
        return left

    def _without_gaps(self, conditions: Conditions) -> Told:
        known = conditions.known
        values = standard_numbers(conditions.values)
        values = torch.where(known[:, : values.shape[1]] > 0, values, self.usual)
        present, severity = conditions.burdens.unbind(dim=-1)
        severity = torch.where(known[:, _SEVERITY, None] > 0, severity, _UNKNOWN_SEVERITY * present)
        told = Told(values, torch.stack([present, severity], dim=-1) * known[:, _CONDITION, None, None])
        own = self._terms(_at_usual_speed(told)) @ self.own_speed
        values[:, _SPEED] = torch.where(known[:, _SPEED] > 0, values[:, _SPEED], own)
        return told

    def _terms(self, told: Told) -> Tensor:
        values = told.values
        age, speed, sex, source = (values[:, i : i + 1] for i in (_AGE, _SPEED, _SEX, _SOURCE))
        ages = self._ages(values[:, _AGE])
        powers = torch.cat([speed**power for power in range(_SPEED_POWERS)], dim=1)
        by_age = torch.cat([powers, sex, source, values[:, _HEIGHT : _HEIGHT + 1], values[:, _MASS : _MASS + 1]], dim=1)
        severity = told.burdens[..., 1]
        side = values[:, _SIDE : _SIDE + 1]
        burdens = [severity, severity**2, severity * speed, severity * age, severity * side]
        return torch.cat(
            [(ages[:, :, None] * by_age[:, None]).flatten(1), sex * speed, source * speed, *burdens], dim=1
        )

    def _ages(self, age: Tensor) -> Tensor:
        """Weights ``(n, 9)`` of the two ages between which everybody is."""
        inside = age.clamp(self.knots[0], self.knots[-1])
        above = torch.searchsorted(self.knots, inside, right=True).clamp(1, len(self.knots) - 1)
        low, high = self.knots[above - 1], self.knots[above]
        share = ((inside - low) / (high - low))[:, None]
        hat = nn.functional.one_hot(above, len(self.knots)), nn.functional.one_hot(above - 1, len(self.knots))
        return share * hat[0] + (1 - share) * hat[1]


def _at_usual_speed(told: Told) -> Told:
    values = told.values.clone()
    values[:, _SPEED] = 0.0
    return Told(values, told.burdens)


def _ridge(terms: Tensor, wanted: Tensor) -> Tensor:
    """Coefficients ``(terms, k)`` by regularised least squares, in double precision."""
    terms, wanted = terms.double(), wanted.double()
    return torch.linalg.solve(terms.T @ terms + _RIDGE * torch.eye(terms.shape[1]), terms.T @ wanted).float()
