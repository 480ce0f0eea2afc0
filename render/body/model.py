"""A body in SMPL-X format, loaded through `smplx` (the only door to it) and kept as plain arrays."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import smplx
from smplx.vertex_ids import vertex_ids

from engine.core.arrays import Array, Index
from engine.core.frozen import frozen
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
    hide the joints that they mend.
    """

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
        """Rest vertices ``(V, 3)`` and joints ``(55, 3)`` of the shape ``betas (K,)``.

        Raises:
            ValueError: ``betas`` were made for another body.
        """
        if betas.shape != (self.betas,):
            raise ValueError(f"betas: shape {betas.shape}, this body ({self.gender}) takes ({self.betas},)")
        vertices = self.template + self.shape_directions @ betas
        return vertices, self.regressor @ vertices


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
