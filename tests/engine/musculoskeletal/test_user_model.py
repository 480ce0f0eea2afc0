"""Models of users: what fits, what is put right, and that everything which does not fit is told at once."""

import numpy as np
import pytest

from engine.core.errors import DataError
from engine.musculoskeletal.contact_spheres import model_spheres, spheres_in_file
from engine.musculoskeletal.storage import write_model
from engine.musculoskeletal.toolkit import opensim
from engine.musculoskeletal.user_model import read_user_model


def saved(model, path):
    write_model(model, path)
    return path


def test_our_own_model_fits(adult_model, tmp_path):
    user = read_user_model(saved(adult_model, tmp_path / "m.osim"))
    assert [note for note in user.notes if "locked" in note] == []


def test_what_is_no_model_is_refused(tmp_path):
    (tmp_path / "m.osim").write_text("<xml>")
    for name in ("m.osim", "absent.osim"):
        with pytest.raises(DataError, match=name):
            read_user_model(tmp_path / name)


def test_everything_that_does_not_fit_is_in_one_message(adult_model, tmp_path):
    """Renamed coordinate, muscles and body, in one go; each with the name that is there instead."""
    text = saved(adult_model, tmp_path / "m.osim").read_text()
    text = text.replace("hip_rotation_r", "hip_rot_r").replace('"soleus_r"', '"sol_r"').replace("toes_l", "toe_l")
    (tmp_path / "other.osim").write_text(text)
    with pytest.raises(DataError) as told:
        read_user_model(tmp_path / "other.osim")
    message = str(told.value)
    assert "coordinates missing: hip_rotation_r (is it your hip_rot_r?)" in message
    assert "muscles missing (1 of 80): soleus_r" in message
    assert "bodies missing: toes_l (is it your toe_l?)" in message
    assert message.count("\n  - ") >= 3


def test_muscles_missing_on_both_legs_are_listed_once(adult_model, tmp_path):
    model = adult_model.clone()
    forces = model.updForceSet()
    for name in ("ehl_r", "ehl_l", "fhl_r", "fhl_l"):
        forces.remove(forces.getIndex(name))
    with pytest.raises(DataError, match=r"missing on both legs \(4 of 80; without _r and _l\): ehl.*, fhl"):
        read_user_model(saved(model, tmp_path / "m.osim"))


def with_wrist(model):
    """A free joint more, as in models with wrists."""
    model = model.clone()
    hand = opensim.Body("glove", 0.1, opensim.Vec3(0), opensim.Inertia(1e-4, 1e-4, 1e-4))
    model.addBody(hand)
    joint = opensim.PinJoint(
        "wrist",
        model.getBodySet().get("hand_r"),
        opensim.Vec3(0, -0.1, 0),
        opensim.Vec3(0),
        hand,
        opensim.Vec3(0),
        opensim.Vec3(0),
    )
    joint.updCoordinate().setName("wrist_flex_r")
    joint.updCoordinate().setDefaultValue(0.2)
    model.addJoint(joint)
    model.finalizeConnections()
    return model


def test_coordinates_of_more_are_locked_and_ours_unlocked(adult_model, tmp_path):
    model = with_wrist(adult_model)
    model.updCoordinateSet().get("mtp_angle_r").setDefaultLocked(True)
    user = read_user_model(saved(model, tmp_path / "m.osim"))
    coordinates = user.model.getCoordinateSet()
    assert coordinates.get("wrist_flex_r").getDefaultLocked()
    assert not coordinates.get("mtp_angle_r").getDefaultLocked()
    assert any("mtp_angle_r" in note and "unlocked" in note for note in user.notes)
    assert any("wrist_flex_r at 0.2" in note for note in user.notes)


def test_unknown_joints_and_constraints_are_told(adult_model, tmp_path):
    model = adult_model.clone()
    ball = opensim.Body("ball", 0.1, opensim.Vec3(0), opensim.Inertia(1e-4, 1e-4, 1e-4))
    model.addBody(ball)
    model.addJoint(opensim.BallJoint("ball_joint", model.getBodySet().get("torso"), ball))
    tie = opensim.ConstantDistanceConstraint(
        model.getBodySet().get("torso"), opensim.Vec3(0), model.getBodySet().get("pelvis"), opensim.Vec3(0), 0.2
    )
    tie.setName("tie")
    model.addConstraint(tie)
    model.finalizeConnections()
    with pytest.raises(DataError) as told:
        read_user_model(saved(model, tmp_path / "m.osim"))
    assert "joint ball_joint is a BallJoint" in str(told.value)
    assert "constraint tie is a ConstantDistanceConstraint" in str(told.value)


def test_mass_is_brought_to_what_was_told(adult_model, tmp_path):
    path = saved(adult_model, tmp_path / "m.osim")
    own, other = read_user_model(path).model, read_user_model(path, 60.0)
    assert other.model.getTotalMass(other.model.initSystem()) == pytest.approx(60.0)
    ratio = 60.0 / own.getTotalMass(own.initSystem())
    inertias = [m.getBodySet().get("femur_r").getInertia().getMoments().to_numpy() for m in (own, other.model)]
    np.testing.assert_allclose(inertias[1], ratio * inertias[0])
    assert any("60.0 kg" in note for note in other.notes)


def spheres(model, count):
    model = model.clone()
    for side in "rl":
        for number in range(count):
            body = model.getBodySet().get(f"{'toes' if number == 2 else 'calcn'}_{side}")
            place = opensim.Vec3(0.05 * number, -0.01, 0.0)
            model.addContactGeometry(opensim.ContactSphere(0.03, place, body, f"sphere{number}_{side}"))
    model.finalizeConnections()
    return model


def test_contact_spheres_come_from_the_model_or_a_file(adult_model, tmp_path):
    assert model_spheres(adult_model) is None
    model = spheres(adult_model, 3)
    model.getContactGeometrySet().printToXML(str(tmp_path / "contact.xml"))
    for found in (model_spheres(model), spheres_in_file(tmp_path / "contact.xml")):
        assert found.bodies == ("calcn_r", "calcn_r", "toes_r", "calcn_l", "calcn_l", "toes_l")
        np.testing.assert_allclose(found.centres[:3, 0], [0.0, 0.05, 0.1])
        np.testing.assert_allclose(found.radii, 0.03)
    with pytest.raises(DataError, match="2 contact spheres on the right"):
        model_spheres(spheres(adult_model, 2))
    with pytest.raises(DataError, match="no such file"):
        spheres_in_file(tmp_path / "absent.xml")
