"""Records refuse what cannot be."""

import json

import numpy as np
import pytest

from engine.burdens import Burden
from engine.conditions import load_card
from engine.conventions import LEG_MUSCLES, MUSCLE_GROUPS, MUSCLES
from engine.records import MusculoskeletalParameters, Subject
from engine.seeds import stage_seed

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
