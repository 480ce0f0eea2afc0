"""Trousers, shorts and leggings, cut out of the body's own surface and hung on its legs."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from render.body.smplx_joints import BODY_SIDES
from render.figure.anatomy import Anatomy
from render.figure.drape import hang
from render.figure.garments.garment import HIDDEN_DEPTH, LIMB_DIVISION, Garment, cut_out, finish

OVERLAP, _DEEP_OVERLAP, _SHORT_HEM = 0.04, 0.10, 0.08
"""How far trousers reach up under the hem above them, shares of stature: under one longer than the last further, as one looks under it."""

_THIN_THIGH, _TAPER = 0.045, 0.8
"""Half the width of a slim thigh, share of stature; how much of what is more than that is drawn in down to the floor."""


@dataclass(frozen=True)
class TrouserCut:
    """``length``: 1 at the knee, 2 at the ankle; ``ease`` share of stature; ``pull_in`` metres per metre of fall (slim trousers more)."""

    length: float
    ease: float
    pull_in: float


def make_trousers(person: Anatomy, cut_of: TrouserCut, top_hem: float, rng: np.random.Generator) -> Garment:
    """Trousers under a top whose hem lies ``top_hem`` (share of stature) below the hip centres: tight where the top covers them."""
    y = person.vertices[:, 1]
    hip, knee, ankle = (person.joint(f"left_{name}")[1] for name in ("hip", "knee", "ankle"))
    hem = np.interp(cut_of.length, [0, 1, 2], [hip, knee, ankle - 0.008 * person.stature])
    top = hip - (top_hem - (OVERLAP if top_hem < _SHORT_HEM else _DEEP_OVERLAP)) * person.stature
    arm = person.arms > LIMB_DIVISION
    levels = [np.where(arm, -1.0, top - y), np.where(arm, -1.0, y - hem)]
    patch = cut_out(person, levels)
    rest = patch.mix @ person.vertices
    free = np.clip((hip - top_hem * person.stature - rest[:, 1]) / (0.03 * person.stature), 0, 1)
    hung = rest + free[:, None] * (_hang_legs(person, rest, _taper(person, cut_of.pull_in)) - rest)
    drop = np.clip((hip - rest[:, 1]) / (hip - knee), 0, 1)
    ease = cut_of.ease * person.stature * (0.7 + 0.6 * drop) * (0.1 + 0.9 * free)
    sheet = finish(person, patch, hung, ease, rng, passes=4, weight_passes=3)
    return Garment(sheet, np.min(levels, axis=0) > HIDDEN_DEPTH * person.stature)


def _taper(person: Anatomy, pull_in: float) -> float:
    """Legs of trousers for thick thighs draw in more, so that their hems stay those of shoes: metres per metre."""
    hip, knee = person.joint("left_hip"), person.joint("left_knee")
    middle = 0.5 * (hip + knee)
    leg = (np.abs(person.vertices[:, 1] - middle[1]) < 0.02 * person.stature) & (person.arms < LIMB_DIVISION)
    width = np.abs(person.vertices[leg, 0] - middle[0])
    thick = max(np.quantile(width[person.vertices[leg, 0] > middle[0]], 0.9) / person.stature - _THIN_THIGH, 0)
    return pull_in + _TAPER * thick * person.stature / (hip[1] - person.floor)


def _hang_legs(person: Anatomy, rest: Array, pull_in: float) -> Array:
    hung = rest.copy()
    for side, sign in BODY_SIDES:
        hip, ankle = person.joint(f"{side}_hip"), person.joint(f"{side}_ankle")
        leg = (rest[:, 0] * sign > 0) & (rest[:, 1] < hip[1])
        share = np.clip((hip[1] - rest[leg, 1]) / (hip[1] - ankle[1]), 0, 1)[:, None]
        axis = (hip + share * (ankle - hip))[:, [0, 2]]
        moved = hang(rest[leg], axis, pull_in=pull_in)
        moved[:, 0] = sign * np.maximum(sign * moved[:, 0], np.minimum(sign * rest[leg, 0], 0.004))
        blend = np.clip((hip[1] - rest[leg, 1]) / (0.05 * person.stature), 0, 1)[:, None]
        hung[leg] += blend * (moved - rest[leg])
    return hung
