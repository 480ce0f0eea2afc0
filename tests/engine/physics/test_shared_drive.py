"""Muscles of one drive: followers are active with their leaders, and nothing else changes."""

import numpy as np
import pytest

from engine.core.conventions import MUSCLES
from engine.physics.activation_dynamics import producible
from engine.physics.figures import reserve_peak_nm
from engine.physics.projection import FRAMES, explain_standing
from engine.physics.settings import ForceSettings
from engine.physics.shared_drive import SHARED, share_drive

FOLLOWED_WITHIN = 0.03
"""Leaders may rest a little once followers help them; activation dynamics moves both."""


@pytest.fixture(scope="module")
def explained(adult, gait):
    motion = gait.cycle.motion(FRAMES)
    return *explain_standing(adult.body, ForceSettings(), motion), float(motion.time[1])


def mean_activity(frames, names, side):
    return frames.activation[:, [MUSCLES.index(f"{name}_{side}") for name in names]].mean(axis=1)


@pytest.mark.parametrize("side", ["r", "l"])
def test_followers_are_as_active_as_their_leaders_make_them(explained, side):
    frames, loads, step = explained
    before, after = (producible(given, loads, step, periodic=True) for given in (frames, share_drive(frames)))
    for drive in SHARED:
        asked = drive.share * mean_activity(frames, drive.leaders, side)
        assert (asked - mean_activity(before, drive.followers, side)).max() > 2 * FOLLOWED_WITHIN
        assert (asked - mean_activity(after, drive.followers, side)).max() < FOLLOWED_WITHIN


def test_forces_still_explain_the_motion(explained, adult):
    frames, loads, step = explained
    before, after = (producible(given, loads, step, periodic=True) for given in (frames, share_drive(frames)))
    assert reserve_peak_nm(adult.body, after) < reserve_peak_nm(adult.body, before) + 0.5
    np.testing.assert_allclose(after.point_force, before.point_force, atol=0.05 * adult.body.weight_n)


def test_only_floors_of_followers_rise(explained):
    frames, _, _ = explained
    raised = share_drive(frames).lower - frames.lower
    assert raised.min() == 0.0
    led = {f"{name}_{side}" for drive in SHARED for name in drive.followers for side in "rl"}
    assert {MUSCLES[i] for i in np.flatnonzero(raised.max(axis=0))} == led
