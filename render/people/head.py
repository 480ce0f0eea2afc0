"""What a head wears: hair, beard, spectacles, a hat or scarf."""

import numpy as np

from engine.core.arrays import Array, Mask
from render.figure.anatomy import Anatomy
from render.figure.beard import make_beard
from render.figure.hair import Hair, hairline_level, make_hair
from render.figure.headwear import SCARF, make_headwear
from render.figure.part import Material, Part, flat_colour
from render.figure.spectacles import make_spectacles
from render.people.appearance import Appearance


def dress_head(person: Anatomy, appearance: Appearance, rng: np.random.Generator) -> tuple[list[Part], Mask]:
    """Its parts, and which vertices ``(V,)`` of the body they hide."""
    hidden = np.zeros(len(person.vertices), bool)
    parts = []
    if appearance.headwear is not None:
        parts, hidden = make_headwear(person, appearance.headwear)
    if appearance.haircut is not None and (appearance.headwear is None or appearance.headwear.kind != SCARF):
        pressed = hidden.astype(float) if appearance.headwear is not None else None
        parts.append(_strands(make_hair(person, appearance.haircut, rng, pressed=pressed), appearance.hair))
        # Short hair is thinner than the scalp is uneven.
        hidden = hidden | (hairline_level(person, appearance.haircut) > 0)
    beard = make_beard(person, appearance.beard)
    if beard is not None:
        parts.append(_strands(beard, 0.85 * appearance.hair))
    if appearance.spectacles is not None:
        parts += make_spectacles(person, appearance.spectacles)
    return parts, hidden


def _strands(hair: Hair, colour: Array) -> Part:
    colours = flat_colour(colour, len(hair.vertices))
    return Part("hair", hair.vertices, hair.weights, hair.faces, colours, hair.strand, Material.HAIR, 0.55)
