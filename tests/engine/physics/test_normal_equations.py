"""Compiled sums of the normal equations against their definitions."""

import numpy as np
import pytest

from engine.gait.cycle import basis, phase_grid
from engine.physics.kernels.harmonic_products import HarmonicSums
from engine.physics.kernels.spline_products import add_products
from engine.physics.kernels.square_sums import add_squares, answered, mirror_up

FRAMES, SIZE = 24, 12


def sparse_rows(rng, rows):
    slope = rng.normal(size=(FRAMES, rows, SIZE))
    slope[:, ::2] *= rng.random((FRAMES, len(range(0, rows, 2)), SIZE)) < 0.2
    return rng.normal(size=(FRAMES, rows)), slope


def test_squares_add_up(rng):
    residual, slope = sparse_rows(rng, 7)
    hessian, gradient = np.zeros((FRAMES, SIZE, SIZE)), np.zeros((FRAMES, SIZE))
    add_squares(hessian, gradient, residual, slope)
    mirror_up(hessian)
    np.testing.assert_allclose(hessian, np.einsum("nmi,nmj->nij", slope, slope), atol=1e-12)
    np.testing.assert_allclose(gradient, np.einsum("nm,nmi->ni", residual, slope), atol=1e-12)


def test_answered_rows_hold_the_curvature_of_the_dual(rng):
    equations, variables, penalty = 5, 9, 40.0
    rows = rng.normal(size=(FRAMES, equations, SIZE))
    columns = rng.normal(size=(FRAMES, equations, variables))
    weight, free = rng.uniform(1, 9, (FRAMES, variables)), rng.random((FRAMES, variables)) < 0.5
    left = answered(rows, columns, weight, free, penalty)
    for k in range(FRAMES):
        own = columns[k][:, free[k]].T
        answer = np.eye(equations) + penalty * (own.T / weight[k][free[k]]) @ own
        np.testing.assert_allclose(left[k].T @ left[k], rows[k].T @ np.linalg.solve(answer, rows[k]), atol=1e-9)


@pytest.mark.parametrize("harmonics", [2, 5])
def test_products_of_series_are_sums_over_frames(rng, harmonics):
    width, duration = SIZE // 3, 1.3
    half = rng.normal(size=(FRAMES, SIZE, SIZE))
    hessian = half + half.transpose(0, 2, 1)
    timed = np.stack([basis(phase_grid(FRAMES), order, harmonics) / duration**order for order in range(3)])
    blocks = hessian.reshape(FRAMES, 3, width, 3, width)
    expected = np.einsum("ska,ksitj,tkb->aibj", timed, blocks, timed).reshape((2 * harmonics + 1) * width, -1)
    found = HarmonicSums(FRAMES, harmonics).products(hessian, 2 * np.pi / duration)
    np.testing.assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max())


def test_products_of_local_functions_fill_the_band(rng):
    reach, functions, curves = 4, 9, SIZE // 3
    first = np.arange(FRAMES) * (functions - reach + 1) // FRAMES
    values, half = rng.normal(size=(3, FRAMES, reach)), rng.normal(size=(FRAMES, SIZE, SIZE))
    hessian = half + half.transpose(0, 2, 1)
    design = np.zeros((3, FRAMES, functions))
    for k in range(FRAMES):
        design[:, k, first[k] : first[k] + reach] = values[:, k]
    blocks = hessian.reshape(FRAMES, 3, curves, 3, curves)
    size = functions * curves
    expected = np.einsum("ska,ksitj,tkb->aibj", design, blocks, design).reshape(size, size)
    band = np.ones((size, reach * curves))
    add_products(values, first, hessian, band)
    for row in range(size):
        own = expected[row : row + reach * curves, row]
        np.testing.assert_allclose(band[row, : len(own)], 1.0 + own, atol=1e-12 * np.abs(expected).max())
