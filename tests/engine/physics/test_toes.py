"""Toes lie on the floor while the foot rises over its ball, in what is proposed and in what bears load."""

import numpy as np
import pytest
from norm_gait import norm_proposal

from engine.core.conventions import COORDINATE_INDEX
from engine.gait.cycle import GaitCycle, fit_coefficients, mirror, phase_grid
from engine.physics.contact import unrest
from engine.physics.kernels.rigid_body import point_positions, rigid_body_motion
from engine.physics.projection import FRAMES, explain_standing, put_on_floor
from engine.physics.settings import Settings
from engine.physics.toes import lay_toes

TOE, ANKLE = COORDINATE_INDEX["mtp_angle_r"], COORDINATE_INDEX["ankle_angle_r"]


@pytest.fixture(scope="module")
def standing_cycle(adult):
    return put_on_floor(norm_proposal()[0].cycle, adult.body)


def sole(body, q):
    """Heights of the right ball and toe tip, and pitch of the sole (toes down positive)."""
    points = point_positions(body.multibody.tree, body.points, q)
    ball, tip = int(body.ball[0]), int(np.flatnonzero(body.point_side == 0)[-1])
    along = points[:, ball] - points[:, 0]
    return points[:, ball, 1], points[:, tip, 1], np.arctan2(-along[:, 1], np.hypot(along[:, 0], along[:, 2]))


def test_the_ball_is_the_last_point_before_the_toes(adult):
    body = adult.body
    for side in (0, 1):
        own = np.flatnonzero(body.point_side == side)
        ball = body.ball[own[0]]
        assert (body.ball[own] == ball).all()
        np.testing.assert_array_equal(body.on_toes[own], own > ball)


def test_toes_follow_the_pitch_of_a_rising_foot(adult, standing_cycle):
    q = lay_toes(standing_cycle, adult.body).at(phase_grid(100))
    ball, _, pitch = sole(adult.body, q)
    rising = np.zeros(100, dtype=bool)
    rising[35:60] = (ball < 0.012)[35:60] & (pitch > 0.1)[35:60]
    assert rising.sum() > 5
    np.testing.assert_allclose(q[rising, TOE], pitch[rising], atol=0.1)


def test_only_toes_change(adult, standing_cycle):
    laid = lay_toes(standing_cycle, adult.body)
    changed = np.abs(laid.coefficients - standing_cycle.coefficients).max(axis=0) > 1e-12
    assert set(np.flatnonzero(changed).tolist()) == {TOE, COORDINATE_INDEX["mtp_angle_l"]}


def test_a_raised_foot_keeps_its_toes(adult, standing_cycle):
    coefficients = standing_cycle.coefficients.copy()
    coefficients[0, COORDINATE_INDEX["pelvis_ty"]] += 1.0
    bent = fit_coefficients(0.3 + 0.1 * np.cos(2 * np.pi * phase_grid(100)))
    coefficients[:, TOE] = bent
    high = GaitCycle(coefficients, standing_cycle.speed_mps, standing_cycle.duration_s)
    np.testing.assert_allclose(lay_toes(high, adult.body).coefficients[:, TOE], bent, atol=1e-12)


def test_mirrored_feet_lie_alike(adult, standing_cycle):
    ours, theirs = lay_toes(standing_cycle, adult.body), lay_toes(mirror(standing_cycle), adult.body)
    np.testing.assert_allclose(mirror(theirs).coefficients, ours.coefficients, atol=1e-6)


def test_load_on_toes_costs_what_their_ball_is_high(adult, standing_cycle):
    body, q = adult.body, standing_cycle.at(phase_grid(20))
    still = np.zeros_like(q)
    motion = rigid_body_motion(body.multibody.tree, body.points, q, still, still)
    price = unrest(motion, body, Settings().force).price
    height = np.maximum(motion.position[:, :, 1], 0.0) / (Settings().force.rest_height_m * body.length_scale)
    np.testing.assert_allclose(price, height**2 + body.on_toes * height[:, body.ball] ** 2)


def test_a_feasible_foot_rolls_over_its_ball(adult, gait):
    """While the right leg bears half a body weight in push-off, the ball is on the floor and bears most of it."""
    body, motion = adult.body, gait.cycle.motion(2 * FRAMES)
    frames, _ = explain_standing(body, Settings().force, motion)
    right = frames.point_force[:, body.point_side == 0, 1]
    pushing = np.flatnonzero(right.sum(axis=1) > 0.5 * body.weight_n)
    pushing = pushing[pushing > 0.45 * len(right)]
    ball, _, pitch = sole(body, motion.q[pushing])
    assert ball.max() < 0.012
    np.testing.assert_allclose(motion.q[pushing, TOE], pitch, atol=0.25)
