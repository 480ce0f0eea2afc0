"""Bodies by age, sex and stature."""

import numpy as np
import pytest

from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.lengths import generic_lengths

LEGS = ("thigh", "shank", "ankle_height")


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("age", [2, 6, 12, 40, 90])
def test_the_leg_reaches_from_hip_to_floor(age, sex):
    lengths = anthropometric_body(age, sex, 1.4).lengths_m
    assert sum(lengths[name] for name in LEGS) == pytest.approx(lengths["hip_height"])
    assert 0.40 < lengths["hip_height"] / 1.4 < 0.56
    assert lengths["hip_height"] + lengths["trunk"] < 0.9 * 1.4


@pytest.mark.parametrize("sex", ["female", "male"])
def test_legs_grow_faster_than_stature_until_puberty(sex):
    share = [anthropometric_body(age, sex, 1.0).lengths_m["hip_height"] for age in (2, 3, 4, 6, 8, 10, 12)]
    assert (np.diff(share) > 0).all()


def test_lengths_are_proportional_to_stature():
    small, tall = (anthropometric_body(30, "female", height).lengths_m for height in (1.5, 1.8))
    assert all(tall[name] / small[name] == pytest.approx(1.2) for name in small)


def test_an_adult_is_near_the_generic_model():
    ours = anthropometric_body(30, "male", 1.70).lengths_m
    for name, length in generic_lengths().items():
        assert ours[name] == pytest.approx(length, rel=0.12), name
