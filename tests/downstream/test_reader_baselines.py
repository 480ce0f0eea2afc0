"""What a reader has to beat."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_folder import SOMEBODY, write_made_walk
from stick_walks_labelled import labelled

from benchmarks.stick_walks import StickWalk, film
from downstream.evaluation.baselines import Geometry, Spectrum, fit_baselines
from downstream.evaluation.judged_recordings import judged_recording
from downstream.evaluation.reference_network import (
    FRAMES,
    INPUTS,
    STEP,
    Passes,
    inputs,
    reference_network,
    segments,
    train_reference,
)
from downstream.geometry.walk_geometry import measure
from downstream.network.reading_targets import NUMBER_TARGETS
from downstream.recordings.cleaning import clean
from downstream.training.draw_example import draw_example
from downstream.views.draw_clip import clip_rng
from tests.engine.made_walk import Recipe

WALKS = [labelled(StickWalk(*figures, seconds=7.0)) for figures in ((1.3, 115.0, 1.68), (0.8, 92.0, 1.68))]


@pytest.fixture(scope="module")
def judged():
    return next(made for number in range(9) if (made := judged_recording(WALKS[0], number)))


def test_geometry_alone_is_what_geometry_measures(judged):
    gait = measure(clean(judged.recording))
    told = Geometry().numbers(judged)
    assert told["speed_mps"] == gait.speed_mps
    assert told["cadence_spm"] == gait.cadence_spm
    assert told["step_length_m"] == gait.speed_mps * 60 / gait.cadence_spm
    assert told["stride_time_s"] * told["cadence_spm"] == pytest.approx(120)


def test_a_spectrum_finds_the_steps_from_the_side(judged):
    side = replace(judged, cleaned=clean(film(StickWalk(1.2, 110.0, 1.7))))
    assert Spectrum().numbers(side)["cadence_spm"] == pytest.approx(110, rel=0.02)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    folder, speeds = tmp_path_factory.mktemp("walks"), (0.8, 1.0, 1.2, 1.4)
    for speed in speeds:
        recipe = Recipe(SOMEBODY, speed, stride_times=(1.3 - 0.2 * speed,) * 4)
        write_made_walk(folder / f"s{speed}" / "w00", recipe)
    return speeds, fit_baselines([folder / f"s{speed}" / "w00" for speed in speeds])


def test_the_mean_is_that_of_the_walks(fitted, judged):
    speeds, (mean, _) = fitted
    told = mean.numbers(judged)
    assert told["speed_mps"] == pytest.approx(np.mean(speeds), rel=0.02)
    reading = mean.reading(judged)
    assert len(reading.time) == len(judged.truth.time)
    for curve in reading.curves.values():
        assert np.ptp(curve.values, axis=0).max() == 0


def test_a_regression_is_right_where_the_law_is_simple(fitted, judged):
    """Speed rises with cadence in these walks, and by little else."""
    _, (mean, regression) = fitted
    slow, fast = (regression.weights["speed_mps"] @ [1.0, SOMEBODY.height_m, 120 / (1.3 - 0.2 * v)] for v in (0.8, 1.4))
    assert (slow, fast) == (pytest.approx(0.8, abs=0.05), pytest.approx(1.4, abs=0.05))
    assert set(regression.numbers(judged)) <= set(mean.numbers(judged))


def test_the_reference_is_as_large_as_published():
    network = reference_network()
    assert 50_000 < sum(parameter.numel() for parameter in network.parameters()) < 53_000
    assert network(torch.zeros(3, INPUTS, FRAMES)).shape == (3, len(NUMBER_TARGETS))


def test_segments_overlap_and_short_walks_are_filled():
    series = np.random.default_rng(0).normal(size=(FRAMES + 2 * STEP + 5, INPUTS))
    made = segments(series)
    assert made.shape == (3, INPUTS, FRAMES)
    np.testing.assert_allclose(made[1][:, : FRAMES - STEP], made[0][:, STEP:], rtol=1e-6)
    short = segments(series[:50])
    assert short.shape == (1, INPUTS, FRAMES)
    assert not short[0][:, 50:].any()


def test_the_inputs_of_the_reference_do_not_know_where_the_walker_is(judged):
    told = inputs(judged.signals)
    assert told.shape == (len(judged.signals.time), INPUTS)
    assert np.isfinite(told).all()
    assert np.abs(told[:, -7:-1]).max() <= np.pi


def test_the_reference_learns_and_speaks_in_metres_of_the_height(judged):
    drawn = (draw_example(walk, clip_rng(3, 0, 10 * k + m)) for k, walk in enumerate(WALKS) for m in range(4))
    examples = [one for one in drawn if one is not None]
    passes = Passes(epochs=3, batch_size=4)
    reader = train_reference(examples, passes)
    again = train_reference(examples, passes)
    assert reader.numbers(judged) == again.numbers(judged)
    short, tall = (replace(judged, recording=replace(judged.recording, height_m=height)) for height in (1.5, 1.8))
    told = [reader.numbers(one) for one in (short, tall)]
    for name, ratio in (("speed_mps", 1.2), ("step_length_m", 1.2), ("cadence_spm", 1.0)):
        assert told[1][name] / told[0][name] == pytest.approx(ratio)
