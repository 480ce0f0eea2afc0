"""Whole walks: feasible from end to end, as variable as asked, and replayed by OpenSim's own tool."""

from dataclasses import replace

import numpy as np
import pytest
from norm_gait import ADULT, VARIABILITY, norm_proposal

from engine.core.conventions import GRAVITY_MPS2
from engine.gait.gait_parameters import footfall, gait_parameters
from engine.gait.records import Gait, Variability, Walk
from engine.gait.strides import complete_strides
from engine.musculoskeletal.replay import replay_exported
from engine.musculoskeletal.storage import write_coordinates, write_external_loads, write_ground_forces
from engine.physics.figures import ROOT_FORCES, ROOT_MOMENTS
from engine.physics.settings import Settings
from engine.physics.verdict import verdict
from engine.walk.ends import RATE_HZ
from engine.walk.unroll import WalkProblem, at_phase
from engine.walk.variation import LARGEST_DEVIATION, Guess, draw_strides

STRIDES = 6
DRAWN = draw_strides(VARIABILITY, STRIDES, np.random.default_rng(3))
"""What the fixture ``walk`` was asked."""


def within_walk(factors):
    """Coefficient of variation over the strides of a walk."""
    return factors[1:-1].std(ddof=1) / factors[1:-1].mean()


def test_a_walk_is_within_all_limits(walk):
    assert isinstance(walk, Walk), walk
    assert verdict(walk.figures, 0.0, ADULT) is None, walk.figures


def test_a_walk_has_its_strides(walk):
    right, left = complete_strides(walk.events)
    assert min(len(right), len(left)) >= STRIDES
    np.testing.assert_allclose(np.diff(walk.dynamics.time), 1 / RATE_HZ)
    assert walk.dynamics.time[0] == 0


def test_a_walk_is_the_gait_on_average(walk, gait):
    found = gait_parameters(walk)
    assert found.speed_mps == pytest.approx(gait.cycle.speed_mps, rel=0.03)
    assert found.stride_time_s == pytest.approx(gait.cycle.duration_s, rel=0.02)
    assert found.stride_time_cv == pytest.approx(within_walk(DRAWN.duration), rel=0.5)


def footfalls(walk, side):
    window = 0.1 * walk.gait.cycle.duration_s
    found = [footfall(walk.dynamics, side, strike, window) for strike in walk.events.heel_strikes[side]]
    return np.array([place for place in found if place is not None])


def test_stride_lengths_vary_as_drawn(walk):
    strides = np.diff(footfalls(walk, 0)[:, 0])
    assert strides.std(ddof=1) / strides.mean() == pytest.approx(within_walk(DRAWN.length), rel=0.3)


def test_footfalls_stand_where_they_were_drawn(walk):
    drawn = DRAWN.outward[1:, 0]
    found = footfalls(walk, 0)[:, 1]
    count = min(len(found), len(drawn))
    assert np.corrcoef(drawn[:count], found[:count])[0, 1] > 0.9


def test_weight_is_carried_throughout(walk):
    weight = ADULT.mass_kg * GRAVITY_MPS2
    vertical = walk.dynamics.force[:, :, 1]
    assert vertical.sum(axis=1).mean() == pytest.approx(weight, rel=0.02)
    assert vertical.sum(axis=1).min() > 0.4 * weight
    for side, strikes in enumerate(walk.events.heel_strikes):
        before = np.searchsorted(walk.dynamics.time, strikes) - 3
        assert (vertical[before[before >= 0], side] < 0.05 * weight).all()


def test_plain_opensim_replays_a_walk(walk, enforcer, tmp_path):
    """The exported files, differentiated by OpenSim's tool, leave less than 5 % and 1 % at the pelvis, first and last frames included."""
    dynamics = walk.dynamics
    enforcer.export_model(walk.gait, tmp_path / "model.osim")
    write_coordinates(tmp_path / "coordinates.mot", dynamics.time, dynamics.q)
    loads = dynamics.force, dynamics.pressure_centre, dynamics.free_moment
    write_ground_forces(tmp_path / "grf.mot", dynamics.time, *loads)
    write_external_loads(tmp_path / "grf.xml", "grf.mot")
    _, found = replay_exported(tmp_path / "model.osim", tmp_path)
    largest = np.linalg.norm(dynamics.force.sum(axis=1), axis=1).max()
    height = 0.55 * ADULT.height_m
    assert np.linalg.norm(found[:, ROOT_FORCES], axis=1).max() < 0.05 * largest
    assert np.linalg.norm(found[:, ROOT_MOMENTS], axis=1).max() < 0.01 * largest * height


@pytest.mark.slow
def test_the_same_seed_gives_the_same_walk(walk, gait, enforcer):
    again, other = (enforcer.walk(gait, STRIDES, seed=seed) for seed in (3, 4))
    np.testing.assert_array_equal(again.dynamics.q, walk.dynamics.q)
    assert not np.allclose(other.dynamics.q[:500], walk.dynamics.q[:500], atol=1e-3)


@pytest.mark.slow
def test_very_variable_walks_hold_as_well(enforcer):
    proposal, body = norm_proposal()
    unsteady = replace(proposal, variability=Variability(0.06, 0.08, 0.03))
    gait = enforcer.enforce(unsteady, body)
    assert isinstance(gait, Gait), gait
    walk = enforcer.walk(gait, STRIDES, seed=1)
    assert isinstance(walk, Walk), walk


def clips(variability, strides=8, count=1000):
    rng = np.random.default_rng(0)
    return [draw_strides(variability, strides, rng) for _ in range(count)]


def root_mean_square(values):
    return np.sqrt(np.mean(np.square(values)))


@pytest.mark.parametrize("dfa_alpha", [0.5, 0.6, 0.9])
@pytest.mark.parametrize("excess_kurtosis", [0.0, 2.0])
def test_clips_are_samples_of_how_a_person_walks(dfa_alpha, excess_kurtosis):
    """Their mean is the gait's. Of the variance over many strides a clip of n shows 1 - n ** (2 alpha - 2): with the rest the clip as a
    whole has drifted."""
    strides = 8
    shown = np.sqrt((1 - strides ** (2 * dfa_alpha - 2)) * strides / (strides - 1))
    drawn = clips(Variability(0.03, 0.05, 0.02, dfa_alpha, excess_kurtosis), strides)
    np.testing.assert_allclose([clip.duration[1:-1].mean() for clip in drawn], 1)
    assert root_mean_square([within_walk(clip.duration) for clip in drawn]) == pytest.approx(0.03 * shown, rel=0.06)
    assert root_mean_square([within_walk(clip.length) for clip in drawn]) == pytest.approx(0.05 * shown, rel=0.06)
    widths = [clip.outward.ravel()[1:] + clip.outward.ravel()[:-1] for clip in drawn]
    assert root_mean_square([width.std(ddof=1) for width in widths]) == pytest.approx(0.02, rel=0.06)


def test_two_clips_of_a_person_differ_as_samples_do():
    """The standard deviation of n unrelated normal numbers scatters by 1 / sqrt(2 (n - 1)), of relative size."""
    found = np.array([within_walk(clip.duration) for clip in clips(Variability(0.03, 0.05, 0.02), 9)])
    assert found.std() / found.mean() == pytest.approx(1 / np.sqrt(2 * 8), rel=0.1)


def test_no_stride_is_out_of_walking():
    drawn = clips(Variability(0.3, 0.3, 0.02, 0.6, 3.0), count=50)
    factors = np.concatenate([np.concatenate([clip.duration, clip.length]) for clip in drawn])
    assert abs(factors - 1).max() == pytest.approx(LARGEST_DEVIATION)


def test_without_variability_a_guess_is_the_cycle(gait):
    steady = Guess(gait, draw_strides(Variability(0, 0, 0), 3, np.random.default_rng(0)))
    time = np.linspace(*steady.span(), 60)
    np.testing.assert_allclose(steady.at(time), gait.cycle.at(time / gait.cycle.duration_s), atol=1e-9)


def test_phase_is_the_inverse_of_time(gait):
    guess = Guess(gait, draw_strides(Variability(0.05, 0.05, 0.02), 4, np.random.default_rng(2)))
    time = np.linspace(*guess.span(), 200)
    phase = guess.phase(time)
    assert (np.diff(phase) > 0).all()
    assert guess.phase(np.zeros(1))[0] == pytest.approx(0, abs=1e-9)


def test_what_the_cycle_lends_is_its_own_at_every_phase(rng):
    samples, phase = rng.normal(size=(20, 3)), np.arange(20) / 20
    np.testing.assert_allclose(at_phase(samples, phase + 2), samples, atol=1e-9)
    between = at_phase(samples, np.array([-0.025, 0.975]))
    np.testing.assert_allclose(between, np.tile((samples[-1] + samples[0]) / 2, (2, 1)), atol=1e-9)


def test_slope_of_a_walk_s_cost_is_exact(gait, adult, rng):
    guess = Guess(gait, draw_strides(VARIABILITY, 1, np.random.default_rng(0)))
    problem = WalkProblem(adult, Settings(), gait, guess)
    x, way = problem.reference, 1e-7 * rng.normal(size=len(problem.reference))
    _, state = problem.evaluate(x, None)
    (after, _), (before, _) = (problem.evaluate(x + sign * way, state) for sign in (1.0, -1.0))
    gradient = problem.linearise(x, state).gradient
    size = np.linalg.norm(gradient) * np.linalg.norm(way)
    assert 2 * gradient @ way == pytest.approx(after - before, abs=1e-6 * size)
