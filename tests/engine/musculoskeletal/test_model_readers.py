"""Readers of OpenSim models: what they take, and what they refuse and why."""

import ast

import numpy as np
import pytest

from engine.core.conventions import COORDINATES
from engine.core.errors import DataError
from engine.musculoskeletal.couplings import read_couplings
from engine.musculoskeletal.multibody import read_multibody
from engine.musculoskeletal.muscle_paths import fit_muscle_model
from engine.musculoskeletal.passive_torques import PassiveTorques, read_passive_torques
from engine.musculoskeletal.toolkit import opensim


@pytest.fixture
def own_model(adult_model):
    model = adult_model.clone()
    model.initSystem()
    return model


def test_the_tree_holds_every_body_and_coordinate(own_model):
    multibody = read_multibody(own_model)
    bodies = own_model.getBodySet()
    assert len(multibody.bodies) == bodies.getSize() + 1
    assert multibody.mass_kg == pytest.approx(own_model.getTotalMass(own_model.initSystem()))
    driven = multibody.tree.coordinate
    assert set(driven[driven >= 0]) == set(range(len(COORDINATES)))
    assert (multibody.tree.parent[1:] < np.arange(1, len(multibody.bodies))).all()


def test_an_unknown_body_is_named(own_model):
    with pytest.raises(DataError, match="tail"):
        read_multibody(own_model).body("tail")


@pytest.mark.parametrize("locked", [False, True])
def test_a_free_unknown_coordinate_is_refused_and_a_locked_one_is_a_weld(adult_model, locked):
    model = adult_model.clone()
    tail = opensim.Body("tail", 0.5, opensim.Vec3(0), opensim.Inertia(0.01, 0.01, 0.01))
    model.addBody(tail)
    here = opensim.Vec3(-0.1, 0, 0), opensim.Vec3(0)
    joint = opensim.PinJoint("wag", model.getBodySet().get("pelvis"), *here, tail, opensim.Vec3(0), opensim.Vec3(0))
    joint.updCoordinate().setName("wag")
    joint.updCoordinate().setDefaultLocked(locked)
    model.addJoint(joint)
    model.finalizeConnections()
    model.initSystem()
    if locked:
        multibody = read_multibody(model)
        assert (multibody.tree.coordinate[multibody.body("tail")] < 0).all()
    else:
        with pytest.raises(DataError, match="wag"):
            read_multibody(model)


def test_the_patella_follows_the_knee(own_model):
    coupling = read_couplings(own_model)["knee_angle_r_beta"]
    assert coupling.driver == "knee_angle_r"
    assert coupling.function(0.7) == pytest.approx(0.7)


def test_a_missing_muscle_is_named(own_model):
    forces = own_model.updForceSet()
    forces.remove(forces.getIndex("soleus_r"))
    own_model.initSystem()
    with pytest.raises(DataError, match="soleus_r"):
        fit_muscle_model(own_model)


def test_passive_torques_are_those_of_opensim(own_model):
    torques = read_passive_torques(own_model)
    q = np.full((1, len(COORDINATES)), 0.35)
    u = np.full((1, len(COORDINATES)), 1.5)
    ours = torques.torque(q, u)[0]
    state, coordinates, forces = own_model.initSystem(), own_model.getCoordinateSet(), own_model.getForceSet()
    for name in COORDINATES:
        coordinates.get(name).setValue(state, 0.35, False)
        coordinates.get(name).setSpeedValue(state, 1.5)
    own_model.realizeVelocity(state)
    compared = 0
    for i in range(forces.getSize()):
        force = opensim.ExpressionBasedCoordinateForce.safeDownCast(forces.get(i))
        if force is not None:
            theirs = force.calcExpressionForce(state)
            assert ours[COORDINATES.index(force.get_coordinate())] == pytest.approx(theirs, rel=1e-6, abs=1e-9)
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("text", ["__import__('os')", "q.real", "q if q else 0", "open(q)", "x + 1"])
def test_only_arithmetic_is_evaluated(text):
    torques = PassiveTorques(((0, ast.parse(text, mode="eval").body),))
    with pytest.raises(DataError, match="cannot read"):
        torques.torque(np.zeros((1, 31)), np.zeros((1, 31)))
