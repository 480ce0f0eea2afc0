"""Muscle curves, paths and torques against OpenSim, and their derivatives against differences."""

import numpy as np
import pytest

from engine.core.conventions import COORDINATES, LEG_COORDINATES, MUSCLES
from engine.musculoskeletal.muscle_paths import FIT_RANGE, LEG_INDICES
from engine.musculoskeletal.toolkit import opensim
from engine.physics.kernels.muscle_force import (
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


def posed_in_opensim(person, legs):
    """OpenSim's model of a person and its state, once per pose."""
    model = person.model.clone()
    state, coordinates = model.initSystem(), model.getCoordinateSet()
    for q in legs:
        for name, value in zip(COORDINATES, q, strict=True):
            coordinates.get(name).setValue(state, float(value), False)
        for side in "rl":
            knee = float(q[COORDINATES.index(f"knee_angle_{side}")])
            coordinates.get(f"knee_angle_{side}_beta").setValue(state, knee, False)
        model.realizePosition(state)
        yield model, state


def test_lengths_are_those_of_opensim(person, rng):
    """But for the calf, whose paths over two cylinders OpenSim measures too short (see ``test_path_geometry``)."""
    q, u = random_legs(rng, 25)
    ours = muscle_state(person.body.muscles, q, u).length
    theirs = np.array(
        [
            [model.getMuscles().get(name).getLength(state) for name in MUSCLES]
            for model, state in posed_in_opensim(person, q)
        ]
    )
    error_mm = 1e3 * np.abs(ours - theirs) / person.body.length_scale
    compared = [m for m, name in enumerate(MUSCLES) if not name.startswith("gas")]
    assert np.median(error_mm) < 0.1
    assert error_mm[:, compared].max() < 2
    assert 1e3 * person.body.muscles.length_error_m.max() < 1


def test_lever_arms_are_those_of_opensim(person, rng):
    """Of every muscle of the right leg, in random poses."""
    q, u = random_legs(rng, 4)
    arm = muscle_state(person.body.muscles, q, u).arm
    errors = []
    for k, (model, state) in enumerate(posed_in_opensim(person, q)):
        for m, name in enumerate(MUSCLES[: len(MUSCLES) // 2]):
            path = model.getMuscles().get(name)
            for j in np.flatnonzero(np.abs(arm[k, :, m]) > 1e-6):
                coordinate = model.getCoordinateSet().get(COORDINATES[LEG_INDICES[j]])
                errors.append(1e3 * abs(arm[k, j, m] - path.computeMomentArm(state, coordinate)))
    assert len(errors) > 400
    assert np.median(errors) < 0.3
    assert np.percentile(errors, 95) < 1.5
    assert max(errors) < 3


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
