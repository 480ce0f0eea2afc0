import numpy as np
import pytest

from downstream.geometry.regression import explained, harmonics, robust_line, series, turning

TIME = np.arange(100) / 25


def test_a_line_under_a_rhythm_is_found_exactly():
    values = 3.0 + 0.7 * TIME + 0.2 * np.sin(2 * np.pi * 0.9 * TIME + 1)
    line = robust_line(TIME, values, 0.9)
    assert line.slope == pytest.approx(0.7, abs=1e-9)
    assert line.level == pytest.approx(3.0 + 0.7 * TIME.mean(), abs=1e-9)


def test_wild_values_and_gaps_hardly_move_the_line(rng):
    values = 0.7 * TIME + rng.normal(0, 0.01, len(TIME))
    values[rng.choice(100, 8, replace=False)] += 5
    values[30:40] = np.nan
    assert robust_line(TIME, values, 1.0).slope == pytest.approx(0.7, abs=0.02)


def test_the_slope_error_is_that_of_repeated_measurement(rng):
    lines = [robust_line(TIME, rng.normal(0, 0.1, len(TIME)), 1.0) for _ in range(200)]
    spread = np.std([line.slope for line in lines])
    assert np.mean([line.slope_error for line in lines]) == pytest.approx(spread, rel=0.25)


def test_all_of_a_rhythm_is_explained_by_itself_through_gaps_and_slopes(rng):
    angle = 2 * np.pi * 0.9 * TIME
    signals = np.column_stack([np.sin(angle) + 0.5 * np.sin(2 * angle), 0.6 * np.cos(angle) + 0.1 * TIME])
    signals[rng.random(100) < 0.2, 0] = np.nan
    (own, other), (nothing, _) = explained(
        series(TIME, np.stack([signals, np.full_like(signals, np.nan)])), turning(TIME, np.array([0.9, 1.3])), 2
    )
    assert own == pytest.approx(1.0, abs=1e-6)
    assert other < 0.7
    assert nothing == 0


def test_evenly_spaced_frequencies_turn_as_their_sines_say():
    frequencies = np.linspace(0.3, 1.9, 160)
    cosines, doubled, sines, _ = harmonics(turning(TIME, frequencies), 2)
    angle = 2 * np.pi * np.outer(frequencies, TIME)
    np.testing.assert_allclose(cosines, np.cos(angle), atol=1e-12)
    np.testing.assert_allclose(sines, np.sin(angle), atol=1e-12)
    np.testing.assert_allclose(doubled, np.cos(2 * angle), atol=1e-12)


def test_of_noise_a_rhythm_explains_its_share_of_the_dimensions(rng):
    noise = rng.normal(size=(1, 100, 200))
    assert explained(series(TIME, noise), turning(TIME, np.array([1.0])), 3)[0] == pytest.approx(6 / 98, rel=0.1)
