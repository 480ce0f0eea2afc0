"""What people wear on head and feet, how they wear their hair, and what age brings: odds as data, drawn by the subject's seed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pydantic import Field, field_validator

from engine.records import Subject
from engine.seeds import stage_rng
from engine.yaml_files import StrictModel
from render.colour import Colour, linear_rgb
from render.figure.beard import BEARDS, Beard
from render.figure.hair_cuts import BALD_LINES, HAIR_CUTS, HairCut
from render.figure.headwear import HEADWEAR, Headwear
from render.figure.orthoses import Orthosis, draw_orthosis
from render.figure.shoe_cuts import SHOE_CUTS
from render.figure.shoes import Footwear
from render.figure.spectacles import SPECTACLES, Spectacles

BAREFOOT, SOCKS_ONLY, NOTHING = "barefoot", "socks", "none"
CHILD_YEARS, BEARD_YEARS, BALDING_YEARS = 13.0, 18.0, 30.0
"""Under these ages people wear children's shoes, grow no beards and lose no hair."""
_BRACED_SHOES = ("child_trainer", "trainer")
"""Shoes that take an orthosis: of children, of others."""
_AGE_SIGNS_SD = 0.08


class AgeBand(StrictModel):
    """Odds of each choice (any positive numbers) for people younger than ``until_years``."""

    until_years: float = Field(gt=0)
    odds: dict[str, float] = Field(min_length=1)


Bands = tuple[AgeBand, ...]


def pick(bands: Bands, age_years: float, rng: np.random.Generator) -> str:
    """A choice by the odds of the first band that the age lies in (the last one beyond all)."""
    return draw_odds(next((band.odds for band in bands if age_years < band.until_years), bands[-1].odds), rng)


def draw_odds(odds: Mapping[str, float], rng: np.random.Generator) -> str:
    """One of the keys, as likely as its share of all odds."""
    share = np.array(list(odds.values()))
    return list(odds)[int(rng.choice(len(share), p=share / share.sum()))]


def _check_choices(bands: Bands, known: set[str]) -> Bands:
    unknown = {name for band in bands for name in band.odds} - known
    if unknown:
        raise ValueError(f"unknown {sorted(unknown)}; there are {sorted(known)}")
    return bands


def _colour(colours: tuple[Colour, ...], rng: np.random.Generator) -> np.ndarray:
    return linear_rgb(str(rng.choice(colours)))


class ShoePalette(StrictModel):
    """Colours of one kind of shoe; with the odds ``plain`` its trimmings and laces have the shoe's own colour."""

    colour: tuple[Colour, ...]
    sole: tuple[Colour, ...]
    accent: tuple[Colour, ...]
    lace: tuple[Colour, ...]
    plain: float = Field(ge=0, le=1)


class FootwearSection(StrictModel):
    """``kinds`` by age, a palette for each kind of shoe, and socks: odds of each kind, their tops between ankle (0) and knee (1), and
    colours."""

    kinds: Bands
    palettes: dict[str, ShoePalette]
    socks: Bands
    sock_tops: dict[str, float]
    sock_colours: tuple[Colour, ...]

    @field_validator("kinds")
    @classmethod
    def _known_kinds(cls, bands: Bands) -> Bands:
        return _check_choices(bands, {*SHOE_CUTS, BAREFOOT, SOCKS_ONLY})

    @field_validator("palettes")
    @classmethod
    def _every_shoe(cls, palettes: dict[str, ShoePalette]) -> dict[str, ShoePalette]:
        if set(palettes) != set(SHOE_CUTS):
            raise ValueError(f"one palette for each of {sorted(SHOE_CUTS)}, got {sorted(palettes)}")
        return palettes

    def draw(self, subject: Subject, rng: np.random.Generator, *, braced: bool) -> Footwear:
        """What the subject wears on the feet; with an orthosis (``braced``) roomy shoes and long socks."""
        kind = pick(self.kinds, subject.age_years, rng)
        sock = pick(self.socks, subject.age_years, rng)
        if braced:
            kind, sock = _BRACED_SHOES[subject.age_years >= CHILD_YEARS], max(self.sock_tops, key=self.sock_tops.get)
        if kind in (BAREFOOT, "sandal"):
            sock = NOTHING
        elif kind == SOCKS_ONLY and sock == NOTHING:
            sock = min(self.sock_tops, key=self.sock_tops.get)
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


class HairSection(StrictModel):
    """Styles by sex and age. Among people of light and dark skin ``coily_share`` have coily hair, which turns styles into others."""

    female: Bands
    male: Bands
    coily: dict[str, str]
    coily_share: dict[bool, float]

    @field_validator("female", "male")
    @classmethod
    def _known_styles(cls, bands: Bands) -> Bands:
        return _check_choices(bands, set(HAIR_CUTS))

    def draw(self, subject: Subject, *, dark: bool, rng: np.random.Generator) -> HairCut | None:
        """How the subject's hair is cut; ``None``: bald."""
        style = pick(self.female if subject.sex == "female" else self.male, subject.age_years, rng)
        if rng.uniform() < self.coily_share[dark]:
            style = self.coily.get(style, style)
        return HAIR_CUTS[style]


class SpectaclesSection(StrictModel):
    """Share of people who wear them by age (straight lines between), odds of frames, colours of wire and of plastic."""

    share: dict[float, float]
    frames: dict[str, float]
    metals: tuple[Colour, ...]
    plastics: tuple[Colour, ...]

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
    colours: tuple[Colour, ...]

    @field_validator("female", "male")
    @classmethod
    def _known_kinds(cls, bands: Bands) -> Bands:
        return _check_choices(bands, {*HEADWEAR, NOTHING})

    def draw(self, subject: Subject, rng: np.random.Generator) -> Headwear | None:
        """What the subject wears on the head, if anything."""
        kind = pick(self.female if subject.sex == "female" else self.male, subject.age_years, rng)
        colour = _colour(self.colours, rng)
        return None if kind == NOTHING else Headwear(kind, colour)


@dataclass(frozen=True)
class Appearance:
    """What was drawn for one person. ``age_signs`` 0 (none) to 1 (very old); ``rosy`` how red the cheeks are, 0 to 1."""

    footwear: Footwear
    haircut: HairCut | None
    beard: Beard
    spectacles: Spectacles | None
    headwear: Headwear | None
    orthosis: Orthosis
    age_signs: float
    rosy: float


class AppearanceSection(StrictModel):
    """Everything on head and feet. ``age_signs``: age at which the skin begins to show it, and at which it shows all of it."""

    footwear: FootwearSection
    hair: HairSection
    beards: Bands
    spectacles: SpectaclesSection
    headwear: HeadwearSection
    age_signs: tuple[float, float]

    @field_validator("beards")
    @classmethod
    def _known_beards(cls, bands: Bands) -> Bands:
        return _check_choices(bands, set(BEARDS))

    def draw(self, subject: Subject, *, dark: bool) -> Appearance:
        """The subject's appearance. Each part has a generator of its own, so that a change of one leaves the others."""

        def rng(part: str) -> np.random.Generator:
            return stage_rng(subject.appearance_seed, "look", part)

        orthosis = draw_orthosis(subject, rng("orthosis"))
        bearded = subject.sex == "male" and subject.age_years >= BEARD_YEARS
        beard = pick(self.beards, subject.age_years, rng("beard")) if bearded else NOTHING
        first, full = self.age_signs
        signs = (subject.age_years - first) / (full - first)
        if signs > 0:
            signs += rng("age").normal(0, _AGE_SIGNS_SD)
        return Appearance(
            footwear=self.footwear.draw(subject, rng("footwear"), braced=orthosis != NOTHING),
            haircut=_not_too_young(self.hair.draw(subject, dark=dark, rng=rng("hair")), subject.age_years),
            beard=BEARDS[beard],
            spectacles=self.spectacles.draw(subject, rng("spectacles")),
            headwear=self.headwear.draw(subject, rng("headwear")),
            orthosis=orthosis,
            age_signs=float(np.clip(signs, 0.0, 1.0)),
            rosy=float(np.clip(1 - subject.age_years / 16.0, 0.0, 1.0)),
        )


def _not_too_young(cut: HairCut | None, age_years: float) -> HairCut | None:
    thinning = cut is None or cut.line in BALD_LINES
    return HAIR_CUTS["crop"] if thinning and age_years < BALDING_YEARS else cut
