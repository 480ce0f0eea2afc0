"""The healthy atlas walks as people of each age and speed do."""

import numpy as np
import pytest
from made_people import make_gaits, make_people
from numpy.testing import assert_allclose

from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2
from engine.gait.cycle import basis, phase_grid
from engine.gait.norms import band
from generative.clearance import toe_clearance
from generative.feet import HEEL
from generative.sources.age_tables import age_tables
from generative.sources.atlas import age_weights, healthy_atlas
from generative.standing import slip_per_stance, step_width

GRID = phase_grid(100)


def curves(gaits, name):
    return np.rad2deg(basis(GRID) @ gaits.coefficients[..., COORDINATE_INDEX[name]].T).T


def seconds(people, gaits):
    return gaits.duration * np.sqrt(people.hip_height / GRAVITY_MPS2)


def test_the_same_generator_state_gives_the_same_people():
    first, second = (make_gaits([20, 40, 60], seed=4)[2] for _ in range(2))
    assert_allclose(first.coefficients, second.coefficients, atol=0)
    assert np.abs(first.coefficients - make_gaits([20, 40, 60], seed=5)[2].coefficients).max() > 0.01


def test_the_average_person_is_symmetric():
    gaits = make_gaits([30, 8], individual=0.0)[2]
    assert_allclose(gaits.mirrored().coefficients, gaits.coefficients, atol=2e-3)


def test_children_take_more_and_shorter_steps():
    people, _, gaits = make_gaits([3, 6, 10, 30], individual=0.0)
    time = seconds(people, gaits)
    length = gaits.speed * gaits.duration * people.hip_height
    assert (np.diff(time) > 0).all()
    assert (np.diff(length) > 0).all()


def test_old_people_walk_slower_with_longer_stance_and_less_push_off():
    gaits = make_gaits([30, 70, 85], individual=0.0)[2]
    assert (np.diff(gaits.speed) < 0).all()
    assert (np.diff(gaits.stance[:, 0]) > 0).all()
    assert (np.diff(curves(gaits, "ankle_angle_r").min(axis=1)) > 0).all()
    assert (np.diff(-curves(gaits, "hip_flexion_r").min(axis=1)) < 0).all()


def test_strength_grows_and_fades_with_age():
    strength = make_gaits([3, 10, 25, 60, 85], individual=0.0)[2].muscles[:, 0, 0]
    assert (strength[0] < strength[1]).all()
    assert (strength[1] < strength[2]).all()
    assert (strength[2] > strength[3]).all()
    assert (strength[3] > strength[4]).all()


def test_faster_is_more_knee_flexion_longer_steps_and_shorter_stance():
    gaits = make_gaits([10] * 4, np.array([0.172, 0.29, 0.429, 0.56]), individual=0.0)[2]
    assert (np.diff(curves(gaits, "knee_angle_r").max(axis=1)) > 0).all()
    assert (np.diff(gaits.speed * gaits.duration) > 0).all()
    assert (np.diff(gaits.stance[:, 0]) < 0).all()


@pytest.mark.parametrize("age", [8, 30])
def test_mean_curves_lie_within_one_sd_of_the_norms(age):
    gaits = make_gaits([age] * 60)[2]
    for name in ("hip_flexion", "knee_angle", "ankle_angle"):
        norm = band(name, float(gaits.speed[0]), age, phase=GRID)
        z = norm.z(np.deg2rad(curves(gaits, f"{name}_r").mean(axis=0)))
        assert np.sqrt(np.mean(z**2)) < 1.0, name


def test_knees_differ_between_people_as_published():
    gaits = make_gaits([30] * 200)[2]
    peak = curves(gaits, "knee_angle_r").max(axis=1)
    assert 3.0 < peak.std() < 6.5  # adults 4.7, children 5.9 (CGM2.3, Schwartz 2008)


@pytest.mark.parametrize(
    ("age", "speed_mps", "cadence", "step_m", "stance_pct"),
    [
        (5.5, 1.26, (140.0, 12.9), (0.545, 0.051), (57.6, 1.7)),
        (10.5, 1.39, (123.4, 9.8), (0.674, 0.063), (57.3, 1.9)),
        (35.0, 1.36, (112.3, 7.9), (0.728, 0.073), (60.0, 2.2)),
        (72.5, 1.16, (107.5, 14.0), (0.65, 0.085), (60.4, 2.0)),
    ],
)
def test_steps_at_a_speed_are_those_of_the_norms(age, speed_mps, cadence, step_m, stance_pct):
    """Means and SDs of both sexes of Dusing & Thorpe 2007, Lythgo 2011, GAITRite's adults and Hollman 2011; adults' stance on force plates
    (64.2 - 3.5 v, Kirtley et al. 1985)."""
    people, _ = make_people([age] * 100)
    speed = speed_mps / np.sqrt(GRAVITY_MPS2 * people.hip_height)
    people, _, gaits = make_gaits([age] * 100, speed)
    found = {
        cadence: 120 / seconds(people, gaits),
        step_m: gaits.speed * gaits.duration * people.hip_height / 2,
        stance_pct: 100 * gaits.stance.mean(axis=1),
    }
    for (mean, deviation), values in found.items():
        assert abs(values.mean() - mean) < 0.5 * deviation


@pytest.mark.parametrize(("speed", "peak_deg"), [(0.172, 45), (0.29, 55), (0.429, 59), (0.56, 61)])
def test_childrens_knees_bend_in_swing_as_published_at_each_speed(speed, peak_deg):
    gaits = make_gaits([10] * 40, speed)[2]
    # Schwartz 2008, whose barefoot children take steps 4 to 6 % shorter.
    assert curves(gaits, "knee_angle_r").mean(axis=0).max() == pytest.approx(peak_deg + 1.0, abs=1.5)


def test_older_people_take_more_steps_at_the_speed_of_the_young():
    """Some 4 % at 69 years (DeVita & Hortobagyi 2000); 106 and 123 steps/min at 1.06 and 1.31 m/s (Mobilise-D's healthy older adults)."""
    step = healthy_atlas().step_length(np.array([25.0, 69.0]), np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    assert 1.02 < step[0] / step[1] < 1.06
    people, _ = make_people([72] * 20)
    for speed_mps, cadence in ((0.69, 82), (1.06, 106), (1.31, 123)):
        made = make_gaits([72] * 20, speed_mps / np.sqrt(GRAVITY_MPS2 * people.hip_height), individual=0.0)
        assert np.mean(120 / seconds(made[0], made[2])) == pytest.approx(cadence, rel=0.06)


def test_feet_are_nearly_feasible():
    people, legs, gaits = make_gaits([4, 8, 16, 30, 50, 75] * 5)
    size = people.hip_height[:, None]
    assert np.median(slip_per_stance(gaits, legs) * size) < 0.15
    assert (toe_clearance(gaits, legs) * size).min() > 0.0
    asked = age_tables().step_width.at(people.age)
    assert 0.8 < np.median(step_width(gaits, legs, HEEL) / asked) < 1.2


def test_age_weights_interpolate():
    ages = np.array([1.0, 2.0, 30.0, 65.0, 99.0])
    weights = age_weights(ages, (2.0, 60.0, 70.0))
    assert_allclose(weights.sum(axis=1), 1)
    assert_allclose(weights @ [2.0, 60.0, 70.0], np.clip(ages, 2, 70))
