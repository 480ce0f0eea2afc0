"""Mechanisms by name and by card: each reaches what it says, and nothing else."""

import json
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.condition_docs import condition_section
from engine.core.conventions import LEG_COORDINATES, MUSCLE_GROUPS, SIDES
from engine.core.errors import SpecError
from engine.gait.records import MusculoskeletalParameters
from engine.musculoskeletal.mechanisms import (
    BODY_FIELDS,
    change,
    find,
    mechanism_parameters,
    names,
    quantities,
    with_body_mechanisms,
)
from engine.people.burdens import Burden
from engine.people.card_effects import Mechanism
from engine.people.conditions import load_card
from engine.people.ramps import ASSUMPTION

NEUTRAL = MusculoskeletalParameters()


def differences(parameters):
    """Names of the fields that are not neutral, and how many numbers of each."""
    found = {}
    for item in fields(parameters):
        apart = np.asarray(getattr(parameters, item.name)) != np.asarray(getattr(NEUTRAL, item.name))
        if apart.any():
            found[item.name] = int(apart.sum())
    return found


@given(st.sampled_from(sorted(quantities())), st.sampled_from(["", ".right", ".left"]), st.floats(0.01, 0.99))
def test_a_change_reaches_one_quantity_of_the_named_sides(name, side, share):
    quantity = quantities()[name]
    if side and not quantity.sided:
        return
    low, high = quantity.bounds
    value = (low + share * (high - low)) if "_m" not in name else 30.0 * (1 if "max" in name else -1)
    changed = change(NEUTRAL, name + side, value)
    count = 1 if side or not quantity.sided else 2
    assert differences(changed) in ({quantity.field: count}, {})
    array = np.asarray(getattr(changed, quantity.field))
    if quantity.sided:
        sides = [SIDES.index(side[1:])] if side else [0, 1]
        assert all(array[(s, *quantity.index)] == pytest.approx(value * quantity.unit) for s in sides)


def test_words_for_groups_and_coordinates():
    weak = change(NEUTRAL, "plantarflexor_strength.right", 0.5)
    assert weak.max_isometric_force[0, list(MUSCLE_GROUPS).index("plantarflexors")] == 0.5
    np.testing.assert_array_equal(
        weak.max_isometric_force, change(NEUTRAL, "plantarflexors_strength.right", 0.5).max_isometric_force
    )
    stiff = change(NEUTRAL, "knee_angle_max_deg.left", 20.0)
    assert stiff.joint_range[1, LEG_COORDINATES.index("knee_angle"), 1] == pytest.approx(np.deg2rad(20))
    assert len(names()) == len(set(names())) == len(quantities()) - 6 * sum(g.endswith("s") for g in MUSCLE_GROUPS)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("plantarflexor_strenght", 0.5, "plantarflexor_strength"),
        ("leg_pain.up", 1.0, ".right, .left"),
        ("joint_stiffness.right", 2.0, "no side"),
        ("hip_flexor_strength", -0.1, "between 0 and 5"),
        ("co_contraction", 0.1, "quadriceps_co_contraction"),
        ("knee_angle_max_deg", float("nan"), "between"),
    ],
)
def test_errors_say_what_would_be_right(name, value, words):
    with pytest.raises(SpecError, match=name.split(".")[0]) as caught:
        change(NEUTRAL, name, value)
    assert words in str(caught.value)


def test_limits_that_cross_are_refused():
    with pytest.raises(SpecError, match="knee_angle_max_deg"):
        change(change(NEUTRAL, "knee_angle_min_deg", 30.0), "knee_angle_max_deg", 20.0)


def test_parameters_of_older_files_are_still_read():
    old = {k: v for k, v in change(NEUTRAL, "hamstring_strength", 0.4).to_dict().items() if k not in BODY_FIELDS}
    back = MusculoskeletalParameters.from_dict(json.loads(json.dumps(old)))
    assert differences(back) == {"max_isometric_force": 2}
    new = change(change(back, "leg_pain.left", 0.5), "knee_angle_max_deg.right", 20.0)
    again = MusculoskeletalParameters.from_dict(json.loads(json.dumps(new.to_dict())))
    assert differences(again) == differences(new) == {"max_isometric_force": 2, "leg_pain": 1, "joint_range": 1}


def card_with(*mechanisms):
    return load_card("stroke").model_copy(update={"mechanisms": mechanisms})


MANY = card_with(
    Mechanism(kind="strength", groups=("quadriceps",), where="affected", amount=0.4, source=ASSUMPTION),
    Mechanism(
        kind="joint_max_deg", coordinate="knee_angle", where="affected", amount={0: 140, 1: 20}, source=ASSUMPTION
    ),
    Mechanism(kind="leg_pain", where="affected", amount=0.8, source=ASSUMPTION),
    Mechanism(kind="tibial_torsion_deg", where="unaffected", amount=20, source=ASSUMPTION),
    Mechanism(kind="femoral_anteversion_deg", amount=25, source=ASSUMPTION),
    Mechanism(kind="shank_length", where="affected", amount=0.95, source=ASSUMPTION),
)


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_card_reaches_the_affected_side(side):
    affected, other = (0, 1) if side == "right" else (1, 0)
    worst, half = (mechanism_parameters(MANY, severity, side) for severity in (1.0, 0.5))
    knee = LEG_COORDINATES.index("knee_angle")
    np.testing.assert_allclose(np.rad2deg([p.joint_range[affected, knee, 1] for p in (worst, half)]), [20, 80])
    assert worst.joint_range[other, knee, 1] == np.pi
    assert (worst.leg_pain[affected], worst.leg_pain[other]) == (0.8, 0.0)
    assert (worst.tibial_torsion[affected], worst.tibial_torsion[other]) == (0.0, pytest.approx(np.deg2rad(20)))
    np.testing.assert_allclose(half.femoral_anteversion, np.deg2rad(12.5))
    assert (worst.shank_length[affected], half.shank_length[affected]) == (0.95, pytest.approx(0.975))
    assert differences(mechanism_parameters(MANY, 0.0, side)) == {"joint_range": 1}


def test_on_both_sides_nobody_is_unaffected():
    both = mechanism_parameters(MANY, 1.0, "both")
    assert (both.leg_pain == 0.8).all()
    assert (both.tibial_torsion == 0).all()


def test_sampled_muscles_keep_their_values():
    sampled = change(NEUTRAL, "quadriceps_strength", 0.77)
    whole = with_body_mechanisms(sampled, [Burden(MANY, 1.0)], "right")
    np.testing.assert_array_equal(whole.max_isometric_force, sampled.max_isometric_force)
    assert whole.leg_pain[0] == 0.8


def test_cards_that_ship_need_no_new_mechanism():
    for name in ("healthy", "stroke", "parkinson"):
        parameters = mechanism_parameters(load_card(name), 1.0, "right")
        assert not set(differences(parameters)) & set(BODY_FIELDS)


def test_a_limit_needs_its_coordinate_and_nothing_else_takes_one():
    with pytest.raises(ValueError, match="knee_angle"):
        Mechanism(kind="joint_max_deg", amount=20, source=ASSUMPTION)
    with pytest.raises(ValueError, match="takes none"):
        Mechanism(kind="strength", coordinate="knee_angle", amount=0.5, source=ASSUMPTION)


def test_every_name_is_found():
    assert all(find(name)[1] == (0, 1) for name in names())


def test_the_page_about_a_card_tells_its_mechanisms():
    text = condition_section(MANY)
    assert "| greatest angle | `knee_angle` | affected side |" in text
    assert "| leg pain | leg | affected side |" in text
    assert "20°" in text
