"""A body in SMPL-X format, loaded through `smplx` (the only door to it) and kept as plain arrays."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import smplx
from smplx.vertex_ids import vertex_ids

from engine.core.arrays import Array, Index
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.gait.records import BodyShape
from render.body.locate import VARIABLE, body_fingerprint
from render.body.painted_regions import read_regions
from render.body.phenotype_table import PhenotypeTable
from render.body.smplx_file import check_smplx_file

MOST_BETAS = 300
"""Shape directions of SMPL-X; those behind them are expression."""


@frozen
class BodyModel:
    """``template (V, 3)`` m, ``faces (F, 3)``, ``shape_directions (V, 3, K)``, ``regressor (55, V)``, ``weights (V, 55)``,
    ``landmarks`` the vertex of each landmark's name, ``regions`` how far each vertex belongs to lips, ears, eyelids (``(V,)`` each; zero
    where the file does not say), ``phenotypes`` only in the default body. Pose correctives of a licensed body are not kept: clothes
    hide the joints that they mend. ``fingerprint`` as in `render.body.locate.body_fingerprint`.
    """

    fingerprint: str
    gender: str
    template: Array
    faces: Index
    shape_directions: Array
    regressor: Array
    weights: Array
    landmarks: dict[str, int]
    regions: dict[str, Array]
    phenotypes: PhenotypeTable | None

    @property
    def betas(self) -> int:
        """How many shape coefficients the body takes."""
        return self.shape_directions.shape[-1]

    def shaped(self, betas: Array) -> tuple[Array, Array]:
        """Rest vertices ``(V, 3)`` and joints ``(55, 3)`` of the shape ``betas (K,)``, read-only.

        Raises:
            ValueError: ``betas`` were made for another body.
        """
        if betas.shape != (self.betas,):
            raise ValueError(f"betas: shape {betas.shape}, this body ({self.gender}) takes ({self.betas},)")
        return _shaped(self, tuple(betas.tolist()))


@lru_cache(maxsize=2)
def _shaped(model: BodyModel, betas: tuple[float, ...]) -> tuple[Array, Array]:
    """Whoever is posed, dressed and labelled is shaped once."""
    vertices = model.template + model.shape_directions @ np.array(betas)
    joints = model.regressor @ vertices
    vertices.flags.writeable = joints.flags.writeable = False
    return vertices, joints


@lru_cache(maxsize=3)
def load_body_model(path: Path) -> BodyModel:
    """The body in ``path`` (``SMPLX_<GENDER>.npz``).

    Raises:
        DataError: the file is not in SMPL-X format.
    """
    check_smplx_file(path)
    module = smplx.create(
        str(path),
        model_type="smplx",
        ext="npz",
        gender=path.stem.split("_")[-1].lower(),
        num_betas=MOST_BETAS,
        use_pca=False,
        flat_hand_mean=True,
    )
    directions = module.shapedirs.numpy().astype(float)
    used = np.flatnonzero(np.abs(directions).max(axis=(0, 1)) > 0)
    return BodyModel(
        fingerprint=body_fingerprint(path),
        gender=module.gender,
        template=module.v_template.numpy().astype(float),
        faces=module.faces_tensor.numpy(),
        shape_directions=directions[..., : used[-1] + 1],
        regressor=module.J_regressor.numpy().astype(float),
        weights=module.lbs_weights.numpy().astype(float),
        landmarks=dict(vertex_ids["smplx"]),
        regions=read_regions(path, len(module.v_template)),
        phenotypes=PhenotypeTable.read(path),
    )


def load_own_model(path: Path, shape: BodyShape, whose: str) -> BodyModel:
    """The body in ``path``, which must be the one that ``shape`` was made for; ``whose`` it is, for the error.

    Raises:
        DataError: the file is not in SMPL-X format, or holds another body.
    """
    model = load_body_model(path)
    if shape.betas.shape != (model.betas,):
        wrong = f"its shape has {shape.betas.size} coefficients, {path} takes {model.betas}"
    elif shape.fingerprint not in ("", model.fingerprint):
        wrong = f"its shape was made for the body {shape.fingerprint}, {path} is {model.fingerprint}"
    else:
        return model
    raise DataError(
        f"{whose}: {wrong}; name the folder with the body that made the shape in {VARIABLE} (unset it for the default body)"
    )
