"""Events picked from scores, and a bout read."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks.stick_walks import StickWalk, film
from downstream.analysis.analyze_file import SHIPPED_WEIGHTS
from downstream.geometry.walk_geometry import measure
from downstream.network.curve_network import CurveNetwork, load_network
from downstream.network.reading_targets import EVENT_SPREAD_S, NUMBER_TARGETS
from downstream.readings.derived_numbers import derived_numbers
from downstream.readings.gait_reading import Number
from downstream.readings.pick_events import pick_events
from downstream.readings.quantities import CURVES, NUMBERS
from downstream.readings.read_walk import NO_SCALE, NO_WAY, read_walk
from downstream.readings.walker import Walker
from downstream.recordings.walking_bouts import Bout
from engine.gait.strides import complete_strides

TIME = np.arange(150) / 30
STRIDE = 1.13
INSTANTS = tuple(0.21 + share * STRIDE + STRIDE * np.arange(4) for share in (0.0, 0.5, 0.62, 0.12))
"""Strikes of the right and left foot, then their toe offs."""


def bells(instants, spread=EVENT_SPREAD_S, height=1.0):
    return height * np.exp(-0.5 * ((TIME[:, None] - instants) / spread) ** 2).max(axis=1)


def scores(**changes):
    return np.stack([bells(own, **changes) for own in INSTANTS], axis=1)


def kinds(events):
    return (*events.heel_strikes, *events.toe_offs)


def test_instants_are_exact_between_frames():
    events, sd_s = pick_events(scores(), TIME)
    for found, true in zip(kinds(events), INSTANTS, strict=True):
        np.testing.assert_allclose(found, true[true < TIME[-1] - 0.05], atol=1e-6)
    assert sd_s < 0.006
    assert min(map(len, complete_strides(events))) >= 2


def test_wide_bells_are_unsure():
    unsure = np.hypot(EVENT_SPREAD_S, 0.04)
    assert pick_events(scores(spread=unsure, height=0.7), TIME)[1] == pytest.approx(0.04, rel=1e-3)


def test_a_peak_out_of_order_is_left_out():
    """A second strike in mid-stance, as sure as many a true one."""
    wrong = scores()
    wrong[:, 0] = np.maximum(wrong[:, 0], bells(INSTANTS[0][1:2] + 0.3, height=0.6))
    for found, true in zip(kinds(pick_events(wrong, TIME)[0]), kinds(pick_events(scores(), TIME)[0]), strict=True):
        np.testing.assert_allclose(found, true, atol=1e-6)


def test_a_faint_event_holds_the_chain_together():
    faint = scores()
    near = np.abs(TIME - INSTANTS[2][1]) < 0.2
    faint[near, 2] *= 0.2
    assert sum(map(len, kinds(pick_events(faint, TIME)[0]))) == sum(map(len, kinds(pick_events(scores(), TIME)[0])))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_scores_events_are_those_of_walking(seed):
    noise = np.random.default_rng(seed).random((150, 4))
    events, _ = pick_events(noise, TIME)
    complete_strides(events)
    for strikes, offs in zip(events.heel_strikes, events.toe_offs, strict=True):
        order = np.argsort(np.concatenate([strikes, offs]))
        assert (np.diff((order < len(strikes)).astype(int)) != 0).all(), "strikes and toe offs of a foot alternate"


def test_no_score_no_event():
    events, sd_s = pick_events(np.full((150, 4), 0.01), TIME)
    assert not any(map(len, kinds(events)))
    assert sd_s > 0


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    made = CurveNetwork(width=32, groups=2, dilations=(1, 2))
    with torch.no_grad():
        made.pooled[-1].bias[-1] = 3.0
    return made.eval()


@pytest.fixture(scope="module")
def shipped():
    """Weights that see events in stick figures."""
    return load_network(SHIPPED_WEIGHTS)


def test_a_bout_is_read(network):
    walk = StickWalk(1.25, 112.0, 1.72)
    reading = read_walk(network, film(walk), Bout(30, 140)).reading
    assert reading.time[0] == pytest.approx(1.0)
    assert reading.time[-1] <= 140 / 30
    assert set(reading.curves) == set(CURVES)
    assert reading.curves["activity"].values.shape == (len(reading.time), 2, 10)
    assert set(reading.numbers) == set(NUMBERS)
    assert reading.numbers["speed_mps"].value == pytest.approx(walk.speed_mps, rel=0.05), "untrained: as geometry"
    for target in NUMBER_TARGETS:
        assert reading.numbers[target.name].sd >= NUMBERS[target.name].least


def test_numbers_are_plain_and_the_networks_win(shipped):
    """Cadence and phases follow from the events too."""
    reading = read_walk(shipped, film(StickWalk(1.25, 112.0, 1.72, seconds=8.0)), Bout(0, 240), 40.0, "male").reading
    followed = derived_numbers(reading, Walker(40.0, "male", 1.72))
    assert followed["cadence_spm"].value == pytest.approx(112, rel=0.1)
    assert reading.numbers["cadence_spm"] != followed["cadence_spm"], "geometry's, not that of the strikes"
    assert reading.numbers["stride_time_s"].value == pytest.approx(120 / reading.numbers["cadence_spm"].value)
    assert reading.numbers["knee_at_extension_deg"] == followed["knee_at_extension_deg"]
    assert reading.numbers["gait_profile_score_deg"].value > 0, "speed was there before the scores"
    for number in reading.numbers.values():
        assert {type(number.value), type(number.sd)} <= {float, type(None)}


def test_what_a_reading_rests_on_is_told(network):
    recording = film(StickWalk(1.25, 112.0, 1.72, fps=50.0), yaw_deg=90)
    read = read_walk(network, recording, Bout(20, 240), age_years=40.0)
    assert read.walker == Walker(40.0, None, 1.72)
    assert read.geometry == measure(read.walk)
    assert read.view == "along"
    assert read.agreement.rhythm_spm == read.geometry.cadence_spm
    assert read.keypoints.shape[0] == len(read.reading.time)
    np.testing.assert_allclose(read.keypoints[5], recording.keypoints2d[20 + round(5 * 50 / 30), :, :2], atol=1e-6)


def test_what_cannot_be_had_is_told(network):
    recording = replace(film(StickWalk(1.25, 112.0, 1.72)), height_m=None)
    assert read_walk(network, recording, Bout(0, 150)).reading.numbers["step_width_m"] == Number(None, why=NO_SCALE)
    with torch.no_grad():
        network.pooled[-1].bias[-1] = -3.0
    numbers = read_walk(network, recording, Bout(0, 150), age_years=40.0).reading.numbers
    assert numbers["speed_mps"] == numbers["step_length_m"] == Number(None, why=NO_WAY)
    assert numbers["cadence_spm"].value == pytest.approx(112, rel=0.02)
    assert numbers["gait_deviation_index"].value is None
    with torch.no_grad():
        network.pooled[-1].bias[-1] = 3.0


def test_it_is_read_alike_in_a_mirror(network):
    recording = film(StickWalk(1.1, 104.0, 1.6), yaw_deg=25)
    own, other = (read_walk(network, one, Bout(0, 150)).reading for one in (recording, recording.mirrored()))
    np.testing.assert_allclose(own.curves["leg_angles"].values[:, ::-1], other.curves["leg_angles"].values, atol=1e-3)
    for name, number in own.numbers.items():
        sign = -1 if name.endswith("asymmetry_pct") else 1
        if number.value is None:
            assert other.numbers[name] == number
        else:
            assert number.value == pytest.approx(sign * other.numbers[name].value, abs=1e-3)
