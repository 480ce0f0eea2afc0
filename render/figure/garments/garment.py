"""Cloth cut out of the body's own surface: the record of a garment, and how a cut piece is smoothed, lifted off and creased."""

import numpy as np

from engine.core.arrays import Array, Index, Mask
from engine.core.frozen import frozen
from render.figure.anatomy import Anatomy
from render.figure.mesh import Faces, Patch, border_loops, cut, smooth, smoother, vertex_normals, whole

HIDDEN_DEPTH = 0.012
"""Skin this share of stature inside a garment's edge is covered for good and need not be drawn."""
LIMB_DIVISION = 0.5
"""Share of the arms from which on a vertex belongs to a sleeve."""
_SHRINKAGE_PASSES = 12
_CREASE, _CREASE_WAVES = 0.0011, 14
_CREASE_LENGTHS = (0.025, 0.09)
"""Depth of creases and the range of their wave lengths, shares of stature."""


@frozen
class Sheet:
    """Cloth: ``vertices (n, 3)`` in the rest pose, skinning ``weights (n, 55)``, ``faces (m, 3)``."""

    vertices: Array
    weights: Array
    faces: Faces

    def extended(self, vertices: Array, weights: Array, faces: Faces) -> "Sheet":
        """With more vertices behind its own and more faces, which may refer to either."""
        return Sheet(
            np.concatenate([self.vertices, vertices]),
            np.concatenate([self.weights, weights]),
            np.concatenate([self.faces, faces]),
        )

    def loops(self) -> list[Index]:
        """Its open borders from the lowest to the highest; specks of a few vertices are left out."""
        rings = [loop for loop in border_loops(self.faces) if len(loop) >= 12]
        return sorted(rings, key=lambda loop: self.vertices[loop, 1].mean())


@frozen
class Garment:
    """A piece of clothing; ``covers (V,)`` says which vertices of the body it hides in every pose."""

    sheet: Sheet
    covers: Mask


def cut_out(person: Anatomy, levels: list[Array]) -> Patch:
    """The part of the body's surface where all ``levels (V,)`` are positive."""
    patch = whole(len(person.vertices), person.faces)
    for level in levels:
        patch = cut(patch, patch.mix @ level)
    return patch


def finish(
    person: Anatomy,
    patch: Patch,
    hung: Array,
    ease: Array,
    rng: np.random.Generator,
    *,
    passes: int,
    weight_passes: int,
) -> Sheet:
    """Smooths the body's relief away in ``passes``, lifts the cloth off by ``ease (n,)`` m and creases it a little."""
    mean = smoother(patch.faces, len(patch))
    soft = smooth(mean, hung, passes)
    normals = smooth(mean, vertex_normals(soft, patch.faces), 2)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    shrunk = smooth(mean, ((hung - soft) * normals).sum(axis=1), _SHRINKAGE_PASSES)
    lift = ease + np.maximum(shrunk, 0) + _CREASE * person.stature * creases(hung / person.stature, rng)
    weights = smooth(mean, patch.mix @ person.weights, weight_passes)
    return Sheet(soft + normals * lift[:, None], weights, patch.faces)


def creases(places: Array, rng: np.random.Generator) -> Array:
    """Uneven cloth: random waves through space, of unit variance, at ``places (n, 3)`` in statures."""
    directions = rng.standard_normal((_CREASE_WAVES, 3)) * [1.0, 0.7, 1.0]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = rng.uniform(*_CREASE_LENGTHS, _CREASE_WAVES)
    phases = rng.uniform(0, 2 * np.pi, _CREASE_WAVES)
    waves = 2 * np.pi * places @ (directions / lengths[:, None]).T + phases
    return np.sqrt(2 / _CREASE_WAVES) * np.sin(waves).sum(axis=1)


def eased(value: Array, start: float, end: float) -> Array:
    """0 at ``start``, 1 at ``end``, a smooth step between."""
    share = np.clip((value - start) / (end - start), 0, 1)
    return share * share * (3 - 2 * share)
