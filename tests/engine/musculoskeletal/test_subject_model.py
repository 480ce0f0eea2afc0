"""A person's model: mass, lengths, symmetry, strength, and bodies far from the average."""

from functools import cache

import numpy as np
import pytest
from posed_model import ADULT, ADULT_BODY, HEALTHY, LEFT, RIGHT, Posed

from engine.core.conventions import COORDINATES
from engine.gait.records import BodyShape, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.lengths import joint_centres, segment_lengths
from engine.musculoskeletal.subject_model import build_subject_model, describe_subject

PEOPLE = {
    person.id: person
    for person in (
        ADULT,
        Subject(id="child", age_years=6, sex="female", height_m=1.15, mass_kg=20),
        Subject(id="toddler", age_years=2, sex="male", height_m=0.86, mass_kg=12.5),
        Subject(id="heavy", age_years=45, sex="male", height_m=1.78, mass_kg=130),
        Subject(id="old", age_years=85, sex="female", height_m=1.52, mass_kg=48),
    )
}


@cache
def posed(name):
    person = PEOPLE[name]
    body = anthropometric_body(person.age_years, person.sex, person.height_m)
    return Posed(build_subject_model(person, body, HEALTHY))


@pytest.mark.parametrize("name", PEOPLE)
def test_mass_is_the_persons(name):
    there = posed(name)
    assert there.model.getTotalMass(there.state) == pytest.approx(PEOPLE[name].mass_kg, rel=1e-9)


@pytest.mark.parametrize("name", PEOPLE)
def test_centre_of_mass_stands_where_peoples_do(name):
    """Near 55 to 59 % of stature from early childhood on (Palmer 1944, Child Dev 15:99)."""
    there = posed(name)
    state = there.model.initSystem()
    height = there.model.calcMassCenterPosition(state).to_numpy()[1] / PEOPLE[name].height_m
    assert 0.53 < height < 0.61


@pytest.mark.parametrize("name", PEOPLE)
def test_left_is_the_mirror_of_right(name):
    there = posed(name)
    bent = {f"{joint}_{side}": angle for joint, angle in (("hip_flexion", 0.4), ("knee_angle", 0.7)) for side in "rl"}
    lengths = there.lengths(**bent)
    np.testing.assert_allclose(lengths[RIGHT], lengths[LEFT], rtol=1e-6)
    for joint in ("hip_adduction", "hip_rotation", "knee_angle", "ankle_angle"):
        right, left = (there.moment_arms(f"{joint}_{side}", **bent) for side in "rl")
        np.testing.assert_allclose(right[RIGHT], left[LEFT], atol=1e-5, err_msg=joint)


@pytest.mark.parametrize("name", PEOPLE)
def test_forces_are_finite_and_passive_ones_small_when_standing(name):
    there = posed(name)
    weight = 9.80665 * PEOPLE[name].mass_kg
    assert np.isfinite(there.forces(0.5)).all()
    standing = there.forces(0.01)
    assert (standing >= 0).all()
    for coordinate in ("hip_flexion_r", "knee_angle_r", "ankle_angle_r"):
        torque = standing[RIGHT] @ there.moment_arms(coordinate)[RIGHT]
        assert abs(torque) < 0.02 * weight * PEOPLE[name].height_m, coordinate


def test_lengths_are_the_bodys():
    target = dict(ADULT_BODY.lengths_m)
    for factor, name in zip((0.9, 1.12, 0.93, 1.05, 0.88, 1.1), segment_lengths(describe_adult()), strict=True):
        target[name] *= factor
    measured = segment_lengths(describe_subject(ADULT, BodyShape(np.zeros(0), target), HEALTHY))
    for name, length in measured.items():
        assert length == pytest.approx(target[name], abs=1e-3), name


def describe_adult():
    return describe_subject(ADULT, ADULT_BODY, HEALTHY)


def test_default_pose_stands_with_its_ankles_at_ankle_height(adult_description, adult_model):
    state = adult_model.initSystem()
    ankle = adult_model.getJointSet().get("ankle_r").getParentFrame().getPositionInGround(state).to_numpy()
    assert ankle[1] == pytest.approx(ADULT_BODY.lengths_m["ankle_height"], abs=1e-3)
    centres = joint_centres(adult_description)
    assert centres["ankle_r"][1] < centres["knee_r"][1] < centres["hip_r"][1] < 0


TORQUES = {
    "plantarflexion": ("ankle_angle_r", -1, {"ankle_angle_r": 0.2}, (150, 275)),
    "dorsiflexion": ("ankle_angle_r", 1, {}, (30, 70)),
    "knee extension": ("knee_angle_r", -1, {"knee_angle_r": 1.05, "hip_flexion_r": 1.2}, (180, 280)),
    "knee flexion": ("knee_angle_r", 1, {"knee_angle_r": 1.05, "hip_flexion_r": 1.2}, (80, 180)),
    "hip extension": ("hip_flexion_r", -1, {"hip_flexion_r": 0.3, "knee_angle_r": 0.3}, (160, 310)),
    "hip flexion": ("hip_flexion_r", 1, {}, (100, 190)),
    "hip abduction": ("hip_adduction_r", -1, {}, (90, 180)),
}


@pytest.mark.parametrize("action", TORQUES)
def test_maximal_torques_of_a_young_man(adult, action):
    """Ranges around the measured torques listed in ``docs/model.md``."""
    coordinate, sign, pose, (least, most) = TORQUES[action]
    pull = (adult.forces(1.0, **pose) - adult.forces(0.0, **pose)) * adult.moment_arms(coordinate, **pose)
    torque = (sign * pull)[sign * pull > 0].sum()
    assert least < torque < most


def test_plantarflexion_torque_grows_into_dorsiflexion(adult):
    """The calf is on the ascending limb of its force-length curve in gait (Rubenson et al. 2012, J Exp Biol 215:3539)."""

    def torque(angle):
        pull = adult.forces(1.0, ankle_angle_r=angle) * adult.moment_arms("ankle_angle_r", ankle_angle_r=angle)
        return -pull[pull < 0].sum()

    assert torque(-0.35) < 0.8 * torque(0.0)
    assert torque(0.15) > 0.9 * torque(0.0)


def test_passive_torques_of_walking_are_small_and_resist(adult):
    """Silder et al. 2007, J Biomech 40:2628: up to about 20 N·m at the ankle, 10 at the hip in the range of walking."""
    for coordinate, angle, most in (
        ("ankle_angle_r", 0.22, 20),
        ("hip_flexion_r", -0.2, 20),
        ("hip_flexion_r", 0.5, 20),
    ):
        pose = {coordinate: angle}
        torque = (adult.forces(0.0, **pose) @ adult.moment_arms(coordinate, **pose)).item()
        assert 0 < -np.sign(angle) * torque < most, coordinate


def test_coordinates_are_free(adult_model):
    coordinates = adult_model.getCoordinateSet()
    assert not any(coordinates.get(name).getDefaultLocked() for name in COORDINATES)
