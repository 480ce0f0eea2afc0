"""Who people are tells how their strides are related; cards tell how differently people of one severity vary."""

from dataclasses import replace

import numpy as np
import pytest
from made_people import body_of, make_gaits, make_subject

from engine.people.burdens import Burden
from engine.people.conditions import available_cards, load_card
from engine.roles.adapter import EffortAdapter
from generative.patients import as_patient
from generative.rhythm import rhythm
from generative.sources.condition_effects import apply_card
from tests.made_cards import user_card

PUBLISHED_ALPHA = {"parkinson": (67.0, 0.7, 0.82), "huntington": (48.0, 0.6, 0.60), "als": (57.0, 0.65, 0.74)}
"""Age, severity and exponent of the patients of Hausdorff et al. 2000."""
SPREADING = [name for name in available_cards() if load_card(name).rhythm is not None]


@pytest.mark.parametrize("age", [3.0, 8.0, 25.0, 60.0, 90.0])
def test_healthy_strides_drift_and_none_stands_out(age):
    alpha, kurtosis = rhythm(make_subject(age))
    assert 0.8 < alpha < 0.95
    assert kurtosis == 0


@pytest.mark.parametrize("name", PUBLISHED_ALPHA)
def test_patients_drift_as_published(name):
    age, severity, published = PUBLISHED_ALPHA[name]
    alpha, kurtosis = rhythm(make_subject(age, condition=name, severity=severity))
    assert alpha == pytest.approx(published, abs=0.05)
    assert kurtosis > 0


@pytest.mark.parametrize("name", available_cards())
def test_what_no_card_tells_is_as_in_health(name):
    card, healthy = load_card(name), rhythm(make_subject(50.0))
    if card.role == "modifier":
        patient = replace(make_subject(50.0), modifiers=(Burden(card, 0.8),))
    else:
        patient = make_subject(50.0, condition=name, severity=0.0 if card.rhythm else 0.8)
    assert rhythm(patient) == pytest.approx(healthy)


def test_what_two_cards_tell_adds_up():
    healthy, own = rhythm(make_subject(50.0)), rhythm(make_subject(50.0, condition="parkinson", severity=0.7))
    shaky = Burden(
        user_card("frailty", aids=[], rhythm={"dfa_alpha": -0.05, "excess_kurtosis": 1.0, "source": "assumption"}), 1.0
    )
    both = rhythm(replace(make_subject(50.0, condition="parkinson", severity=0.7), modifiers=(shaky,)))
    assert both == pytest.approx((own[0] - 0.05, own[1] + 1.0))
    assert rhythm(replace(make_subject(50.0), modifiers=(shaky,))) == pytest.approx((healthy[0] - 0.05, 1.0))


def test_a_proposal_has_the_rhythm_of_its_person():
    _, _, gaits = make_gaits([48.0])
    for subject in (make_subject(48.0), make_subject(48.0, condition="huntington", severity=0.6)):
        variability = gaits.proposal(0, subject, 0.9).variability
        assert (variability.dfa_alpha, variability.excess_kurtosis) == rhythm(subject)


@pytest.mark.parametrize("name", SPREADING)
def test_people_of_one_severity_vary_differently(name):
    """The spread is between people: a person's stride time and stride length vary more, or less, together."""
    card = load_card(name)
    _, legs, gaits = make_gaits([60.0] * 400, 0.25, individual=0.0)
    severity, side = np.full(400, 0.7), np.full(400, "right")
    plain = apply_card(gaits, card, severity, side, legs)
    drawn = apply_card(gaits, card, severity, side, legs, np.random.default_rng(1))
    factor = np.log(drawn.variability / plain.variability)
    assert factor[:, 0].std() == pytest.approx(card.rhythm.amount("cv_spread", 0.7), rel=0.1)
    assert np.median(factor[:, 0]) == pytest.approx(0, abs=0.06)
    np.testing.assert_allclose(factor[:, 0], factor[:, 1])
    np.testing.assert_allclose(factor[:, 2], 0, atol=1e-12)


def test_where_no_spread_is_published_variability_is_the_cards():
    card = load_card("stroke")
    _, legs, gaits = make_gaits([60.0] * 4, 0.25)
    severity, side = np.full(4, 0.7), np.full(4, "right")
    plain, drawn = (apply_card(gaits, card, severity, side, legs, rng) for rng in (None, np.random.default_rng(1)))
    np.testing.assert_allclose(plain.variability, drawn.variability)


def test_a_patient_made_of_a_healthy_person_has_the_patients_rhythm():
    weak = user_card("als", mechanisms=[], aids=[])
    healthy, patient = make_subject(60.0), make_subject(60.0, condition=weak, severity=0.8, side="right")
    body = body_of(healthy)
    size = body.lengths_m["hip_height"]
    habit = make_gaits([60.0], 0.25)[2].proposal(0, healthy, size)
    made = as_patient(habit, patient, body, EffortAdapter(keep_speed=True), np.random.default_rng(0))
    assert (made.variability.dfa_alpha, made.variability.excess_kurtosis) == rhythm(patient)
    assert made.variability.stride_time_cv > habit.variability.stride_time_cv
