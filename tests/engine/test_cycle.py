"""Laws of the Fourier cycle."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.gait.cycle import (
    COEFFICIENTS,
    GaitCycle,
    basis,
    fit_coefficients,
    mirror,
    phase_grid,
    shift_coefficients,
)


@pytest.fixture
def cycle():
    rng = np.random.default_rng(0)
    return GaitCycle(rng.normal(0, 0.1, (COEFFICIENTS, len(COORDINATES))), speed_mps=1.2, duration_s=1.1)


def test_speeds_and_accelerations_are_derivatives(cycle):
    step = 1e-5
    phase = np.array([0.13, 0.77])
    q = [cycle.at(phase + k * step / cycle.duration_s) for k in (-1, 0, 1)]
    fine = cycle.motion(100)
    at = (phase * 100).astype(int)
    assert_allclose((q[2] - q[0]) / (2 * step), fine.u[at], atol=1e-6)
    assert_allclose((q[2] - 2 * q[1] + q[0]) / step**2, fine.a[at], atol=1e-3)


def test_fit_is_exact_on_band_limited_curves(cycle):
    samples = basis(phase_grid(40)) @ cycle.coefficients
    assert_allclose(fit_coefficients(samples), cycle.coefficients, atol=1e-12)


def test_shift_delays_every_curve(cycle):
    later = shift_coefficients(cycle.coefficients, 0.3)
    phase = np.linspace(0, 1, 7)
    assert_allclose(basis(phase) @ later, basis(phase - 0.3) @ cycle.coefficients, atol=1e-12)


def test_shifted_cycle_starts_at_the_new_phase(cycle):
    moved, tx = cycle.shifted(0.2), COORDINATE_INDEX["pelvis_tx"]
    angles = [i for i in range(len(COORDINATES)) if i != tx]
    assert_allclose(moved.at(np.zeros(1))[:, angles], cycle.at(np.array([0.2]))[:, angles], atol=1e-12)


def test_mirror_twice_is_nothing_and_swaps_sides(cycle):
    assert_allclose(mirror(mirror(cycle)).coefficients, cycle.coefficients)
    swapped = mirror(cycle).coefficients
    assert_allclose(
        swapped[:, COORDINATE_INDEX["knee_angle_l"]], cycle.coefficients[:, COORDINATE_INDEX["knee_angle_r"]]
    )
    assert_allclose(
        swapped[:, COORDINATE_INDEX["pelvis_list"]], -cycle.coefficients[:, COORDINATE_INDEX["pelvis_list"]]
    )


def test_strides_follow_each_other_forward(cycle):
    there = cycle.at(np.array([0.4, 1.4]))
    assert there[1, COORDINATE_INDEX["pelvis_tx"]] - there[0, COORDINATE_INDEX["pelvis_tx"]] == pytest.approx(1.32)


@pytest.mark.parametrize(
    "change", [{"coefficients": np.zeros((3, 3))}, {"duration_s": 0.0}, {"speed_mps": float("nan")}]
)
def test_impossible_cycles_are_refused(cycle, change):
    with pytest.raises(ValueError, match=r"coefficients|duration"):
        GaitCycle(**{**vars(cycle), **change})
