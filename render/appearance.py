"""What people wear on their feet, how they wear their hair, and what age brings: odds by age, as data."""

from typing import TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from engine.records import Subject
from render.colour import Colour, linear_rgb
from render.figure.shoe_cuts import SHOE_CUTS
from render.figure.shoes import Footwear

BAREFOOT, SOCKS_ONLY = "barefoot", "socks"
_Choice = TypeVar("_Choice", bound=str)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgeBand(_Strict):
    """Odds of each choice (any positive numbers) for people younger than ``until_years``."""

    until_years: float = Field(gt=0)
    odds: dict[str, float] = Field(min_length=1)


Bands = tuple[AgeBand, ...]


def pick(bands: Bands, age_years: float, rng: np.random.Generator) -> str:
    """A choice by the odds of the first band that the age lies in (the last one beyond all)."""
    odds = next((band.odds for band in bands if age_years < band.until_years), bands[-1].odds)
    return draw_odds(odds, rng)


def draw_odds(odds: dict[_Choice, float], rng: np.random.Generator) -> _Choice:
    """One of the keys, as likely as its share of all odds."""
    share = np.array(list(odds.values()))
    return list(odds)[int(rng.choice(len(share), p=share / share.sum()))]


class ShoePalette(_Strict):
    """Colours of one kind of shoe; ``accent`` and ``lace`` may also be the shoe's own, drawn with the odds ``plain``."""

    colour: tuple[Colour, ...]
    sole: tuple[Colour, ...]
    accent: tuple[Colour, ...]
    lace: tuple[Colour, ...]
    plain: float = Field(ge=0, le=1)


class FootwearSection(_Strict):
    """``kinds`` by age, a palette for each kind of shoe, and socks: odds of their tops between ankle (0) and knee (1), and colours."""

    kinds: Bands
    palettes: dict[str, ShoePalette]
    socks: Bands
    sock_tops: dict[str, float]
    sock_colours: tuple[Colour, ...]

    @field_validator("palettes")
    @classmethod
    def _every_shoe(cls, palettes: dict[str, ShoePalette]) -> dict[str, ShoePalette]:
        if set(palettes) != set(SHOE_CUTS):
            raise ValueError(f"one palette for each of {sorted(SHOE_CUTS)}, got {sorted(palettes)}")
        return palettes

    def draw(self, subject: Subject, rng: np.random.Generator) -> Footwear:
        """What the subject wears on the feet."""
        kind = pick(self.kinds, subject.age_years, rng)
        palette = self.palettes[kind if kind in SHOE_CUTS else next(iter(self.palettes))]
        colour = linear_rgb(str(rng.choice(palette.colour)))
        plain = rng.uniform() < palette.plain
        accent, lace = (linear_rgb(str(rng.choice(colours))) for colours in (palette.accent, palette.lace))
        sock = pick(self.socks, subject.age_years, rng)
        bare = kind in (BAREFOOT, "sandal") or (kind != SOCKS_ONLY and sock == "none")
        return Footwear(
            cut=kind if kind in SHOE_CUTS else None,
            colour=colour,
            accent=0.8 * colour if plain else accent,
            sole=linear_rgb(str(rng.choice(palette.sole))),
            lace=0.8 * colour if plain else lace,
            sock=None if bare else self.sock_tops.get(sock, next(iter(self.sock_tops.values()))),
            sock_colour=linear_rgb(str(rng.choice(self.sock_colours))),
        )
