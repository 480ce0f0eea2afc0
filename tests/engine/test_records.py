"""Records refuse what cannot be."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.conventions import LEG_MUSCLES, MUSCLE_GROUPS, MUSCLES
from engine.core.seeds import stage_seed
from engine.gait.records import BodyShape, ContactPhases, Events, MusculoskeletalParameters, Subject, Variability
from engine.people.burdens import Burden
from engine.people.conditions import load_card
from engine.physics.events import cycle_phases

GOOD = {"id": "a", "age_years": 30, "sex": "female", "height_m": 1.65, "mass_kg": 60}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("age_years", 200),
        ("mass_kg", -4),
        ("height_m", float("nan")),
        ("sex", "f"),
        ("side", "up"),
        ("severity", 1.5),
    ],
)
def test_impossible_subjects_are_refused_by_field(field, value):
    with pytest.raises(ValueError, match=field):
        Subject(**{**GOOD, field: value})


def test_burdens_are_the_condition_and_the_modifiers_by_name():
    stroke, frailty, obesity = (load_card(name) for name in ("stroke", "frailty", "obesity"))
    one, other = (Burden(obesity, 0.2), Burden(frailty, 0.4)), (Burden(frailty, 0.4), Burden(obesity, 0.2))
    person = Subject(**GOOD, condition=stroke, severity=0.7, modifiers=one)
    assert person.burdens == (Burden(stroke, 0.7), *other)
    assert person == Subject(**GOOD, condition=stroke, severity=0.7, modifiers=other)
    assert not person.is_healthy
    assert person.without_burdens().burdens == Subject(**GOOD).burdens == (Burden(load_card("healthy"), 0.0),)


@pytest.mark.parametrize(
    ("condition", "modifiers", "says"),
    [
        ("frailty", (), "condition: frailty is a modifier"),
        ("healthy", ("stroke",), "stroke is a condition of its own"),
        ("healthy", ("frailty", "frailty"), "frailty, frailty a name is there twice"),
    ],
)
def test_cards_in_the_wrong_place_are_refused(condition, modifiers, says):
    burdens = tuple(Burden(load_card(name), 0.5) for name in modifiers)
    with pytest.raises(ValueError, match=says):
        Subject(**GOOD, condition=load_card(condition), modifiers=burdens)


def test_severities_of_modifiers_are_shares():
    with pytest.raises(ValueError, match=r"severity of frailty: 1\.5"):
        Burden(load_card("frailty"), 1.5)


def test_parameters_survive_json():
    rng = np.random.default_rng(1)
    there = MusculoskeletalParameters(max_isometric_force=rng.random((2, len(MUSCLE_GROUPS))), joint_stiffness=1.5)
    back = MusculoskeletalParameters.from_dict(json.loads(json.dumps(there.to_dict())))
    assert back.joint_stiffness == 1.5
    np.testing.assert_array_equal(back.max_isometric_force, there.max_isometric_force)


def test_parameters_that_are_not_told_are_neutral():
    told = {"max_isometric_force": np.full((2, len(MUSCLE_GROUPS)), 0.5).tolist()}
    found, neutral = MusculoskeletalParameters.from_dict(told), MusculoskeletalParameters()
    assert (found.max_isometric_force == 0.5).all()
    assert found.joint_stiffness == neutral.joint_stiffness
    np.testing.assert_array_equal(found.joint_range, neutral.joint_range)


def test_an_unknown_parameter_is_refused_by_name():
    with pytest.raises(ValueError, match="strenght"):
        MusculoskeletalParameters.from_dict({"strenght": [[1.0]]})


@pytest.mark.parametrize(("place", "name"), list(enumerate(("right_toe_off", "left_heel_strike", "left_toe_off"))))
@pytest.mark.parametrize("phase", [-0.01, 1.0, 7.0, float("nan"), float("inf")])
def test_a_phase_outside_the_cycle_is_refused_by_name(place, name, phase):
    phases = [0.62, 0.5, 0.12]
    phases[place] = phase
    with pytest.raises(ValueError, match=name):
        ContactPhases(*phases)


@given(start=st.integers(0, 99), stance=st.integers(55, 75), shift=st.integers(45, 55))
def test_the_phases_of_any_cycle_of_forces_lie_within_it(start, stance, shift):
    frames = np.arange(100)
    vertical = np.stack([(frames - start - later) % 100 < stance for later in (0, shift)], axis=1) * 700.0
    found = cycle_phases(vertical, weight=700.0)
    assert found is not None
    strike, phases = found
    assert 0 <= strike < 1
    assert phases.left_heel_strike == pytest.approx(shift / 100)


STEADY = Variability(0.02, 0.02, 0.01, dfa_alpha=0.8, excess_kurtosis=1.0)


@pytest.mark.parametrize("name", vars(STEADY))
@pytest.mark.parametrize("amount", [-0.01, float("nan"), float("inf")])
def test_an_impossible_variability_is_refused_by_name(name, amount):
    with pytest.raises(ValueError, match=name):
        replace(STEADY, **{name: amount})


@pytest.mark.parametrize("alpha", [0.0, 1.0, 1.2])
def test_strides_that_never_settle_are_refused(alpha):
    with pytest.raises(ValueError, match="dfa_alpha"):
        replace(STEADY, dfa_alpha=alpha)


@pytest.mark.parametrize("instants", [[0.0, np.nan], [0.0, np.inf], [1.0, 0.5], [1.0, 1.0]])
@pytest.mark.parametrize("name", ["heel_strikes", "toe_offs"])
def test_events_that_are_not_in_order_are_refused_by_name_and_foot(name, instants):
    good = (np.array([0.0, 1.0]), np.array([0.5, 1.5]))
    bad = {"heel_strikes": good, "toe_offs": good, name: (good[0], np.array(instants))}
    with pytest.raises(ValueError, match=f"{name} of the left foot"):
        Events(**bad)
    assert Events(good, (np.empty(0), good[1])).to_dict()["right"] == {"heel_strikes": [0.0, 1.0], "toe_offs": []}


def test_a_body_with_a_shape_that_is_no_number_is_refused():
    lengths = dict.fromkeys(BodyShape.LENGTHS, 0.3)
    with pytest.raises(ValueError, match="betas"):
        BodyShape(np.array([0.0, np.nan]), lengths)


def test_negative_strength_is_refused():
    with pytest.raises(ValueError, match="max_isometric_force"):
        MusculoskeletalParameters(max_isometric_force=-np.ones((2, len(MUSCLE_GROUPS))))


def test_every_muscle_is_in_exactly_one_group():
    members = [name for group in MUSCLE_GROUPS.values() for name in group]
    assert len(members) == len(set(members)) == len(LEG_MUSCLES) == 40
    assert len(MUSCLES) == 80


def test_seeds_depend_on_who_and_what_alone():
    seeds = {stage_seed(1, subject, stage) for subject in ("s0", "s1") for stage in ("walk", "film")}
    assert len(seeds) == 4
    assert stage_seed(1, "s0", "walk") == stage_seed(1, "s0", "walk") != stage_seed(2, "s0", "walk")
