"""Odds as data: how likely each choice is, for everybody or by age, and draws from them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from engine.core.yaml_files import StrictModel

Odds = Annotated[float, Field(ge=0)]


def _with_a_choice(odds: dict[str, float]) -> dict[str, float]:
    if not any(odds.values()):
        raise ValueError("at least one choice needs odds above 0")
    return odds


OddsTable = Annotated[dict[str, Odds], AfterValidator(_with_a_choice)]
"""Odds by choice, any numbers from 0 on."""


class AgeBand(StrictModel):
    """Odds of each choice for people younger than ``until_years``."""

    until_years: float = Field(gt=0)
    odds: OddsTable


Bands = Annotated[tuple[AgeBand, ...], Field(min_length=1)]


def draw_odds(odds: Mapping[str, float], rng: np.random.Generator) -> str:
    """One of the keys, as likely as its share of all odds."""
    share = np.array(list(odds.values()))
    return list(odds)[int(rng.choice(len(share), p=share / share.sum()))]


def draw_by_age(bands: Bands, age_years: float, rng: np.random.Generator) -> str:
    """A choice by the odds of the first band that the age lies in (the last one beyond all)."""
    return draw_odds(next((band.odds for band in bands if age_years < band.until_years), bands[-1].odds), rng)


def check_names(names: Iterable[str], known: Collection[str]) -> None:
    """Refuses names that are not known.

    Raises:
        ValueError: names them, and those there are.
    """
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"there is no {', '.join(unknown)}; there are {', '.join(sorted(known))}")


def check_bands(bands: Bands, known: Collection[str]) -> Bands:
    """The bands, if all their choices are known.

    Raises:
        ValueError: names the others.
    """
    check_names((name for band in bands for name in band.odds), known)
    return bands
