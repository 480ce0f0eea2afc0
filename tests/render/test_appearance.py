"""Appearances of people: by age, sex and seed."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from engine.gait.records import Subject
from render.core.colour import LUMINANCE, linear_rgb
from render.figure.hair_cuts import BALD_LINES
from render.people.appearance import draw_appearance
from render.people.people_section import read_people

_ADULT = Subject("x", 30, "male", 1.77, 74.0)


def _crowd(**changes) -> list:
    return [draw_appearance(replace(_ADULT, appearance_seed=seed, **changes), read_people()) for seed in range(150)]


def test_same_seed_same_appearance():
    one, two = (draw_appearance(replace(_ADULT, appearance_seed=5), read_people()) for _ in range(2))
    np.testing.assert_equal(asdict(one), asdict(two))


def test_every_skin_tone_occurs():
    assert {person.skin_tone for person in _crowd()} == set(range(len(read_people().skin)))


def test_a_skin_tone_that_is_asked_for_is_shown_and_clothes_stay():
    left, asked = _crowd(), _crowd(skin_tone=9)
    assert {person.skin_tone for person in asked} == {8}
    assert all(person.skin.mean() < 0.1 for person in asked)
    assert [person.outfit for person in left] == [person.outfit for person in asked]


def test_no_skin_is_chalk_or_coal():
    """Luminance of tones falls from light to dark, and stays within what skin sends back."""
    tones = [np.mean([person.skin @ LUMINANCE for person in _crowd(skin_tone=tone)]) for tone in range(1, 11)]
    assert tones[2:] == sorted(tones[2:], reverse=True)
    assert max(tones) < 0.65
    assert min(tones) > 0.038


def test_hair_turns_grey_with_age():
    brightness = [np.mean([person.hair.mean() for person in _crowd(age_years=age)]) for age in (20, 50, 60, 80)]
    assert brightness == sorted(brightness)
    assert brightness[-1] > 4 * brightness[0]


def test_only_grown_men_have_beards():
    assert any(person.beard.chin > 0 for person in _crowd())
    assert not any(person.beard.chin > 0 for person in [*_crowd(sex="female"), *_crowd(age_years=10.0)])


def test_children_do_not_go_bald():
    cuts = {person.haircut for person in _crowd(age_years=9.0)}
    assert None not in cuts
    assert not {cut.line for cut in cuts} & BALD_LINES


def test_srgb_transfer():
    np.testing.assert_allclose(linear_rgb("#000000"), 0)
    np.testing.assert_allclose(linear_rgb("#ffffff"), 1)
    assert linear_rgb("#bcbcbc")[0] == pytest.approx(0.5, abs=0.01)  # IEC 61966-2-1: middle grey
