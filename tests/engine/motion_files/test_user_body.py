"""A user's model as the body of the physics: its size, its soles, the meaning of its angles."""

import numpy as np
import pytest
from norm_gait import ADULT

from engine.core.errors import DataError, SpecError
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.storage import write_model
from engine.musculoskeletal.user_model import UserModel
from engine.physics.user_body import embody_model, estimated_height, shape_of
from engine.tools.motion_files.person import Description, make_person


@pytest.fixture(scope="module")
def user(adult):
    """The adult's model as if it came from a user."""
    return UserModel(adult.model.clone(), ())


def test_lengths_are_those_of_the_model(user):
    user.model.initSystem()
    shape, made_for = shape_of(user.model, ADULT.height_m), anthropometric_body(30.0, "male", ADULT.height_m)
    for name in ("pelvis", "thigh", "shank", "trunk", "upper_arm"):
        assert shape.lengths_m[name] == pytest.approx(made_for.lengths_m[name], rel=0.02), name
    assert estimated_height(user.model) == pytest.approx(ADULT.height_m, rel=0.05)


def test_without_contact_spheres_the_soles_are_ours(user, adult):
    """On our own model, seen as a user's, the same soles at nearly the same places."""
    user.model.initSystem()
    found = embody_model(user, ADULT, shape_of(user.model, ADULT.height_m)).body
    assert found.weight_n == pytest.approx(adult.body.weight_n, rel=1e-6)
    np.testing.assert_array_equal(found.point_side, adult.body.point_side)
    np.testing.assert_allclose(found.points.centre, adult.body.points.centre, atol=0.012)
    right, left = np.split(found.points.centre, 2)
    np.testing.assert_allclose(right, left * [1, 1, -1], atol=1e-9)


def test_angles_of_another_meaning_are_told(adult, tmp_path):
    """A knee that bends at negative angles, as in older models."""
    write_model(adult.model, tmp_path / "m.osim")
    text = (tmp_path / "m.osim").read_text()
    ankle = text.index('<PinJoint name="ankle_r">')
    frame = text.index("<orientation>", ankle)
    turned = (
        text[:frame] + "<orientation>3.14159265 0 0</orientation>" + text[text.index("</orientation>", frame) + 14 :]
    )
    second = turned.index("<orientation>", turned.index("</orientation>", frame) + 5)
    turned = (
        turned[:second]
        + "<orientation>3.14159265 0 0</orientation>"
        + turned[turned.index("</orientation>", second) + 14 :]
    )
    (tmp_path / "other.osim").write_text(turned)
    with pytest.raises(DataError, match="ankle_angle_r should grow when the joint lifts the toes"):
        make_person(Description("a", 30.0, "male", model=tmp_path / "other.osim"))


def test_size_is_asked_for_where_no_model_tells_it():
    with pytest.raises(SpecError, match="--height and --mass"):
        make_person(Description("a", 30.0, "male"))
    with pytest.raises(SpecError, match="height: 17"):
        make_person(Description("a", 30.0, "male", 17.0, 70.0))
    with pytest.raises(SpecError, match="sex"):
        make_person(Description("a", 30.0, "woman", 1.7, 70.0))


def test_a_model_tells_its_own_size(adult, tmp_path):
    write_model(adult.model, tmp_path / "m.osim")
    person = make_person(Description("a", 30.0, "male", model=tmp_path / "m.osim"))
    assert person.own_model
    assert person.subject.mass_kg == pytest.approx(ADULT.mass_kg)
    assert person.subject.height_m == pytest.approx(ADULT.height_m, rel=0.05)
    assert any("stature" in note for note in person.notes)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ({"mass_kg": 0.0}, "--mass: 0.0 is outside 7.0 to 250.0"),
        ({"mass_kg": -5.0}, "--mass: -5.0"),
        ({"mass_kg": float("nan")}, "--mass: nan"),
        ({"height_m": 0.0}, "--height: 0.0 is outside 0.7 to 2.3"),
        ({"height_m": 17.0}, "--height: 17.0"),
    ],
)
def test_a_size_that_cannot_be_is_refused_before_a_model_takes_it(adult, tmp_path, size, words):
    write_model(adult.model, tmp_path / "m.osim")
    with pytest.raises(SpecError, match=words):
        make_person(Description("a", 30.0, "male", model=tmp_path / "m.osim", **size))
