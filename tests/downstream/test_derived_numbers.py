"""Numbers that follow from events and curves: laws of timing, of what noise does to it, and of gait scores."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick_walks import StickWalk
from downstream.network.reading_targets import NUMBER_TARGETS
from downstream.readings.derived_numbers import derived_numbers, knee_at_extension
from downstream.readings.gait_reading import GaitReading
from downstream.readings.gait_scores import gait_deviation_index, gait_profile_score, leg_gaits, variable_scores
from downstream.readings.healthy_gait import HEALTHY_GAIT_FILE, healthy_gait
from downstream.readings.quantities import NUMBERS
from downstream.readings.stride_timing import LEAST_STRIDES, stride_times, timing_numbers, variability
from downstream.readings.walker import Peers, Walker, peers
from downstream.walks.labelled_walk import LEG_ANGLES
from downstream.walks.read_folder import read_folder
from engine.gait.records import Events
from tests.downstream.made_folder import write_made_walk
from tests.downstream.made_reading import even_events, mean_walk, reading_of
from tests.downstream.stick_walks_labelled import labelled

SPEED, AGE = 0.42, 35.0
ADULT = Peers(AGE, 1.7, SPEED, 0.0)


def moved(events, rng, sd):
    """Every event with an error of its own."""

    def feet(pair):
        return tuple(times + rng.normal(0, sd, len(times)) for times in pair)

    return Events(feet(events.heel_strikes), feet(events.toe_offs))


def uneven(rng, deviation_s, strides=40, stride_s=1.1):
    """Events of a walk whose stride times truly vary; the left foot strikes in the middle."""
    right = np.concatenate([[0], np.cumsum(stride_s + rng.normal(0, deviation_s, strides))])
    left = (right[1:] + right[:-1]) / 2
    return Events((right, left), (right[:-1] + 0.68, np.concatenate([left[:1] - 0.42, left[:-1] + 0.68])))


def test_even_walk_is_told_exactly():
    numbers = timing_numbers(even_events(stride_s=1.25, stance=0.64), 0.0)
    expected = {
        "cadence_spm": 96,
        "stride_time_s": 1.25,
        "stance_pct": 64,
        "double_support_pct": 28,
        "step_time_asymmetry_pct": 0,
        "stance_asymmetry_pct": 0,
        "stride_time_cv_pct": 0,
    }
    for name, value in expected.items():
        assert numbers[name].value == pytest.approx(value, abs=1e-5), name
        assert numbers[name].sd == pytest.approx(0, abs=1e-5), name


def test_late_left_foot_makes_its_step_long():
    """It strikes 55 % after the right: left steps take 55, right ones 45 % of the stride."""
    numbers = timing_numbers(even_events(lag=0.55, stance=0.65), 0.0)
    assert numbers["step_time_asymmetry_pct"].value == pytest.approx(-20)
    assert numbers["stance_asymmetry_pct"].value == pytest.approx(0, abs=1e-6)


def test_mirror_turns_differences_round(rng):
    events = moved(even_events(lag=0.53, stance=0.65), rng, 0.01)
    mirrored = Events(events.heel_strikes[::-1], events.toe_offs[::-1])
    one, other = timing_numbers(events, 0.01), timing_numbers(mirrored, 0.01)
    for name, number in one.items():
        sign = -1 if "asymmetry" in name else 1
        assert other[name].value == pytest.approx(sign * number.value)
        assert other[name].sd == pytest.approx(number.sd)


def test_uncertainty_is_how_far_numbers_err(rng):
    """Their spread over many readings of one walk is the standard deviation that each reading tells."""
    events = even_events(strides=8, stance=0.65)
    readings = [timing_numbers(moved(events, rng, 0.012), 0.012) for _ in range(120)]
    for name in readings[0]:
        if name != "stride_time_cv_pct":
            values, told = (np.array([getattr(one[name], part) for one in readings]) for part in ("value", "sd"))
            assert np.std(values) == pytest.approx(np.mean(told), rel=0.2), name


def test_noise_of_events_is_taken_off_variability(rng):
    """Events err by so much that strides seem to vary by a third more than they do; on average the rest is what they do."""
    walks = [uneven(rng, 0.022) for _ in range(60)]
    read = [moved(walk, rng, 0.012) for walk in walks]

    def mean(readings, event_sd_s):
        return np.mean([variability(stride_times(events), event_sd_s).value for events in readings])

    true = mean(walks, 0.0)
    assert mean(read, 0.0) > 1.2 * true
    assert mean(read, 0.012) == pytest.approx(true, rel=0.06)


def test_variability_of_perfect_events_is_exact(rng):
    events = uneven(rng, 0.03)
    right, left = (np.diff(times) for times in events.heel_strikes)
    squares = ((right - right.mean()) ** 2).sum() + ((left - left.mean()) ** 2).sum()
    expected = 100 * np.sqrt(squares / (len(right) + len(left) - 2)) / np.mean([right.mean(), left.mean()])
    assert timing_numbers(events, 0.0)["stride_time_cv_pct"].value == pytest.approx(expected, rel=1e-6)


def test_variability_tells_how_surely_it_is_read(rng):
    events = uneven(rng, 0.03, strides=12)
    readings = [variability(stride_times(moved(events, rng, 0.012)), 0.012) for _ in range(200)]
    assert np.std([one.value for one in readings]) == pytest.approx(np.mean([one.sd for one in readings]), rel=0.2)


def test_few_strides_tell_no_variability():
    number = timing_numbers(even_events(strides=LEAST_STRIDES // 2), 0.01)["stride_time_cv_pct"]
    assert number.value is None
    assert str(LEAST_STRIDES) in number.why


def test_no_stride_gives_reasons_not_numbers():
    nothing = np.zeros(0)
    numbers = timing_numbers(Events((nothing, nothing), (nothing, nothing)), 0.01)
    assert all(number.value is None and number.why for number in numbers.values())


def test_one_foot_tells_rhythm_and_no_difference():
    """Its own strides are whole; of the other only what lies within them is seen."""
    events = Events((np.array([0.0, 1.0]), np.array([0.5])), (np.array([0.65]), np.array([0.15])))
    numbers = timing_numbers(events, 0.01)
    assert numbers["cadence_spm"].value == pytest.approx(120)
    assert numbers["stance_asymmetry_pct"].value is None


def test_events_out_of_order_are_left_out():
    """A stride whose other foot strikes before it has left the floor is none; the rest stays."""
    right, left = even_events(strides=10).heel_strikes
    offs = even_events(strides=10).toe_offs
    broken = offs[1].copy()
    broken[3] = left[3] - 0.01
    broken.sort()
    assert timing_numbers(Events((right, left), (offs[0], broken)), 0.0)["cadence_spm"].value == pytest.approx(
        120 / 1.1
    )


def test_labels_and_readings_mean_the_same(rng):
    """Of a walk that limps and whose events are uneven: what the network learns is what follows from the events."""
    walk = labelled(StickWalk(1.2, 110.0, 1.7))
    uneven_walk = replace(walk, events=moved(walk.events, rng, 0.03))
    numbers = timing_numbers(Events(*(feet_within(feet, walk.time) for feet in (kinds(uneven_walk.events)))), 0.01)
    told = {target.name: target.read(uneven_walk, uneven_walk.strides) for target in NUMBER_TARGETS}
    shared = set(numbers) & set(told)
    assert {"cadence_spm", "stance_pct", "double_support_pct", "step_time_asymmetry_pct"} < shared
    for name in shared:
        assert numbers[name].value == pytest.approx(told[name]), name


def kinds(events):
    return events.heel_strikes, events.toe_offs


def feet_within(feet, time):
    return tuple(times[(times >= time[0]) & (times <= time[-1])] for times in feet)


def test_mean_walk_differs_nothing_from_the_healthy():
    legs = leg_gaits(mean_walk(SPEED, AGE))
    assert gait_profile_score(legs, ADULT).value < 0.05
    assert gait_deviation_index(legs, ADULT).value > 120


def test_bent_knee_costs_what_it_is_bent():
    """Nine degrees in one of thirteen curves."""
    legs = leg_gaits(mean_walk(SPEED, AGE, bent_deg=9.0))
    own = {(one.angle, one.side): one.score.value for one in variable_scores(legs, ADULT)}
    assert own["knee_angle", 0] == pytest.approx(9, abs=0.05)
    assert own["knee_angle", 1] < 0.05
    assert gait_profile_score(legs, ADULT).value == pytest.approx(9 / np.sqrt(13), abs=0.02)


def test_index_falls_by_ten_for_each_healthy_deviation_of_the_logarithm():
    one, other = (gait_deviation_index(leg_gaits(mean_walk(SPEED, AGE, bent_deg=bend)), ADULT) for bend in (20, 40))
    legs = [leg_gaits(mean_walk(SPEED, AGE, bent_deg=bend))[0] for bend in (20, 40)]
    lengths = [
        np.linalg.norm(healthy_gait().features @ (leg.coefficients - healthy_gait().mean_curves(AGE, SPEED)).ravel())
        for leg in legs
    ]
    fall = 10 * np.log(lengths[1] / lengths[0]) / healthy_gait().feature_log_sd
    assert (one.value - other.value) * 2 == pytest.approx(fall, rel=1e-3)


def test_scores_are_as_sure_as_their_curves():
    scores = []
    for sd in (1.0, 2.0):
        legs = leg_gaits(mean_walk(SPEED, AGE, bent_deg=9.0, sd_deg=sd))
        scores.append([score(legs, ADULT).sd for score in (gait_profile_score, gait_deviation_index)])
    np.testing.assert_allclose(scores[1], 2 * np.array(scores[0]), rtol=1e-6)
    assert scores[0][0] == pytest.approx(1 / 13 * 9 / (9 / np.sqrt(13)), rel=0.05)


def test_unsure_speed_makes_scores_unsure():
    legs = leg_gaits(mean_walk(0.3, AGE))
    assert gait_profile_score(legs, replace(ADULT, speed_sd=0.03)).sd > gait_profile_score(legs, ADULT).sd


def test_knee_at_extension_is_the_least_in_stance():
    reading = mean_walk(SPEED, AGE, bent_deg=10.0, sd_deg=3.0)
    number = knee_at_extension(reading)
    knee = reading.curves["leg_angles"].values[:, 1, LEG_ANGLES.index("knee_angle")]
    stands = (reading.time / 1.1 - 0.5) % 1 < 0.62
    assert number.value == pytest.approx(knee[stands].min() + 5, abs=0.2)
    assert number.sd == pytest.approx(3 / np.sqrt(2))


def test_scores_of_nobody_say_why():
    reading = mean_walk(SPEED, AGE, speed_mps=1.25)
    unknown = derived_numbers(reading, Walker(height_m=1.7))
    assert "age" in unknown["gait_profile_score_deg"].why
    followed = derived_numbers(replace(reading, numbers={}), Walker(AGE, "male", 1.7))
    assert "speed" in followed["gait_deviation_index"].why
    blind = GaitReading(reading.time, reading.events, 0.0, {}, reading.numbers)
    assert "angles" in derived_numbers(blind, Walker(AGE, "male", 1.7))["knee_at_extension_deg"].why


def test_stature_that_is_not_told_is_the_typical_one():
    assert isinstance(peers(Walker(AGE), mean_walk(SPEED, speed_mps=1.2).numbers["speed_mps"]), Peers)


def test_no_number_is_surer_than_the_least_of_its_quantity():
    numbers = derived_numbers(mean_walk(SPEED, AGE, speed_mps=1.25), Walker(AGE, "male", 1.7))
    assert set(numbers) <= set(NUMBERS)
    assert all(number.sd >= NUMBERS[name].least for name, number in numbers.items() if number.value is not None)


def test_labels_of_a_walk_read_as_its_parameters(tmp_path):
    write_made_walk(tmp_path / "s00000" / "w00")
    walk = read_folder(tmp_path / "s00000" / "w00")
    numbers = derived_numbers(reading_of(walk), Walker(walk.subject.age_years, walk.subject.sex, walk.subject.height_m))
    durations = [np.mean([stride.duration for stride in side]) for side in walk.strides]
    assert numbers["cadence_spm"].value == pytest.approx(120 / np.mean(durations), rel=1e-6)


def test_healthy_gait_is_a_small_file_of_even_people():
    assert HEALTHY_GAIT_FILE.stat().st_size < 60_000
    healthy = healthy_gait()
    np.testing.assert_allclose(healthy.features @ healthy.features.T, np.eye(len(healthy.features)), atol=2e-3)
    normal = healthy.profile_score(AGE, SPEED)
    assert 2 < normal.mean < 7
    assert 0 < normal.sd < normal.mean / 2
