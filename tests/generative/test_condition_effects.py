"""Every card changes healthy gait as it says, on the side it says."""

import numpy as np
import pytest
from made_people import make_gaits, make_people, usual_side
from numpy.testing import assert_allclose

from engine.core.conventions import MUSCLE_GROUPS, SIDES
from engine.people.conditions import available_cards, load_card
from generative.batch_measures import measure
from generative.clearance import TOE_CLEARANCE, toe_clearance
from generative.sources.condition_effects import apply_card, own_speed_factor, speed_factor
from generative.standing import step_width
from tests.made_cards import user_card

PATIENTS = [name for name in available_cards() if name != "healthy"]
MIDDLE_AGE = {"cp_crouch": 10.0, "cp_hemiplegia": 10.0, "cp_recurvatum": 10.0}
HIGHER, LOWER = 1, -1
SIGNS = {
    "parkinson": {
        "pelvic_rotation_range_deg": LOWER,
        "pelvic_obliquity_range_deg": LOWER,
        "hip_range_deg": LOWER,
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
    "cp_recurvatum": {"knee_flexion_stance_min_deg": LOWER, "knee_flexion_contact_deg": HIGHER, "cadence_spm": HIGHER},
    "hip_fracture": {
        "trunk_lean_affected_stance_deg": HIGHER,
        "hip_range_asymmetry_deg": LOWER,
        "swing_time_symmetry_index_pct": HIGHER,
        "cadence_spm": HIGHER,
    },
    "copd": {"cadence_spm": LOWER, "stride_length_cv": HIGHER},
    "heart_failure": {"step_length_m": LOWER, "ankle_dorsiflexion_stance_peak_deg": HIGHER},
    "stroke": {
        "hip_range_asymmetry_deg": LOWER,
        "hip_range_unaffected_deg": HIGHER,
        "ankle_range_deg": LOWER,
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


def with_spread(like="stroke", **spread):
    return user_card(like, spread={**spread, "source": "assumption"})


def test_speed_spreads_as_the_card_publishes():
    """Together with how healthy people differ; a card that publishes nothing adds nothing."""
    severity, rng, spread = np.full(20_000, 0.5), np.random.default_rng(0), np.array([0.15])
    own = np.exp(spread * rng.standard_normal(len(severity)))
    drawn = own * own_speed_factor(with_spread(speed={0.5: 0.4}), severity, spread, rng)
    assert_allclose(drawn.std() / drawn.mean(), 0.4, rtol=0.05)
    silent = user_card("stroke", spread=None)
    assert_allclose(own_speed_factor(silent, severity[:3], spread, rng), speed_factor(silent, severity[:3]))


def test_people_of_severity_zero_spread_as_healthy_ones_do():
    card = with_spread(speed={0.5: 0.4}, cadence=0.2)
    assert_allclose(own_speed_factor(card, np.zeros(50), np.array([0.2]), np.random.default_rng(0)), 1.0)
    _, legs, gaits = make_gaits([68.0] * 6, 0.25)
    same = apply_card(gaits, card, np.zeros(6), np.full(6, "right"), legs, np.random.default_rng(0))
    assert_allclose(same.duration, gaits.duration, rtol=1e-3)


def test_cadence_spreads_as_the_card_publishes():
    _, legs, gaits = make_gaits([68.0] * 200, 0.25, individual=0.0)
    sides, severity = np.full(200, "none"), np.full(200, 1.0)
    told = apply_card(gaits, with_spread("dementia", cadence=0.1), severity, sides, legs, np.random.default_rng(0))
    ratio = np.log(told.duration / apply_card(gaits, with_spread("dementia"), severity, sides, legs).duration)
    assert_allclose(ratio.std(), 0.1, rtol=0.15)


def side_difference(card, people=60):
    """Standard deviation of right − left knee range between like people whose sides are alike on the card."""
    _, legs, gaits = make_gaits([68.0] * people, 0.25, individual=0.0)
    sick = apply_card(gaits, card, np.full(people, 0.8), np.full(people, "both"), legs, np.random.default_rng(0))
    right, left = (measure(sick, legs, make_people([68.0] * people, side=s)[0])["knee_range_deg"] for s in SIDES)
    return (right - left).std()


def test_legs_differ_where_the_card_says_so():
    alike, uneven = (side_difference(with_spread("cp_stiff_knee", sides=sides)) for sides in (0.0, 0.3))
    assert uneven > alike + 2.0


def test_motion_is_shown_as_differently_as_the_card_says():
    def spread(card):
        _, legs, gaits = make_gaits([68.0] * 60, 0.25, individual=0.0)
        sick = apply_card(gaits, card, np.full(60, 0.8), np.full(60, "both"), legs, np.random.default_rng(0))
        return measure(sick, legs, make_people([68.0] * 60, side="both")[0])["knee_range_deg"].std()

    usual, more = (spread(with_spread("cp_stiff_knee", effects=effects)) for effects in (None, 0.4))
    assert more > 1.5 * usual


def test_knees_bend_backwards_in_severe_recurvatum_only():
    least = {}
    for severity in (0.1, 1.0):
        legs, _, sick = patients("cp_recurvatum", severity)
        people, _ = make_people([10.0] * len(sick), side="both")
        least[severity] = measure(sick, legs, people)["knee_flexion_stance_min_deg"].mean()
    assert least[1.0] < -5 < 0 < least[0.1]


def test_the_paretic_knee_moves_more_the_faster_the_person_walks():
    """Beyond what speed does to healthy knees."""

    def lost(severity):
        legs, healthy, sick = patients("stroke", severity)
        people, _ = make_people([68.0] * len(sick), side="right")
        return np.subtract(*(measure(g, legs, people)["knee_range_deg"].mean() for g in (healthy, sick)))

    assert lost(0.3) < 8
    assert lost(1.0) > 15


def test_patients_of_one_severity_differ_in_expression():
    card = load_card("stroke")
    _, legs, gaits = make_gaits([68.0] * 6, 0.25, individual=0.0)
    sides, severity = np.full(6, "right"), np.full(6, 0.7)
    exact = apply_card(gaits, card, severity, sides, legs)
    varied = apply_card(gaits, card, severity, sides, legs, np.random.default_rng(0))
    assert exact.coefficients[::2].std(axis=0).max() < 1e-6
    assert varied.coefficients[::2].std(axis=0).max() > 1e-2
