"""Curves as whole steps: they come back within half a step, small, and nothing is cut off unsaid."""

import numpy as np
import pytest

from engine.cohort.stepped import curves, stepped


def smooth_curves(n=1200):
    """Somebody walks on along one column; the others swing."""
    time = np.arange(n)[:, None, None] / 120
    swing = np.sin(2 * np.pi * np.array([[0.9, 1.8], [2.7, 3.6]]) * time + np.array([0.3, 1.1]))
    return swing + np.array([[1.3, 0], [0, 0]]) * time


@pytest.mark.parametrize("step", [2.0**-16, 2.0**-4, 0.01])
def test_curves_come_back_within_half_a_step(step):
    own = smooth_curves()
    again = curves(stepped("own", own, step), "own")
    assert again.shape == own.shape
    assert np.abs(again - own).max() <= step / 2 * (1 + 1e-9)


@pytest.mark.parametrize(
    "values", [np.zeros((7, 2)), np.full((3, 1), -9000.5), np.array([[0.0], [8e3], [0.0]]), np.ones((1, 4))]
)
def test_however_they_begin_and_jump(values):
    np.testing.assert_array_equal(curves(stepped("x", values, 0.25), "x"), values)


def test_what_came_back_is_stored_the_same():
    first = stepped("x", smooth_curves(), 2.0**-16)
    again = stepped("x", curves(first, "x"), 2.0**-16)
    assert first.keys() == again.keys()
    for key in first:
        np.testing.assert_array_equal(first[key], again[key])


def test_they_are_small(tmp_path):
    own, paths = smooth_curves(), [tmp_path / name for name in ("stepped.npz", "single.npz")]
    np.savez_compressed(paths[0], **stepped("own", own, 2.0**-13))
    np.savez_compressed(paths[1], own=own.astype(np.float32))
    small, plain = (path.stat().st_size for path in paths)
    assert small < 0.3 * plain


def test_numbers_that_steps_cannot_hold_are_refused():
    for wrong in (np.nan, np.inf, 1e9, -3.4e7):
        with pytest.raises(ValueError, match=r"force: .*steps of 0\.0625"):
            stepped("force", np.array([[0.0], [wrong]]), 0.0625)
    most = np.array([[3.3e7], [-3.3e7], [3.3e7]])
    np.testing.assert_array_equal(curves(stepped("force", most, 0.0625), "force"), most)


def test_an_array_as_it_is_is_read_too():
    own = smooth_curves()
    np.testing.assert_array_equal(curves({"own": own}, "own"), own)
    with pytest.raises(KeyError):
        curves({"other": own}, "own")
