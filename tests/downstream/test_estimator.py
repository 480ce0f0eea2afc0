from dataclasses import replace

import numpy as np
import pytest
import torch
from small_training import SMALL

from benchmarks.stick_walks import StickWalk, film
from downstream.data import CohortDataset
from downstream.estimator import GaitEstimator, load_estimator, save_estimator
from downstream.network.batches import collate
from downstream.network.heads import LogEstimate, gaussian_loss
from downstream.network.walk_features import features
from downstream.recordings.cleaning import clean
from downstream.targets import TARGETS
from downstream.train_estimator import noisy_clip, train_estimator
from downstream.views.detector_noise import corrupt
from engine.core.errors import DataError


@pytest.fixture(scope="module")
def model(model_folder):
    return load_estimator(model_folder)


def walks(yaws):
    return [features(clean(film(StickWalk(0.9 + 0.1 * i, 100 + 5 * i, 1.7), yaw))) for i, yaw in enumerate(yaws)]


def test_an_untrained_estimator_answers_nearly_as_geometry(side_walk):
    geometry = np.exp(features(clean(side_walk)).geometry)
    estimate = GaitEstimator().predict(side_walk)
    assert estimate.speed_mps.value == pytest.approx(geometry[0], rel=0.02)
    assert estimate.cadence_spm.value == pytest.approx(geometry[1], rel=0.01)


def test_it_is_small():
    assert sum(p.numel() for p in GaitEstimator().parameters()) < 300_000


def test_saved_and_loaded_it_answers_bit_for_bit(model, tmp_path, side_walk):
    (tmp_path / "README.md").write_text("mine")
    save_estimator(model, tmp_path)
    again = load_estimator(tmp_path)
    for name, value in model.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    assert again.predict(side_walk) == model.predict(side_walk)
    assert again.config.trained_on == model.config.trained_on
    assert {p.name for p in tmp_path.iterdir()} == {"README.md", "config.json", "diffusion_pytorch_model.safetensors"}


def test_the_same_seed_gives_the_same_weights(few, tmp_path):
    settings = replace(SMALL, epochs=2, noisy_walks=24)
    one, two, other = (
        train_estimator(few, tmp_path / name, replace(settings, seed=seed)).state_dict()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["backbone.embed.weight"], other["backbone.embed.weight"])
    weights = [(tmp_path / name / "diffusion_pytorch_model.safetensors").read_bytes() for name in "ab"]
    assert weights[0] == weights[1]


def test_training_leaves_the_global_generator_alone(few, tmp_path):
    torch.manual_seed(123)
    before = torch.random.get_rng_state()
    train_estimator(few, tmp_path / "m", replace(SMALL, epochs=1, noisy_walks=24))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_left_and_right_do_not_matter(model, rng):
    for yaw in (0, 45, 90):
        walk = film(StickWalk(1.1, 108, 1.65), yaw)
        noisy = corrupt(walk, np.ones((len(walk), 17), dtype=bool), rng)
        one, other = model.predict(noisy).values(), model.predict(noisy.mirrored()).values()
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_padding_changes_nothing(model):
    """A short walk next to a long one is read as it is alone."""
    short, long = walks([0, 45])
    short = replace(short, frames=short.frames[:45])
    with torch.inference_mode():
        alone = model(collate([short]))
        beside = model(collate([short, long]))
    torch.testing.assert_close(alone.mean[0], beside.mean[0], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(alone.log_variance[0], beside.log_variance[0], rtol=1e-4, atol=1e-4)


def test_step_length_follows_from_speed_and_cadence(model, side_walk):
    speed, cadence, step = model.predict(side_walk).values()
    assert step * cadence / 60 == pytest.approx(speed, rel=1e-5)


def test_the_clip_shown_in_training_does_not_tell_the_length_of_the_walk(cohort):
    """Two seconds to four, drawn without regard to who walks."""
    samples = list(CohortDataset(cohort, "train"))
    clips = [noisy_clip(s, np.random.default_rng(i)) for i, s in enumerate(samples)]
    lengths = np.array([len(c.frames) for c in clips if c is not None])
    assert lengths.max() <= 4 * 20 + 1
    speeds = np.array([s.targets[0] for s, c in zip(samples, clips, strict=True) if c is not None])
    assert abs(np.corrcoef(lengths, speeds)[0, 1]) < 0.4


def test_the_loss_is_least_at_the_true_mean_and_variance(rng):
    errors = torch.from_numpy(rng.normal(0, 0.1, (4000, 3)))

    def loss(shift, variance):
        estimate = LogEstimate(torch.full((4000, 3), shift), torch.full((4000, 3), float(np.log(variance))))
        return float(gaussian_loss(estimate, errors, beta=0.0))

    best = loss(0.0, 0.01)
    assert all(best < loss(*other) for other in ((0.05, 0.01), (-0.05, 0.01), (0.0, 0.02), (0.0, 0.005)))


def test_it_records_what_it_was_trained_on(model):
    trained_on = model.config.trained_on
    assert (trained_on["subjects"], trained_on["split"], trained_on["cohort"]) == (12, "train", "cohort")
    assert trained_on["settings"]["seed"] == SMALL.seed
    assert len(model.config.target_means) == len(TARGETS)


def test_only_training_subjects_give_the_training_mean(model, cohort):
    targets = np.array([sample.targets for sample in CohortDataset(cohort, "train")])
    np.testing.assert_allclose(model.config.target_means, targets.mean(axis=0))


def test_missing_and_broken_estimators_give_one_clear_error(tmp_path, model):
    with pytest.raises(DataError, match="gaitforge train"):
        load_estimator(tmp_path / "nothing")
    save_estimator(model, tmp_path / "cut")
    weights = tmp_path / "cut" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(DataError, match="not a readable estimator"):
        load_estimator(tmp_path / "cut")


def test_an_output_that_is_a_file_is_refused_before_work_starts(cohort, tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(DataError, match="cannot be written"):
        train_estimator(cohort, tmp_path / "taken")
