"""From recordings to cycles: round trips, any direction, and what is not walking."""

import numpy as np
import pytest
from norm_gait import norm_proposal
from recorded import LEGS, recording, rms_deg, still

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, TRANSLATIONS
from engine.core.errors import DataError
from engine.gait.cycle import GaitCycle
from engine.gait.recording import Recording
from engine.tools.motion_files.heading import turned
from engine.tools.motion_files.typical_stride import cut_stride, typical_stride
from engine.tools.motion_files.walking import as_walking

PHASE = np.arange(100) / 100


@pytest.fixture(scope="module")
def cycle():
    return norm_proposal()[0].cycle


def assert_same_gait(found, cycle, degrees):
    """The same curves from the same instant, here that at which the right hip is most flexed."""
    fine = np.arange(2000) / 2000
    column = COORDINATE_INDEX["hip_flexion_r"]
    start = [fine[c.at(fine)[:, column].argmax()] for c in (found, cycle)]
    ours, theirs = (c.at(PHASE + s)[:, LEGS] for c, s in zip((found, cycle), start, strict=True))
    assert rms_deg(ours, theirs) < degrees
    assert found.speed_mps == pytest.approx(cycle.speed_mps, rel=0.01)
    assert found.duration_s == pytest.approx(cycle.duration_s, abs=0.011)


@pytest.mark.parametrize("start", [0.0, 0.3, 0.77])
@pytest.mark.parametrize("strides", [1.15, 2.3, 6.0])
def test_a_cycle_comes_back(cycle, strides, start):
    found = typical_stride(recording(cycle, strides, start=start))
    assert found.gap_deg < 1.0
    assert_same_gait(found.cycle, cycle, 0.4)


@pytest.mark.parametrize("heading", [0.4, np.pi / 2, np.pi, -2.5])
def test_any_direction_becomes_forward(cycle, heading, adult):
    found = typical_stride(recording(cycle, heading=heading)).cycle
    assert_same_gait(found, cycle, 0.4)
    straight = as_walking("x", typical_stride(recording(cycle)).cycle, adult.body).cycle
    aside = as_walking("x", found, adult.body).cycle
    np.testing.assert_allclose(aside.at(PHASE)[:, :3], straight.at(PHASE)[:, :3], atol=2e-3)


def test_turning_keeps_heights_and_comes_back(cycle):
    q = cycle.at(PHASE)
    there = turned(q, 1.1)
    np.testing.assert_allclose(there[:, 4], q[:, 4])
    np.testing.assert_allclose(turned(there, -1.1), q, atol=1e-12)
    way = there[-1, 3:6] - there[0, 3:6]
    assert np.arctan2(-way[2], way[0]) == pytest.approx(1.1, abs=0.1)


def test_the_typical_stride_is_not_the_odd_one(cycle):
    made = recording(cycle, 8.0)
    odd = (made.time > 3 * cycle.duration_s) & (made.time < 4 * cycle.duration_s)
    q = made.q.copy()
    bump = np.sin(np.pi * (made.time[odd] / cycle.duration_s - 3)) ** 2
    q[odd, COORDINATE_INDEX["knee_angle_r"]] += 0.5 * bump
    assert_same_gait(typical_stride(Recording("x", made.time, q)).cycle, cycle, 0.4)


def test_noise_and_drift_are_smoothed(cycle, rng):
    made = recording(cycle, 4.0)
    size = [0.002 if name in TRANSLATIONS else np.radians(0.5) for name in COORDINATES]
    q = made.q + rng.normal(0, size, made.q.shape)
    q[:, COORDINATE_INDEX["pelvis_tz"]] += 0.1 * made.time
    assert_same_gait(typical_stride(Recording("x", made.time, q)).cycle, cycle, 1.0)


def test_half_a_stride_is_never_taken_for_one(cycle):
    """After half a stride of a symmetric gait the legs have changed places, not returned."""
    found = typical_stride(recording(cycle, 3.0))
    assert found.cycle.duration_s > 0.9 * cycle.duration_s


def test_a_chosen_stride_is_taken_as_it_is(cycle):
    made = recording(cycle, 3.0)
    part = made.between(0.5, 0.5 + round(cycle.duration_s, 2))
    found = cut_stride(part)
    assert (found.start_s, found.end_s) == (pytest.approx(0.5), pytest.approx(0.5 + round(cycle.duration_s, 2)))
    assert_same_gait(found.cycle, cycle, 0.4)
    with pytest.raises(DataError, match="one stride takes"):
        cut_stride(recording(cycle, 4.0))
    with pytest.raises(DataError, match="no stride repeats"):
        cut_stride(made.between(0.0, 0.6 * cycle.duration_s))


def test_heel_strike_comes_first(cycle, adult):
    """Phase 0 is the right heel strike wherever the recording began."""
    found = as_walking("x", typical_stride(recording(cycle, start=0.4)).cycle, adult.body)
    assert_same_gait(found.cycle, cycle, 0.4)
    assert rms_deg(found.cycle.at(PHASE)[:, LEGS], cycle.at(PHASE)[:, LEGS]) < 6
    assert found.contact.left_heel_strike == pytest.approx(0.5, abs=0.02)
    assert 0.55 < found.contact.right_toe_off < 0.7


def changed(cycle, **columns):
    coefficients = cycle.coefficients.copy()
    for name, change in columns.items():
        coefficients[:, COORDINATE_INDEX[name]] = change(coefficients[:, COORDINATE_INDEX[name]])
    return GaitCycle(coefficients, cycle.speed_mps, cycle.duration_s)


def leaning(angle):
    """A change of a coordinate's mean."""
    return lambda coefficients: coefficients + np.eye(len(coefficients))[0] * angle


def test_standing_is_no_walking():
    with pytest.raises(DataError, match=r"not walking: a hip flexes and extends by 0\.0°"):
        typical_stride(still())


def test_what_never_repeats_is_no_walking(cycle, rng):
    made = recording(cycle, 3.0)
    q = made.q.copy()
    q[:, LEGS] = np.cumsum(rng.normal(0, 0.1, (len(q), len(LEGS))), axis=0)
    with pytest.raises(DataError, match="repeats"):
        typical_stride(Recording("x", made.time, q))


def test_less_than_a_stride_is_told(cycle):
    with pytest.raises(DataError, match=r"repeats|whole stride"):
        typical_stride(recording(cycle, 0.8))


def test_jumping_is_no_walking(cycle, adult):
    """Legs together instead of in turns."""
    same = {
        f"{n}_l": lambda _, n=n: cycle.coefficients[:, COORDINATE_INDEX[f"{n}_r"]]
        for n in ("hip_flexion", "knee_angle", "ankle_angle")
    }
    with pytest.raises(DataError, match="take turns"):
        as_walking("x", changed(cycle, **same), adult.body)


def test_a_reversed_recording_is_told(cycle, adult):
    made = recording(cycle)
    back = Recording("x", made.time, made.q[::-1].copy())
    with pytest.raises(DataError, match="backwards; is the recording reversed"):
        as_walking("x", typical_stride(back).cycle, adult.body)


def test_sideways_treadmill_running_and_lying_are_told(cycle, adult):
    aside = changed(cycle, pelvis_rotation=leaning(1.2))
    with pytest.raises(DataError, match="faces"):
        as_walking("x", aside, adult.body)
    with pytest.raises(DataError, match="--belt-speed"):
        as_walking("x", GaitCycle(cycle.coefficients, 0.0, cycle.duration_s), adult.body)
    with pytest.raises(DataError, match="is not walking for legs"):
        as_walking("x", GaitCycle(cycle.coefficients, 4.0, cycle.duration_s), adult.body)
    lying = changed(cycle, pelvis_tilt=leaning(1.5))
    with pytest.raises(DataError, match="is Y the vertical axis"):
        as_walking("x", lying, adult.body)
