"""Bones of another shape: lengths and torsions are where they should be, and muscles go with them."""

from dataclasses import replace

import numpy as np
import pytest
from posed_model import ADULT, ADULT_BODY, HEALTHY, LEFT, Posed

from engine.core.conventions import COORDINATE_INDEX, MUSCLES
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.foot_contact import sole_points
from engine.musculoskeletal.lengths import joint_centres
from engine.musculoskeletal.mechanisms import change
from engine.musculoskeletal.multibody import read_multibody
from engine.musculoskeletal.subject_model import describe_subject
from engine.musculoskeletal.torsions import twist_bones, unequal_lengths
from engine.physics.kernels.rigid_body import Points, rigid_body_motion


def shaped(**changes):
    parameters = HEALTHY
    for name, value in changes.items():
        parameters = change(parameters, name.replace("__", "."), value)
    return describe_subject(ADULT, ADULT_BODY, parameters)


def points_of(description, body, places, **pose):
    """Positions in the ground of points of one body."""
    model = build_model(replace(description, muscles=(), cylinders=(), actuators={}))
    model.initSystem()
    multibody = read_multibody(model)
    q = np.zeros((1, 31))
    for name, value in pose.items():
        q[0, COORDINATE_INDEX[name]] = value
    index = np.full(len(places), multibody.body(body))
    points = Points(index, np.array(places, float), np.zeros(len(places)))
    return rigid_body_motion(multibody.tree, points, q, np.zeros_like(q), np.zeros_like(q)).position[0]


def toe_out(description, side):
    heel, toe = points_of(description, f"calcn_{side}", [[0, 0, 0], [0.2, 0, 0]])
    way = toe - heel
    assert abs(way[1]) < 1e-6
    return np.rad2deg(np.arctan2(way[2], way[0])) * (1 if side == "r" else -1)


@pytest.mark.parametrize("angle", [-15.0, 20.0, 35.0])
def test_tibial_torsion_turns_the_foot_by_its_angle(angle):
    both = shaped(tibial_torsion_deg=angle)
    assert toe_out(both, "r") == pytest.approx(angle, abs=1e-4)
    assert toe_out(both, "l") == pytest.approx(angle, abs=1e-4)
    one = shaped(tibial_torsion_deg__left=angle)
    assert toe_out(one, "r") == pytest.approx(0, abs=1e-4)
    centres, usual = joint_centres(both), joint_centres(shaped())
    np.testing.assert_allclose(centres["ankle_r"], usual["ankle_r"])


def test_a_torsion_takes_muscles_along():
    """Muscles that only cross the ankle hardly change in length: bone and foot turn together."""
    usual, turned = (Posed(build_model(d)) for d in (shaped(), shaped(tibial_torsion_deg__right=25.0)))
    before, after = (there.lengths() for there in (usual, turned))
    for name in ("tibant", "soleus", "tibpost", "perlong", "edl"):
        place = MUSCLES.index(f"{name}_r")
        assert after[place] == pytest.approx(before[place], rel=0.02), name
    np.testing.assert_allclose(after[LEFT], before[LEFT], atol=1e-9)


def test_an_anteverted_neck_points_forward():
    """The trochanter lies behind the head; turned inward by as much, the hip is as it was."""
    angle = np.deg2rad(30.0)
    usual, anteverted = shaped(), shaped(femoral_anteversion_deg=30.0)
    find = {m.name: m for m in anteverted.muscles}
    usual_find = {m.name: m for m in usual.muscles}
    for side, inward in (("r", 1), ("l", -1)):
        place = find[f"glmin3_{side}"].path[-1].position
        before = usual_find[f"glmin3_{side}"].path[-1].position
        assert place[0] < before[0] - 0.015
        cosine, sine = np.cos(inward * angle), np.sin(inward * angle)
        back = np.array([cosine * place[0] + sine * place[2], place[1], -sine * place[0] + cosine * place[2]])
        np.testing.assert_allclose(back, before, atol=5e-4)
    np.testing.assert_allclose(
        find["vaslat_r"].path[-1].position,
        usual_find["vaslat_r"].path[-1].position,
    )


def test_the_range_of_an_anteverted_hip_moves_inward():
    usual, anteverted = (
        {c.name: c.passive for c in d.coordinates} for d in (shaped(), shaped(femoral_anteversion_deg__left=20.0))
    )
    angles, still = np.linspace(-0.9, 1.2, 11), np.zeros(11)
    moved = anteverted["hip_rotation_l"].torque(angles + np.deg2rad(20.0), still)
    np.testing.assert_allclose(moved, usual["hip_rotation_l"].torque(angles, still), rtol=1e-9)
    assert anteverted["hip_rotation_r"] == usual["hip_rotation_r"]


def test_one_leg_is_shorter_by_its_factors():
    usual, short = joint_centres(shaped()), joint_centres(shaped(thigh_length__left=0.95, shank_length__left=0.9))
    for start, end, factor in (("hip", "knee", 0.95), ("knee", "ankle", 0.9)):
        before, after = (np.linalg.norm(c[f"{end}_l"] - c[f"{start}_l"]) for c in (usual, short))
        assert after == pytest.approx(factor * before, rel=1e-9)
    np.testing.assert_allclose(short["ankle_r"] - short["hip_r"], usual["ankle_r"] - usual["hip_r"])


def test_mass_stays_and_muscles_follow_a_shorter_leg():
    usual, short = shaped(), shaped(shank_length__left=0.9)
    assert short.mass == pytest.approx(usual.mass)
    masses = {b.name: b.mass for b in short.bodies}
    assert masses["tibia_l"] == pytest.approx(0.9 * masses["tibia_r"])
    fibres = {m.name: m.optimal_fibre_length for m in short.muscles}
    before = {m.name: m.optimal_fibre_length for m in usual.muscles}
    assert 0.88 < fibres["soleus_l"] / before["soleus_l"] < 0.95
    assert fibres["soleus_r"] == pytest.approx(before["soleus_r"])
    assert fibres["glmed1_l"] == pytest.approx(before["glmed1_l"])


def test_the_longer_leg_stands_on_the_floor():
    description = shaped(shank_length__left=0.9)
    soles = sole_points(description, ADULT_BODY)
    height = next(c.default for c in description.coordinates if c.name == "pelvis_ty")
    for side, over in (("r", 0.0), ("l", 0.1 * 0.4)):
        own = [k for k, name in enumerate(soles.bodies) if name == f"calcn_{side}"]
        places = points_of(description, f"calcn_{side}", soles.centres[own], pelvis_ty=height)
        np.testing.assert_allclose(places[:, 1] - soles.radii[own], over, atol=0.005 if over else 1e-4)


def test_a_usual_skeleton_is_left_alone(adult_description):
    assert unequal_lengths(twist_bones(adult_description, HEALTHY), HEALTHY) is adult_description
