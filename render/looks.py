"""How a subject looks: skin, hair and clothes, chosen by age, sex and the subject's appearance seed."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from engine.cycle import Array
from engine.records import Subject
from engine.seeds import stage_rng
from engine.yaml_files import configs_folder, read_model
from render.appearance import FootwearSection
from render.colour import Colour, linear_rgb
from render.figure.garments import TopCut, TrouserCut
from render.figure.hair import HairCut
from render.figure.shoes import Footwear

GREYING_YEARS, GREYING_SPREAD_YEARS, GREYING_ONSET_SD_YEARS = 52.0, 4.0, 6.0
"""Age at which half the hair has turned grey, how fast it goes, and how much people differ. Grey hair is found in 74 % of people
aged 45 to 65, on average in 27 % of theirs (Panhard et al. 2012, Br J Dermatol 167:865)."""
CHILD_YEARS, BEARD_YEARS, BALDING_YEARS = 13.0, 18.0, 45.0


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HairColour(_Strict):
    colour: Colour
    light_skin: float = Field(ge=0)
    dark_skin: float = Field(ge=0)


class Wardrobe(_Strict):
    """The palettes of ``configs/render/looks.yaml``."""

    skin: tuple[Colour, ...]
    hair: tuple[HairColour, ...]
    grey_hair: tuple[Colour, ...]
    eyes: tuple[Colour, ...]
    tops: tuple[Colour, ...]
    tops_child: tuple[Colour, ...]
    trousers: tuple[Colour, ...]
    footwear: FootwearSection


@dataclass(frozen=True)
class Look:
    """Colours ``(3,)`` are linear RGB. ``beard`` 0 (shaven) to 1; ``skin_tone`` counts the Monk scale from 0."""

    skin_tone: int
    skin: Array
    eyes: Array
    hair: Array
    brows: Array
    beard: float
    haircut: HairCut
    top: TopCut
    top_colour: Array
    trousers: TrouserCut
    trouser_colour: Array
    footwear: Footwear


@cache
def read_wardrobe() -> Wardrobe:
    """The palettes that ship with GaitForge."""
    return read_model(configs_folder() / "render" / "looks.yaml", Wardrobe)


def choose_look(subject: Subject) -> Look:
    """The subject's look; the same subject always looks the same. A skin tone asked for changes only what goes with it."""
    wardrobe = read_wardrobe()
    rng = np.random.default_rng(subject.appearance_seed)
    any_tone = int(rng.integers(len(wardrobe.skin)))
    tone = any_tone if subject.skin_tone is None else subject.skin_tone - 1
    hair, brows = _hair_colours(wardrobe, subject, tone, rng)
    child = subject.age_years < CHILD_YEARS
    bearded = subject.sex == "male" and subject.age_years >= BEARD_YEARS
    return Look(
        skin_tone=tone,
        skin=_skin_albedo(wardrobe.skin[tone]) * rng.uniform(0.92, 1.0),
        eyes=linear_rgb(str(rng.choice(wardrobe.eyes if tone < 5 else wardrobe.eyes[:2]))),
        hair=hair,
        brows=brows,
        beard=float(rng.choice([0.0, 0.15, 0.75], p=[0.5, 0.38, 0.12])) if bearded else 0.0,
        haircut=_haircut(subject, rng),
        top=_top(subject, rng),
        top_colour=linear_rgb(str(rng.choice(wardrobe.tops_child if child else wardrobe.tops))),
        trousers=_trousers(subject, rng),
        trouser_colour=linear_rgb(str(rng.choice(wardrobe.trousers))),
        footwear=wardrobe.footwear.draw(subject, stage_rng(subject.appearance_seed, "look", "footwear")),
    )


def _skin_albedo(swatch: str) -> Array:
    """The scale shows brightly lit skin; taken as albedo its light tones would be chalk, so they are dimmed and warmed."""
    lit = linear_rgb(swatch)
    return lit * (1 - 0.22 * lit.mean()) * (1 - lit.mean() * np.array([0.0, 0.14, 0.23])) * [1.0, 0.96, 0.93]


def _hair_colours(wardrobe: Wardrobe, subject: Subject, tone: int, rng: np.random.Generator) -> tuple[Array, Array]:
    dark = tone >= len(wardrobe.skin) // 2
    odds = np.array([hair.dark_skin if dark else hair.light_skin for hair in wardrobe.hair])
    natural = linear_rgb(wardrobe.hair[rng.choice(len(odds), p=odds / odds.sum())].colour)
    grey = linear_rgb(str(rng.choice(wardrobe.grey_hair)))
    age = subject.age_years + rng.normal(0, GREYING_ONSET_SD_YEARS)
    share = 1 / (1 + np.exp(-(age - GREYING_YEARS) / GREYING_SPREAD_YEARS)) ** 2
    return natural + share * (grey - natural), natural + 0.5 * share * (grey - natural)


_FEMALE_CUTS = {
    "ponytail": HairCut("full", 0.10, tail=True),
    "bob": HairCut("chin", 0.14, falls=True),
    "short": HairCut("jaw", 0.16, falls=True),
    "bun": HairCut("full", 0.10, bun=True),
}
_MALE_CUTS = {
    "short": HairCut("full", 0.20),
    "crop": HairCut("full", 0.07),
    "receding": HairCut("receding", 0.09),
    "wreath": HairCut("wreath", 0.08),
}


def _haircut(subject: Subject, rng: np.random.Generator) -> HairCut:
    if subject.sex == "female":
        odds = {"ponytail": 0.45, "bob": 0.4, "short": 0.15}
        if subject.age_years > 58:
            odds = {"short": 0.45, "bob": 0.3, "bun": 0.25}
        return _FEMALE_CUTS[_draw(odds, rng)]
    odds = {"short": 0.65, "crop": 0.35}
    if subject.age_years > BALDING_YEARS:
        odds = {"short": 0.35, "crop": 0.2, "receding": 0.25, "wreath": 0.2}
    return _MALE_CUTS[_draw(odds, rng)]


def _top(subject: Subject, rng: np.random.Generator) -> TopCut:
    warm = rng.uniform() < (0.65 if subject.age_years > 60 else 0.35)
    if warm:
        return TopCut(sleeve=2.0, hem=rng.uniform(0.02, 0.032), ease=0.009)
    return TopCut(sleeve=rng.uniform(0.55, 0.75), hem=rng.uniform(0.012, 0.03), ease=0.0065)


def _trousers(subject: Subject, rng: np.random.Generator) -> TrouserCut:
    short = rng.uniform() < (0.3 if subject.age_years < CHILD_YEARS else 0.08)
    slim = rng.uniform() < 0.4
    return TrouserCut(
        length=float(rng.uniform(0.82, 0.95)) if short else 2.0,
        ease=0.004 if slim else 0.007,
        pull_in=0.12 if slim else 0.06,
    )


def _draw(odds: dict[str, float], rng: np.random.Generator) -> str:
    return str(rng.choice(list(odds), p=list(odds.values())))
