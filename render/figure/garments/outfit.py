"""What a person wears from the shoulders to the ankles, and how it becomes coloured, skinned surfaces."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Mask
from engine.core.frozen import frozen
from render.figure.anatomy import Anatomy
from render.figure.garments.dye import Fabric, dye
from render.figure.garments.fastening import buttons, front_marks
from render.figure.garments.garment import Garment
from render.figure.garments.skirts import SkirtCut, make_skirt
from render.figure.garments.tops import TopCut, make_top
from render.figure.garments.trousers import TrouserCut, make_trousers
from render.figure.part import Part


@dataclass(frozen=True)
class Outfit:
    """A top, and under it trousers, a skirt, or bare legs (``None``)."""

    top: TopCut
    top_fabric: Fabric
    bottom: TrouserCut | SkirtCut | None
    bottom_fabric: Fabric


@frozen
class Worn:
    """An outfit on a person: ``parts`` to draw, and which vertices of the body they hide, ``covers (V,)``."""

    parts: list[Part]
    covers: Mask


def put_on(person: Anatomy, outfit: Outfit, rng: np.random.Generator) -> Worn:
    """The outfit cut to this person's measures."""
    bottom = _make_bottom(person, outfit, rng)
    under = np.zeros((0, 3)) if bottom is None else bottom.sheet.vertices
    top = make_top(person, outfit.top, under, rng)
    marks = front_marks(person, outfit.top_fabric, outfit.top.front)
    parts, covers = [dye(person, top.sheet, outfit.top_fabric, marks, "top")], top.covers
    if outfit.top.front == "buttons":
        parts.append(buttons(person, top.sheet, outfit.top_fabric))
    if bottom is not None:
        parts.append(dye(person, bottom.sheet, outfit.bottom_fabric, [], "bottom"))
        covers = covers | bottom.covers
    return Worn(parts, covers)


def _make_bottom(person: Anatomy, outfit: Outfit, rng: np.random.Generator) -> Garment | None:
    if isinstance(outfit.bottom, TrouserCut):
        return make_trousers(person, outfit.bottom, outfit.top.fall.hem, rng)
    return make_skirt(person, outfit.bottom, rng) if outfit.bottom else None
