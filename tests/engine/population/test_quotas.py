"""Exact quotas: counts that add up, shares met to the person, traits crossed."""

import numpy as np
import pytest

from engine.population.quotas import balanced_parts, largest_remainders


@pytest.mark.parametrize("total", [1, 7, 60, 1001])
def test_largest_remainders_add_up_and_differ_by_less_than_one(rng, total):
    for _ in range(20):
        shares = rng.dirichlet(np.ones(rng.integers(1, 12)))
        counts = largest_remainders(shares, total)
        assert counts.sum() == total
        assert (np.abs(counts - total * shares) < 1).all()


def test_whole_shares_are_met_exactly():
    assert largest_remainders(np.array([0.1, 0.2, 0.7]), 30).tolist() == [3, 6, 21]


def test_counts_are_exact_and_blocks_get_their_fair_share(rng):
    n, bands = 240, np.full(20, 1 / 20)
    age = balanced_parts(np.tile(bands, (n, 1)), [], rng)
    sex = balanced_parts(np.tile([0.5, 0.5], (n, 1)), [age], rng)
    tone = balanced_parts(np.tile([0.25, 0.25, 0.5], (n, 1)), [age, sex], rng)
    assert np.bincount(age).tolist() == [12] * 20
    assert np.bincount(sex).tolist() == [120, 120]
    assert np.bincount(tone).tolist() == [60, 60, 120]
    for band in range(20):
        assert abs(np.bincount(sex[age == band], minlength=2) - 6).max() <= 1
        assert abs(np.bincount(tone[age == band], minlength=3) - [3, 3, 6]).max() <= 2
    assert abs(np.bincount(tone[sex == 0], minlength=3) - [30, 30, 60]).max() <= 2


def test_shares_may_depend_on_the_person_and_what_is_barred_stays_barred(rng):
    shares = np.array([[1.0, 0.0]] * 30 + [[0.2, 0.8]] * 50)
    parts = balanced_parts(shares, [], rng)
    assert (parts[:30] == 0).all()
    assert np.bincount(parts).tolist() == [40, 40]
