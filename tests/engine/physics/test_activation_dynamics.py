"""Activations that excitations can produce: always within the bounds, optimal, and as before where nothing was wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from norm_gait import norm_proposal
from scipy.optimize import minimize

from engine.core.conventions import MUSCLES
from engine.physics.activation_dynamics import (
    FALL_S,
    RISE_S,
    _followed,
    _Multipliers,
    _nearest,
    excess,
    producible,
    remainders,
)
from engine.physics.figures import reserve_peak_nm
from engine.physics.loads import LEGS, ROWS, TOES, Loads
from engine.physics.projection import project
from engine.physics.settings import Settings

STEP = 0.01
EXACT = 1e-12


@pytest.fixture(scope="module")
def explained(adult):
    """A feasible cycle, sampled as it is judged, and its inner problem."""
    loads = Loads(adult.body, Settings().force)
    motion = project(norm_proposal()[0].cycle, adult.body, Settings()).cycle.motion(100)
    return loads, loads.explain(motion.q, motion.u, motion.a), float(motion.time[1])


@given(st.integers(0, 10**6), st.booleans(), st.floats(0.002, 0.03))
@settings(deadline=None, max_examples=40)
def test_whatever_is_asked_what_follows_obeys(seed, periodic, step):
    rng = np.random.default_rng(seed)
    wild = rng.random((30, len(MUSCLES))) ** rng.choice([0.2, 1.0, 5.0])
    followed = _followed(wild, remainders(step), periodic)
    assert excess(followed, step, periodic=periodic).max() <= EXACT
    assert ((followed >= 0) & (followed <= 1)).all()


@given(st.integers(0, 10**6), st.floats(0.0, 0.6))
@settings(deadline=None, max_examples=20)
def test_a_constant_floor_is_held(seed, floor):
    rng = np.random.default_rng(seed)
    lower = np.full((30, len(MUSCLES)), floor)
    asked, left = rng.random(lower.shape) ** 4, remainders(STEP)
    followed = _followed(_nearest(asked, lower, left, _Multipliers.none(30, True)), left, True)
    assert followed.min() >= floor - EXACT


def test_excitations_between_zero_and_one_are_what_is_allowed(rng):
    """First-order dynamics driven by random excitations never break the bounds, full ones reach them."""
    excitation = rng.random((200, len(MUSCLES)))
    excitation[50:80], excitation[120:160] = 1.0, 0.0
    a = np.empty_like(excitation)
    a[0] = 0.5
    for k in range(len(a) - 1):
        fine = a[k].copy()
        for _ in range(200):
            rate = np.where(excitation[k] > fine, 1 / RISE_S, 1 / FALL_S)
            fine += STEP / 200 * (excitation[k] - fine) * rate
        a[k + 1] = fine
    beyond = excess(a, STEP, periodic=False)
    assert beyond.max() < 2e-3
    assert np.abs(beyond[[60, 130]]).max() < 2e-3


def test_projection_onto_the_bounds_is_the_nearest(rng):
    """Against a general solver, for one muscle."""
    left, frames = remainders(0.02), 8
    asked = np.zeros((frames, len(MUSCLES)))
    asked[:, 0] = rng.random(frames)
    lower, multipliers = np.zeros_like(asked), _Multipliers.none(frames, True)
    for _ in range(40):
        ours = _nearest(asked, lower, left, multipliers)[:, 0]

    def beyond(z):
        after = np.roll(z, -1)
        return np.concatenate([after - left.fall * z, 1 - left.rise * (1 - z) - after])

    found = minimize(
        lambda z: 0.5 * ((z - asked[:, 0]) ** 2).sum(),
        np.full(frames, 0.5),
        jac=lambda z: z - asked[:, 0],
        bounds=[(0, 1)] * frames,
        constraints={"type": "ineq", "fun": beyond},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    np.testing.assert_allclose(ours, found.x, atol=1e-4)


def test_a_gait_becomes_producible_at_little_cost(explained):
    loads, frames, step = explained
    before = excess(frames.activation, step, periodic=True)
    assert before.max() > 0.1
    after = producible(frames, loads, step, periodic=True)
    assert excess(after.activation, step, periodic=True).max() <= EXACT
    assert (after.activation >= frames.lower[:, : len(MUSCLES)] - 1e-3).all()
    assert frames.solution.value.sum() < after.solution.value.sum() < 1.2 * frames.solution.value.sum()
    assert reserve_peak_nm(loads.body, after) < reserve_peak_nm(loads.body, frames) + 1.5
    assert (after.point_force[:, :, 1] >= 0).all()


def test_better_than_only_moving_activations_into_the_bounds(explained):
    """The frames' own problem is solved again, not only its answer mended."""
    loads, frames, step = explained
    left = remainders(step)
    multipliers = _Multipliers.none(len(frames.q), True)
    for _ in range(10):
        mended = _nearest(frames.activation, frames.lower[:, : len(MUSCLES)], left, multipliers)
    moment = np.einsum("njm,nm->nj", frames.muscles.arm * frames.muscles.capacity[:, None], mended - frames.activation)
    ours = producible(frames, loads, step, periodic=True).unexplained[:, LEGS]
    muscled = ~np.isin(ROWS[LEGS], TOES)
    only_mended = frames.unexplained[:, LEGS] - moment
    assert np.abs(ours[:, muscled]).max() < 0.5 * np.abs(only_mended[:, muscled]).max()


def test_what_is_producible_stays(explained):
    loads, frames, step = explained
    once = producible(frames, loads, step, periodic=True)
    slow = producible(frames, loads, 1.0, periodic=True)
    np.testing.assert_allclose(slow.activation, frames.activation, atol=0.005)
    assert once.solution.value.sum() > slow.solution.value.sum()


def test_a_walk_has_no_first_frame_to_follow(explained):
    loads, frames, step = explained
    walk, cycle = (producible(frames, loads, step, periodic=periodic) for periodic in (False, True))
    assert excess(walk.activation, step, periodic=False).max() <= EXACT
    assert walk.solution.value.sum() < 1.001 * cycle.solution.value.sum()
