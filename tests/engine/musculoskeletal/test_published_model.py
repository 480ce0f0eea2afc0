"""The tables: complete, symmetric, named as the rest of the project expects."""

import numpy as np

from engine.core.conventions import COORDINATES, LEG_MUSCLES, MUSCLES
from engine.gait.records import BodyShape
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.impair import MUSCLE_PLACE
from engine.musculoskeletal.lengths import generic_lengths, segment_lengths
from engine.musculoskeletal.published import TABLES, published_model, read_table


def test_names_are_the_conventions():
    model = build_model(published_model())
    model.initSystem()
    coordinates = model.getCoordinateSet()
    names = {coordinates.get(k).getName() for k in range(coordinates.getSize())}
    muscles = model.getMuscles()
    assert names == {*COORDINATES, "knee_angle_r_beta", "knee_angle_l_beta"}
    assert [muscles.get(k).getName() for k in range(muscles.getSize())] == list(MUSCLES)


def test_mass_is_that_of_the_published_adult():
    np.testing.assert_allclose(published_model().mass, 75.337, atol=1e-6)


def test_every_muscle_has_one_group_a_path_and_known_surfaces():
    description = published_model()
    cylinders = {cylinder.name for cylinder in description.cylinders}
    bodies = {body.name for body in description.bodies}
    assert set(MUSCLE_PLACE) == set(MUSCLES)
    assert {row["muscle"] for row in read_table("muscle_paths")} == set(LEG_MUSCLES)
    for muscle in description.muscles:
        assert len(muscle.path) >= 2
        assert {point.body for point in muscle.path} <= bodies
        assert {wrap.cylinder for wrap in muscle.wraps} <= cylinders


def test_bodies_could_be_real():
    for body in published_model().bodies:
        x, y, z = body.inertia
        assert body.mass > 0
        assert x + y >= z - 1e-12
        assert y + z >= x - 1e-12
        assert z + x >= y - 1e-12


def test_every_table_names_its_source():
    for path in TABLES.iterdir():
        head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        assert any(char.isdigit() for char in " ".join(head)), path.name


def test_generic_lengths_make_a_body_and_agree_with_opensim():
    lengths = generic_lengths()
    BodyShape(np.zeros(0), lengths)
    model = build_model(published_model())
    state = model.initSystem()
    place = {
        name: model.getJointSet().get(name).getParentFrame().getPositionInGround(state).to_numpy()
        for name in ("hip_r", "hip_l", "knee_r", "ankle_r", "acromial_r", "acromial_l", "elbow_r", "radius_hand_r")
    }
    measured = {
        "pelvis": place["hip_r"] - place["hip_l"],
        "thigh": place["hip_r"] - place["knee_r"],
        "shank": place["knee_r"] - place["ankle_r"],
        "trunk": (place["hip_r"] + place["hip_l"] - place["acromial_r"] - place["acromial_l"]) / 2,
        "upper_arm": place["acromial_r"] - place["elbow_r"],
        "forearm": place["elbow_r"] - place["radius_hand_r"],
    }
    assert segment_lengths(published_model()).keys() == measured.keys()
    for name, span in measured.items():
        np.testing.assert_allclose(lengths[name], np.linalg.norm(span), atol=2e-4, err_msg=name)
