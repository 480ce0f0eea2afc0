"""Which clothes people wear: kinds of tops and bottoms with their cuts and cloths, and odds by style, age and sex."""

from collections.abc import Mapping
from typing import Annotated, Literal, assert_never

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator

from engine.core.arrays import Array
from engine.core.errors import SpecError
from engine.core.yaml_files import StrictModel
from engine.gait.records import Subject
from render.core.colour import Palette, linear_rgb
from render.core.odds import Odds, OddsTable, draw_odds
from render.figure.garments.dye import PATTERNS, Fabric, Rgb
from render.figure.garments.outfit import Outfit
from render.figure.garments.skirts import SkirtCut
from render.figure.garments.tops import TopCut
from render.figure.garments.trousers import TrouserCut
from render.figure.garments.tube import Fall
from render.figure.part import Material

NOTHING = "nothing"
"""The bottom of who wears only a dress or gown."""
_HUE_SPREAD = 0.12
"""How much brightness and each colour channel differ between pieces of the same name, relative."""

Span = tuple[float, float]


class Cloth(StrictModel):
    """``palette`` one of the section's; ``patterns`` with their odds; ``pitch`` and ``trim`` shares of stature."""

    material: Literal["cloth", "knit", "denim"]
    roughness: float = Field(ge=0.05, le=1)
    palette: str
    patterns: OddsTable
    pitch: Span = (0.03, 0.05)
    trim: Span = (0.0, 0.0)

    @model_validator(mode="after")
    def _known_patterns(self) -> "Cloth":
        unknown = sorted(set(self.patterns) - set(PATTERNS))
        if unknown:
            raise ValueError(f"patterns: there is no {', '.join(unknown)}; there are {', '.join(PATTERNS)}")
        return self


class TopKind(StrictModel):
    """Ranges of a `TopCut` and its `Fall`."""

    sleeve: Span
    hem: Span
    ease: Span
    pull_in: Span
    flare: Span
    folds: Span
    neckline: Span
    collar: Literal["none", "shirt", "stand", "hood"]
    front: Literal["closed", "buttons", "zip"]
    cloth: Cloth


class TrouserKind(StrictModel):
    """Ranges of a `TrouserCut`."""

    cut: Literal["trousers"]
    length: Span
    ease: Span
    pull_in: Span
    cloth: Cloth


class SkirtKind(StrictModel):
    """Ranges of a skirt's `Fall`."""

    cut: Literal["skirt"]
    hem: Span
    ease: Span
    flare: Span
    folds: Span
    cloth: Cloth


def _cut_of(given: object) -> object:
    return given.get("cut") if isinstance(given, Mapping) else getattr(given, "cut", None)


BottomKind = Annotated[
    Annotated[TrouserKind, Tag("trousers")] | Annotated[SkirtKind, Tag("skirt")],
    Discriminator(_cut_of, custom_error_type="cut", custom_error_message="expected the field cut: trousers or skirt"),
]
"""Told apart by ``cut`` alone, so that what is wrong is said of one kind."""


class Style(StrictModel):
    """What those of ``years`` (from, below) and ``sexes`` wear who dress in this style, which is chosen with ``odds``; ``repaint`` takes
    another palette in place of a kind's own."""

    odds: Odds
    years: Span
    sexes: tuple[Literal["female", "male"], ...]
    tops: OddsTable
    bottoms: OddsTable
    repaint: dict[str, str] = Field({})

    def suits(self, subject: Subject) -> bool:
        """Whether the subject may dress so."""
        return subject.sex in self.sexes and self.years[0] <= subject.age_years < self.years[1]


class ClothesSection(StrictModel):
    """The wardrobe: ``styles`` by age and sex, kinds of ``tops`` and ``bottoms``, ``palettes`` of sRGB colours."""

    styles: dict[str, Style]
    tops: dict[str, TopKind]
    bottoms: dict[str, BottomKind]
    palettes: dict[str, Palette]

    @model_validator(mode="after")
    def _known_names(self) -> "ClothesSection":
        asked = [("tops", name, self.tops) for style in self.styles.values() for name in style.tops]
        asked += [
            ("bottoms", name, {*self.bottoms, NOTHING}) for style in self.styles.values() for name in style.bottoms
        ]
        asked += [("repaint", name, self.palettes) for style in self.styles.values() for name in style.repaint.values()]
        asked += [
            ("palette", kind.cloth.palette, self.palettes) for kind in (*self.tops.values(), *self.bottoms.values())
        ]
        for field, name, there in asked:
            if name not in there:
                raise ValueError(f"{field}: there is no {name}; there are {', '.join(sorted(there))}")
        return self

    def draw(self, subject: Subject, rng: np.random.Generator) -> Outfit:
        """An outfit for the subject.

        Raises:
            SpecError: no style suits the subject's age and sex.
        """
        suitable = {name: style.odds for name, style in self.styles.items() if style.odds > 0 and style.suits(subject)}
        if not suitable:
            raise SpecError(
                f"people.clothes.styles: none suits subject {subject.id} ({subject.sex}, {subject.age_years:g} years); "
                "give one of that age and sex odds above 0"
            )
        style = self.styles[draw_odds(suitable, rng)]
        top = self.tops[draw_odds(style.tops, rng)]
        bottom_name = draw_odds(style.bottoms, rng)
        bottom = None if bottom_name == NOTHING else self.bottoms[bottom_name]
        top_fabric = self._fabric(top.cloth, style, rng)
        bottom_fabric = top_fabric if bottom is None else self._fabric(bottom.cloth, style, rng)
        return Outfit(_top_cut(top, rng), top_fabric, _bottom_cut(bottom, rng), bottom_fabric)

    def _fabric(self, cloth: Cloth, style: Style, rng: np.random.Generator) -> Fabric:
        palette = self.palettes[style.repaint.get(cloth.palette, cloth.palette)]
        first, second = rng.choice(len(palette), 2, replace=len(palette) < 2)
        tint = 1 + _HUE_SPREAD * (rng.uniform(-1, 1) + 0.4 * rng.uniform(-1, 1, 3))
        return Fabric(
            colour=_rgb(palette[first], tint),
            second=_rgb(palette[second], tint),
            pattern=draw_odds(cloth.patterns, rng),
            pitch=_within(cloth.pitch, rng),
            trim=_within(cloth.trim, rng),
            material=Material[cloth.material.upper()],
            roughness=cloth.roughness,
        )


def _top_cut(kind: TopKind, rng: np.random.Generator) -> TopCut:
    return TopCut(
        sleeve=_within(kind.sleeve, rng),
        ease=_within(kind.ease, rng),
        pull_in=_within(kind.pull_in, rng),
        fall=_fall(kind, rng),
        neckline=_within(kind.neckline, rng),
        collar=kind.collar,
        front=kind.front,
    )


def _bottom_cut(kind: BottomKind | None, rng: np.random.Generator) -> TrouserCut | SkirtCut | None:
    match kind:
        case None:
            return None
        case TrouserKind():
            return TrouserCut(_within(kind.length, rng), _within(kind.ease, rng), _within(kind.pull_in, rng))
        case SkirtKind():
            return SkirtCut(_fall(kind, rng))
    assert_never(kind)


def _fall(kind: TopKind | SkirtKind, rng: np.random.Generator) -> Fall:
    return Fall(_within(kind.hem, rng), _within(kind.ease, rng), _within(kind.flare, rng), _within(kind.folds, rng))


def _within(span: Span, rng: np.random.Generator) -> float:
    return float(rng.uniform(*span))


def _rgb(colour: str, tint: Array) -> Rgb:
    return tuple(np.clip(linear_rgb(colour) * tint, 0.004, 0.85).tolist())
