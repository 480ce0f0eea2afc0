"""Inverse dynamics: statics, Newton's law, and agreement with OpenSim's own tool on exported files."""

import numpy as np
import pytest

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, GRAVITY_MPS2
from engine.core.errors import DataError
from engine.gait.cycle import Motion
from engine.musculoskeletal.replay import inverse_dynamics, replay_exported
from engine.musculoskeletal.storage import write_coordinates, write_external_loads, write_ground_forces, write_model

TY = COORDINATE_INDEX["pelvis_ty"]
ROOT = slice(0, 6)


def still(frames=1, height=0.95):
    zero = np.zeros((frames, len(COORDINATES)))
    q = zero.copy()
    q[:, TY] = height
    return Motion(np.linspace(0, 1, frames), q, zero, zero)


def no_ground(frames):
    return np.zeros((frames, 2, 3)), np.zeros((frames, 2, 3)), np.zeros((frames, 2))


def moving(frames):
    """Every coordinate swings at 1 Hz, each at its own phase."""
    time, rate = np.linspace(0, 1, frames), 2 * np.pi
    size = np.full(len(COORDINATES), 0.2)
    size[3:6] = 0.02
    angle = rate * time[:, None] + np.arange(len(COORDINATES))
    q, u, a = size * np.sin(angle), rate * size * np.cos(angle), -(rate**2) * size * np.sin(angle)
    q[:, TY] += 0.95
    for side in "rl":
        q[:, COORDINATE_INDEX[f"knee_angle_{side}"]] += 0.4
    return Motion(time, q, u, a)


def test_hanging_still_needs_body_weight(adult_model):
    force = inverse_dynamics(adult_model, still(), *no_ground(1))[0]
    assert force[TY] == pytest.approx(75 * GRAVITY_MPS2, rel=1e-6)
    assert abs(force[3]) < 1e-6


def test_standing_still_over_its_centre_of_mass_needs_nothing_at_the_pelvis(adult_model):
    state = adult_model.initSystem()
    motion = still(height=adult_model.getCoordinateSet().get("pelvis_ty").getDefaultValue())
    centre = adult_model.calcMassCenterPosition(state).to_numpy()
    force, point, moment = no_ground(1)
    force[0, :, 1] = 75 * GRAVITY_MPS2 / 2
    point[0, :, 0] = centre[0]
    point[0, :, 2] = [0.08, -0.08]
    residual = inverse_dynamics(adult_model, motion, force, point, moment)[0, ROOT]
    np.testing.assert_allclose(residual, 0, atol=1e-4)


def test_a_free_moment_shows_as_a_yaw_residual(adult_model):
    force, point, moment = no_ground(1)
    moment[0] = [4.0, -1.0]
    plain, turned = (inverse_dynamics(adult_model, still(), force, point, m)[0] for m in (0 * moment, moment))
    assert (turned - plain)[COORDINATE_INDEX["pelvis_rotation"]] == pytest.approx(-3.0, abs=1e-6)


def test_the_patella_burdens_the_knee(adult_model):
    """Power of all generalised forces is the rate of mechanical energy: only true if the patella's share is counted."""
    motion = moving(2001)
    forces = inverse_dynamics(adult_model, motion, *no_ground(len(motion.time)))
    power = (forces * motion.u).sum(axis=1)
    model = adult_model.clone()
    model.updForceSet().clearAndDestroy()
    state = model.initSystem()
    energy = []
    coordinates = model.getCoordinateSet()
    picked = range(0, 2001, 100)
    for k in picked:
        for j, name in enumerate(COORDINATES):
            coordinates.get(name).setValue(state, motion.q[k, j], False)
            coordinates.get(name).setSpeedValue(state, motion.u[k, j])
        for side in "rl":
            knee = COORDINATE_INDEX[f"knee_angle_{side}"]
            coordinates.get(f"knee_angle_{side}_beta").setValue(state, motion.q[k, knee], False)
            coordinates.get(f"knee_angle_{side}_beta").setSpeedValue(state, motion.u[k, knee])
        model.realizeDynamics(state)
        height = model.calcMassCenterPosition(state).to_numpy()[1]
        energy.append(model.calcKineticEnergy(state) + 75 * GRAVITY_MPS2 * height)
    work = np.concatenate([[0.0], np.cumsum((power[1:] + power[:-1]) / 2 * np.diff(motion.time))])
    np.testing.assert_allclose(work[list(picked)], np.array(energy) - energy[0], atol=0.05)


def test_opensims_tool_agrees_on_exported_files(tmp_path, adult_model, capfd):
    motion = moving(101)
    force, point, moment = no_ground(101)
    force[:, 0], force[:, 1, 1], moment[:] = [20, 400, 5], 300, 3
    point[:, 0, 0], point[:, :, 2] = 0.1 * motion.time, [0.1, -0.1]
    write_model(adult_model, tmp_path / "model.osim")
    write_coordinates(tmp_path / "coordinates.mot", motion.time, motion.q)
    write_ground_forces(tmp_path / "grf.mot", motion.time, force, point, moment)
    write_external_loads(tmp_path / "grf.xml", "grf.mot")
    time, replayed = replay_exported(tmp_path / "model.osim", tmp_path)
    ours = inverse_dynamics(adult_model, motion, force, point, moment)
    np.testing.assert_allclose(time, motion.time, atol=1e-9)
    inner = slice(10, -10)
    np.testing.assert_allclose(replayed[inner], ours[inner], atol=0.2)
    assert capfd.readouterr().out == ""


def test_a_missing_file_is_named(tmp_path, adult_model):
    write_model(adult_model, tmp_path / "model.osim")
    with pytest.raises(DataError, match=r"coordinates\.mot"):
        replay_exported(tmp_path / "model.osim", tmp_path)
