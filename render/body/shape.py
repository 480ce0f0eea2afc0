"""A subject's body: shape coefficients with the right stature and mass for age and sex, and the segment lengths they imply."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.gait.records import BodyShape, Subject
from render.body.locate import BodyFolder, bodies_fingerprint, body_file
from render.body.measure import segment_lengths
from render.body.model import BodyModel, load_body_model
from render.body.phenotype_table import PhenotypeTable
from render.body.solid import BODY_DENSITY_KG_M3, mass, stature, volume_gradient

STATURE_TOLERANCE_M = 5e-4
MASS_TOLERANCE = 5e-4
"""Share of the subject's mass."""
_STEPS = 40
_SLIDER_STEP = 2e-3
_LARGEST_STEP = np.array([0.4, 0.7])
_START = np.array([0.4, 0.5])
_FREE_BETAS = 16
"""Of a licensed body: the directions that carry size and build."""


class SmplxBodyMaker:
    """Makes bodies in SMPL-X format (role ``body``).

    ``smplx_folder`` names a folder with licensed SMPL-X files; without it ``$GAITFORGE_SMPLX_FOLDER`` is looked up, and else the default
    body is used (built on first use).
    """

    Settings = BodyFolder

    def __init__(self, smplx_folder: str | Path | None = None) -> None:
        self._folder = smplx_folder

    def fingerprint(self) -> str:
        """Identifies the body files (`render.body.locate.bodies_fingerprint`).

        Raises:
            DataError: there is none.
        """
        return bodies_fingerprint(self._folder)

    def model_file(self, subject: Subject) -> Path:
        """The body file that this subject's shape belongs to."""
        return body_file(subject.sex, self._folder)

    def make(self, subject: Subject) -> BodyShape:
        """The subject's body: stature within 0.5 mm, mass within 0.05 %.

        Raises:
            DataError: no shape of this body has the subject's height and mass.
        """
        model = load_body_model(self.model_file(subject))
        table = model.phenotypes
        betas = _from_phenotype(model, table, subject) if table else _smallest_betas(model, subject)
        vertices, joints = model.shaped(betas)
        return BodyShape(betas, segment_lengths(model, vertices, joints), model.fingerprint)


def _misfit(model: BodyModel, subject: Subject, betas: Array) -> Array:
    """Stature (m) and mass (share of the subject's) that are missing."""
    vertices, _ = model.shaped(betas)
    short = subject.height_m - stature(vertices)
    light = 1.0 - mass(vertices, model.faces) / subject.mass_kg
    return np.array([short, light])


def _fits(misfit: Array) -> bool:
    return bool(abs(misfit[0]) < STATURE_TOLERANCE_M and abs(misfit[1]) < MASS_TOLERANCE)


def _no_fit(subject: Subject, misfit: Array) -> DataError:
    return DataError(
        f"subject {subject.id}: no body of age {subject.age_years:g}, {subject.height_m:.2f} m and {subject.mass_kg:.1f} kg "
        f"(off by {1e3 * misfit[0]:.0f} mm and {100 * misfit[1]:.1f} % of the mass); choose height_m and mass_kg that go together"
    )


def _from_phenotype(model: BodyModel, table: PhenotypeTable, subject: Subject) -> Array:
    """Newton's method on the height and adiposity sliders of a person of that age and sex."""
    female = float(subject.sex == "female")

    def betas(sliders: Array) -> Array:
        return table.coefficients(subject.age_years, female, *sliders)

    def missing(sliders: Array) -> Array:
        return _misfit(model, subject, betas(sliders))

    sliders = _START
    for _ in range(_STEPS):
        misfit = missing(sliders)
        if _fits(misfit):
            return betas(sliders)
        slope = _slope(missing, sliders, misfit)
        step = np.asarray(np.linalg.solve(slope, misfit), float)
        sliders = sliders - np.clip(step, -_LARGEST_STEP, _LARGEST_STEP)
    raise _no_fit(subject, misfit)


def _slope(function: Callable[[Array], Array], at: Array, value: Array) -> Array:
    steps = _SLIDER_STEP * np.eye(len(at))
    return np.stack([(function(at + step) - value) / _SLIDER_STEP for step in steps], axis=1)


def _smallest_betas(model: BodyModel, subject: Subject) -> Array:
    """The shape nearest to the mean of a licensed body: least ``|betas|`` that meets stature and mass (Gauss–Newton)."""
    betas = np.zeros(model.betas)
    free = min(_FREE_BETAS, model.betas)
    directions = model.shape_directions[..., :free]
    for _ in range(_STEPS):
        misfit = _misfit(model, subject, betas)
        if _fits(misfit):
            return betas
        vertices, _ = model.shaped(betas)
        crown, sole = vertices[:, 1].argmax(), vertices[:, 1].argmin()
        taller = directions[crown, 1] - directions[sole, 1]
        per_beta = np.einsum("vi,vik->k", volume_gradient(vertices, model.faces), directions)
        jacobian = np.stack([taller, BODY_DENSITY_KG_M3 / subject.mass_kg * per_beta])
        betas[:free] = np.linalg.pinv(jacobian) @ (jacobian @ betas[:free] + misfit)
    raise _no_fit(subject, misfit)
