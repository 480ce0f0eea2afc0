"""The check that a generator has not learnt its training set by heart, on toy data where the answer is known."""

import numpy as np
import pytest

from generative.memorisation import attack_auc, attack_interval, compare, least_share, nearest, nearest_other

DIMENSIONS = 12


def gaussians(rng, n):
    return rng.normal(size=(n, DIMENSIONS))


def verdict(samples, training, held_out, seed=0):
    rng = np.random.default_rng(seed)
    return compare(samples, training, held_out, rng.choice(len(training), len(held_out), replace=False), rng)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_distances_are_those_of_all_pairs(rng):
    a, b = gaussians(rng, 30), gaussians(rng, 40)
    pairs = np.sqrt(((a[:, None] - b[None]) ** 2).mean(axis=2))
    np.testing.assert_allclose(nearest(a, b), pairs.min(axis=1))
    own = np.sqrt(((a[:, None] - a[None]) ** 2).mean(axis=2)) + np.where(np.eye(30), np.inf, 0)
    np.testing.assert_allclose(nearest_other(a), own.min(axis=1), atol=1e-7)


def test_an_honest_sampler_passes(rng):
    found = verdict(gaussians(rng, 2000), gaussians(rng, 1000), gaussians(rng, 300))
    assert found.passed
    assert found.close_share < 0.02
    assert found.attack_interval[0] < 0.5 < found.attack_interval[1]
    assert found.training_distance == pytest.approx(found.held_out_distance, rel=0.05)


def test_a_memoriser_is_caught_twice(rng):
    training, held_out = gaussians(rng, 1000), gaussians(rng, 300)
    samples = training[rng.integers(1000, size=2000)] + 0.01 * gaussians(rng, 2000)
    found = verdict(samples, training, held_out)
    assert found.copies
    assert found.reveals_members
    assert not found.passed
    assert found.close_share > 0.99


def test_one_copy_in_twenty_is_caught(rng):
    training, held_out = gaussians(rng, 1000), gaussians(rng, 300)
    samples = gaussians(rng, 2000)
    samples[:100] = training[:100]
    found = verdict(samples, training, held_out)
    assert found.copies
    assert found.close_share == pytest.approx(0.05 + 0.95 * 0.01, abs=0.015)


def test_a_sampler_that_knows_its_people_vaguely_reveals_members(rng):
    """No sample is a copy, yet all lie around the training set."""
    training, held_out = gaussians(rng, 500), gaussians(rng, 400)
    samples = training[rng.integers(500, size=4000)] + 0.6 * gaussians(rng, 4000)
    found = verdict(samples, training, held_out)
    assert found.reveals_members


def test_without_held_out_gaits_only_copies_are_looked_for(rng):
    training = gaussians(rng, 200)
    found = compare(training.copy(), training, np.zeros((0, DIMENSIONS)), np.arange(100), rng)
    assert not found.asked_membership
    assert found.copies


def test_the_attack_is_the_share_of_pairs():
    assert attack_auc(np.array([0.0, 1.0]), np.array([2.0, 3.0])) == 1.0
    assert attack_auc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 0.0
    assert attack_auc(np.ones(4), np.ones(7)) == 0.5
    assert attack_auc(np.array([1.0, 3.0]), np.array([2.0, 3.0])) == pytest.approx((2 + 0.5) / 4)


def test_its_interval_narrows_with_more_people(rng):
    few = attack_interval(rng.random(20), rng.random(20), rng)
    many = attack_interval(rng.random(500), rng.random(500), rng)
    assert few[0] < 0.5 < few[1]
    assert np.diff(many) < np.diff(few) / 2


def test_a_share_found_in_few_is_worth_less():
    assert least_share(0.02, 100) < 0.01 < least_share(0.02, 5000)
    assert least_share(0.0, 50) == pytest.approx(0.0, abs=1e-12)
