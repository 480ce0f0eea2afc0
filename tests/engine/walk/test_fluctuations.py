"""Strides drift and stand out as the process says that they do."""

import numpy as np
import pytest
from scipy.stats import kurtosis, norm

from engine.walk.fluctuations import fluctuations

WALKS = 400


def many(count, dfa_alpha, excess_kurtosis=0.0):
    rng = np.random.default_rng(7)
    return np.array([fluctuations(rng, count, dfa_alpha, excess_kurtosis) for _ in range(WALKS)])


@pytest.mark.parametrize("excess_kurtosis", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("dfa_alpha", [0.5, 0.6, 0.9])
def test_strides_vary_by_one_about_zero(dfa_alpha, excess_kurtosis):
    drawn = many(100, dfa_alpha, excess_kurtosis)
    assert drawn.mean() == pytest.approx(0, abs=0.1)
    assert drawn.var() == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("dfa_alpha", [0.5, 0.6, 0.75, 0.9])
def test_a_stride_is_related_to_the_next_as_the_exponent_says(dfa_alpha):
    drawn = many(200, dfa_alpha)
    assert (drawn[:, 1:] * drawn[:, :-1]).mean() == pytest.approx(2 ** (2 * dfa_alpha - 1) - 1, abs=0.04)


@pytest.mark.parametrize("dfa_alpha", [0.5, 0.6, 0.75, 0.9])
def test_means_of_longer_walks_settle_as_slowly_as_the_exponent_says(dfa_alpha):
    """The mean of n strides scatters by n ** (alpha - 1); an autoregression would by n ** -0.5 in the end, whatever its correlation."""
    drawn = many(256, dfa_alpha)
    lengths = np.array([4, 16, 64, 256])
    scatter = [np.sqrt((drawn.reshape(WALKS, -1, n).mean(axis=2) ** 2).mean()) for n in lengths]
    slope = np.polyfit(np.log(lengths), np.log(scatter), 1)[0]
    assert slope == pytest.approx(dfa_alpha - 1, abs=0.04)


@pytest.mark.parametrize("excess_kurtosis", [0.0, 0.5, 1.0])
def test_tails_are_as_heavy_as_asked(excess_kurtosis):
    assert kurtosis(many(400, 0.6, excess_kurtosis).ravel()) == pytest.approx(excess_kurtosis, abs=0.25)


def test_single_strides_stand_out_where_tails_are_heavy():
    """Of normal strides 0.27 % lie beyond three standard deviations."""
    usual, heavy = ((abs(many(400, 0.6, excess)) > 3).mean() for excess in (0.0, 3.0))
    assert usual == pytest.approx(2 * norm.sf(3), rel=0.25)
    assert heavy > 3 * usual


def test_tails_leave_the_order_of_strides():
    usual, heavy = many(50, 0.8), many(50, 0.8, 2.0)
    np.testing.assert_array_equal(np.argsort(usual, axis=1), np.argsort(heavy, axis=1))
