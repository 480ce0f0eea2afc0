"""The outer problem: exact gradients, falling costs, symmetry, and bases that agree with each other."""

from dataclasses import replace

import numpy as np
import pytest
from norm_gait import norm_proposal

from engine.gait.cycle import mirror, mirror_coordinates
from engine.physics.bases import CycleBasis
from engine.physics.force_prior import ForceSpectrum
from engine.physics.frame_costs import FrameCosts, peak_cap
from engine.physics.kernels.levenberg_marquardt import Schedule, minimise
from engine.physics.loads import Loads
from engine.physics.projection import CycleProblem, project, put_on_floor, tolerance
from engine.physics.settings import Settings
from engine.physics.spline_basis import SplineBasis

SETTINGS = Settings()


@pytest.fixture(scope="module")
def proposed():
    return norm_proposal()[0].cycle


@pytest.fixture(scope="module")
def problem(adult, proposed):
    return CycleProblem(adult.body, SETTINGS, put_on_floor(proposed, adult.body), Loads(adult.body, SETTINGS.force))


@pytest.fixture(scope="module")
def projection(adult, proposed):
    return project(proposed, adult.body, SETTINGS)


def directions(basis_metric, rng, count=5):
    drawn = rng.normal(size=(count, len(basis_metric))) / np.sqrt(basis_metric)
    return drawn / np.sqrt((basis_metric * drawn**2).sum(axis=1, keepdims=True))


def test_gradient_of_a_cycle(problem, proposed, rng):
    x = CycleBasis.pack(proposed)
    _, state = problem.evaluate(x, None)
    gradient = problem.linearise(x, state).gradient
    along_pace = np.zeros((2, len(x)))
    along_pace[0, -2] = along_pace[1, -1] = 0.01
    for way in (*directions(problem.basis.metric, rng), *along_pace):
        step = 1e-4 * way
        difference = (problem.evaluate(x + step, state)[0] - problem.evaluate(x - step, state)[0]) / 2e-4
        assert gradient @ way == pytest.approx(difference, rel=1e-3, abs=1e-3)


def test_curvature_of_a_cycle_is_nearly_exact(problem, projection, rng):
    """Near a solution, where residuals are small, Gauss-Newton is close to Newton."""
    x = CycleBasis.pack(projection.cycle)
    cost, state = problem.evaluate(x, None)
    matrix = problem.linearise(x, state).matrix
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-6, atol=1e-6 * np.abs(matrix).max())
    for way in directions(problem.basis.metric, rng):
        step = 1e-3 * way
        second = problem.evaluate(x + step, state)[0] - 2 * cost + problem.evaluate(x - step, state)[0]
        assert way @ matrix @ way == pytest.approx(second / 1e-6, rel=0.25)


def test_every_step_lowers_the_cost(problem, proposed):
    found = minimise(problem, CycleBasis.pack(proposed), Schedule(steps=4, tolerance=0.0))
    assert len(found.costs) > 2
    assert (np.diff(found.costs) < 0).all()
    assert found.costs[-1] < 0.5 * found.costs[0]


def test_a_mirrored_proposal_gives_a_mirrored_gait(adult, proposed):
    coefficients = proposed.coefficients.copy()
    coefficients[0, 9] += 0.05
    asymmetric = replace(proposed, coefficients=coefficients)
    ours = project(asymmetric, adult.body, SETTINGS).cycle
    theirs = project(mirror(asymmetric), adult.body, SETTINGS).cycle
    apart = theirs.coefficients - mirror_coordinates(ours.coefficients)
    assert np.abs(apart).max() < 2e-3
    assert np.abs(ours.coefficients - mirror_coordinates(ours.coefficients)).max() > 0.03


def test_projection_is_deterministic(adult, proposed, projection):
    again = project(proposed, adult.body, SETTINGS)
    np.testing.assert_array_equal(again.cycle.coefficients, projection.cycle.coefficients)


def test_a_feasible_gait_hardly_moves(adult, projection):
    """What has been projected is nearly a fixed point."""
    again = project(projection.cycle, adult.body, SETTINGS).cycle.motion(50).q
    before = projection.cycle.motion(50).q
    first = projection.reference.motion(50).q
    legs = slice(6, 18)
    assert np.abs(again - before)[:, legs].mean() < 0.7 * np.abs(before - first)[:, legs].mean()


def test_floor(adult, proposed):
    coefficients = proposed.coefficients.copy()
    coefficients[0, 4] += 0.3
    lowered = put_on_floor(replace(proposed, coefficients=coefficients), adult.body)
    np.testing.assert_allclose(lowered.coefficients, put_on_floor(proposed, adult.body).coefficients, atol=1e-9)


def test_spectrum_keeps_usual_forces_and_clips_wild_ones():
    frames, usual = 50, 0.1
    phase = 2 * np.pi * np.arange(frames) / frames
    calm = np.zeros((frames, 3))
    calm[:, 1] = 1 + usual * np.cos(2 * phase)
    np.testing.assert_allclose(ForceSpectrum(calm, 1.25, 1.0).residual(calm), 0, atol=1e-9)
    wild = calm.copy()
    wild[:, 1] += 0.8 * np.cos(9 * phase)
    prior = ForceSpectrum(wild, 1.25, 1.0)
    assert (prior.residual(wild) ** 2).sum() > 10 * (prior.residual(calm) ** 2).sum()


def spline_of(adult, proposed, strides=1.6):
    time = np.linspace(0, strides * proposed.duration_s, round(50 * strides))
    basis = SplineBasis(time, proposed.duration_s, tolerance(adult.body, SETTINGS.motion))
    return basis, basis.fit(proposed.at(time / proposed.duration_s))


def test_splines_follow_a_cycle(adult, proposed):
    basis, x = spline_of(adult, proposed)
    exact, found = proposed.motion(50), basis.motion(x)
    inside = slice(10, 40)
    phase = found.time[inside] / proposed.duration_s
    np.testing.assert_allclose(found.q[inside], proposed.at(phase), atol=3e-3)
    assert found.time[1] == pytest.approx(exact.time[1], rel=0.02)


def test_spline_derivatives(adult, proposed):
    basis, x = spline_of(adult, proposed)
    time, step = basis.time[5:-5], 1e-5
    now, after, before = basis.at(x, time), basis.at(x, time + step), basis.at(x, time - step)
    np.testing.assert_allclose(now.u, (after.q - before.q) / (2 * step), atol=1e-6)
    np.testing.assert_allclose(now.a, (after.u - before.u) / (2 * step), atol=1e-5)


def test_normal_equations_of_splines(adult, proposed, rng):
    """The banded matrix and gradient are those of the dense sums."""
    basis, x = spline_of(adult, proposed)
    body = adult.body
    loads = Loads(body, SETTINGS.force)
    frames = FrameCosts(body, SETTINGS, loads, peak_cap(proposed.speed_mps, body.leg_length_m))

    def cost(x):
        motion = basis.motion(x)
        state = loads.explain(motion.q, motion.u, motion.a)
        return frames.cost(state) + basis.distance(x, reference), state

    reference = x + 1e-3 * rng.normal(size=x.shape)
    _, state = cost(x)
    normal = basis.normal_equations(x, reference, basis.motion(x), frames.quadratic(state))
    way = rng.normal(size=x.shape) * 1e-3
    difference = (cost(x + 1e-3 * way)[0] - cost(x - 1e-3 * way)[0]) / 2e-3
    assert normal.gradient @ way == pytest.approx(difference, rel=1e-3)
    dense = np.zeros((len(x), len(x)))
    for offset, diagonal in enumerate(normal.matrix.T):
        size = len(x) - offset
        dense[np.arange(size) + offset, np.arange(size)] = dense[np.arange(size), np.arange(size) + offset] = diagonal[
            :size
        ]
    step = basis.step(normal, 0.0)
    np.testing.assert_allclose(dense @ step, -normal.gradient, atol=1e-5 * np.abs(normal.gradient).max())
    assert np.linalg.eigvalsh(dense).min() > 0
