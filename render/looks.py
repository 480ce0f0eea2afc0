"""How a subject looks: skin, hair and clothes, chosen by age, sex and the subject's appearance seed."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from pydantic import Field

from engine.arrays import Array
from engine.records import Subject
from engine.seeds import stage_rng, stage_seed
from engine.yaml_files import StrictModel, configs_folder, read_model
from render.appearance import AppearanceSection
from render.clothes import ClothesSection
from render.colour import Colour, linear_rgb
from render.figure.beard import Beard
from render.figure.garments.outfit import Outfit
from render.figure.hair_cuts import HairCut
from render.figure.headwear import Headwear
from render.figure.orthoses import Orthosis
from render.figure.shoes import Footwear
from render.figure.spectacles import Spectacles

GREYING_YEARS, GREYING_SPREAD_YEARS, GREYING_ONSET_SD_YEARS = 52.0, 4.0, 6.0
"""Age at which half the hair has turned grey, how fast it goes, and how much people differ. Grey hair is found in 74 % of people
aged 45 to 65, on average in 27 % of theirs (Panhard et al. 2012, Br J Dermatol 167:865)."""

_LIFT = np.array([0.044, 0.033, 0.024])


class HairColour(StrictModel):
    colour: Colour
    light_skin: float = Field(ge=0)
    dark_skin: float = Field(ge=0)


class Wardrobe(StrictModel):
    """The palettes of ``configs/render/looks.yaml``."""

    skin: tuple[Colour, ...]
    hair: tuple[HairColour, ...]
    grey_hair: tuple[Colour, ...]
    eyes: tuple[Colour, ...]
    clothes: ClothesSection
    appearance: AppearanceSection


@dataclass(frozen=True)
class Look:
    """Colours ``(3,)`` are linear RGB. ``skin_tone`` counts the Monk scale from 0; ``haircut`` is ``None`` for the bald; ``age_signs`` 0
    (none) to 1 (very old); ``rosy`` how red the cheeks are, 0 to 1; ``details`` is the seed of spots and locks."""

    skin_tone: int
    skin: Array
    eyes: Array
    hair: Array
    brows: Array
    beard: Beard
    haircut: HairCut | None
    spectacles: Spectacles | None
    headwear: Headwear | None
    age_signs: float
    rosy: float
    details: int
    outfit: Outfit
    footwear: Footwear
    orthosis: Orthosis


@cache
def read_wardrobe() -> Wardrobe:
    """The palettes that ship with GaitForge."""
    return read_model(configs_folder() / "render" / "looks.yaml", Wardrobe)


def choose_look(subject: Subject, wardrobe: Wardrobe | None = None) -> Look:
    """The subject's look out of ``wardrobe`` (the one that ships if none is given); the same subject always looks the same. A skin tone
    asked for changes only what goes with it."""
    wardrobe = wardrobe or read_wardrobe()
    rng = np.random.default_rng(subject.appearance_seed)
    any_tone = int(rng.integers(len(wardrobe.skin)))
    tone = any_tone if subject.skin_tone is None else subject.skin_tone - 1
    hair, brows = _hair_colours(wardrobe, subject, tone, rng)
    worn = wardrobe.appearance.draw(subject, dark=tone >= len(wardrobe.skin) // 2)
    return Look(
        skin_tone=tone,
        skin=_skin_albedo(wardrobe.skin[tone]) * rng.uniform(0.92, 1.0),
        eyes=linear_rgb(str(rng.choice(wardrobe.eyes if tone < 5 else wardrobe.eyes[:2]))),
        hair=hair,
        brows=brows,
        beard=worn.beard,
        haircut=worn.haircut,
        spectacles=worn.spectacles,
        headwear=worn.headwear,
        age_signs=worn.age_signs,
        rosy=worn.rosy,
        details=stage_seed(subject.appearance_seed, "look", "details"),
        outfit=wardrobe.clothes.draw(subject, stage_rng(subject.appearance_seed, "look", "clothes")),
        footwear=worn.footwear,
        orthosis=worn.orthosis,
    )


def wears_shoes(subject: Subject, wardrobe: Wardrobe | None = None) -> bool:
    """Whether the subject's look has shoes on: not bare feet, not socks alone."""
    return choose_look(subject, wardrobe).footwear.cut is not None


def _skin_albedo(swatch: str) -> Array:
    """The scale shows skin as photographed. Taken as albedo its light tones would be chalk, so they are dimmed and warmed; its two darkest,
    of lightness L* 15 and 21, are lifted to 26 and 29, below which hardly anybody's skin lies (assumed)."""
    lit = linear_rgb(swatch)
    lit = lit + _LIFT * (1 - lit.mean()) ** 6
    return lit * (1 - 0.22 * lit.mean()) * (1 - lit.mean() * np.array([0.0, 0.14, 0.23])) * [1.0, 0.96, 0.93]


def _hair_colours(wardrobe: Wardrobe, subject: Subject, tone: int, rng: np.random.Generator) -> tuple[Array, Array]:
    dark = tone >= len(wardrobe.skin) // 2
    odds = np.array([hair.dark_skin if dark else hair.light_skin for hair in wardrobe.hair])
    natural = linear_rgb(wardrobe.hair[rng.choice(len(odds), p=odds / odds.sum())].colour)
    grey = linear_rgb(str(rng.choice(wardrobe.grey_hair)))
    age = subject.age_years + rng.normal(0, GREYING_ONSET_SD_YEARS)
    share = 1 / (1 + np.exp(-(age - GREYING_YEARS) / GREYING_SPREAD_YEARS)) ** 2
    return natural + share * (grey - natural), natural + 0.5 * share * (grey - natural)
