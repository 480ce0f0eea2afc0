"""Distribution of mass over the bodies."""

import numpy as np
import pytest

from engine.core.conventions import SEGMENTS
from engine.musculoskeletal.published import published_model
from engine.musculoskeletal.segment_mass import distribute_mass, share_ratios

UNSCALED = {name: np.ones(3) for name in SEGMENTS}
GENERIC = published_model().bodies
NEUTRAL = np.ones(len(SEGMENTS))


def _share(bodies, *segments):
    total = sum(body.mass for body in bodies)
    return sum(body.mass for body in bodies if body.segment in segments) / total


def test_an_adult_man_of_the_models_size_is_the_model():
    bodies = distribute_mass(GENERIC, UNSCALED, 75.337, share_ratios(30, "male"), NEUTRAL)
    for ours, published in zip(bodies, GENERIC, strict=True):
        assert ours.mass == pytest.approx(published.mass, rel=1e-6)
        np.testing.assert_allclose(ours.mass_centre, published.mass_centre, atol=1e-9)
        np.testing.assert_allclose(ours.inertia, published.inertia, rtol=1e-6)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_shares_change_without_a_jump(sex):
    ages = np.arange(2, 30, 0.25)
    shares = np.array([list(share_ratios(age, sex).values()) for age in ages])
    assert np.abs(np.diff(shares, axis=0)).max() < 0.05
    assert (shares > 0).all()


def test_children_are_top_heavy():
    """Jensen 1986: head, neck and trunk of a six-year-old boy are 60 % of his mass, of an adult about 50 %."""
    child = distribute_mass(GENERIC, UNSCALED, 21, share_ratios(6, "male"), NEUTRAL)
    assert _share(child, "trunk", "pelvis") == pytest.approx(0.60, abs=0.03)
    assert _share(GENERIC, "trunk", "pelvis") == pytest.approx(0.51, abs=0.02)


def test_a_factor_moves_mass_but_keeps_the_sum():
    factors = NEUTRAL.copy()
    factors[SEGMENTS.index("thigh")] = 1.5
    bodies = distribute_mass(GENERIC, UNSCALED, 90, share_ratios(30, "female"), factors)
    plain = distribute_mass(GENERIC, UNSCALED, 90, share_ratios(30, "female"), NEUTRAL)
    assert sum(body.mass for body in bodies) == pytest.approx(90)
    assert _share(bodies, "thigh") > _share(plain, "thigh")
    assert _share(bodies, "shank") < _share(plain, "shank")


def test_inertia_follows_mass_and_length_squared():
    longer = UNSCALED | {"thigh": np.full(3, 1.2)}
    plain, long = (
        distribute_mass(GENERIC, scales, 75.337, share_ratios(30, "male"), NEUTRAL) for scales in (UNSCALED, longer)
    )
    for a, b in zip(plain, long, strict=True):
        if a.name == "femur_r":
            np.testing.assert_allclose(b.inertia, 1.44 * a.inertia)
            np.testing.assert_allclose(b.mass_centre, 1.2 * a.mass_centre)
