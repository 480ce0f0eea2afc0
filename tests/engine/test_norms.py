"""Norm bands: laws that hold without the reference data, and agreement with it where it is there."""

import csv
import json

import numpy as np
import pytest

from benchmarks.norms_fit import CHANNELS, CHILD_SPEEDS, fit
from benchmarks.reference_folder import reference_folder
from engine.core.conventions import GRAVITY_MPS2
from engine.gait.norms import (
    COEFFICIENTS_FILE,
    SPEED_RANGE,
    band,
    dimensionless_speed,
    maturation,
    plate_stance,
    quantities,
    spatiotemporal,
)

SPEEDS = np.linspace(*SPEED_RANGE, 7)


@pytest.mark.parametrize("quantity", quantities())
def test_bands_are_periodic_and_their_deviation_positive(quantity):
    for speed in SPEEDS:
        for age in (5.0, 14.0, 70.0):
            norm = band(quantity, speed, age, phase=np.linspace(0, 2, 81))
            np.testing.assert_allclose(norm.mean[:40], norm.mean[40:80], atol=1e-9)
            assert (norm.sd > 0).all()
            np.testing.assert_allclose(norm.z(norm.mean + 2 * norm.sd), 2.0)


def test_swing_knee_flexion_rises_with_speed():
    peaks = [np.rad2deg(band("knee_angle", u, 9.0).mean[60:90].max()) for u in CHILD_SPEEDS]
    assert np.diff(peaks).min() > 0
    assert peaks[0] < 47
    assert 58 < peaks[2] < 61


def test_signs_are_those_of_opensim():
    free, stance = 0.43, slice(5, 55)
    assert band("pelvis_tilt", free, 30.0).mean.mean() < 0, "people walk with the pelvis tipped forward"
    assert band("ankle_angle_moment", free, 30.0).mean[stance].min() < -1.0, "push-off is a plantarflexion moment"
    assert band("hip_adduction_moment", free, 30.0).mean[stance].mean() < -0.3, "abductors hold the pelvis"
    force = band("ground_force_vx", free, 30.0).mean
    assert force[5:25].mean() < 0 < force[35:55].mean(), "braking comes before propulsion"


def test_ground_forces_carry_body_weight():
    """Two legs half a cycle apart carry one body weight on average, whatever the speed."""
    for speed in SPEEDS[:-1]:
        assert band("ground_force_vy", speed, 8.0, phase=np.arange(200) / 200).mean.mean() == pytest.approx(
            0.5, abs=0.02
        )


def test_age_changes_curves_only_between_child_and_adult():
    assert maturation(4.0) == 0.0
    assert maturation(80.0) == 1.0
    child, teen, adult = (band("knee_angle", 0.4, age).mean for age in (6.0, 14.0, 40.0))
    np.testing.assert_allclose(teen, (child + adult) / 2, atol=1e-12)


def test_unknown_quantity_names_the_known_ones():
    with pytest.raises(ValueError, match=r"elbow.*knee_angle"):
        band("elbow", 0.4, 30.0)


@pytest.mark.parametrize("age", [2.0, 6.0, 11.0, 25.0, 75.0, 95.0])
@pytest.mark.parametrize("sex", ["female", "male"])
def test_spatiotemporal_norms_agree_with_each_other(age, sex):
    norms = spatiotemporal(age, sex)
    speed = norms["speed_mps"].mean
    assert norms["step_length_m"].mean * norms["cadence_spm"].mean / 60 == pytest.approx(speed)
    assert norms["stride_time_s"].mean * norms["cadence_spm"].mean == pytest.approx(120)
    assert all(norm.sd > 0 for norm in norms.values())
    assert norms["cadence_spm"].z(norms["cadence_spm"].mean - norms["cadence_spm"].sd) == pytest.approx(-1)


def test_walking_faster_means_longer_steps_and_less_stance():
    slow, fast = (spatiotemporal(30.0, "female", speed_mps=v) for v in (0.8, 1.6))
    for name in ("step_length_m", "cadence_spm"):
        assert fast[name].mean > slow[name].mean
    for name in ("stance_pct", "double_support_pct", "stride_time_s"):
        assert fast[name].mean < slow[name].mean


def test_old_people_walk_slower_and_children_faster_steps():
    assert spatiotemporal(85.0, "male")["speed_mps"].mean < spatiotemporal(30.0, "male")["speed_mps"].mean - 0.25
    assert spatiotemporal(4.0, "male")["cadence_spm"].mean > spatiotemporal(30.0, "male")["cadence_spm"].mean + 20


def test_dimensionless_speed_of_a_pendulum_step():
    assert dimensionless_speed(np.sqrt(9.80665 * 0.9), 0.9) == pytest.approx(1.0)


ANGLE_TOLERANCE = 0.02
KINETIC_TOLERANCE = 0.03


@pytest.fixture(scope="module")
def reference():
    folder = reference_folder()
    if not (folder / "norms/schwartz2008.npz").is_file():
        pytest.skip("reference data is not here")
    return folder


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.quantity)
def test_bands_reproduce_the_published_curves(reference, channel):
    """Root mean square error of the mean over all five speeds within 2 % (forces, moments, powers: 3 %) of its range."""
    limits = np.load(reference / "norms/schwartz2008.npz", allow_pickle=False)[channel.children].astype(float)
    published = limits[:, 1] * channel.children_unit * channel.sign + channel.offset
    published_sd = np.abs(limits[:, 2] - limits[:, 0]) / 2 * channel.children_unit
    fitted = [band(channel.quantity, u, 8.0, phase=np.linspace(0, 1, 51)) for u in CHILD_SPEEDS]
    error = np.stack([norm.mean for norm in fitted]) - published
    tolerance = ANGLE_TOLERANCE if channel.unit == "rad" else KINETIC_TOLERANCE
    if np.ptp(published) > np.deg2rad(9) or channel.unit != "rad":
        assert np.sqrt((error**2).mean()) < tolerance * np.ptp(published)
    else:
        assert np.sqrt((error**2).mean()) < np.deg2rad(0.4)
    sd_error = np.stack([norm.sd for norm in fitted]) - published_sd
    assert np.sqrt((sd_error**2).mean()) < 0.2 * published_sd.max()


def test_stance_shortens_with_speed_and_is_long_in_toddlers():
    speed = np.linspace(0.172, 0.694, 30)
    for age in (3.0, 8.0, 40.0):
        stance = plate_stance(age, speed)
        assert (np.diff(stance) < 0).all()
        assert stance[0] - stance[-1] > 0.1
    assert plate_stance(2.5, 0.4) > plate_stance(4.0, 0.4) > plate_stance(6.0, 0.4)


def test_adults_stance_is_that_of_a_laboratory_that_was_not_fitted_to():
    """Kirtley, Whittle & Jefferson 1985: 64.2 - 3.5 v per cent, here of legs of 0.9 m."""
    for speed_mps in (0.9, 1.2, 1.5, 1.7):
        stance = 100 * plate_stance(30.0, speed_mps / np.sqrt(GRAVITY_MPS2 * 0.9))
        assert stance == pytest.approx(64.2 - 3.5 * speed_mps, abs=1.5)


def test_mats_differ_from_plates_and_step_length_reproduces_the_walkway_table(reference):
    """Every row (age, sex, pace): mats see children stand up to 2 points of the stride shorter, adults 2 to 3.5 longer; nine of ten
    step lengths are within one SD."""
    with (reference / "norms/stp_by_age_sex_pace.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Stance %|min"]]
    inside = []
    for row in rows:
        low, high = (float(row[f"Step Length (cm.)|{end}"]) / 100 for end in ("min", "max"))
        cadence = np.mean([float(row[f"Cadence (steps/min.)|{end}"]) for end in ("min", "max")])
        age = (float(row["Age (min)"]) + float(row["Age (max)"]) + 1) / 2
        norms = spatiotemporal(age, row["Gender"].lower(), speed_mps=(low + high) / 2 * cadence / 60)
        inside.append(low < norms["step_length_m"].mean < high)
        stance = np.mean([float(row[f"Stance %|{end}"]) for end in ("min", "max")])
        longer = stance - norms["stance_pct"].mean
        least, most = (-2.6, 0.6) if age < 14 else (0.5, 1.3) if age < 18 else (1.9, 3.7)
        assert least < longer < most, (row["Gender"], age, longer)
    assert np.mean(inside) > 0.9


def test_the_shipped_coefficients_are_those_of_the_fit(reference):
    assert fit(reference) == json.loads(COEFFICIENTS_FILE.read_text(encoding="utf-8"))
