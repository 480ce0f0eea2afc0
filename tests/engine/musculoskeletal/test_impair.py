"""Impairments reach the muscles they are meant for, and do what they say in OpenSim."""

from dataclasses import replace

import numpy as np
import pytest
from posed_model import ADULT, ADULT_BODY, LEFT, RIGHT, Posed

from engine.core.conventions import MUSCLE_GROUPS, MUSCLES, SIDES
from engine.gait.records import GROUPS, MusculoskeletalParameters
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.impair import impair
from engine.musculoskeletal.subject_model import build_subject_model

CALF = GROUPS.index("plantarflexors")
RIGHT_CALF = np.array([m.endswith("_r") and m[:-2] in MUSCLE_GROUPS["plantarflexors"] for m in MUSCLES])


def right_calf(field, value):
    array = np.array(getattr(MusculoskeletalParameters(), field))
    array[SIDES.index("right"), CALF] = value
    return replace(MusculoskeletalParameters(), **{field: array})


def test_weakness_scales_the_force_of_its_group_and_side(adult_description):
    weak = impair(adult_description, right_calf("max_isometric_force", 0.3))
    ratio = [
        a.max_isometric_force / b.max_isometric_force
        for a, b in zip(weak.muscles, adult_description.muscles, strict=True)
    ]
    np.testing.assert_allclose(ratio, np.where(RIGHT_CALF, 0.3, 1.0))


@pytest.mark.parametrize("field", ["optimal_fibre_length", "tendon_slack_length"])
def test_a_contracture_resists_dorsiflexion_sooner(adult, adult_description, field):
    short = Posed(build_model(impair(adult_description, right_calf(field, 0.9))))
    pose = {"ankle_angle_r": 0.1, "ankle_angle_l": 0.1}
    before, after = (there.forces(0.0, **pose) for there in (adult, short))
    assert (after[RIGHT_CALF] > before[RIGHT_CALF]).all()
    np.testing.assert_allclose(after[LEFT], before[LEFT], rtol=1e-9)


def test_passive_stiffness_steepens_the_passive_force(adult, adult_description):
    stiff = Posed(build_model(impair(adult_description, right_calf("passive_stiffness", 1.3))))
    plain, steep = (there.forces(0.0, ankle_angle_r=0.35) for there in (adult, stiff))
    for name in ("soleus_r", "gasmed_r"):
        assert steep[MUSCLES.index(name)] > 1.2 * plain[MUSCLES.index(name)], name


def test_paralysed_muscles_build_and_pull_nothing(adult_description):
    limp = Posed(build_model(impair(adult_description, right_calf("max_isometric_force", 0.0))))
    forces = limp.forces(1.0)
    np.testing.assert_allclose(forces[RIGHT_CALF], 0.0, atol=1e-9)
    assert (forces[RIGHT][~RIGHT_CALF[RIGHT]] > 0).all()


def test_least_activation_is_the_least_control(adult_description):
    model = build_model(impair(adult_description, right_calf("control_min", 0.2)))
    least = [model.getMuscles().get(name).getMinControl() for name in MUSCLES]
    np.testing.assert_allclose(least, np.where(RIGHT_CALF, 0.2, 0.0))


def test_joint_stiffness_multiplies_passive_torques(adult_description):
    stiff = impair(adult_description, replace(MusculoskeletalParameters(), joint_stiffness=2.5))
    angles, still = np.linspace(-0.3, 0.5, 9), np.zeros(9)
    for a, b in zip(stiff.coordinates, adult_description.coordinates, strict=True):
        np.testing.assert_allclose(a.passive.torque(angles, still), 2.5 * b.passive.torque(angles, still), atol=1e-15)


def test_passive_torque_in_opensim_is_the_tables(adult_description, adult_model):
    state = adult_model.initSystem()
    table = {c.name: c.passive for c in adult_description.coordinates}
    for name, angle, speed in (("hip_flexion_r", -0.6, 0.4), ("mtp_angle_l", 0.3, -1.0), ("knee_angle_r", -0.05, 0.0)):
        coordinate = adult_model.getCoordinateSet().get(name)
        coordinate.setValue(state, angle, False)
        coordinate.setSpeedValue(state, speed)
        adult_model.realizeVelocity(state)
        force = adult_model.getForceSet().get(f"passive_{name}")
        torque = force.getRecordValues(state).get(0)
        assert torque == pytest.approx(float(table[name].torque(np.array(angle), np.array(speed))), rel=1e-6), name


def test_neutral_parameters_change_nothing(adult_description):
    assert impair(adult_description, MusculoskeletalParameters()).muscles == adult_description.muscles
    model = build_subject_model(ADULT, ADULT_BODY, MusculoskeletalParameters())
    assert model.getMuscles().getSize() == len(MUSCLES)
