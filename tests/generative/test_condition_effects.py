"""Every card changes healthy gait as it says, on the side it says."""

import numpy as np
import pytest
from made_people import make_gaits, make_people, usual_side
from numpy.testing import assert_allclose

from engine.core.conventions import MUSCLE_GROUPS
from engine.people.conditions import available_cards, load_card
from generative.batch_measures import measure
from generative.clearance import TOE_CLEARANCE, toe_clearance
from generative.sources.condition_effects import apply_card, speed_factor
from generative.standing import step_width

PATIENTS = [name for name in available_cards() if name != "healthy"]
MIDDLE_AGE = {"cp_crouch": 10.0, "cp_hemiplegia": 10.0}
HIGHER, LOWER = 1, -1
SIGNS = {
    "parkinson": {
        "arm_swing_range_deg": LOWER,
        "trunk_flexion_deg": HIGHER,
        "elbow_flexion_mean_deg": HIGHER,
        "stance_pct_affected": HIGHER,
    },
    "dementia": {"double_support_pct": HIGHER, "step_width_m": HIGHER, "trunk_flexion_deg": HIGHER},
    "cp_crouch": {"knee_flexion_stance_min_deg": HIGHER, "hip_extension_peak_deg": LOWER, "step_width_m": HIGHER},
    "cp_hemiplegia": {
        "ankle_dorsiflexion_swing_mean_deg": LOWER,
        "arm_swing_range_deg": LOWER,
        "stance_pct_affected": LOWER,
    },
    "stroke": {
        "knee_flexion_swing_peak_deg": LOWER,
        "stance_pct_unaffected": HIGHER,
        "arm_swing_range_deg": LOWER,
        "elbow_flexion_mean_deg": HIGHER,
        "step_width_m": HIGHER,
    },
}


def patients(name, severity, side=None, *, n=8, rng=None):
    card = load_card(name)
    _, legs, gaits = make_gaits([MIDDLE_AGE.get(name, 68.0)] * n, 0.25)
    sides = np.full(n, side or usual_side(card))
    return legs, gaits, apply_card(gaits, card, np.full(n, severity), sides, legs, rng)


@pytest.mark.parametrize("name", PATIENTS)
def test_no_severity_changes_neither_speed_nor_strength(name):
    legs, healthy, same = patients(name, 0.0)
    assert_allclose(speed_factor(load_card(name), np.zeros(2)), 1.0)
    assert_allclose(same.muscles, healthy.muscles)
    assert_allclose(same.contact, healthy.contact, atol=1e-9)
    assert_allclose(step_width(same, legs), step_width(healthy, legs), atol=5e-3)


@pytest.mark.parametrize(("name", "figure"), [(n, m) for n, signs in SIGNS.items() for m in signs])
def test_signs(name, figure):
    legs, healthy, sick = patients(name, 0.8)
    people, _ = make_people([MIDDLE_AGE.get(name, 68.0)] * len(sick), side=usual_side(load_card(name)))
    of_sick, of_healthy = (measure(gaits, legs, people)[figure].mean() for gaits in (sick, healthy))
    assert (of_sick - of_healthy) * SIGNS[name][figure] > 0


@pytest.mark.parametrize("name", PATIENTS)
def test_worse_is_slower_and_weaker(name):
    severities = np.array([0.0, 0.35, 0.7, 1.0])
    assert (np.diff(speed_factor(load_card(name), severities)) < 0).all()
    strength = [patients(name, s, n=2)[2].muscles[:, 0].mean() for s in severities]
    assert (np.diff(strength) < 0).all()


def test_left_is_the_mirror_image_of_right():
    legs, healthy, right = patients("stroke", 0.7, "right")
    card = load_card("stroke")
    left = apply_card(healthy.mirrored(), card, np.full(8, 0.7), np.full(8, "left"), legs)
    assert_allclose(left.mirrored().coefficients, right.coefficients, atol=1e-9)
    assert_allclose(left.muscles[:, :, ::-1], right.muscles, atol=1e-12)


def test_sides_of_a_mixed_batch_do_not_disturb_each_other():
    card = load_card("cp_hemiplegia")
    _, legs, gaits = make_gaits([9.0] * 4, 0.3)
    sides, severity = np.array(["left", "right", "both", "right"]), np.array([0.3, 0.6, 0.9, 0.2])
    mixed = apply_card(gaits, card, severity, sides, legs)
    for row in range(4):
        rows = np.array([row])
        alone = apply_card(gaits.take(rows), card, severity[rows], sides[rows], legs.take(rows))
        assert_allclose(mixed.coefficients[row], alone.coefficients[0], atol=1e-9)


def test_weakness_reaches_the_affected_side_and_the_named_groups_only():
    _, healthy, sick = patients("stroke", 1.0, "right")
    card = load_card("stroke")
    group = list(MUSCLE_GROUPS).index("dorsiflexors")
    ratio = sick.muscles[:, 0] / healthy.muscles[:, 0]
    assert (ratio[:, 0, group] < ratio[:, 1, group]).all()
    shortened = {g for m in card.mechanisms if m.kind == "fibre_length" for g in m.groups}
    fibre = sick.muscles[0, 1] / healthy.muscles[0, 1]
    for number, name in enumerate(MUSCLE_GROUPS):
        assert (fibre[0, number] < 1) == (name in shortened)
        assert_allclose(fibre[1, number], 1.0)


@pytest.mark.parametrize("name", PATIENTS)
def test_toes_clear_the_floor_in_severe_cases(name):
    legs, _, sick = patients(name, 1.0, rng=np.random.default_rng(3))
    assert np.median(toe_clearance(sick, legs)) > 0.8 * TOE_CLEARANCE


def test_patients_of_one_severity_differ_in_expression():
    card = load_card("stroke")
    _, legs, gaits = make_gaits([68.0] * 6, 0.25, individual=0.0)
    sides, severity = np.full(6, "right"), np.full(6, 0.7)
    exact = apply_card(gaits, card, severity, sides, legs)
    varied = apply_card(gaits, card, severity, sides, legs, np.random.default_rng(0))
    assert exact.coefficients[::2].std(axis=0).max() < 1e-6
    assert varied.coefficients[::2].std(axis=0).max() > 1e-2
