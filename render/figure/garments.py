"""Tops and trousers, cut out of the body's own surface and hung on it."""

from dataclasses import dataclass

import numpy as np

from engine.cycle import Array
from render.figure.anatomy import Anatomy
from render.figure.drape import hang
from render.figure.mesh import Patch, cut, smooth, smoother, vertex_normals, whole

_HIDDEN_DEPTH = 0.012
"""Skin this share of stature inside a garment's edge is covered for good and need not be drawn."""
_SHRINKAGE_PASSES = 12
_CREASE, _CREASE_WAVES = 0.0011, 14
_CREASE_LENGTHS = (0.025, 0.09)
"""Depth of creases and the range of their wave lengths, shares of stature."""
_OVERLAP = 0.04
_LIMB_DIVISION = 0.5


@dataclass(frozen=True)
class Garment:
    """``vertices (n, 3)`` in the rest pose, skinning ``weights (n, 55)``, ``faces``; ``covers (V,)`` which vertices of the body."""

    vertices: Array
    weights: Array
    faces: Array
    covers: Array


@dataclass(frozen=True)
class TopCut:
    """``sleeve``: 0 at the shoulder, 1 at the elbow, 2 at the wrist; ``hem`` below the hip centres and ``ease``, shares of stature."""

    sleeve: float
    hem: float
    ease: float


@dataclass(frozen=True)
class TrouserCut:
    """``length``: 1 at the knee, 2 at the ankle; ``ease`` share of stature; ``pull_in`` metres per metre of fall (slim trousers more)."""

    length: float
    ease: float
    pull_in: float


def make_top(person: Anatomy, cut_of: TopCut, rng: np.random.Generator) -> Garment:
    """A T-shirt or jumper."""
    levels = _top_levels(person, cut_of)
    patch, covers = _cut_out(person, levels)
    rest = patch.mix @ person.vertices
    arm = patch.mix @ person.arms
    axis = 0.5 * (person.joint("pelvis") + person.joint("spine3"))
    trunk = arm < _LIMB_DIVISION
    hung = rest.copy()
    hung[trunk] = hang(rest[trunk], axis[[0, 2]], pull_in=0.12)
    under_arms = (person.joint("left_shoulder")[1] - 0.045 * person.stature - rest[:, 1]) / (0.035 * person.stature)
    share = np.clip(1 - arm / _LIMB_DIVISION, 0, 1) * np.clip(under_arms, 0, 1)
    hung = rest + (hung - rest) * share[:, None]
    below_chest = np.clip((person.joint("spine3")[1] - rest[:, 1]) / (0.15 * person.stature), 0, 1)
    towards_cuff = np.clip((np.abs(rest[:, 0]) - person.joint("left_shoulder")[0]) / (0.12 * person.stature), 0, 1)
    ease = cut_of.ease * person.stature * (1 + 0.8 * np.where(trunk, below_chest, towards_cuff))
    return _finish(person, patch, hung, ease, covers, rng, passes=10, weight_passes=10)


def _top_levels(person: Anatomy, cut_of: TopCut) -> list[Array]:
    x, y, z = person.vertices.T
    sleeve_ends = [person.joint(f"left_{name}")[0] for name in ("shoulder", "elbow", "wrist")]
    sleeve = np.interp(cut_of.sleeve, [0, 1, 2], sleeve_ends) - (0.008 * person.stature if cut_of.sleeve > 1 else 0)
    hem = person.joint("left_hip")[1] - cut_of.hem * person.stature
    on_arm = person.arms > _LIMB_DIVISION
    neck = person.joint("neck")
    front = np.clip((z - neck[2]) / (0.04 * person.stature), -1, 1)
    neckline = neck[1] + person.stature * (0.002 - 0.012 * front)
    return [np.where(on_arm, 1.0, y - hem), sleeve - np.abs(x), np.where(on_arm, 1.0, neckline - y)]


def make_trousers(person: Anatomy, cut_of: TrouserCut, top_hem: float, rng: np.random.Generator) -> Garment:
    """Trousers under a top whose hem lies ``top_hem`` (share of stature) below the hip centres: tight where the top covers them."""
    y = person.vertices[:, 1]
    hip, knee, ankle = (person.joint(f"left_{name}")[1] for name in ("hip", "knee", "ankle"))
    hem = np.interp(cut_of.length, [0, 1, 2], [hip, knee, ankle - 0.008 * person.stature])
    top = hip - (top_hem - _OVERLAP) * person.stature
    arm = person.arms > _LIMB_DIVISION
    levels = [np.where(arm, -1.0, top - y), np.where(arm, -1.0, y - hem)]
    patch, covers = _cut_out(person, levels)
    rest = patch.mix @ person.vertices
    free = np.clip((hip - top_hem * person.stature - rest[:, 1]) / (0.03 * person.stature), 0, 1)
    hung = rest + free[:, None] * (_hang_legs(person, rest, cut_of.pull_in) - rest)
    drop = np.clip((hip - rest[:, 1]) / (hip - knee), 0, 1)
    ease = cut_of.ease * person.stature * (0.7 + 0.6 * drop) * (0.1 + 0.9 * free)
    return _finish(person, patch, hung, ease, covers, rng, passes=4, weight_passes=3)


def _hang_legs(person: Anatomy, rest: Array, pull_in: float) -> Array:
    hung = rest.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hip, ankle = person.joint(f"{side}_hip"), person.joint(f"{side}_ankle")
        leg = (rest[:, 0] * sign > 0) & (rest[:, 1] < hip[1])
        share = np.clip((hip[1] - rest[leg, 1]) / (hip[1] - ankle[1]), 0, 1)[:, None]
        axis = (hip + share * (ankle - hip))[:, [0, 2]]
        moved = hang(rest[leg], axis, pull_in=pull_in)
        moved[:, 0] = sign * np.maximum(sign * moved[:, 0], np.minimum(sign * rest[leg, 0], 0.004))
        blend = np.clip((hip[1] - rest[leg, 1]) / (0.05 * person.stature), 0, 1)[:, None]
        hung[leg] += blend * (moved - rest[leg])
    return hung


def _cut_out(person: Anatomy, levels: list[Array]) -> tuple[Patch, Array]:
    patch = whole(len(person.vertices), person.faces)
    for level in levels:
        patch = cut(patch, patch.mix @ level)
    covers = np.min(levels, axis=0) > _HIDDEN_DEPTH * person.stature
    return patch, covers


def _finish(
    person: Anatomy,
    patch: Patch,
    hung: Array,
    ease: Array,
    covers: Array,
    rng: np.random.Generator,
    *,
    passes: int,
    weight_passes: int,
) -> Garment:
    """Smooths the body's relief away in ``passes``, lifts the cloth off by ``ease (n,)`` and creases it a little."""
    mean = smoother(patch.faces, len(patch))
    soft = smooth(mean, hung, passes)
    normals = smooth(mean, vertex_normals(soft, patch.faces), 2)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    shrunk = smooth(mean, ((hung - soft) * normals).sum(axis=1), _SHRINKAGE_PASSES)
    lift = ease + np.maximum(shrunk, 0) + _CREASE * person.stature * _creases(hung / person.stature, rng)
    weights = smooth(mean, patch.mix @ person.weights, weight_passes)
    return Garment(soft + normals * lift[:, None], weights, patch.faces, covers)


def _creases(places: Array, rng: np.random.Generator) -> Array:
    """Uneven cloth: random waves through space, of unit variance, at ``places (n, 3)`` in statures."""
    directions = rng.standard_normal((_CREASE_WAVES, 3)) * [1.0, 0.7, 1.0]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = rng.uniform(*_CREASE_LENGTHS, _CREASE_WAVES)
    phases = rng.uniform(0, 2 * np.pi, _CREASE_WAVES)
    return np.sqrt(2 / _CREASE_WAVES) * np.sin(2 * np.pi * places @ (directions / lengths[:, None]).T + phases).sum(
        axis=1
    )
