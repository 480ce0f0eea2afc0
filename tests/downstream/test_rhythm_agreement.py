import numpy as np
import pytest

from downstream.readings.rhythm_agreement import agreement
from engine.gait.records import Events

NONE = np.zeros(0)


def walked(cadence_spm, seconds=6.0, limp=0.0):
    """Strikes of both feet; with ``limp`` one step takes longer by this share of a step, the other so much less."""
    stride = 120 / cadence_spm
    right = np.arange(0.2, seconds, stride)
    left = right[:-1] + 0.5 * (1 + limp) * stride
    return Events((right, left), (NONE, NONE))


@pytest.mark.parametrize("cadence", [45, 80, 120, 200])
@pytest.mark.parametrize("limp", [0.0, 0.3])
def test_strikes_to_the_rhythm_agree_however_uneven_the_steps(cadence, limp):
    found = agreement(walked(cadence, limp=limp), 1.02 * cadence)
    assert found.strikes_spm == pytest.approx(cadence)
    assert not found.disagrees
    assert not found.words


@pytest.mark.parametrize("ratio", [0.5, 2 / 3, 1.5, 2.0])
def test_another_rhythm_disagrees_and_both_are_named(ratio):
    found = agreement(walked(100), 100 * ratio)
    assert found.disagrees
    assert "100 times a minute" in found.words
    assert f"{100 * ratio:.0f} steps/min" in found.words


def test_some_missed_strikes_do_not_disagree():
    right, left = walked(110, seconds=12).heel_strikes
    missed = Events((np.delete(right, [3, 7]), np.delete(left, 5)), (NONE, NONE))
    assert not agreement(missed, 110).disagrees


def test_every_other_strike_missed_is_half_the_rhythm():
    right, left = walked(110, seconds=12).heel_strikes
    assert agreement(Events((right[::2], left[::2]), (NONE, NONE)), 110).strikes_spm == pytest.approx(55)
    assert agreement(Events((right[::2], left[::2]), (NONE, NONE)), 110).disagrees


def test_too_few_strikes_contradict_nothing():
    once = Events((np.array([0.5]), np.array([1.1])), (NONE, NONE))
    assert agreement(once, 30).strikes_spm is None
    assert not agreement(once, 30).disagrees
    assert not agreement(Events((NONE, NONE), (NONE, NONE)), 100).words
