"""The compiled tree against OpenSim, and its derivatives against differences."""

import numpy as np
import pytest

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, GRAVITY_MPS2, LEG_COORDINATES, TRANSLATIONS
from engine.gait.cycle import Motion, mirror_coordinates
from engine.musculoskeletal.muscle_paths import FIT_RANGE
from engine.musculoskeletal.replay import inverse_dynamics
from engine.physics.contact import ground_wrench
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.physics.kernels.rigid_body_derivatives import dynamics_derivatives

FRAMES = 12


def random_motion(rng, frames=FRAMES):
    """Poses, speeds and accelerations beyond those of walking."""
    q = rng.normal(0, 0.3, (frames, len(COORDINATES)))
    for name in LEG_COORDINATES:
        for side in "rl":
            q[:, COORDINATE_INDEX[f"{name}_{side}"]] = rng.uniform(*FIT_RANGE[name], frames)
    shape = (frames, len(COORDINATES))
    return Motion(np.linspace(0, 1, frames), q, rng.normal(0, 2, shape), rng.normal(0, 20, shape))


def tree_of(person):
    return person.body.multibody.tree, person.body.points


def test_inverse_dynamics_is_that_of_opensim(person, rng):
    motion = random_motion(rng)
    ours = rigid_body_motion(*tree_of(person), motion.q, motion.u, motion.a).force
    none = np.zeros((FRAMES, 2, 3))
    theirs = inverse_dynamics(person.model, motion, none, none, np.zeros((FRAMES, 2)))
    assert np.abs(theirs).max() > person.body.weight_n
    np.testing.assert_allclose(ours, theirs, atol=0.002 * person.body.weight_n)


def test_points_lie_where_opensim_puts_them(person, rng):
    motion, body = random_motion(rng, 4), person.body
    found = rigid_body_motion(*tree_of(person), motion.q, motion.u, motion.a)
    model = person.model.clone()
    state, coordinates = model.initSystem(), model.getCoordinateSet()
    for k, q in enumerate(motion.q):
        for name, value in zip(COORDINATES, q, strict=True):
            coordinates.get(name).setValue(state, float(value), False)
        model.realizePosition(state)
        for p, index in enumerate(body.points.body):
            frame = model.getBodySet().get(body.multibody.bodies[index])
            pose = frame.getTransformInGround(state)
            rotation = np.array([[pose.R().get(i, j) for j in range(3)] for i in range(3)])
            expected = rotation @ body.points.centre[p] + pose.p().to_numpy() - [0, body.points.radius[p], 0]
            np.testing.assert_allclose(found.position[k, p], expected, atol=1e-5)


def test_ground_forces_act_as_in_opensim(person, rng):
    """Point forces through their Jacobian equal the wrench on the heel bones, toes aside."""
    motion, body = random_motion(rng, 6), person.body
    force = rng.uniform(10, 100, (6, len(body.points.body), 3))
    found = rigid_body_motion(*tree_of(person), motion.q, motion.u, motion.a)
    ours = found.force - np.einsum("npci,npi->nc", found.jacobian, force)
    theirs = inverse_dynamics(person.model, motion, *ground_wrench(body, found.position, force))
    compared = [i for i, name in enumerate(COORDINATES) if not name.startswith("mtp")]
    np.testing.assert_allclose(ours[:, compared], theirs[:, compared], atol=0.002 * body.weight_n)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_derivatives_by_differences(adult, rng, order):
    motion = random_motion(rng, 4)
    force = rng.normal(0, 100, (4, len(adult.body.points.body), 3))
    by_motion, place, slide = dynamics_derivatives(*tree_of(adult), motion.q, motion.u, motion.a, force)

    def net(*moved):
        found = rigid_body_motion(*tree_of(adult), *moved)
        return found.force - np.einsum("npci,npi->nc", found.jacobian, force), found

    step = 1e-5
    for c, name in enumerate(COORDINATES):
        sides = []
        for sign in (1, -1):
            moved = [motion.q.copy(), motion.u.copy(), motion.a.copy()]
            moved[order][:, c] += sign * step
            sides.append(net(*moved))
        (after, found), (before, other) = sides
        np.testing.assert_allclose(by_motion[:, :, order, c], (after - before) / (2 * step), atol=5e-3, err_msg=name)
        if order == 0:
            np.testing.assert_allclose(place[..., c], (found.position - other.position) / (2 * step), atol=1e-5)
            np.testing.assert_allclose(slide[..., c], (found.velocity - other.velocity) / (2 * step), atol=1e-4)
        if order == 1:
            change = (found.velocity - other.velocity) / (2 * step)
            np.testing.assert_allclose(found.jacobian[:, :, c], change, atol=1e-6, err_msg=name)


def test_free_fall_needs_no_force(person, rng):
    """Without spin, a body that falls with gravity needs neither forces nor moments."""
    motion = random_motion(rng, 3)
    fall = np.zeros_like(motion.a)
    fall[:, COORDINATE_INDEX["pelvis_ty"]] = -GRAVITY_MPS2
    found = rigid_body_motion(*tree_of(person), motion.q, np.zeros_like(motion.u), fall)
    np.testing.assert_allclose(found.force, 0, atol=1e-9 * person.body.weight_n)


def test_standing_needs_body_weight(person):
    still = np.zeros((1, len(COORDINATES)))
    force = rigid_body_motion(*tree_of(person), still, still, still).force[0]
    horizontal, vertical, sideways = (force[COORDINATE_INDEX[name]] for name in TRANSLATIONS)
    assert vertical == pytest.approx(person.body.weight_n)
    assert abs(horizontal) + abs(sideways) < 1e-9
    assert person.body.multibody.mass_kg == pytest.approx(person.subject.mass_kg)


def test_mirrored_motion_needs_mirrored_forces(person, rng):
    motion = random_motion(rng)
    found = rigid_body_motion(*tree_of(person), motion.q, motion.u, motion.a).force
    mirrored = rigid_body_motion(*tree_of(person), *map(mirror_coordinates, (motion.q, motion.u, motion.a))).force
    np.testing.assert_allclose(mirrored, mirror_coordinates(found), atol=1e-6 * np.abs(found).max())
