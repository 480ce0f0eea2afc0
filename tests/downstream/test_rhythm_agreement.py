"""Geometry's rhythm beside the strikes of a reading and a plain spectrum of the legs."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick_walks import StickWalk, film
from downstream.geometry.walk_geometry import measure
from downstream.network.frame_signals import frame_signals
from downstream.readings.rhythm_agreement import RhythmAgreement, agreement, spectrum_spm, strikes_spm
from downstream.recordings.cleaning import clean
from engine.gait.records import Events

NONE = np.zeros(0)


def walked(cadence_spm, seconds=6.0, limp=0.0):
    """Strikes of both feet; with ``limp`` one step takes longer by this share of a step, the other so much less."""
    stride = 120 / cadence_spm
    right = np.arange(0.2, seconds, stride)
    left = right[:-1] + 0.5 * (1 + limp) * stride
    return Events((right, left), (NONE, NONE))


def signals_of(recording):
    walk = clean(recording)
    return frame_signals(walk, measure(walk))


def beside_strikes(events, rhythm_spm):
    return RhythmAgreement(rhythm_spm, strikes_spm(events), rhythm_spm)


@pytest.mark.parametrize("cadence", [45, 80, 120, 200])
@pytest.mark.parametrize("limp", [0.0, 0.3])
def test_strikes_to_the_rhythm_agree_however_uneven_the_steps(cadence, limp):
    found = beside_strikes(walked(cadence, limp=limp), 1.02 * cadence)
    assert found.strikes_spm == pytest.approx(cadence)
    assert not found.disagrees
    assert not found.words


@pytest.mark.parametrize("ratio", [0.5, 2 / 3, 1.5, 2.0])
def test_another_rhythm_disagrees_and_both_are_named(ratio):
    found = beside_strikes(walked(100), 100 * ratio)
    assert found.disagrees
    assert "100 times a minute" in found.words
    assert f"{100 * ratio:.0f} steps/min" in found.words


def test_some_missed_strikes_do_not_disagree():
    right, left = walked(110, seconds=12).heel_strikes
    missed = Events((np.delete(right, [3, 7]), np.delete(left, 5)), (NONE, NONE))
    assert not beside_strikes(missed, 110).disagrees


def test_every_other_strike_missed_is_half_the_rhythm():
    right, left = walked(110, seconds=12).heel_strikes
    halved = Events((right[::2], left[::2]), (NONE, NONE))
    assert strikes_spm(halved) == pytest.approx(55)
    assert beside_strikes(halved, 110).disagrees


def test_too_few_strikes_contradict_nothing():
    once = Events((np.array([0.5]), np.array([1.1])), (NONE, NONE))
    assert strikes_spm(once) is None
    assert not beside_strikes(once, 30).disagrees
    assert not beside_strikes(Events((NONE, NONE), (NONE, NONE)), 100).words


@pytest.mark.parametrize("yaw", [0, 40, 90])
@pytest.mark.parametrize("cadence", [70, 112, 150])
def test_spectrum_of_a_walk_is_its_cadence_from_every_side(yaw, cadence):
    signals = signals_of(film(StickWalk(1.2, float(cadence), 1.7, seconds=8.0), yaw_deg=yaw))
    assert spectrum_spm(signals) == pytest.approx(cadence, rel=0.03)
    assert not agreement(cadence, walked(cadence), signals).words


def test_spectrum_of_legs_that_move_to_another_rhythm_is_told():
    """Knees and ankles of a fast walk on a body that sways slowly."""
    slow, fast = (film(StickWalk(1.0, cadence, 1.7, seconds=8.0)) for cadence in (80.0, 150.0))
    points = slow.keypoints2d.copy()
    points[:, 13:17] += fast.keypoints2d[:, 13:17] - fast.keypoints2d[:, 11:13].repeat(2, axis=1)
    points[:, 13:17] -= slow.keypoints2d[:, 13:17] - slow.keypoints2d[:, 11:13].repeat(2, axis=1)
    points[..., 2] = slow.keypoints2d[..., 2]
    found = agreement(80.0, walked(80), signals_of(replace(slow, keypoints2d=points)))
    assert found.spectrum_spm == pytest.approx(150, rel=0.03)
    assert "highest at 150" in found.words
    assert "feet strike" not in found.words
