"""The regression from which the generator draws deviations."""

import numpy as np
import pytest
import torch

from generative.clamp import Hint
from generative.conditioning import Conditions, encode_conditions
from generative.denoiser import GaitDenoiser
from generative.expected import ExpectedGait
from generative.gait_batch import People
from generative.noise import signal_and_noise

NAMES = ("healthy", "stroke")


def crowd(count: int) -> tuple[Conditions, torch.Tensor]:
    """People of all ages, half of them after a stroke, and their vectors: by age, speed and severity, the speed by age."""
    rng = np.random.default_rng(3)
    age = rng.uniform(3, 88, count)
    stroke = rng.random(count) < 0.5
    severity = np.where(stroke, rng.uniform(0.1, 1, count), 0.0)
    speed = 0.45 - 0.002 * age
    people = People(
        age=age,
        sex=np.where(rng.random(count) < 0.5, "male", "female"),
        height=rng.normal(1.6, 0.1, count),
        mass=rng.normal(60, 8, count),
        hip_height=np.full(count, 0.85),
        condition=np.where(stroke, "stroke", "healthy"),
        severity=severity,
        side=np.full(count, "none"),
        modifiers=np.full(count, ""),
    )
    told = encode_conditions(people, speed, NAMES)
    vectors = np.column_stack([np.log(age + 2), 5 * speed, 2 * severity])
    return told, torch.from_numpy(vectors - vectors.mean(axis=0)).float()


@pytest.fixture(scope="module")
def fitted():
    told, vectors = crowd(4000)
    expected = ExpectedGait(3, len(NAMES))
    noisy = vectors + torch.randn(vectors.shape, generator=torch.Generator().manual_seed(2))
    unit = expected.fit(told, torch.ones(len(told), dtype=torch.bool), noisy)
    assert unit == pytest.approx(1.0, abs=0.05)
    return expected, told, vectors


def test_it_finds_the_mean_by_age_speed_and_severity(fitted):
    expected, told, vectors = fitted
    assert torch.sqrt(torch.mean((expected(told) - vectors) ** 2, dim=0)).max() < 0.2


def test_an_open_speed_is_what_the_person_would_choose(fitted):
    expected, told, vectors = fitted
    assert torch.mean(torch.abs(expected(told.opened("speed")) - vectors)) < 0.15


def test_an_open_condition_is_expected_to_be_none(fitted):
    expected, told, vectors = fitted
    healthy = vectors[:, 2].min()
    assert (expected(told.opened("condition", "severity"))[:, 2] - healthy).abs().mean() < 0.15


def test_nothing_is_expected_before_it_is_fitted():
    told, _ = crowd(5)
    assert not ExpectedGait(3, len(NAMES))(told).any()


def test_the_network_sees_and_says_deviations(fitted):
    expected, told, _ = fitted
    told = told.take(torch.arange(4))
    network = GaitDenoiser(3, 16, 1, conditions=NAMES).eval()
    level, drawn = torch.tensor([10, 300, 700, 990]), torch.randn((4, 3), generator=torch.Generator().manual_seed(1))
    plain = network(drawn, level, told, Hint.nothing((4, 3)))
    network.expected.load_state_dict(expected.state_dict())
    signal, noise = signal_and_noise()[level].unsqueeze(-1).unbind(dim=1)
    moved = network(drawn + signal * expected(told), level, told, Hint.nothing((4, 3)))
    assert torch.allclose(moved, plain - noise * expected(told), atol=1e-5)


def test_it_is_saved_with_the_network(fitted, tmp_path):
    expected, told, _ = fitted
    network = GaitDenoiser(3, 16, 1, conditions=NAMES)
    network.expected.load_state_dict(expected.state_dict())
    network.save_pretrained(tmp_path)
    assert torch.equal(GaitDenoiser.from_pretrained(tmp_path).expected(told), expected(told))
