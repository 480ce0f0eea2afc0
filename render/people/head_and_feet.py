"""What people wear on head and feet and how they wear their hair: odds as data, and draws from them."""

from typing import Annotated

import numpy as np
from pydantic import Field, field_validator

from engine.core.arrays import Array
from engine.core.yaml_files import StrictModel
from engine.gait.records import Subject
from render.core.colour import Palette, linear_rgb
from render.core.odds import Bands, OddsTable, check_bands, check_names, draw_by_age, draw_odds
from render.figure.hair_cuts import BALD_LINES, HAIR_CUTS, HairCut
from render.figure.headwear import HEADWEAR, Headwear
from render.figure.shoe_cuts import SHOE_CUTS
from render.figure.shoes import Footwear
from render.figure.spectacles import SPECTACLES, Spectacles

BAREFOOT, SOCKS_ONLY, NOTHING = "barefoot", "socks", "none"
CHILD_YEARS, BALDING_YEARS = 13.0, 30.0
"""Under these ages people wear children's shoes and lose no hair."""
_BRACED_SHOES = ("child_trainer", "trainer")
"""Shoes that take an orthosis: of children, of others."""


def _colour(colours: Palette, rng: np.random.Generator) -> Array:
    return linear_rgb(str(rng.choice(colours)))


class ShoePalette(StrictModel):
    """Colours of one kind of shoe; with the odds ``plain`` its trimmings and laces have the shoe's own colour."""

    colour: Palette
    sole: Palette
    accent: Palette
    lace: Palette
    plain: float = Field(ge=0, le=1)


class FootwearSection(StrictModel):
    """``kinds`` by age, a palette for each kind of shoe, and socks: odds of each kind, their tops between ankle (0) and knee (1), and
    colours."""

    kinds: Bands
    palettes: dict[str, ShoePalette]
    socks: Bands
    sock_tops: dict[str, float] = Field(min_length=1)
    sock_colours: Palette

    @field_validator("kinds")
    @classmethod
    def _known_kinds(cls, bands: Bands) -> Bands:
        return check_bands(bands, {*SHOE_CUTS, BAREFOOT, SOCKS_ONLY})

    @field_validator("palettes")
    @classmethod
    def _every_shoe(cls, palettes: dict[str, ShoePalette]) -> dict[str, ShoePalette]:
        if set(palettes) != set(SHOE_CUTS):
            raise ValueError(f"one palette for each of {sorted(SHOE_CUTS)}, got {sorted(palettes)}")
        return palettes

    def draw(self, subject: Subject, rng: np.random.Generator, *, braced: bool) -> Footwear:
        """What the subject wears on the feet; with an orthosis (``braced``) roomy shoes and long socks."""
        kind = draw_by_age(self.kinds, subject.age_years, rng)
        sock = draw_by_age(self.socks, subject.age_years, rng)
        if braced:
            kind, sock = (
                _BRACED_SHOES[subject.age_years >= CHILD_YEARS],
                max(self.sock_tops, key=self.sock_tops.__getitem__),
            )
        if kind in (BAREFOOT, "sandal"):
            sock = NOTHING
        elif kind == SOCKS_ONLY and sock == NOTHING:
            sock = min(self.sock_tops, key=self.sock_tops.__getitem__)
        palette = self.palettes.get(kind, next(iter(self.palettes.values())))
        colour, accent, lace = (_colour(of, rng) for of in (palette.colour, palette.accent, palette.lace))
        plain = rng.uniform() < palette.plain
        return Footwear(
            cut=kind if kind in SHOE_CUTS else None,
            colour=colour,
            accent=0.8 * colour if plain else accent,
            sole=_colour(palette.sole, rng),
            lace=0.8 * colour if plain else lace,
            sock=self.sock_tops.get(sock),
            sock_colour=_colour(self.sock_colours, rng),
        )


class HaircutsSection(StrictModel):
    """Styles by sex and age. Among people of light and dark skin ``coily_share`` have coily hair, which turns styles into others."""

    female: Bands
    male: Bands
    coily: dict[str, str]
    coily_share: dict[bool, float]

    @field_validator("female", "male")
    @classmethod
    def _known_styles(cls, bands: Bands) -> Bands:
        return check_bands(bands, HAIR_CUTS)

    @field_validator("coily")
    @classmethod
    def _known_turns(cls, coily: dict[str, str]) -> dict[str, str]:
        check_names([*coily, *coily.values()], HAIR_CUTS)
        return coily

    def draw(self, subject: Subject, *, dark: bool, rng: np.random.Generator) -> HairCut | None:
        """How the subject's hair is cut; ``None``: bald. The young are not."""
        style = draw_by_age(self.female if subject.sex == "female" else self.male, subject.age_years, rng)
        if rng.uniform() < self.coily_share[dark]:
            style = self.coily.get(style, style)
        return _not_too_young(HAIR_CUTS[style], subject.age_years)


class SpectaclesSection(StrictModel):
    """Share of people who wear them by age (straight lines between), odds of frames, colours of wire and of plastic."""

    share: dict[float, Annotated[float, Field(ge=0, le=1)]] = Field(min_length=1)
    frames: OddsTable
    metals: Palette
    plastics: Palette

    @field_validator("share")
    @classmethod
    def _by_age(cls, share: dict[float, float]) -> dict[float, float]:
        return dict(sorted(share.items()))

    @field_validator("frames")
    @classmethod
    def _known_frames(cls, frames: dict[str, float]) -> dict[str, float]:
        check_names(frames, SPECTACLES)
        return frames

    def draw(self, subject: Subject, rng: np.random.Generator) -> Spectacles | None:
        """The subject's spectacles, if any."""
        wears = rng.uniform() < np.interp(subject.age_years, list(self.share), list(self.share.values()))
        frame = SPECTACLES[draw_odds(self.frames, rng)]
        colour = _colour(self.metals if frame[-1] else self.plastics, rng)
        return Spectacles(*frame, colour) if wears else None


class HeadwearSection(StrictModel):
    """Odds of `HEADWEAR` and ``none`` by sex and age, colours."""

    female: Bands
    male: Bands
    colours: Palette

    @field_validator("female", "male")
    @classmethod
    def _known_kinds(cls, bands: Bands) -> Bands:
        return check_bands(bands, {*HEADWEAR, NOTHING})

    def draw(self, subject: Subject, rng: np.random.Generator) -> Headwear | None:
        """What the subject wears on the head, if anything."""
        kind = draw_by_age(self.female if subject.sex == "female" else self.male, subject.age_years, rng)
        colour = _colour(self.colours, rng)
        return None if kind == NOTHING else Headwear(kind, colour)


def _not_too_young(cut: HairCut | None, age_years: float) -> HairCut | None:
    thinning = cut is None or cut.line in BALD_LINES
    return HAIR_CUTS["crop"] if thinning and age_years < BALDING_YEARS else cut
