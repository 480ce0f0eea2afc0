"""Where the floor is firm, what is tried after a rejection, and what small foot muscles may give."""

from dataclasses import replace

import numpy as np
import pytest

from engine.core.conventions import COORDINATE_INDEX
from engine.gait.records import RejectionReason
from engine.physics.contact import standing_firmness
from engine.physics.figures import SMALL_FOOT_MUSCLES_NM_PER_KG, reserve_peak_nm
from engine.physics.loads import LEGS, ROWS
from engine.physics.projection import FRAMES, explain_standing
from engine.physics.settings import Attempt, Attempts, ForceSettings

SETTINGS = ForceSettings()


def test_floor_is_soft_under_a_touching_foot_and_firm_under_a_standing_one(adult):
    share = np.array([0.0, 0.02, 0.5, 1.0, 1.2]) * SETTINGS.standing_load_bw
    force = np.zeros((len(share), len(adult.body.point_side), 3))
    right = np.flatnonzero(adult.body.point_side == 0)
    force[:, right, 1] = (share * adult.body.weight_n / len(right))[:, None]
    firmness = standing_firmness(adult.body, np.arange(len(share)), force, replace(SETTINGS, firm_ahead_s=0.0))
    assert firmness[0, right] == pytest.approx(SETTINGS.touching)
    assert SETTINGS.touching < firmness[1, right[0]] < 1.2 * SETTINGS.touching
    assert firmness[2, right] == pytest.approx(0.5 * (SETTINGS.touching + SETTINGS.standing))
    assert firmness[3:, right] == pytest.approx(SETTINGS.standing)
    assert firmness[:, adult.body.point_side == 1] == pytest.approx(SETTINGS.touching)


def test_the_floor_is_as_firm_as_the_load_that_comes_a_moment_later(adult):
    right = np.flatnonzero(adult.body.point_side == 0)
    force = np.zeros((3, len(adult.body.point_side), 3))
    force[1, right, 1] = adult.body.weight_n / len(right)
    found = [
        standing_firmness(adult.body, np.array([0.0, 0.1, 0.2]), force, replace(SETTINGS, firm_ahead_s=ahead))[
            :, right[0]
        ]
        for ahead in (0.0, 0.1)
    ]
    assert found[0] == pytest.approx([SETTINGS.touching, SETTINGS.standing, SETTINGS.touching])
    assert found[1] == pytest.approx([SETTINGS.standing, SETTINGS.touching, SETTINGS.touching])


def test_a_motion_is_explained_on_the_floor_that_its_own_load_makes_firm(adult, gait):
    frames, loads = explain_standing(adult.body, SETTINGS, gait.cycle.motion(FRAMES))
    bears = frames.point_force[:, adult.body.point_side == 0, 1].sum(axis=1) / adult.body.weight_n
    firm = loads.firmness[:, adult.body.point_side == 0][:, 0]
    assert (firm[bears > 0.8] > 0.9 * SETTINGS.standing).all()
    assert (firm[bears < 0.01] < 0.05 * SETTINGS.standing).all()


def test_the_next_attempt_gives_way_where_the_last_one_broke():
    first, firmer, softer = Attempt(1, 1), Attempt(2, 0.5), Attempt(2, 2)
    attempts = Attempts(first, (firmer,), (softer,))
    assert attempts.after(None, 0) == first
    for reason in RejectionReason:
        slid = reason in (RejectionReason.SKATE, RejectionReason.PENETRATION)
        assert attempts.after(reason, 1) == (firmer if slid else softer)
    with pytest.raises(ValueError, match="as many"):
        Attempts(first, (firmer,), ())


def test_toes_count_only_beyond_what_small_foot_muscles_may_give(adult, gait):
    frames, _ = explain_standing(adult.body, SETTINGS, gait.cycle.motion(FRAMES))

    def missing(coordinate: str, moment_nm: float) -> float:
        row = list(ROWS[LEGS]).index(COORDINATE_INDEX[coordinate]) + LEGS.start
        residual = np.zeros_like(frames.solution.residual)
        residual[3, row] = moment_nm / frames.tolerance[row]
        return reserve_peak_nm(adult.body, replace(frames, solution=frames.solution._replace(residual=residual)))

    allowed = SMALL_FOOT_MUSCLES_NM_PER_KG * adult.body.multibody.mass_kg
    assert missing("mtp_angle_r", 0.9 * allowed) == 0.0
    assert missing("mtp_angle_l", -allowed - 2.0) == pytest.approx(2.0)
    assert missing("knee_angle_r", 0.9 * allowed) == pytest.approx(0.9 * allowed)
