from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick_walks import StickWalk, film, filmed, joints3d
from downstream.geometry.stride_rhythm import CERTAIN, Signal, strongest_rhythm
from downstream.geometry.walk_geometry import measure
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import JOINT
from downstream.views.detector_noise import corrupt

TIME = np.arange(100) / 25
VIEWS = (0, 45, 90)


def wave(stride_hz, per_stride=1, size=1.0):
    angle = 2 * np.pi * stride_hz * per_stride * TIME
    return Signal(size * np.column_stack([np.sin(angle), np.cos(angle + 0.4)]), per_stride)


def noisy(signal, rng, sd=0.1):
    return replace(signal, values=signal.values + rng.normal(0, sd, signal.values.shape))


def limping(walk, share):
    """The figure with a left leg that moves by this share less than the right one."""
    joints = joints3d(walk)
    hip = joints[:, [JOINT["left_hip"]]]
    leg = [JOINT["left_knee"], JOINT["left_ankle"]]
    usual = (joints[:, leg] - hip).mean(axis=0)
    joints[:, leg] = hip + usual + (1 - share) * (joints[:, leg] - hip - usual)
    return joints


@pytest.mark.parametrize("frequency", [0.45, 0.8, 1.1, 1.7])
def test_the_fundamental_is_found_in_gappy_noise(rng, frequency):
    angle = 2 * np.pi * frequency * TIME
    values = np.column_stack([np.sin(angle) + 0.5 * np.sin(2 * angle), 0.6 * np.cos(angle) + 0.1 * TIME])
    values[rng.random(100) < 0.2] = np.nan
    found = strongest_rhythm(TIME, [noisy(Signal(values, 1), rng)], 1.7)
    assert found.stride_hz == pytest.approx(frequency, abs=0.06 / TIME[-1])


def test_evidence_that_agrees_is_certain_and_more_of_it_more_so(rng):
    legs, steps = noisy(wave(0.9), rng, 0.4), noisy(wave(0.9, per_stride=2), rng, 0.4)
    alone, together = (strongest_rhythm(TIME, signals, 1.7) for signals in ([legs], [legs, steps]))
    assert together.stride_hz == pytest.approx(0.9, abs=0.03)
    assert together.lead > alone.lead > CERTAIN


@pytest.mark.parametrize("rhythms", [(0.65, 1.3), (1.3, 0.65)])
def test_evidence_that_disagrees_is_not_certain_and_both_rhythms_are_told(rng, rhythms):
    legs, arms = (noisy(wave(stride_hz), rng, 0.4) for stride_hz in rhythms)
    found = strongest_rhythm(TIME, [legs, arms], 1.7)
    assert sorted([found.stride_hz, found.other_hz]) == pytest.approx([0.65, 1.3], abs=0.05)
    assert found.lead < CERTAIN


def test_steps_alone_do_not_double_the_rhythm(rng):
    steps = [noisy(wave(0.9, per_stride=2), rng) for _ in range(3)]
    assert strongest_rhythm(TIME, steps, 1.7).stride_hz == pytest.approx(0.9, abs=0.03)


def test_noise_is_not_certain(rng):
    leads = [strongest_rhythm(TIME, [Signal(rng.normal(size=(100, 4)), 1)], 1.7).lead for _ in range(50)]
    assert np.mean(np.array(leads) > CERTAIN) < 0.1


def test_a_signal_that_is_mostly_missing_says_nothing(rng):
    legs, other = noisy(wave(0.9), rng), noisy(wave(0.5), rng)
    missing = Signal(np.where(np.arange(len(TIME))[:, None] < 60, np.nan, other.values), other.per_stride)
    assert strongest_rhythm(TIME, [legs, missing], 1.7) == strongest_rhythm(TIME, [legs], 1.7)


def test_what_is_usual_decides_only_where_nothing_else_does(rng):
    nothing = Signal(np.full((100, 2), np.nan), 1)
    child, adult = (strongest_rhythm(TIME, [nothing], stature).stride_hz for stature in (0.9, 1.8))
    assert child > 1.2 * adult
    slow = noisy(wave(0.4), rng, 0.3)
    assert strongest_rhythm(TIME, [slow], 0.9).stride_hz == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize("yaw", VIEWS)
@pytest.mark.parametrize("cadence", [55, 82, 110, 165])
def test_a_walk_is_not_taken_for_one_of_another_rhythm(rng, yaw, cadence):
    """The same steps in other time: half, three quarters, usual and one and a half times the usual cadence, 4 s of each."""
    walk = StickWalk(0.65 * cadence / 60, cadence, 1.7, seconds=4.0)
    exact = film(walk, yaw, 3)
    gait = measure(clean(corrupt(exact, np.ones(exact.keypoints2d.shape[:2], dtype=bool), rng)))
    assert gait.cadence_spm == pytest.approx(cadence, rel=0.06)
    assert gait.certain


@pytest.mark.parametrize("yaw", VIEWS)
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_limping_does_not_double_the_cadence(yaw, share):
    walk = StickWalk(0.9, 95, 1.7)
    gait = measure(clean(filmed(limping(walk, share), walk, yaw, 3)))
    assert gait.cadence_spm == pytest.approx(95, rel=0.03)
    assert gait.certain


def test_a_mirror_changes_neither_the_rhythm_nor_its_lead():
    walk = film(StickWalk(1.1, 105, 1.6), 60, 5)
    one, other = measure(clean(walk)), measure(clean(walk.mirrored()))
    assert other.lead == pytest.approx(one.lead, rel=1e-6)
    assert other.other_cadence_spm == pytest.approx(one.other_cadence_spm, rel=1e-9)
