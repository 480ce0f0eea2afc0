"""Stride-to-stride fluctuations as a random process: they drift over many strides, and single strides may stand out."""

import numpy as np
from scipy.linalg import toeplitz
from scipy.stats import norm
from scipy.stats import t as student

from engine.core.arrays import Array


def fluctuations(rng: np.random.Generator, count: int, dfa_alpha: float, excess_kurtosis: float) -> Array:
    """Draws ``(count,)`` of mean 0 and variance 1 that belong to consecutive strides.

    They are fractional Gaussian noise, which stride times of unpaced walking are (Delignières & Torre 2009, J Appl Physiol 106:1272).
    Its Hurst exponent is what detrended fluctuation analysis finds, ``dfa_alpha``: strides are unrelated at 0.5, and correlated by
    ``2 ** (2 alpha - 1) - 1`` from one to the next. Each draw is then carried to the same quantile of a Student-t distribution of
    that ``excess_kurtosis``, which leaves ranks and nearly leaves correlations.
    """
    lag, power = np.arange(count), 2 * dfa_alpha
    covariance = ((lag + 1) ** power - 2 * lag**power + np.abs(lag - 1) ** power) / 2
    normal = np.linalg.cholesky(toeplitz(covariance)) @ rng.standard_normal(count)
    return _with_tails(normal, excess_kurtosis)


def _with_tails(normal: Array, excess_kurtosis: float) -> Array:
    if excess_kurtosis == 0:
        return normal
    freedom = 4 + 6 / excess_kurtosis
    return student.ppf(norm.cdf(normal), freedom) * np.sqrt((freedom - 2) / freedom)
