"""Laws of gaits as arrays: mirror, units, records."""

import numpy as np
import pytest
from made_people import make_gaits, make_subject
from numpy.testing import assert_allclose

from engine.gait.cycle import mirror, mirror_coordinates
from generative.feet import foot_points
from generative.gait_batch import GaitBatch


@pytest.fixture(scope="module")
def walk():
    return make_gaits([5, 30, 70, 70])


def test_mirror_twice_is_the_same_gait(walk):
    _, _, gaits = walk
    back = gaits.mirrored().mirrored()
    assert_allclose(back.coefficients, gaits.coefficients, atol=1e-12)
    assert_allclose(back.contact, gaits.contact, atol=1e-12)
    assert_allclose(back.muscles, gaits.muscles)


def test_mirror_exchanges_stances_and_agrees_with_the_cycle(walk):
    people, _, gaits = walk
    assert_allclose(gaits.mirrored().stance, gaits.stance[:, ::-1], atol=1e-12)
    proposal = gaits.proposal(2, make_subject(70), people.hip_height[2])
    expected = mirror(proposal.cycle).shifted(proposal.contact.left_heel_strike)
    seen = gaits.mirrored().proposal(2, make_subject(70), people.hip_height[2])
    assert_allclose(seen.cycle.coefficients, expected.coefficients, atol=1e-12)


def test_records_and_arrays_are_inverse(walk):
    people, _, gaits = walk
    proposals = [gaits.proposal(i, make_subject(), people.hip_height[i]) for i in range(len(gaits))]
    back = GaitBatch.of(proposals, people.hip_height)
    for name, value in vars(gaits).items():
        assert_allclose(getattr(back, name), value, atol=1e-12, err_msg=name)


def test_a_proposal_is_in_metres_and_seconds(walk):
    people, _, gaits = walk
    proposal = gaits.proposal(1, make_subject(), people.hip_height[1])
    stride = proposal.cycle.speed_mps * proposal.cycle.duration_s
    assert_allclose(stride, gaits.speed[1] * gaits.duration[1] * people.hip_height[1])


def test_straight_legs_stand_on_the_floor(walk):
    _, legs, _ = walk
    points = foot_points(np.zeros((4, 1, 31)), legs, "right")
    height = -points[:, 0, 0, 1]
    assert_allclose(height, legs.thigh + legs.shank + legs.ankle_height + 0.508 * legs.hip_width)
    assert (points[:, 0, 0, 0] < points[:, 0, 1, 0]).all()


def test_left_foot_is_the_mirror_image_of_the_right(walk):
    _, legs, _ = walk
    q = np.random.default_rng(1).normal(0, 0.2, (4, 6, 31))
    right, left = foot_points(q, legs, "right"), foot_points(mirror_coordinates(q), legs, "left")
    assert_allclose(left, right * np.array([1, 1, -1]), atol=1e-12)
