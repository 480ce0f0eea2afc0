"""From a solution to a record, and real solves by Moco."""

from dataclasses import replace

import numpy as np
import pytest
from norm_gait import ADULT, CHILD, norm_proposal

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, MUSCLES
from engine.gait.cycle import phase_grid
from engine.gait.records import Gait, Rejection, RejectionReason
from engine.physics.events import STRUCK
from engine.tools.prediction.moco_settings import PredictionSettings
from engine.tools.prediction.planar_model import build_planar_model
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES, PLANAR_INDICES
from engine.tools.prediction.predictor import feasible_first, predict
from engine.tools.prediction.problem import make_study
from engine.tools.prediction.record import as_gait
from engine.tools.prediction.solve import PlanarSolution

COARSE = PredictionSettings(mesh=12, convergence_tolerance=10.0, constraint_tolerance=0.5, iterations=40)

STRIKE = 0.62 * np.arcsin(STRUCK) / np.pi - 0.05
"""Phase at which the made-up force under the right foot is a strike."""


@pytest.fixture(scope="module")
def solution(planar, target):
    """The reference itself, with a made-up force under each foot in turn."""
    time = np.linspace(0.0, target.cycle_s, 201)
    q, phase = target.at(time), time / target.cycle_s
    force = np.zeros((len(time), 2, 3))
    for side in (0, 1):
        stance = ((phase - 0.5 * side) + 0.05) % 1.0
        force[:, side, 1] = np.where(stance < 0.62, np.sin(np.pi * stance / 0.62), 0.0) * planar.weight_n
    centre = np.zeros_like(force)
    centre[:, :, 0] = q[:, PLANAR_COORDINATES.index("pelvis_tx"), None]
    activation = 0.3 + 0.2 * np.cos(2 * np.pi * (phase[:, None] - np.linspace(0, 1, len(planar.lumps))))
    return PlanarSolution(
        time=time,
        q=q,
        u=np.gradient(q, time, axis=0),
        activation=activation,
        lumbar=np.zeros(len(time)),
        force=force,
        pressure_centre=centre,
        converged=True,
        status="made up",
        iterations=0,
        cpu_s=0.0,
    )


@pytest.fixture(scope="module")
def record(walker, planar, solution):
    return as_gait(*walker, planar, solution)


def test_a_record_holds_the_solutions_motion_from_heel_strike_on(record, target):
    assert isinstance(record, Gait)
    start = STRIKE % 1.0
    phase = phase_grid(len(record.dynamics.q))
    expected = target.at((start + phase) * target.cycle_s)
    found = record.cycle.at(phase)[:, PLANAR_INDICES]
    assert found == pytest.approx(expected, abs=2e-3)
    assert record.cycle.speed_mps == pytest.approx(target.speed_mps, rel=1e-6)
    assert record.cycle.duration_s == pytest.approx(target.cycle_s)
    assert record.contact.left_heel_strike == pytest.approx(0.5, abs=0.01)


def test_a_record_is_accelerated_as_the_solution_where_its_cycle_closes(walker, planar, solution, target):
    """A body that surges: its way forward is periodic about the mean speed, without a jump that harmonics would follow."""
    surge_m, turns = 0.02, 4 * np.pi
    q = solution.q.copy()
    q[:, PLANAR_COORDINATES.index("pelvis_tx")] += surge_m * np.sin(turns * solution.time / target.cycle_s)
    found = as_gait(*walker, planar, replace(solution, q=q)).cycle
    phase = STRIKE + phase_grid(100)
    expected = -surge_m * (turns / target.cycle_s) ** 2 * np.sin(turns * phase)
    assert found.speed_mps == pytest.approx(target.speed_mps, rel=1e-6)
    assert found.motion(100).a[:, COORDINATE_INDEX["pelvis_tx"]] == pytest.approx(expected, abs=0.05)


def test_out_of_the_plane_the_record_is_the_proposals(record, walker):
    outside = [k for k in range(len(COORDINATES)) if k not in PLANAR_INDICES]
    start = STRIKE % 1.0
    proposed = walker[0].cycle.at(start + phase_grid(100))[:, outside]
    assert record.dynamics.q[:, outside] == pytest.approx(proposed, abs=5e-3)


def test_members_of_a_lump_share_its_activation_and_others_have_none(record, planar):
    active = record.dynamics.activations
    members = {muscle for lump in planar.lumps for muscle in lump.members}
    for lump in planar.lumps:
        columns = active[:, [MUSCLES.index(muscle) for muscle in lump.members]]
        assert (columns == columns[:, :1]).all()
        assert 0.09 < columns.min() < columns.max() < 0.51
    assert not active[:, [k for k, muscle in enumerate(MUSCLES) if muscle not in members]].any()


def test_forces_carry_the_weight_that_they_carried(record, solution, planar):
    before = np.trapezoid(solution.force[:, :, 1].sum(axis=1), solution.time) / solution.time[-1]
    assert record.dynamics.force[:, :, 1].sum(axis=1).mean() == pytest.approx(before, rel=5e-3)
    assert not record.dynamics.force[:, :, 2].any()
    way = record.dynamics.pressure_centre[:, 0, 0] - record.dynamics.q[:, COORDINATE_INDEX["pelvis_tx"]]
    stands = record.dynamics.force[:, 0, 1] > 0.2 * planar.weight_n
    assert np.abs(way[stands]).max() < 0.02


def test_feet_that_never_leave_the_floor_are_no_stride(walker, planar, solution):
    stuck = replace(solution, force=np.full_like(solution.force, 0.5 * planar.weight_n))
    result = as_gait(*walker, planar, stuck)
    assert isinstance(result, Rejection)
    assert result.reason is RejectionReason.DIVERGED


def test_a_body_that_does_not_get_forward_is_no_stride(walker, planar, solution):
    q = solution.q.copy()
    q[:, PLANAR_COORDINATES.index("pelvis_tx")] *= -0.01
    result = as_gait(*walker, planar, replace(solution, q=q))
    assert isinstance(result, Rejection)
    assert "forward" in result.detail


def test_giving_up_is_a_rejection_with_its_reason(walker):
    result = predict(*walker, replace(COARSE, mesh=5, iterations=1))
    assert isinstance(result, Rejection)
    assert result.reason is RejectionReason.DIVERGED
    assert "1 iterations" in result.detail


@pytest.mark.parametrize("duration_s", [0.7026951343639474, 0.49274635314941406])
def test_moco_finds_the_last_instant_of_any_duration(planar, target, duration_s):
    """At these Moco's two computations of it can differ by a bit, and it then refuses the reference."""
    awkward = replace(target, cycle_s=2 * duration_s)
    make_study(build_planar_model(planar), planar, awkward, PredictionSettings())


def test_a_coarse_solve_walks(walker, gait, planar):
    proposal, shape = walker
    gait = predict(replace(proposal, cycle=gait.cycle), shape, COARSE)
    assert isinstance(gait, Gait), gait
    assert gait.figures.vertical_force_mean_error_pct < 10
    assert 0.6 < gait.cycle.speed_mps < 1.5
    assert gait.dynamics.force[:, :, 1].max() < 3 * planar.weight_n


@pytest.mark.slow
@pytest.mark.parametrize(("person", "speed"), [(ADULT, 1.25), (CHILD, 0.95)])
def test_a_full_solve_is_a_walk(person, speed, enforcer):
    """Body weight on average, feet in turn, ankle push-off, and the trunk hardly moved from the proposal's."""
    proposal, shape = norm_proposal(person, speed)
    gait = predict(feasible_first(proposal, shape, enforcer), shape)
    assert isinstance(gait, Gait), gait
    weight = person.mass_kg * 9.80665
    vertical = gait.dynamics.force[:, :, 1] / weight
    assert vertical.sum(axis=1).mean() == pytest.approx(1.0, abs=0.02)
    assert vertical.max() < 2.0
    assert 0.55 < gait.contact.right_toe_off < 0.75
    assert gait.contact.left_heel_strike == pytest.approx(0.5, abs=0.01)
    ankle = COORDINATE_INDEX["ankle_angle_r"]
    assert (gait.dynamics.moments[:60, ankle] / person.mass_kg).min() < -0.8
    assert gait.figures.motion_change_deg < 8
