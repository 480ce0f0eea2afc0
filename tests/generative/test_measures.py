"""Measures of gaits without forces: laws of mirrors and sizes, made curves, and agreement with the figures of a whole walk."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from made_people import body_of, make_gaits, make_subject
from numpy.testing import assert_allclose

from benchmarks.gait_figures import gait_figures
from engine.core.conventions import COORDINATE_INDEX
from engine.core.measures import COMPARED, GAIT
from engine.gait.cycle import fit_coefficients, phase_grid
from engine.gait.gait_parameters import ankle_power_peak, gait_parameters, side_parameters
from engine.gait.records import Gait, Variability
from engine.physics.embodied import embody
from engine.roles.enforcer import OpenSimEnforcer
from generative.batch_measures import FORCE_MEASURES, MEASURED, measure
from generative.feet import leg_geometry
from generative.gait_batch import GaitBatch, People

AGES = [6.0, 25.0, 45.0, 80.0]
PHASE = phase_grid(200)


@pytest.fixture(scope="module")
def walkers():
    people, legs, gaits = make_gaits(AGES)
    return gaits, legs, people


def on_side(people: People, side: str) -> People:
    return people.with_condition("healthy", np.zeros(len(people)), side)


def with_curve(gaits: GaitBatch, name: str, degrees: np.ndarray) -> GaitBatch:
    coefficients = gaits.coefficients.copy()
    coefficients[..., COORDINATE_INDEX[name]] = fit_coefficients(np.deg2rad(degrees))
    return replace(gaits, coefficients=coefficients)


def still(gaits: GaitBatch) -> GaitBatch:
    return replace(gaits, coefficients=np.zeros_like(gaits.coefficients))


def test_the_whole_vocabulary_but_what_needs_forces(walkers):
    found = measure(*walkers)
    assert set(found) == set(GAIT) - set(FORCE_MEASURES)
    assert tuple(found) == MEASURED
    for values in found.values():
        assert values.shape == (len(AGES),)
        assert np.isfinite(values).all()


def test_a_mirror_exchanges_the_affected_side(walkers):
    gaits, legs, people = walkers
    right = measure(gaits, legs, on_side(people, "right"))
    left = measure(gaits.mirrored(), legs, on_side(people, "left"))
    for name in MEASURED:
        scale = max(np.abs(right[name]).max(), 1.0)
        assert_allclose(left[name], right[name], atol=0.02 * scale, err_msg=name)


def test_unsided_measures_do_not_see_a_mirror(walkers):
    gaits, legs, people = walkers
    seen, mirrored = measure(gaits, legs, people), measure(gaits.mirrored(), legs, people)
    for name in set(MEASURED) - {"swing_time_symmetry_index_pct", "hip_range_asymmetry_deg"}:
        scale = max(np.abs(seen[name]).max(), 1.0)
        assert_allclose(mirrored[name], seen[name], atol=0.02 * scale, err_msg=name)


def test_angles_do_not_depend_on_size_and_lengths_grow_with_it(walkers):
    gaits, legs, people = walkers
    small, large = measure(*walkers), measure(gaits, legs, replace(people, hip_height=2 * people.hip_height))
    for name in MEASURED:
        factor = {"m": 2.0, "mps": np.sqrt(2), "s": np.sqrt(2), "spm": 1 / np.sqrt(2)}.get(name.rsplit("_", 1)[1], 1.0)
        assert_allclose(large[name], factor * small[name], rtol=1e-9, atol=1e-9, err_msg=name)


def test_curves_of_known_peaks(walkers):
    gaits, legs, people = walkers
    people = on_side(people, "right")
    contact = np.tile([0.6, 0.5, 0.1], (len(AGES), 1))
    still_gaits = replace(still(gaits), contact=contact)
    knee = with_curve(still_gaits, "knee_angle_r", 30 - 20 * np.cos(2 * np.pi * (PHASE - 0.22)))
    found = measure(knee, legs, people)
    assert_allclose(found["knee_flexion_swing_peak_deg"], 50, atol=0.1)
    assert_allclose(found["knee_flexion_stance_min_deg"], 10, atol=0.1)
    assert_allclose(found["knee_range_deg"], 40, atol=0.1)
    assert_allclose(found["knee_flexion_contact_deg"], 30 - 20 * np.cos(2 * np.pi * 0.22), atol=1e-6)
    hip = measure(with_curve(still_gaits, "hip_flexion_r", 10 + 25 * np.cos(2 * np.pi * PHASE)), legs, people)
    assert_allclose(hip["hip_flexion_peak_deg"], 35, atol=0.1)
    assert_allclose(hip["hip_extension_peak_deg"], 15, atol=0.1)
    assert_allclose(hip["hip_range_deg"], 50, atol=0.1)


def test_a_trunk_leans_where_pelvis_and_back_take_it(walkers):
    gaits, legs, people = walkers
    people, level = on_side(people, "right"), still(gaits)
    forward = with_curve(with_curve(level, "pelvis_tilt", np.full(200, -12.0)), "lumbar_extension", np.full(200, -8.0))
    assert_allclose(measure(forward, legs, people)["trunk_flexion_deg"], 20, atol=1e-6)
    compensated = with_curve(with_curve(level, "pelvis_list", np.full(200, 9.0)), "lumbar_bending", np.full(200, -9.0))
    assert_allclose(measure(compensated, legs, people)["trunk_lean_affected_stance_deg"], 0, atol=1e-6)
    over_right = measure(with_curve(level, "lumbar_bending", np.full(200, 6.0)), legs, people)
    assert_allclose(over_right["trunk_lean_affected_stance_deg"], 6, atol=1e-6)
    over_left = measure(with_curve(level, "lumbar_bending", np.full(200, 6.0)), legs, on_side(people, "left"))
    assert_allclose(over_left["trunk_lean_affected_stance_deg"], -6, atol=1e-6)


def test_limping_is_asymmetric(walkers):
    gaits, legs, people = walkers
    limp = replace(gaits, contact=np.tile([0.55, 0.45, 0.15], (len(AGES), 1)))
    found = measure(limp, legs, on_side(people, "right"))
    assert_allclose(found["stance_pct_affected"], 55)
    assert_allclose(found["stance_pct_unaffected"], 70)
    assert_allclose(found["double_support_pct"], 25)
    assert_allclose(found["swing_time_symmetry_index_pct"], 100 * 15 / 37.5)
    assert_allclose(found["step_time_asymmetry_pct"], 20)


def test_one_arm_swings_less(walkers):
    gaits, legs, people = walkers
    swing = np.cos(2 * np.pi * PHASE)
    arms = with_curve(with_curve(still(gaits), "arm_flex_r", 6 * swing), "arm_flex_l", 15 * swing)
    right, left, none = (measure(arms, legs, on_side(people, side)) for side in ("right", "left", "none"))
    assert_allclose(right["arm_swing_range_deg"], 12, atol=0.1)
    assert_allclose(left["arm_swing_range_deg"], 30, atol=0.1)
    assert_allclose(none["arm_swing_range_deg"], 12, atol=0.1)
    assert_allclose(right["arm_swing_asymmetry_pct"], 60, atol=0.5)


def test_agreement_with_the_walk_of_an_enforced_gait():
    subject, (_, _, gaits) = make_subject(30.0), make_gaits([30.0])
    body = body_of(subject)
    proposal = gaits.proposal(0, subject, body.lengths_m["hip_height"])
    enforcer = OpenSimEnforcer()
    gait = enforcer.enforce(replace(proposal, variability=Variability(0.0, 0.0, 0.0)), body)
    assert isinstance(gait, Gait)
    walk = enforcer.walk(gait, 4, seed=0)
    moved = replace(gait.proposal, cycle=gait.cycle, contact=gait.contact)
    hip_height = body.lengths_m["hip_height"]
    people, legs = People.of([subject], [hip_height]), leg_geometry([body])
    found = {name: values[0] for name, values in measure(GaitBatch.of([moved], [hip_height]), legs, people).items()}
    told = gait_parameters(walk)
    tolerances = {
        "speed_mps": 0.02,
        "cadence_spm": 0.5,
        "step_length_m": 0.01,
        "step_width_m": 0.02,
        "stance_pct": 1.0,
        "double_support_pct": 2.0,
        "stride_time_s": 0.01,
        "knee_flexion_swing_peak_deg": 1.0,
        "hip_range_deg": 1.0,
    }
    for name, tolerance in tolerances.items():
        assert_allclose(found[name], getattr(told, name), atol=tolerance, err_msg=name)
    _agrees_with_benchmarks(gait, measure(GaitBatch.of([moved], [hip_height]), legs, on_side(people, "right")))
    sides = [one.ankle_power_peak_w_per_kg for one in side_parameters(walk)]
    assert_allclose(ankle_power_peak(gait), sides, rtol=0.1)


def _agrees_with_benchmarks(gait: Gait, found: dict[str, np.ndarray]) -> None:
    """Benchmarks compute from an enforced cycle what is in the table, and the same of what has the same name."""
    figures = gait_figures(gait, embody(gait.proposal, gait.body).body)
    assert set(figures) - set(GAIT) == set(COMPARED)
    assert set(figures) & set(FORCE_MEASURES)
    for name in set(figures) & set(found):
        tolerance = 0.02 if GAIT[name].unit in ("m", "m/s", "s") else 1.0
        assert_allclose(found[name], figures[name], atol=tolerance, err_msg=name)


def test_published_effects_are_of_measures_that_benchmarks_compute():
    cases = yaml.safe_load((Path(__file__).parents[2] / "benchmarks" / "published_effects.yaml").read_text())["cases"]
    measures = {effect["measure"] for case in cases for effect in case["effects"]}
    assert measures - set(GAIT) - set(COMPARED) == {"speed_pct"}
