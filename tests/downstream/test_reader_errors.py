"""Errors of readings, and the figures that follow from them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from stick_walks_labelled import labelled

from benchmarks.stick_walks import StickWalk
from downstream.evaluation.error_figures import figures, of, paired, shown
from downstream.evaluation.error_rows import SURE, ErrorRow, curve_rows, event_rows, number_rows
from downstream.evaluation.evaluate_reader import READER, judge
from downstream.evaluation.judged_groups import BMIS, within
from downstream.evaluation.judged_recordings import judged_recording
from downstream.evaluation.truth import true_reading
from downstream.readings.gait_reading import Curve, Number
from engine.gait.records import Events

WALK = labelled(StickWalk(1.2, 110.0, 1.68, seconds=9.0))


@pytest.fixture(scope="module")
def judged():
    return next(
        made for number in range(9) if (made := judged_recording(WALK, number)) and made.facts.camera == "standing"
    )


def table(rows):
    return pd.DataFrame(list(rows), columns=ErrorRow._fields)


def test_whoever_tells_the_truth_makes_no_error(judged):
    rows = table(judge(judged, judged.truth, ()))
    assert {"speed_mps", "stance_pct", "events", "activity"} <= set(rows["quantity"])
    assert rows["error"].max() == 0
    for one in shown():
        own = of(rows, READER, one.quantity, *one.parts)
        if len(own):
            found = figures(own)
            assert (found.told, found.made_up, found.mae, found.inside) == (1.0, 0.0, 0.0, 1.0), one.title


def test_the_truth_is_that_of_the_walk(judged):
    numbers = {name: number.value for name, number in judged.truth.numbers.items()}
    assert numbers["speed_mps"] == pytest.approx(1.2, rel=0.01)
    assert numbers["cadence_spm"] == pytest.approx(110, rel=1e-3)
    assert numbers["stride_time_s"] == pytest.approx(120 / 110, rel=1e-3)
    assert numbers["step_time_asymmetry_pct"] == pytest.approx(0, abs=0.1)


def test_the_truth_goes_by_the_clock_of_the_recording():
    """Also where cleaning has cut its beginning off."""
    made = (judged_recording(WALK, number) for number in range(60))
    cut = next(one for one in made if one and one.signals.time[0] > 0)
    np.testing.assert_allclose(cut.truth.time, cut.signals.time, atol=1e-9)
    instants = np.arange(2.0, 6.0, 1 / 30)
    early, late = (true_reading(WALK, instants, begins_s=begins_s) for begins_s in (0.0, 1.5))
    for own, shifted in zip(early.events.heel_strikes, late.events.heel_strikes, strict=True):
        np.testing.assert_allclose(own - shifted, 1.5)
    assert late.time[0] == pytest.approx(0.5)
    for name, number in early.numbers.items():
        assert late.numbers[name].value == pytest.approx(number.value, abs=1e-9), name


def test_before_a_treadmill_the_way_is_not_asked_for():
    made = (judged_recording(WALK, number) for number in range(40))
    truth = next(one for one in made if one and one.facts.camera == "treadmill").truth
    assert truth.numbers["speed_mps"].value is truth.numbers["step_length_m"].value is None
    assert truth.numbers["cadence_spm"].value is not None


def test_a_recording_follows_from_its_name_alone(judged):
    again = judged_recording(WALK, int(judged.name.split("/")[-1]))
    np.testing.assert_array_equal(again.recording.keypoints2d, judged.recording.keypoints2d)
    other = judged_recording(replace(WALK, name="somebody/else"), int(judged.name.split("/")[-1]))
    assert again.recording.keypoints2d.shape != other.recording.keypoints2d.shape or not np.allclose(
        again.recording.keypoints2d, other.recording.keypoints2d
    )


def gaussian(sd_told, rng, count=4000):
    true, errors = rng.normal(10, 3, count), rng.normal(0, 1, count)
    sds = np.broadcast_to(sd_told, count)
    rows = (
        number_rows(str(index), READER, {"x": Number(a, 0.0)}, {"x": Number(a + e, s)})
        for index, (a, e, s) in enumerate(zip(true.tolist(), errors.tolist(), sds.tolist(), strict=True))
    )
    return table(row for part in rows for row in part)


def test_intervals_of_known_errors_hold_95_times_in_100(rng):
    assert figures(gaussian(1.0, rng)).inside == pytest.approx(0.95, abs=0.012)
    assert figures(gaussian(0.5, rng)).inside < 0.75


def test_the_figures_of_known_errors(rng):
    found = figures(gaussian(1.0, rng))
    assert found.mae == pytest.approx(np.sqrt(2 / np.pi), rel=0.05)
    assert found.r == pytest.approx(3 / np.sqrt(10), abs=0.01)
    assert found.rank is None, "an uncertainty that is always the same ranks nothing"


@pytest.mark.parametrize(("sds", "sign"), [((0.1, 1.0, 2.0, 4.0), 1), ((4.0, 2.0, 1.0, 0.1), -1)])
def test_the_rank_correlation_has_the_sign_of_what_is_told(sds, sign):
    pairs = zip(sds, (0.1, 0.2, 0.3, 0.4), strict=True)
    rows = [
        row
        for index, (sd, error) in enumerate(pairs)
        for row in number_rows(str(index), READER, {"x": Number(1.0, 0.0)}, {"x": Number(1.0 + error, sd)})
    ]
    assert figures(table(rows)).rank == pytest.approx(sign)


def test_what_nobody_can_tell_and_what_is_not_told_are_counted():
    known, unknown = Number(1.0, 0.1), Number(None, why="not seen")
    rows = [
        *number_rows("a", READER, {"x": known}, {"x": known}),
        *number_rows("b", READER, {"x": known}, {"x": unknown}),
        *number_rows("c", READER, {"x": unknown}, {"x": known}),
        *number_rows("d", READER, {"x": unknown}, {"x": unknown}),
    ]
    found = figures(table(rows))
    assert (found.n, found.told, found.made_up) == (2, 0.5, 0.5)


def test_methods_are_compared_on_what_both_told():
    truth = {"x": Number(1.0, 0.0)}
    rows = table(
        [
            *number_rows("a", READER, truth, {"x": Number(1.1, 0.1)}),
            *number_rows("a", "other", truth, {"x": Number(1.3, float("nan"))}),
            *number_rows("b", "other", truth, {"x": Number(9.0, float("nan"))}),
        ]
    )
    assert paired(rows, "x", READER, "other") == (pytest.approx(0.1), pytest.approx(0.3), 1)
    assert paired(rows, "x", READER, "nobody") is None


def late(reading, seconds):
    def moved(feet):
        return tuple(own + seconds for own in feet)

    return replace(reading, events=Events(moved(reading.events.heel_strikes), moved(reading.events.toe_offs)))


def test_events_are_late_missed_and_made_up(judged):
    truth = judged.truth
    true = figures(table(event_rows("a", READER, truth, truth)))
    assert true.n > 5
    found = figures(table(event_rows("a", READER, truth, late(truth, 0.02))))
    assert (found.n, found.told, found.made_up) == (true.n, 1.0, 0.0)
    assert found.median == pytest.approx(0.02)
    right, left = truth.events.heel_strikes
    middle = len(right) // 2
    missed = replace(truth, events=Events((np.delete(right, middle), left), truth.events.toe_offs))
    assert figures(table(event_rows("a", READER, truth, missed))).told == pytest.approx(1 - 1 / true.n)
    more = np.sort([*right, right[middle] - 0.4])
    made_up = replace(truth, events=Events((more, left), truth.events.toe_offs))
    assert figures(table(event_rows("a", READER, truth, made_up))).made_up == pytest.approx(1 / true.n)


def test_a_curve_that_is_off_by_a_constant_has_its_shape(judged):
    angles = judged.truth.curves["leg_angles"]
    off = Curve(angles.values + 2.0, np.full(angles.sd.shape, 2.5 / SURE))
    rows = table(curve_rows("a", READER, judged.truth, replace(judged.truth, curves={"leg_angles": off})))
    assert set(rows["quantity"]) == {"leg_angles"}
    found = figures(of(rows, READER, "leg_angles", "knee_angle"))
    assert (found.mae, found.r, found.inside) == (pytest.approx(2), pytest.approx(1), 1.0)


def test_ranges_hold_what_lies_in_them():
    assert within(18.5, BMIS) == "18.5 to 25"
    assert within(18.49, BMIS) == "10 to 18.5"
    assert within(5.0, BMIS) == "10 to 18.5"
    assert within(99.0, BMIS) == "30 to 70"
