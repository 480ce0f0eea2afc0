"""The whole stage: what passes, what is rejected and why, and that OpenSim agrees."""

from dataclasses import replace

import numpy as np
import pytest
from norm_gait import ADULT, CHILD, NORMAL, norm_proposal

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, MUSCLE_GROUPS, MUSCLES
from engine.gait.cycle import GaitCycle
from engine.gait.records import Gait, PhysicsFigures, Rejection, RejectionReason
from engine.musculoskeletal.replay import inverse_dynamics
from engine.musculoskeletal.storage import read_model_file
from engine.people.conditions import load_card
from engine.physics.figures import ROOT_FORCES, ROOT_MOMENTS
from engine.physics.verdict import LIMITS, verdict
from engine.stages import Enforcer

GOOD = PhysicsFigures(1.0, 0.2, 2.0, 4.0, 0.5, 0.1, 1.15, 1.0, 1.0)
TOES = [COORDINATE_INDEX[f"mtp_angle_{side}"] for side in "rl"]
JOINTS = [i for i in range(6, len(COORDINATES)) if i not in TOES]


def assert_within_limits(figures, subject):
    assert verdict(figures, 0.0, subject) is None, figures


def changed(proposal, **changes):
    cycle = proposal.cycle
    values = {"coefficients": cycle.coefficients, "speed_mps": cycle.speed_mps, "duration_s": cycle.duration_s}
    return replace(proposal, cycle=GaitCycle(**(values | changes)))


def test_the_stage_keeps_its_contract(enforcer):
    assert isinstance(enforcer, Enforcer)


def test_a_norm_gait_is_accepted(gait):
    assert isinstance(gait, Gait), gait
    assert_within_limits(gait.figures, ADULT)
    assert gait.cycle.speed_mps == pytest.approx(1.25, rel=0.05)
    assert 0.56 < gait.contact.right_toe_off < 0.68
    assert gait.contact.left_heel_strike == pytest.approx(0.5, abs=0.03)


def test_ground_forces_are_those_of_walking(gait):
    """Body weight on average, two humps with a valley between, braking before push-off, no pull."""
    weight = ADULT.mass_kg * 9.80665
    force = gait.dynamics.force / weight
    assert force[:, :, 1].sum(axis=1).mean() == pytest.approx(1.0, abs=0.01)
    assert (force[:, :, 1] >= 0).all()
    right = force[:60, 0]
    first, valley, second = right[5:22, 1].max(), right[20:42, 1].min(), right[38:58, 1].max()
    assert first > 1.0
    assert second > 1.0
    assert valley < 0.9
    assert right[5:22, 0].min() < -0.08
    assert right[40:58, 0].max() > 0.08


def test_the_right_foot_strikes_at_phase_zero(gait):
    right = gait.dynamics.force[:, 0, 1]
    assert right[-2] < 0.03 * ADULT.mass_kg * 9.81 < right[2]


def test_the_pressure_runs_from_heel_to_toe(gait):
    loaded = gait.dynamics.force[:60, 0, 1] > 100
    forward = gait.dynamics.pressure_centre[:60, 0, 0][loaded]
    assert forward[-1] - forward[0] > 0.1
    assert np.corrcoef(forward, np.arange(len(forward)))[0, 1] > 0.85


def test_opensim_agrees(gait, enforcer):
    """Replayed with exact derivatives, nothing is left at the pelvis and joint moments are ours."""
    motion, dynamics = gait.cycle.motion(len(gait.dynamics.time)), gait.dynamics
    model = enforcer._embodied(gait.proposal, gait.body).model
    found = inverse_dynamics(model, motion, dynamics.force, dynamics.pressure_centre, dynamics.free_moment)
    largest = np.linalg.norm(dynamics.force.sum(axis=1), axis=1).max()
    assert np.linalg.norm(found[:, ROOT_FORCES], axis=1).max() < 0.05 * largest
    assert np.linalg.norm(found[:, ROOT_MOMENTS], axis=1).max() < 0.01 * largest
    np.testing.assert_allclose(found[:, JOINTS], dynamics.moments[:, JOINTS], atol=1.5)


def test_muscles_work_when_they_should(gait):
    """Calf before push-off, quadriceps in loading, dorsiflexors at heel strike (Perry & Burnfield 2010)."""

    def mean(muscle, start, end):
        return gait.dynamics.activations[start:end, MUSCLES.index(f"{muscle}_r")].mean()

    assert mean("soleus", 35, 52) > 3 * mean("soleus", 65, 95)
    assert mean("gasmed", 35, 52) > 3 * mean("gasmed", 65, 95)
    assert mean("vaslat", 5, 20) > 2 * mean("vaslat", 30, 50)
    assert mean("tibant", 0, 8) > 2 * mean("tibant", 35, 50)


def test_a_child_is_accepted(enforcer):
    gait = enforcer.enforce(*norm_proposal(CHILD, 0.95))
    assert isinstance(gait, Gait), gait
    assert_within_limits(gait.figures, CHILD)


@pytest.mark.slow
@pytest.mark.parametrize("speed", [0.7, 1.0, 1.6])
def test_other_speeds_are_accepted(enforcer, speed):
    gait = enforcer.enforce(*norm_proposal(ADULT, speed))
    assert isinstance(gait, Gait), gait
    assert_within_limits(gait.figures, ADULT)


def test_co_contraction_holds_activation_up(enforcer):
    floor = NORMAL.control_min.copy()
    group = list(MUSCLE_GROUPS).index("dorsiflexors")
    floor[0, group] = 0.3
    proposal, body = norm_proposal(ADULT, parameters=replace(NORMAL, control_min=floor))
    gait = enforcer.enforce(proposal, body)
    assert isinstance(gait, Gait), gait
    for name in MUSCLE_GROUPS["dorsiflexors"]:
        assert gait.dynamics.activations[:, MUSCLES.index(f"{name}_r")].min() > 0.299
        assert gait.dynamics.activations[:, MUSCLES.index(f"{name}_l")].min() < 0.2


@pytest.mark.parametrize("hopeless", ["standing still", "too fast"])
def test_what_is_no_walk_is_rejected_with_the_reason(enforcer, hopeless):
    proposal, body = norm_proposal()
    coefficients = proposal.cycle.coefficients.copy()
    if hopeless == "standing still":
        coefficients[1:] = 0.0
    pace = {"speed_mps": 4.0, "duration_s": 0.25} if hopeless == "too fast" else {}
    result = enforcer.enforce(changed(proposal, coefficients=coefficients, **pace), body)
    assert isinstance(result, Rejection)
    assert isinstance(result.reason, RejectionReason)
    assert result.subject == ADULT
    assert result.figures is not None or result.detail


def test_powerless_legs_are_rejected(enforcer):
    parameters = replace(NORMAL, max_isometric_force=np.full_like(NORMAL.max_isometric_force, 0.05))
    result = enforcer.enforce(*norm_proposal(parameters=parameters))
    assert isinstance(result, Rejection)


def test_the_same_proposal_gives_the_same_gait(enforcer, gait):
    again = enforcer.enforce(gait.proposal, gait.body)
    np.testing.assert_array_equal(again.cycle.coefficients, gait.cycle.coefficients)
    np.testing.assert_array_equal(again.dynamics.activations, gait.dynamics.activations)


def test_the_exported_model_opens(enforcer, gait, tmp_path):
    enforcer.export_model(gait, tmp_path / "model.osim")
    model = read_model_file(tmp_path / "model.osim")
    assert model.getTotalMass(model.initSystem()) == pytest.approx(ADULT.mass_kg)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("residual_force_peak_pct", 5.1, RejectionReason.RESIDUAL_FORCE),
        ("residual_moment_peak_pct", 1.1, RejectionReason.RESIDUAL_MOMENT),
        ("penetration_mm", 8.1, RejectionReason.PENETRATION),
        ("skate_mm", 10.1, RejectionReason.SKATE),
        ("reserve_peak_nm", 5.1, RejectionReason.RESERVE),
        ("vertical_force_mean_error_pct", 1.1, RejectionReason.VERTICAL_MEAN),
        ("vertical_force_peak_bw", 1.51, RejectionReason.VERTICAL_PEAK),
        ("residual_force_peak_pct", float("nan"), RejectionReason.RESIDUAL_FORCE),
    ],
)
def test_each_limit_is_held(field, value, reason):
    assert verdict(GOOD, 0.0, ADULT) is None
    assert verdict(replace(GOOD, **{field: value}), 0.0, ADULT) == reason


def test_reserves_of_the_impaired_and_disagreement():
    patient = replace(ADULT, condition=load_card("stroke"), severity=0.5, side="left")
    strained = replace(GOOD, reserve_peak_nm=8.0)
    assert verdict(strained, 0.0, ADULT) == RejectionReason.RESERVE
    assert verdict(strained, 0.0, patient) is None
    assert verdict(GOOD, LIMITS.disagreement_pct * 1.1, ADULT) == RejectionReason.REPLAY
