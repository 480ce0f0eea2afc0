"""The reader's network: what it gives whatever it has learnt, and that it learns."""

import numpy as np
import pytest
import torch
from stick_walks_labelled import labelled

from benchmarks.stick_walks import StickWalk
from downstream.network.curve_network import WEIGHTS_FILE, CurveNetwork, load_network, save_network
from downstream.network.prediction import predict
from downstream.network.reading_targets import (
    CURVE_CHANNELS,
    CURVE_SCALES,
    EVENT_TARGETS,
    MIRRORED_EVENTS,
    NUMBER_SIGNS,
    NUMBER_TARGETS,
    mirrored_curves,
)
from downstream.network.signal_batches import batch_of
from downstream.readings.pick_events import pick_events
from downstream.training.draw_example import draw_example
from downstream.training.reading_loss import beta_likelihood, learning_batch, reading_loss
from downstream.training.set_uncertainty import LEAST_EXAMPLES, calibrate, event_errors, told_of
from downstream.views.draw_clip import clip_rng
from engine.core.errors import DataError

SMALL = {"width": 32, "groups": 2, "dilations": (1, 2, 4)}


def small_network(seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return CurveNetwork(**SMALL)


def shaken_network():
    """One whose pooled numbers differ from geometry's, as after training."""
    network = small_network()
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(1)
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return network.eval()


@pytest.fixture(scope="module")
def examples():
    walks = [labelled(StickWalk(*figures, seconds=7.0)) for figures in ((1.3, 115.0, 1.68), (0.8, 92.0, 1.68))]
    return [draw_example(walk, clip_rng(8, 0, 10 * k + m)) for k, walk in enumerate(walks) for m in range(2)]


@pytest.fixture(scope="module")
def trained(examples):
    """A small network that has seen these examples and their mirror images over and over, and how wrong it was each time."""
    network = small_network()
    batch = learning_batch([*examples, *(example.mirrored() for example in examples)])
    optimiser = torch.optim.AdamW(network.parameters(), 5e-3)
    losses = []
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network.train()
        for _ in range(200):
            loss = reading_loss(network(batch.signals), batch)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    return network.eval(), losses


def test_the_shipped_size_is_small():
    weights = sum(parameter.numel() for parameter in CurveNetwork().parameters())
    assert 4 * weights < 5_000_000


@torch.inference_mode()
def test_shapes(examples):
    outputs = small_network().eval()(batch_of([example.signals for example in examples]))
    longest, frames = max(len(example.events) for example in examples), outputs.events.shape[1]
    assert longest <= frames < longest + 32
    assert frames % 32 == 0, "few different lengths"
    assert outputs.curves.mean.shape == outputs.curves.log_variance.shape == (4, frames, CURVE_CHANNELS)
    assert outputs.events.shape == (4, frames, len(EVENT_TARGETS))
    assert outputs.numbers.mean.shape == outputs.numbers.log_variance.shape == (4, len(NUMBER_TARGETS))
    assert outputs.overground.shape == (4,)


@torch.inference_mode()
def test_company_does_not_matter(examples):
    """A walk is read alike alone and beside a longer one."""
    network, signals = shaken_network(), sorted((one.signals for one in examples), key=lambda walk: len(walk.time))
    alone, beside = network(batch_of(signals[:1])), network(batch_of([signals[0], signals[-1]]))
    frames = len(signals[0].time)
    np.testing.assert_allclose(alone.curves.mean[0, :frames], beside.curves.mean[0, :frames], atol=1e-4)
    np.testing.assert_allclose(alone.numbers.mean[0], beside.numbers.mean[0], atol=1e-4)


@torch.inference_mode()
def test_untrained_it_answers_as_geometry_does(examples):
    outputs = small_network().eval()(batch_of([example.signals for example in examples]))
    for told, example in zip(outputs.numbers.mean.numpy(), examples, strict=True):
        speed, cadence, step = (
            target.told(value, 0.0)[0] for target, value in zip(NUMBER_TARGETS[:3], told[:3], strict=True)
        )
        read = np.exp(example.signals.geometry)
        assert abs(np.log(speed / read[0])) < 0.02 * max(abs(np.log(read[0])), 0.1)
        assert cadence == pytest.approx(read[1], rel=0.01)
        assert step == pytest.approx(60 * speed / cadence, rel=1e-4)


def test_of_the_mirror_image_it_says_the_mirror_image(examples):
    network = shaken_network()
    own, other = predict(network, [examples[0].signals, examples[0].signals.mirrored()])
    np.testing.assert_allclose(mirrored_curves(own.curves), other.curves, atol=1e-4)
    np.testing.assert_allclose(mirrored_curves(own.curve_sds, signed=False), other.curve_sds, rtol=1e-4)
    np.testing.assert_allclose(own.events[:, MIRRORED_EVENTS], other.events, atol=1e-5)
    np.testing.assert_allclose(own.numbers * NUMBER_SIGNS, other.numbers, atol=1e-4)
    assert not np.allclose(own.curves[:, 0], own.curves[:, 6], atol=1e-3), "sides are told apart"


def test_saved_and_loaded_it_says_the_same(examples, tmp_path):
    network = shaken_network()
    network.number_factors.fill_(1.7)
    save_network(network, tmp_path / "reader")
    loaded = load_network(tmp_path / "reader")
    for mine, theirs in zip(told_of(network, examples), told_of(loaded, examples), strict=True):
        np.testing.assert_array_equal(mine.curves, theirs.curves)
        np.testing.assert_array_equal(mine.number_sds, theirs.number_sds)


def test_broken_files_are_named(tmp_path):
    with pytest.raises(DataError, match=r"config\.json: missing"):
        load_network(tmp_path)
    save_network(small_network(), tmp_path)
    (tmp_path / WEIGHTS_FILE).write_bytes(b"nonsense")
    with pytest.raises(DataError, match="not a readable reader"):
        load_network(tmp_path)


def test_it_learns_what_it_sees(trained, examples):
    network, losses = trained
    assert losses[-1] < 0.1 * losses[0]
    told = told_of(network, examples)
    errors = [np.abs(one.curves / CURVE_SCALES - own.curves).mean() for one, own in zip(told, examples, strict=True)]
    spread = [np.abs(own.curves - own.curves.mean(axis=0)).mean() for own in examples]
    assert np.mean(errors) < 0.2 * np.mean(spread)
    late, true = [], 0
    for one, own in zip(told, examples, strict=True):
        events = pick_events(own.events, own.signals.time)[0]
        late.append(event_errors(pick_events(one.events, own.signals.time)[0], events))
        true += sum(map(len, (*events.heel_strikes, *events.toe_offs)))
    late = np.concatenate(late)
    assert len(late) > 0.8 * true
    assert np.median(np.abs(late)) < 0.03


def test_intervals_hold_after_calibration(trained, examples):
    network = small_network()
    network.load_state_dict(trained[0].state_dict())
    many = examples * (LEAST_EXAMPLES // len(examples) + 1)
    assert calibrate(network, [examples]) == 0
    assert calibrate(network, [many[:7], many[7:]]) == len(many)
    told = told_of(network, examples)
    inside = [
        np.abs(one.curves - own.curves * CURVE_SCALES) <= 1.96 * one.curve_sds
        for one, own in zip(told, examples, strict=True)
    ]
    assert np.concatenate(inside).mean() == pytest.approx(0.95, abs=0.01)


def test_what_is_not_known_teaches_nothing(trained, examples):
    """Neither a label that a walk lacks, nor the speed before a camera that follows."""
    network, batch = trained[0], learning_batch(examples)
    outputs = network(batch.signals)
    wanted = batch.curves.clone()
    wanted[..., 0] = torch.nan
    assert torch.isfinite(beta_likelihood(outputs.curves, wanted))
    network.zero_grad()
    beta_likelihood(outputs.curves, torch.full_like(wanted, torch.nan)).backward()
    assert all(not one.grad.any() for one in network.parameters() if one.grad is not None)
