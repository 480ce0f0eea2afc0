"""Bodies made to measure."""

import shutil

import numpy as np
import pytest

from engine.core.errors import DataError
from engine.gait.records import BodyShape, Subject
from render.body.footwear import sole_thickness_m
from render.body.locate import body_file
from render.body.model import load_body_model
from render.body.shape import SmplxBodyMaker
from render.body.solid import mass, stature, volume, volume_gradient

STATURE_M = {3: 0.95, 6: 1.16, 12: 1.50, 30: 1.70, 60: 1.68, 85: 1.62}


@pytest.mark.parametrize("age", STATURE_M)
@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("bmi", [15.0, 22.0, 40.0])
def test_stature_and_mass(age, sex, bmi, model):
    if age < 12 and bmi > 22:
        bmi = 25.0
    person = Subject("x", age, sex, STATURE_M[age], bmi * STATURE_M[age] ** 2)
    shape = SmplxBodyMaker().make(person)
    vertices, _ = model.shaped(shape.betas)
    assert stature(vertices) == pytest.approx(person.height_m, abs=0.005)
    assert mass(vertices, model.faces) == pytest.approx(person.mass_kg, rel=0.01)


def test_same_subject_same_shape(subject, body):
    again = SmplxBodyMaker().make(subject)
    np.testing.assert_array_equal(again.betas, body.betas)
    assert again.lengths_m == body.lengths_m


def test_lengths_fit_together(subject, body):
    """A straight leg on its sole is as long as its parts."""
    lengths = body.lengths_m
    assert set(lengths) == set(BodyShape.LENGTHS)
    leg = lengths["thigh"] + lengths["shank"] + lengths["ankle_height"]
    assert lengths["hip_height"] == pytest.approx(leg, rel=0.01)
    assert 0.45 < lengths["hip_height"] / subject.height_m < 0.58
    assert lengths["ankle_height"] > sole_thickness_m(subject.height_m) + 0.04
    assert 0.9 < lengths["thigh"] / lengths["shank"] < 1.15


def test_child_has_a_larger_head_than_adult(model):
    def head_share(age: float, height: float, weight: float) -> float:
        shape = SmplxBodyMaker().make(Subject("x", age, "female", height, weight))
        vertices, joints = model.shaped(shape.betas)
        return float((vertices[:, 1].max() - joints[12, 1]) / np.ptp(vertices[:, 1]))

    assert head_share(6, 1.16, 20.5) > 1.1 * head_share(30, 1.65, 60)


def test_impossible_bodies_are_refused():
    with pytest.raises(DataError, match="subject x: no body"):
        SmplxBodyMaker().make(Subject("x", 30, "male", 2.0, 20.0))


def test_file_without_phenotypes_takes_the_nearest_shape(tmp_path, subject, model):
    """A licensed file holds nothing of ours: least betas that meet stature and mass."""
    folder = tmp_path / "licensed"
    folder.mkdir()
    with np.load(body_file("male"), allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files if not name.startswith(("phenotype_", "region_"))}
    np.savez(folder / "SMPLX_MALE.npz", **arrays)
    try:
        maker = SmplxBodyMaker(smplx_folder=str(folder))
        licensed = load_body_model(maker.model_file(subject))
        assert licensed.phenotypes is None
        assert licensed.gender == "male"
        vertices, _ = licensed.shaped(maker.make(subject).betas)
        assert stature(vertices) == pytest.approx(subject.height_m, abs=0.005)
        assert mass(vertices, model.faces) == pytest.approx(subject.mass_kg, rel=0.01)
    finally:
        load_body_model.cache_clear()
        shutil.rmtree(folder)


def test_volume_and_its_gradient(model):
    """Divergence theorem on a known solid, and the gradient against differences."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3.0]])
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    assert volume(corners, faces) == pytest.approx(1.0)
    rng = np.random.default_rng(0)
    step = 1e-5 * rng.standard_normal(model.template.shape)
    change = volume(model.template + step, model.faces) - volume(model.template - step, model.faces)
    assert change == pytest.approx(2 * (volume_gradient(model.template, model.faces) * step).sum(), rel=1e-4)
