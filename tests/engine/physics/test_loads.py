"""The inner problem: optimal, physical, and exact where exactness is promised."""

from dataclasses import replace

import numpy as np
import pytest
from norm_gait import norm_proposal
from scipy.optimize import lsq_linear

from engine.core.conventions import COORDINATE_INDEX, MUSCLES
from engine.physics.contact import aim, aim_derivative, ground_wrench, leg_forces
from engine.physics.kernels.bounded_least_squares import (
    bounded_least_squares,
    bounded_least_squares_near,
    no_curvatures,
)
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.physics.kernels.rigid_body_derivatives import dynamics_derivatives
from engine.physics.loads import LEGS, ROWS, Loads
from engine.physics.projection import put_on_floor
from engine.physics.settings import Settings


def random_problems(rng, n=40, variables=30, equations=8):
    columns = rng.normal(size=(n, equations, variables)) * rng.choice([1, 30], (n, 1, variables))
    demand = rng.normal(size=(n, equations)) * 50
    weight = 10 ** rng.uniform(-2, 3, (n, variables))
    lower = np.where(rng.random((n, variables)) < 0.5, 0.01, 0.0)
    upper = np.where(lower > 0, 1.0, np.inf)
    return columns, demand, weight, lower, upper


def test_optimality_conditions(rng):
    """Inside its bounds a variable balances; at a bound it pushes outwards."""
    columns, demand, weight, lower, upper = random_problems(rng)
    penalty = 400.0
    found = bounded_least_squares(columns, demand, weight, lower, upper, penalty, np.zeros_like(demand))
    assert found.solved.all()
    explained = np.einsum("nev,nv->ne", columns, found.x)
    np.testing.assert_allclose(explained + found.residual, demand, atol=1e-5)
    slope = weight * found.x - penalty * np.einsum("nev,ne->nv", columns, found.residual)
    size = np.abs(slope).max()
    assert np.abs(slope[found.free]).max() < 1e-9 * size
    assert (slope[found.x <= lower] >= -1e-9 * size).all()
    assert (slope[found.x >= upper] <= 1e-9 * size).all()


def test_value_is_that_of_scipy(rng):
    columns, demand, weight, lower, upper = random_problems(rng, n=6)
    penalty = 50.0
    found = bounded_least_squares(columns, demand, weight, lower, upper, penalty, np.zeros_like(demand))
    for k in range(6):
        rows = np.vstack([np.sqrt(penalty) * columns[k], np.diag(np.sqrt(weight[k]))])
        target = np.concatenate([np.sqrt(penalty) * demand[k], np.zeros(len(weight[k]))])
        limits = lower[k], np.where(np.isinf(upper[k]), 1e9, upper[k])
        other = lsq_linear(rows, target, bounds=limits, tol=1e-13, max_iter=500)
        assert found.value[k] == pytest.approx(other.cost, rel=1e-4)
        assert found.value[k] <= other.cost * (1 + 1e-9)


def test_warm_start_changes_nothing(rng):
    problems = random_problems(rng)
    cold = bounded_least_squares(*problems, 400.0, np.zeros_like(problems[1]))
    warm = bounded_least_squares(*problems, 400.0, cold.residual + rng.normal(size=cold.residual.shape))
    np.testing.assert_allclose(warm.value, cold.value, rtol=1e-6)


def test_centres_may_move_from_one_solution_to_the_next(rng):
    """With the curvatures of the last: the same as the problem whose variables are counted from their centres."""
    columns, demand, weight, lower, upper = random_problems(rng)
    curvatures, start = no_curvatures(*columns.shape), np.zeros_like(demand)
    for _ in range(4):
        centre = rng.normal(size=weight.shape)
        found = bounded_least_squares_near(columns, demand, weight, centre, lower, upper, 400.0, start, curvatures)
        left = demand - np.einsum("nev,nv->ne", columns, centre)
        moved = bounded_least_squares(
            columns, left, weight, lower - centre, upper - centre, 400.0, np.zeros_like(demand)
        )
        assert found.solved.all()
        np.testing.assert_allclose(found.x, moved.x + centre, atol=1e-6)
        np.testing.assert_allclose(found.value, moved.value, rtol=1e-6)
        start = found.residual


@pytest.fixture
def explained(adult):
    proposal, _ = norm_proposal()
    motion = put_on_floor(proposal.cycle, adult.body).motion(30)
    return Loads(adult.body, Settings().force).explain(motion.q, motion.u, motion.a)


def test_forces_are_physical(explained):
    force, friction = explained.point_force, Settings().force.friction
    assert explained.solution.solved.all()
    assert (force[:, :, 1] >= 0).all()
    assert (np.abs(force[:, :, 0]) + np.abs(force[:, :, 2]) <= friction * force[:, :, 1] + 1e-6).all()
    assert ((explained.activation >= 0) & (explained.activation <= 1)).all()


def test_equations_of_motion_close(explained):
    """Muscles, ground, passive torques and what is called unexplained add up to inverse dynamics."""
    ground = np.einsum("npci,npi->nc", explained.motion.jacobian, explained.point_force)[:, ROWS]
    muscles = explained.muscles
    tendon = explained.activation * muscles.capacity + muscles.passive
    total = ground + explained.passive[:, ROWS] + explained.unexplained
    total[:, LEGS] += np.einsum("njm,nm->nj", muscles.arm, tendon)
    np.testing.assert_allclose(total, explained.motion.force[:, ROWS], atol=0.01)


def test_wrench_equals_point_forces(adult, rng):
    points = len(adult.body.point_side)
    position = rng.uniform(-0.2, 0.2, (5, points, 3))
    force = rng.uniform(1, 50, (5, points, 3))
    total, centre, free = ground_wrench(adult.body, position, force)
    np.testing.assert_allclose(total, leg_forces(adult.body, force))
    for side in (0, 1):
        own = adult.body.point_side == side
        expected = np.cross(position[:, own], force[:, own]).sum(axis=1)
        moment = np.cross(centre[:, side], total[:, side])
        moment[:, 1] += free[:, side]
        np.testing.assert_allclose(moment, expected, atol=1e-9)
        np.testing.assert_allclose(centre[:, side, 1], 0)


def test_aim_derivative_by_differences(adult, rng):
    q = 0.2 * rng.normal(size=(3, 31))
    q[:, COORDINATE_INDEX["pelvis_ty"]] += 0.95
    tree, points, settings = adult.body.multibody.tree, adult.body.points, Settings().force
    still = np.zeros_like(q)

    def moved(q):
        return rigid_body_motion(tree, points, q, still, still)

    _, place, _ = dynamics_derivatives(tree, points, q, still, still, np.zeros((3, len(points.body), 3)))
    found = aim_derivative(moved(q), q, place, settings)
    for c in range(31):
        step = 1e-6 * (np.arange(31) == c)
        after, before = (aim(moved(x), x, settings) for x in (q + step, q - step))
        np.testing.assert_allclose(found[..., c], (after - before) / 2e-6, atol=1e-5)


def test_floors_of_activation(adult):
    """Co-contraction holds every activation up; a spastic muscle answers to lengthening only."""
    soleus = MUSCLES.index("soleus_r")
    spastic = np.zeros(len(MUSCLES))
    spastic[soleus] = 2.0
    body = replace(adult.body, spasticity=spastic)
    q, u, a = np.zeros((2, 31)), np.zeros((2, 31)), np.zeros((2, 31))
    ankle = COORDINATE_INDEX["ankle_angle_r"]
    u[0, ankle], u[1, ankle] = 4.0, -4.0
    found = Loads(body, Settings().force).explain(q, u, a)
    speed = found.muscles.rate[0, soleus] / body.muscles.parameters.optimal_fibre_length[soleus]
    assert speed > 0
    assert found.activation[0, soleus] >= min(1.0, 0.2 * speed) - 1e-12
    plain = Loads(adult.body, Settings().force).explain(q, u, a)
    assert found.activation[1, soleus] == pytest.approx(plain.activation[1, soleus], abs=1e-6)
