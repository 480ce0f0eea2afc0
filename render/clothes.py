"""Which clothes people wear: kinds of tops and bottoms with their cuts and cloths, and odds by style, age and sex."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from engine.arrays import Array
from engine.records import Subject
from engine.yaml_files import StrictModel
from render.colour import Colour, linear_rgb
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
Odds = Annotated[float, Field(ge=0)]


class Cloth(StrictModel):
    """``palette`` one of the section's; ``patterns`` with their odds; ``pitch`` and ``trim`` shares of stature."""

    material: Literal["cloth", "knit", "denim"]
    roughness: float = Field(ge=0.05, le=1)
    palette: str
    patterns: dict[str, Odds]
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

    length: Span
    ease: Span
    pull_in: Span
    cloth: Cloth


class SkirtKind(StrictModel):
    """Ranges of a skirt's `Fall`."""

    hem: Span
    ease: Span
    flare: Span
    folds: Span
    cloth: Cloth


class Style(StrictModel):
    """What those of ``years`` (from, below) and ``sexes`` wear who dress in this style, which is chosen with ``odds``; ``repaint`` takes
    another palette in place of a kind's own."""

    name: str
    odds: Odds
    years: Span
    sexes: tuple[Literal["female", "male"], ...]
    tops: dict[str, Odds]
    bottoms: dict[str, Odds]
    repaint: dict[str, str] = Field(default_factory=dict)

    def suits(self, subject: Subject) -> bool:
        """Whether the subject may dress so."""
        return subject.sex in self.sexes and self.years[0] <= subject.age_years < self.years[1]


class ClothesSection(StrictModel):
    """The wardrobe: ``styles`` by age and sex, kinds of ``tops`` and ``bottoms``, ``palettes`` of sRGB colours."""

    styles: tuple[Style, ...]
    tops: dict[str, TopKind]
    bottoms: dict[str, TrouserKind | SkirtKind]
    palettes: dict[str, tuple[Colour, ...]]

    @model_validator(mode="after")
    def _known_names(self) -> "ClothesSection":
        asked = [("tops", name, self.tops) for style in self.styles for name in style.tops]
        asked += [("bottoms", name, {*self.bottoms, NOTHING}) for style in self.styles for name in style.bottoms]
        asked += [("repaint", name, self.palettes) for style in self.styles for name in style.repaint.values()]
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
            ValueError: no style suits the subject's age and sex.
        """
        suitable = [style for style in self.styles if style.suits(subject) and style.odds > 0]
        if not suitable:
            raise ValueError(
                f"clothes: no style suits subject {subject.id} ({subject.sex}, {subject.age_years:g} years)"
            )
        style = suitable[_choose([style.odds for style in suitable], rng)]
        top = self.tops[_named(style.tops, rng)]
        bottom_name = _named(style.bottoms, rng)
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
            pattern=_named(cloth.patterns, rng),
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


def _bottom_cut(kind: TrouserKind | SkirtKind | None, rng: np.random.Generator) -> TrouserCut | SkirtCut | None:
    if isinstance(kind, TrouserKind):
        return TrouserCut(_within(kind.length, rng), _within(kind.ease, rng), _within(kind.pull_in, rng))
    return SkirtCut(_fall(kind, rng)) if kind else None


def _fall(kind: TopKind | SkirtKind, rng: np.random.Generator) -> Fall:
    return Fall(_within(kind.hem, rng), _within(kind.ease, rng), _within(kind.flare, rng), _within(kind.folds, rng))


def _within(span: Span, rng: np.random.Generator) -> float:
    return float(rng.uniform(*span))


def _named(odds: dict[str, float], rng: np.random.Generator) -> str:
    return list(odds)[_choose(list(odds.values()), rng)]


def _choose(odds: list[float], rng: np.random.Generator) -> int:
    return int(rng.choice(len(odds), p=np.array(odds) / np.sum(odds)))


def _rgb(colour: str, tint: Array) -> Rgb:
    return tuple(np.clip(linear_rgb(colour) * tint, 0.004, 0.85).tolist())
