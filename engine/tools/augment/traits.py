"""The traits by which people are told apart, as the levels of a table of cells and as fields of a cohort spec."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from engine.core.errors import SpecError
from engine.gait.records import AGE_RANGE_YEARS, SKIN_TONE_RANGE
from engine.population.spec import BMI_RANGE


class Trait(Protocol):
    """``name`` is the field of a cohort spec, ``levels`` are in order; a person's level is an index into them."""

    @property
    def name(self) -> str: ...

    @property
    def levels(self) -> tuple[str, ...]: ...

    def level(self, value: object) -> int | None:
        """The level of a value, None if it lies outside all."""
        ...

    def wish(self, level: int) -> object:
        """What a cohort spec writes to get people of the level."""
        ...


@dataclass(frozen=True)
class Bands:
    """A number in bands ``edges[k] <= value < edges[k + 1]``; the last band holds its upper edge too.

    ``step`` is what a subject's value is rounded to: nobody drawn below an edge may be rounded up to it. ``usual`` are the values between
    which people of the outermost bands are drawn, lest an open band be filled with extremes.
    """

    name: str
    edges: tuple[float, ...]
    step: float
    usual: tuple[float, float]

    @property
    def levels(self) -> tuple[str, ...]:
        whole = self.step == 1
        closed = [f"{low:g}–{high - whole:g}" for low, high in pairwise(self.edges[:-1])]
        return (*closed, f"{self.edges[-2]:g}+")

    def level(self, value: float) -> int | None:
        if not self.edges[0] <= value <= self.edges[-1]:
            return None
        return min(int(np.searchsorted(self.edges, value, side="right")) - 1, len(self.edges) - 2)

    def interval(self, level: int) -> tuple[float, float]:
        """Least and greatest value to ask for."""
        low = self.edges[level]
        high = self.edges[level + 1] - (0.0 if level == len(self.edges) - 2 else self.step)
        inside = max(low, self.usual[0]), min(high, self.usual[1])
        low, high = inside if inside[0] < inside[1] else (low, high)
        return low, round(high, 6)

    def wish(self, level: int) -> dict[str, float]:
        low, high = self.interval(level)
        return {"min": low, "max": high}


@dataclass(frozen=True)
class Labels:
    """One of several names."""

    name: str
    levels: tuple[str, ...]

    def level(self, value: str) -> int | None:
        return self.levels.index(value) if value in self.levels else None

    def wish(self, level: int) -> str:
        return self.levels[level]


def age_bands(edges: tuple[float, ...]) -> Bands:
    """Ages in years; the last band is open."""
    return _bands("age_years", edges, AGE_RANGE_YEARS, 0.01, AGE_RANGE_YEARS)


def bmi_bands(edges: tuple[float, ...]) -> Bands:
    """Body mass indices, kg/m²; the last band is open, people are drawn between 15 and 45 (the worst of the obesity card)."""
    return _bands("bmi", edges, BMI_RANGE, 0.1, (15.0, 45.0))


def skin_tone_bands(edges: tuple[float, ...]) -> Bands:
    """Tones of the Monk scale; the last band is open."""
    return _bands("skin_tone", edges, SKIN_TONE_RANGE, 1.0, SKIN_TONE_RANGE)


def _bands(
    name: str, edges: tuple[float, ...], bounds: tuple[float, float], step: float, usual: tuple[float, float]
) -> Bands:
    """Bands within what a spec may ask for: a first edge below that is raised to it."""
    inside = (max(edges[0], bounds[0]), *edges[1:]) if edges else ()
    if not inside or any(low >= high for low, high in pairwise((*inside, bounds[1]))):
        shown = ", ".join(f"{edge:g}" for edge in edges)
        raise SpecError(
            f"bands of {name}: edges must rise and lie within {bounds[0]:g} to {bounds[1]:g}, got {shown or 'none'}"
        )
    return Bands(name, (*inside, float(bounds[1])), step, usual)
