"""Skirts: a waistband cut out of the body's surface, and a tube below it."""

from dataclasses import dataclass

import numpy as np

from render.figure.anatomy import Anatomy
from render.figure.garments.garment import LIMB_DIVISION, Garment, cut_out, finish
from render.figure.garments.tops import RING, hidden_under
from render.figure.garments.tube import Fall, hang_tube

_BAND = 0.045
"""Height of what lies on the body, share of stature."""
_BAND_EASE = 0.0012


@dataclass(frozen=True)
class SkirtCut:
    """How the skirt falls."""

    fall: Fall


def make_skirt(person: Anatomy, cut_of: SkirtCut, rng: np.random.Generator) -> Garment:
    """A skirt that starts tight under a top."""
    y = person.vertices[:, 1]
    low = person.joint("left_hip")[1] + RING * person.stature
    arm = person.arms > LIMB_DIVISION
    levels = [np.where(arm, -1.0, low + _BAND * person.stature - y), np.where(arm, -1.0, y - low)]
    patch = cut_out(person, levels)
    rest = patch.mix @ person.vertices
    ease = np.full(len(rest), _BAND_EASE * person.stature)
    band = finish(person, patch, rest, ease, rng, passes=4, weight_passes=6)
    sheet = hang_tube(person, band, cut_of.fall, np.zeros((0, 3)), rng)
    return Garment(sheet, hidden_under(person, levels[:1], cut_of.fall.hem))
