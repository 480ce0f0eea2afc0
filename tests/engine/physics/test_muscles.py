"""Muscle curves, paths and torques against OpenSim, and their derivatives against differences."""

import numpy as np
import pytest

from engine.conventions import COORDINATES, LEG_COORDINATES, MUSCLES
from engine.musculoskeletal.muscle_paths import FIT_RANGE, LEG_INDICES
from engine.musculoskeletal.toolkit import opensim
from engine.physics.muscle_force import (
    active_force_length,
    force_velocity,
    muscle_state,
    passive_force_length,
    torque_derivatives,
)

INSIDE = 0.75
"""Share of the fitted range in which poses are drawn."""


def random_legs(rng, frames):
    """Leg poses within the range of gait, and speeds."""
    q, u = np.zeros((frames, len(COORDINATES))), np.zeros((frames, len(COORDINATES)))
    bounds = np.array([FIT_RANGE[name] for name in LEG_COORDINATES] * 2)
    middle, half = bounds.mean(axis=1), INSIDE * np.ptp(bounds, axis=1) / 2
    q[:, LEG_INDICES] = rng.uniform(middle - half, middle + half, (frames, len(bounds)))
    u[:, LEG_INDICES] = rng.normal(0, 2, (frames, len(bounds)))
    return q, u


def test_curves_are_those_of_opensims_muscle():
    muscle = opensim.DeGrooteFregly2016Muscle()
    strain = muscle.get_passive_fiber_strain_at_one_norm_force()
    lengths, speeds = np.linspace(0.4, 1.7, 40), np.linspace(-1, 1, 41)
    active = [muscle.calcActiveForceLengthMultiplier(x) for x in lengths]
    passive = [muscle.calcPassiveForceMultiplier(x) for x in lengths]
    speed = [muscle.calcForceVelocityMultiplier(v) for v in speeds]
    np.testing.assert_allclose(active_force_length(lengths), active, atol=1e-12)
    np.testing.assert_allclose(passive_force_length(lengths, np.array(strain)), passive, atol=1e-12)
    np.testing.assert_allclose(force_velocity(speeds), speed, atol=1e-12)


def test_passive_curve_stays_finite_and_rising():
    lengths = np.linspace(0.5, 5, 200)
    force = passive_force_length(lengths, np.array(0.6))
    assert np.isfinite(force).all()
    assert (np.diff(force) > 0).all()


def test_lengths_are_those_of_opensim(person, rng):
    q, u = random_legs(rng, 25)
    ours = muscle_state(person.body.muscles, q, u).length
    model = person.model.clone()
    state, coordinates = model.initSystem(), model.getCoordinateSet()
    theirs = np.empty_like(ours)
    for k in range(len(q)):
        for name, value in zip(COORDINATES, q[k], strict=True):
            coordinates.get(name).setValue(state, float(value), False)
        for side in "rl":
            knee = float(q[k, COORDINATES.index(f"knee_angle_{side}")])
            coordinates.get(f"knee_angle_{side}_beta").setValue(state, knee, False)
        model.realizePosition(state)
        theirs[k] = [model.getMuscles().get(name).getLength(state) for name in MUSCLES]
    error_mm = 1e3 * np.abs(ours - theirs) / person.body.length_scale
    assert np.median(error_mm) < 0.1
    assert error_mm.max() < 4
    assert 1e3 * person.body.muscles.length_error_m.max() < 1


def test_lever_arms_are_those_of_opensim(adult, rng):
    q, u = random_legs(rng, 3)
    arm = muscle_state(adult.body.muscles, q, u).arm
    model = adult.model.clone()
    state, coordinates = model.initSystem(), model.getCoordinateSet()
    errors = []
    for k in range(len(q)):
        for name, value in zip(COORDINATES, q[k], strict=True):
            coordinates.get(name).setValue(state, float(value), False)
        model.assemble(state)
        for m in range(0, len(MUSCLES), 7):
            path = model.getMuscles().get(MUSCLES[m])
            for j in np.flatnonzero(np.abs(arm[k, :, m]) > 1e-6):
                theirs = path.computeMomentArm(state, coordinates.get(COORDINATES[LEG_INDICES[j]]))
                errors.append(1e3 * abs(arm[k, j, m] - theirs))
    assert len(errors) > 30
    assert np.median(errors) < 1
    assert max(errors) < 8


def test_both_legs_are_alike(adult, rng):
    q, u = random_legs(rng, 5)
    half = len(MUSCLES) // 2
    q[:, LEG_INDICES[6:]], u[:, LEG_INDICES[6:]] = q[:, LEG_INDICES[:6]], u[:, LEG_INDICES[:6]]
    state = muscle_state(adult.body.muscles, q, u)
    for values in (state.length, state.capacity, state.passive):
        np.testing.assert_allclose(values[:, :half], values[:, half:], rtol=1e-6)


def test_torque_derivatives_by_differences(person, rng):
    q, u = random_legs(rng, 6)
    activation = rng.uniform(0, 1, (6, len(MUSCLES)))
    muscles = person.body.muscles

    def torque(q, u):
        state = muscle_state(muscles, q, u)
        return np.einsum("njm,nm->nj", state.arm, activation * state.capacity + state.passive)

    by_angle, by_speed = torque_derivatives(muscles, muscle_state(muscles, q, u), q, u, activation)
    for j, index in enumerate(LEG_INDICES):
        step = 1e-5 * (np.arange(len(COORDINATES)) == index)
        expected = (torque(q + step, u) - torque(q - step, u)) / 2e-5
        np.testing.assert_allclose(by_angle[:, :, j], expected, atol=2e-3 * np.abs(by_angle).max())
        expected = (torque(q, u + step) - torque(q, u - step)) / 2e-5
        np.testing.assert_allclose(by_speed[:, :, j], expected, atol=2e-3 * np.abs(by_speed).max())


@pytest.mark.parametrize("fast", [-3.0, 3.0])
def test_shortening_muscles_are_weaker_than_lengthening_ones(adult, fast):
    q, u = np.zeros((1, len(COORDINATES))), np.zeros((1, len(COORDINATES)))
    u[0, COORDINATES.index("ankle_angle_r")] = fast
    soleus = MUSCLES.index("soleus_r")
    moving = muscle_state(adult.body.muscles, q, u)
    still = muscle_state(adult.body.muscles, q, np.zeros_like(u))
    assert np.sign(moving.rate[0, soleus]) == np.sign(fast)
    assert np.sign(moving.capacity[0, soleus] - still.capacity[0, soleus]) == np.sign(fast)
