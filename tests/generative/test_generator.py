"""Conditioning, network, training and pipeline at a tiny size."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_people import make_people
from numpy.testing import assert_allclose

from engine.core.errors import DataError, SpecError
from engine.people.conditions import load_card
from generative.clamp import Hint
from generative.conditioning import CATEGORIES, FIELDS, encode_conditions
from generative.corpus import build_corpus
from generative.denoiser import GaitDenoiser
from generative.noise import sampling_scheduler
from generative.pipeline import GaitPipeline, load_pipeline
from generative.train_denoiser import TrainingSettings, blur, draw_rows, known_mask, train

TINY = TrainingSettings(steps=40, batch=32, dimensions=12, width=32, blocks=2)


@pytest.fixture(scope="module")
def corpus():
    return build_corpus([load_card("healthy"), load_card("stroke")], 120, seed=0)


@pytest.fixture(scope="module")
def trained(corpus):
    return train(corpus, TINY)


@pytest.fixture
def told(corpus):
    return encode_conditions(corpus.people, corpus.gaits.speed, sorted(corpus.cards))


def noise():
    return torch.Generator().manual_seed(3)


def test_training_lowers_the_loss_and_is_deterministic(corpus, trained):
    longer = train(corpus, TrainingSettings(**{**vars(TINY), "steps": 200}))
    assert longer.loss < trained.loss
    again = train(corpus, TINY)
    for a, b in zip(trained.pipeline.denoiser.parameters(), again.pipeline.denoiser.parameters(), strict=True):
        assert torch.equal(a, b)


def test_saved_and_loaded_samples_are_the_same_bit_for_bit(trained, told, tmp_path):
    trained.pipeline.save_pretrained(str(tmp_path))
    assert list(tmp_path.rglob("*.safetensors"))
    assert not list(tmp_path.rglob("*.bin"))
    back = load_pipeline(tmp_path)
    assert isinstance(back, GaitPipeline)
    before, after = trained.pipeline(told, noise(), steps=4), back(told, noise(), steps=4)
    assert_allclose(after.coefficients, before.coefficients, atol=0)
    assert_allclose(after.muscles, before.muscles, atol=0)


def test_same_generator_same_gait_other_generator_another(trained, told):
    first, second = (trained.pipeline(told, noise(), steps=4).coefficients for _ in range(2))
    assert_allclose(first, second, atol=0)
    other = trained.pipeline(told, torch.Generator().manual_seed(4), steps=4).coefficients
    assert np.abs(other - first).max() > 1e-3


def touched(network):
    """Its blocks begin as the identity; these listen."""
    for layer in network.layers:
        torch.nn.init.normal_(layer.modulation.weight)
    return network


def asked(network, conditions):
    vectors = torch.randn((len(conditions), 12), generator=torch.Generator().manual_seed(1))
    step = torch.full((len(conditions),), 300)
    return network(vectors, step, conditions, Hint.nothing(vectors.shape))


def changed(told, field):
    """The same people but for one field."""
    values, burdens = told.values.clone(), told.burdens.clone()
    if field == "condition":
        burdens = burdens.flip(1)
    elif field == "severity":
        burdens[..., 1] = 0.5 * burdens[..., 1] + 0.1
    else:
        column = FIELDS.index(field)
        values[:, column] = 1 - values[:, column] if field in CATEGORIES else values[:, column] + 0.5
    return replace(told, values=values, burdens=burdens)


@pytest.mark.parametrize("field", FIELDS)
def test_an_open_field_is_not_looked_at_and_a_known_one_is(told, field):
    torch.manual_seed(0)
    network = touched(GaitDenoiser(12, 32, 2, conditions=("healthy", "stroke")))
    other = changed(told, field)
    assert torch.equal(asked(network, told.opened(field)), asked(network, other.opened(field)))
    assert not torch.equal(asked(network, told), asked(network, other))


def test_severity_zero_of_any_condition_is_healthy(told):
    network = touched(GaitDenoiser(12, 32, 2, conditions=("healthy", "stroke")))
    none, slight = told.burdens.clone(), told.burdens.clone()
    none[:] = 0
    slight[:] = torch.tensor([1.0, 0.0])
    healthy, mild = (asked(network, replace(told, burdens=burdens)) for burdens in (none, slight))
    assert torch.equal(healthy, mild)


def test_the_speed_of_who_did_not_choose_it_is_always_told():
    free = torch.tensor([True, False] * 200)
    known = known_mask(free, TrainingSettings(open_share=0.5, open_speed_share=0.5), torch.Generator().manual_seed(0))
    speed = known[:, FIELDS.index("speed")]
    assert (speed[~free] == 1).all()
    assert 0.3 < speed[free].mean() < 0.7
    assert 0.3 < known[:, FIELDS.index("age")].mean() < 0.7


def test_a_condition_that_was_not_trained_is_refused():
    people, _ = make_people([60.0], condition="parkinson", severity=0.5)
    with pytest.raises(SpecError, match="train-generator"):
        encode_conditions(people, None, ["healthy", "stroke"])


def test_an_empty_folder_is_refused_without_asking_any_hub(tmp_path):
    with pytest.raises(DataError, match="train-generator"):
        load_pipeline(tmp_path)


def test_the_solver_recovers_a_normal_distribution():
    """For unit-variance data the exact velocity is known; sampling with it must give back mean and variance."""

    class Exact(torch.nn.Module):
        config = type("config", (), {"dimensions": 1})

        def forward(self, vectors, timestep, *_):
            alpha = scheduler.alphas_cumprod[timestep.long()].sqrt()[:, None]
            sigma = (1 - alpha**2).sqrt()
            clean = 2.0 + (alpha * 0.5**2 / (alpha**2 * 0.5**2 + sigma**2)) * (vectors - alpha * 2.0)
            noise_part = (vectors - alpha * clean) / sigma.clamp_min(1e-6)
            return alpha * noise_part - sigma * clean

    scheduler = sampling_scheduler()
    scheduler.set_timesteps(20)
    vectors = torch.randn((4000, 1), generator=noise())
    exact = Exact()
    for timestep in scheduler.timesteps:
        vectors = scheduler.step(exact(vectors, timestep.expand(4000)), timestep, vectors).prev_sample
    assert abs(vectors.mean().item() - 2.0) < 0.05
    assert abs(vectors.std().item() - 0.5) < 0.05


def test_telling_people_a_little_differently_keeps_who_is_healthy(told):
    noisy = blur(told, 0.1, noise())
    assert not torch.equal(noisy.values[:, :4], told.values[:, :4])
    assert torch.equal(noisy.values[:, 4:], told.values[:, 4:])
    assert torch.equal(noisy.burdens[..., 0], told.burdens[..., 0])
    assert (noisy.burdens[..., 1][told.burdens[..., 1] == 0] == 0).all()
    assert noisy.burdens.min() >= 0
    assert noisy.burdens.max() <= 1


def test_batches_mix_solved_and_drawn_gaits():
    solved = torch.tensor([True] * 10 + [False] * 90)
    settings = TrainingSettings(batch=100, solved_share=0.4)
    rows = draw_rows(solved, settings, noise())
    assert int(solved[rows].sum()) == 40
    assert len(draw_rows(torch.ones(5, dtype=torch.bool), settings, noise())) == 100
