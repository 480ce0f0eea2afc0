"""Heel strikes and toe offs of made forces whose events are known."""

import numpy as np
import pytest

from engine.physics.events import LOADED, STRUCK, cycle_phases, stances, walk_events

WEIGHT = 700.0


def pushes(phase, start, share):
    """A vertical force that rises from nothing at ``start`` and is gone ``share`` of a cycle later."""
    own = (phase - start) % 1.0 / share
    return np.where(own < 1, 1.2 * WEIGHT * np.sin(np.pi * np.clip(own, 0, 1)), 0.0)


def test_cycle_phases_are_found_wherever_the_cycle_starts():
    phase = np.arange(200) / 200
    for shift in (0.0, 0.13, 0.61, 0.97):
        vertical = np.stack([pushes(phase, 0.3 + shift, 0.62), pushes(phase, 0.82 + shift, 0.6)], axis=1)
        strike, contact = cycle_phases(vertical, WEIGHT)
        late, early = (np.arcsin(load / 1.2) / np.pi for load in (STRUCK, LOADED))
        assert (strike - 0.3 - shift) % 1.0 == pytest.approx(late * 0.62, abs=0.003)
        assert contact.right_toe_off == pytest.approx(0.62 * (1 - late - early), abs=0.006)
        assert contact.left_heel_strike == pytest.approx(0.52, abs=0.006)
        assert contact.left_toe_off == pytest.approx(0.12, abs=0.02)


def test_a_foot_that_stands_twice_or_never_has_no_phases():
    phase = np.arange(100) / 100
    twice = np.stack([pushes(2 * phase, 0.1, 0.5), pushes(phase, 0.5, 0.6)], axis=1)
    never = np.stack([pushes(phase, 0.1, 0.6), np.zeros(100)], axis=1)
    always = np.stack([pushes(phase, 0.1, 0.6), np.full(100, WEIGHT)], axis=1)
    assert cycle_phases(twice, WEIGHT) is None
    assert cycle_phases(never, WEIGHT) is None
    assert cycle_phases(always, WEIGHT) is None


def test_short_gaps_and_faint_touches():
    force = np.zeros(100)
    force[10:50] = WEIGHT
    force[30] = 0.0
    force[70:80] = 0.1 * WEIGHT
    assert len(stances(force, WEIGHT)) == 1


def test_events_of_a_walk():
    time = np.arange(0, 6, 0.01)
    phase = time / 1.2
    vertical = np.stack([pushes(phase, 0.1, 0.6), pushes(phase, 0.6, 0.6)], axis=1)
    events = walk_events(time, vertical, WEIGHT)
    np.testing.assert_allclose(np.diff(events.heel_strikes[0]), 1.2, atol=1e-3)
    np.testing.assert_allclose(
        events.toe_offs[1] - events.heel_strikes[1][: len(events.toe_offs[1])] % 1.2,
        events.toe_offs[1] - 0.733,
        atol=0.02,
    )
    assert len(events.heel_strikes[0]) == 5
