"""Trainings that lack something lack that and nothing else."""

import numpy as np
import pytest

from benchmarks.bench_reader_ablations import CLEAN, TRAININGS, settings_for, share_of
from benchmarks.stick_walks import StickWalk, film
from downstream.views.detector_noise import corrupt

ROWS = [{"subject_id": f"s{number // 2:05d}", "walk_id": f"w{number % 2:02d}"} for number in range(4000)]


@pytest.mark.parametrize("name", ["subject_id", "walk"])
def test_a_greater_share_holds_a_smaller_one(name):
    shares = [{index for index, row in enumerate(ROWS) if share_of(name, share)(row)} for share in (0.03, 0.1, 0.3)]
    assert shares[0] < shares[1] < shares[2]
    assert [len(own) / len(ROWS) for own in shares] == pytest.approx([0.03, 0.1, 0.3], rel=0.2)


def test_people_are_chosen_whole():
    chosen = share_of("subject_id", 0.3)
    assert all(chosen(first) == chosen(second) for first, second in zip(ROWS[::2], ROWS[1::2], strict=True))


@pytest.mark.parametrize("walks", [45, 500, 5000, 30_000])
def test_every_training_draws_about_as_many_examples(walks):
    settings = settings_for(walks, 20_000)
    assert walks * settings.clips * settings.epochs == pytest.approx(20_000, rel=0.5)


def test_without_noise_keypoints_are_exact():
    exact = film(StickWalk(1.2, 110.0, 1.7))
    seen = corrupt(exact, np.ones((len(exact), 17), dtype=bool), np.random.default_rng(0), CLEAN)
    np.testing.assert_array_equal(seen.keypoints2d[..., :2], exact.keypoints2d[..., :2])


def test_all_of_the_trainings_are_asked_for():
    assert {"all", "noise_off", "healthy", "ages", "walks_10", "people_1", "people_30"} <= set(TRAININGS)
