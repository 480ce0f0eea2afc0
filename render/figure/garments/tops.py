"""Everything that hangs from the shoulders: T-shirts, shirts, jumpers and jackets, and longer dresses, gowns and coats."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.core.arrays import Array, Mask
from render.figure.anatomy import Anatomy
from render.figure.drape import hang
from render.figure.garments.collar import COLLARS, add_collar
from render.figure.garments.garment import HIDDEN_DEPTH, LIMB_DIVISION, Garment, cut_out, finish
from render.figure.garments.tube import Fall, hang_tube
from render.figure.mesh import Patch

RING = 0.03
"""The body's own surface carries the cloth down to this height above the hip centres (share of stature); a tube hangs below it."""
_LEG_SHOWN, _SHORT_HEM = 0.05, 0.08
"""Skin that is drawn above the hem of something longer than the last, since one looks under it; shares of stature."""


@dataclass(frozen=True)
class TopCut:
    """``sleeve``: 0 at the shoulder, 1 at the elbow, 2 at the wrist; ``ease`` share of stature; ``pull_in`` metres per metre of fall from
    the chest to the hips (fitted ones more); how it falls below; ``neckline`` below the neck's joint in front, share of stature."""

    sleeve: float
    ease: float
    pull_in: float
    fall: Fall
    neckline: float
    collar: Literal["none", "shirt", "stand", "hood"]
    front: Literal["closed", "buttons", "zip"]


def make_top(person: Anatomy, cut_of: TopCut, under: Array, rng: np.random.Generator) -> Garment:
    """The top over trousers or a skirt with vertices ``under (k, 3)``."""
    levels = _levels(person, cut_of)
    patch = cut_out(person, levels)
    hung, ease = _hang_trunk(person, patch, cut_of)
    sheet = finish(person, patch, hung, ease, rng, passes=10, weight_passes=10)
    sheet = hang_tube(person, sheet, cut_of.fall, under, rng)
    if cut_of.collar != "none":
        sheet = add_collar(person, sheet, COLLARS[cut_of.collar])
    return Garment(sheet, hidden_under(person, levels[1:], cut_of.fall.hem))


def hidden_under(person: Anatomy, levels: list[Array], hem: float) -> Mask:
    """Which vertices of the body ``(V,)`` are hidden by cloth within ``levels`` (positive inside) whose hem lies ``hem`` below the hips."""
    above_hem = person.vertices[:, 1] - (person.joint("left_hip")[1] - hem * person.stature)
    shown = (_LEG_SHOWN if hem > _SHORT_HEM else 0.0) * person.stature
    levels = [*levels, np.where(person.arms > LIMB_DIVISION, 1.0, above_hem - shown)]
    return np.min(levels, axis=0) > HIDDEN_DEPTH * person.stature


def _levels(person: Anatomy, cut_of: TopCut) -> list[Array]:
    """Positive inside the top: above its ring, within its sleeves, below its neckline; each ``(V,)``."""
    x, y, z = person.vertices.T
    sleeve_ends = [person.joint(f"left_{name}")[0] for name in ("shoulder", "elbow", "wrist")]
    sleeve = np.interp(cut_of.sleeve, [0, 1, 2], sleeve_ends) - (0.008 * person.stature if cut_of.sleeve > 1 else 0)
    ring = person.joint("left_hip")[1] + RING * person.stature
    on_arm = person.arms > LIMB_DIVISION
    neck = person.joint("neck")
    front = np.clip((z - neck[2]) / (0.04 * person.stature), -1, 1)
    depth = np.where(front > 0, cut_of.neckline, 0.012)
    neckline = neck[1] + person.stature * (0.002 - depth * front)
    return [np.where(on_arm, 1.0, y - ring), sleeve - np.abs(x), np.where(on_arm, 1.0, neckline - y)]


def _hang_trunk(person: Anatomy, patch: Patch, cut_of: TopCut) -> tuple[Array, Array]:
    """Where the cloth hangs below the armpits ``(n, 3)``, and its ease ``(n,)`` m."""
    rest, arm, stature = patch.mix @ person.vertices, patch.mix @ person.arms, person.stature
    axis = 0.5 * (person.joint("pelvis") + person.joint("spine3"))
    trunk = arm < LIMB_DIVISION
    hung = rest.copy()
    hung[trunk] = hang(rest[trunk], axis[[0, 2]], pull_in=cut_of.pull_in)
    under_arms = (person.joint("left_shoulder")[1] - 0.045 * stature - rest[:, 1]) / (0.035 * stature)
    share = np.clip(1 - arm / LIMB_DIVISION, 0, 1) * np.clip(under_arms, 0, 1)
    hung = rest + (hung - rest) * share[:, None]
    below_chest = np.clip((person.joint("spine3")[1] - rest[:, 1]) / (0.15 * stature), 0, 1)
    towards_cuff = np.clip((np.abs(rest[:, 0]) - person.joint("left_shoulder")[0]) / (0.12 * stature), 0, 1)
    return hung, cut_of.ease * stature * (1 + 0.8 * np.where(trunk, below_chest, towards_cuff))
