"""Adaptation: exact gradients, nothing from nothing, mirror symmetry, dose and response, and gaits that physics accepts."""

from dataclasses import replace

import numpy as np
import pytest
from norm_gait import ADULT, norm_proposal

from engine.core.conventions import COORDINATE_INDEX, SIDES
from engine.gait.cycle import GaitCycle, mirror, mirror_coordinates
from engine.gait.records import Gait, MusculoskeletalParameters, Rejection
from engine.musculoskeletal.mechanisms import change, mechanism_parameters
from engine.people.conditions import healthy_card, load_card
from engine.people.growth import typical_strength
from engine.physics.adaptation.adaptation import AdaptationProblem, Pace, Walker, adapt
from engine.physics.adaptation.adaptation_settings import AdaptationSettings
from engine.physics.adaptation.compensations import swing_out_stiff_side
from engine.physics.adaptation.halfway import halfway
from engine.physics.bases import CycleBasis
from engine.physics.embodied import RecentBodies, embody
from engine.physics.settings import Settings
from engine.roles.adapter import EffortAdapter, same_parameters, unimpaired
from engine.stages import Adapter, load_stage
from tests.made_cards import user_card

HEALTHY = MusculoskeletalParameters()
BY_HAND = healthy_card().changed_by_hand()


def changed_body(**changes):
    parameters = HEALTHY
    for name, value in changes.items():
        parameters = change(parameters, name.replace("__", "."), value)
    proposal, shape = norm_proposal(ADULT, parameters=parameters)
    return embody(proposal, shape).body


def adapted(adult, **changes):
    return adapt(norm_proposal(ADULT)[0].cycle, adult.body, changed_body(**changes))


@pytest.fixture(scope="module")
def contracted():
    """Weak and short where it pulls hardest: every term of the cost has a slope."""
    return changed_body(plantarflexor_strength=0.4, hip_flexors_fibre_length=0.8)


@pytest.fixture(scope="module")
def problem(adult, contracted):
    walker = Walker(
        norm_proposal(ADULT)[0].cycle,
        adult.body.muscles.parameters.max_isometric_force,
        Settings(),
        AdaptationSettings(),
    )
    return AdaptationProblem(walker, contracted, Pace(2.0, 0.5), 1.0)


@pytest.fixture(scope="module")
def weak(adult):
    return adapted(adult, plantarflexor_strength=0.3)


@pytest.fixture(scope="module")
def very_weak(adult):
    return adapted(adult, plantarflexor_strength=0.1)


@pytest.fixture(scope="module")
def lopsided(adult):
    return adapted(adult, dorsiflexor_strength__right=0.02)


def test_gradient(problem, rng):
    x = CycleBasis.pack(norm_proposal(ADULT)[0].cycle)
    x[COORDINATE_INDEX["pelvis_ty"]] -= 0.01
    x[COORDINATE_INDEX["hip_adduction_r"]] -= 0.03
    _, state = problem.evaluate(x, None)
    gradient = problem.linearise(x, state).gradient
    ways = rng.normal(size=(5, len(x))) / np.sqrt(problem.basis.metric)
    ways /= np.sqrt((problem.basis.metric * ways**2).sum(axis=1, keepdims=True))
    pace = np.zeros((2, len(x)))
    pace[0, -2] = pace[1, -1] = 0.01
    for way in (*ways, *pace):
        step = 1e-4 * way
        difference = (problem.evaluate(x + step, state)[0] - problem.evaluate(x - step, state)[0]) / 2e-4
        assert gradient @ way == pytest.approx(difference, rel=2e-3, abs=2e-3)


def test_every_further_term_has_its_slope(problem, rng):
    """Term by term, where a sum would hide a small one."""
    q = norm_proposal(ADULT)[0].cycle.motion(50)
    narrow = q.q.copy()
    narrow[:, [COORDINATE_INDEX["hip_adduction_r"], COORDINATE_INDEX["hip_adduction_l"]]] += 0.05
    narrow[:, COORDINATE_INDEX["pelvis_ty"]] -= 0.01
    frames = problem.loads.explain(narrow, q.u, q.a)
    derivatives = problem.frames._derivatives(frames)
    way = rng.normal(size=(2, *narrow.shape))
    for term in problem.frames._further:
        slope = term.derivative(frames, derivatives)
        step = 1e-6
        after = term.residual(problem.loads.explain(narrow + step * way[0], q.u + step * way[1], q.a))
        before = term.residual(problem.loads.explain(narrow - step * way[0], q.u - step * way[1], q.a))
        ours = np.einsum("nmsj,snj->nm", slope[:, :, :2], way)
        theirs = (after - before) / (2 * step)
        assert np.abs(theirs).max() > 0
        np.testing.assert_allclose(ours, theirs, atol=2e-3 * np.abs(theirs).max())


def test_the_same_body_changes_nothing(adult):
    proposal, shape = norm_proposal(ADULT)
    result = adapt(proposal.cycle, adult.body, adult.body)
    np.testing.assert_array_equal(result.changed.coefficients, proposal.cycle.coefficients)
    assert (result.changed.speed_mps, result.changed.duration_s) == pytest.approx(
        (proposal.cycle.speed_mps, proposal.cycle.duration_s), abs=1e-12
    )
    assert EffortAdapter().adapt(proposal, shape, HEALTHY) is proposal
    drift = (result.before.motion(50).q - result.habit.motion(50).q)[:, 6:18]
    assert np.rad2deg(np.sqrt((drift**2).mean())) < 3.0


def test_weak_calves_walk_slower_with_less_push_off(weak, very_weak):
    speeds = [weak.before.speed_mps, weak.after.speed_mps, very_weak.after.speed_mps]
    assert speeds == sorted(speeds, reverse=True)
    assert speeds[0] - speeds[1] > 0.05
    strides = [cycle.speed_mps * cycle.duration_s for cycle in (weak.before, weak.after, very_weak.after)]
    assert strides == sorted(strides, reverse=True)


def test_changed_is_proposal_and_difference(weak):
    proposed = norm_proposal(ADULT)[0].cycle
    apart = weak.after.coefficients - weak.before.coefficients
    np.testing.assert_allclose(weak.changed.coefficients - proposed.coefficients, apart, atol=1e-12)
    ratio = weak.after.duration_s / weak.before.duration_s
    assert weak.changed.duration_s == pytest.approx(proposed.duration_s * ratio)


def test_a_mirrored_impairment_gives_a_mirrored_gait(adult, lopsided):
    """The proposal is symmetric, half a stride apart: its mirror image is itself, half a stride later."""
    theirs = adapt(mirror(norm_proposal(ADULT)[0].cycle), adult.body, changed_body(dorsiflexor_strength__left=0.02))
    apart = theirs.after.coefficients - mirror_coordinates(lopsided.after.coefficients)
    assert np.rad2deg(np.abs(apart[:, 6:]).max()) < 0.5
    assert theirs.after.speed_mps == pytest.approx(lopsided.after.speed_mps, abs=2e-3)


def test_a_dropped_foot_is_lifted_higher(lopsided):
    ankle, hip = COORDINATE_INDEX["ankle_angle_r"], COORDINATE_INDEX["hip_flexion_r"]
    change_rad = lopsided.after.motion(50).q - lopsided.before.motion(50).q
    assert np.rad2deg(change_rad[:, ankle].min()) < -8.0
    assert np.rad2deg(lopsided.after.motion(50).q[:, hip].max() - lopsided.before.motion(50).q[:, hip].max()) > 2.0


def test_recovery_from_nothing_lifts_the_foot(adult):
    found = adapt(norm_proposal(ADULT)[0].cycle, changed_body(dorsiflexor_strength__right=0.0), adult.body)
    ankle = (found.after.motion(50).q - found.before.motion(50).q)[:, COORDINATE_INDEX["ankle_angle_r"]]
    assert np.rad2deg(ankle.max()) > 5.0


def test_halfway_lies_between(adult):
    after = changed_body(quadriceps_strength=0.2, knee_angle_max_deg__right=30.0, leg_pain__left=2.0)
    cycle = norm_proposal(ADULT)[0].cycle
    between = halfway(adult.body, after, cycle)
    force = [body.muscles.parameters.max_isometric_force for body in (adult.body, between, after)]
    np.testing.assert_allclose(force[1], (force[0] + force[2]) / 2)
    assert between.leg_pain[SIDES.index("left")] == pytest.approx(1.0)
    knee = between.joint_range[3]
    assert np.rad2deg(knee[1]) == pytest.approx((30.0 + np.rad2deg(cycle.motion(50).q[:, 9].max())) / 2)


def test_a_stiff_knee_is_swung_out_on_either_side(adult):
    cycle = norm_proposal(ADULT)[0].cycle
    limits = adult.body.joint_range.copy()
    limits[3, 1] = np.deg2rad(30.0)
    right = swing_out_stiff_side(cycle, replace(adult.body, joint_range=limits))
    limits[[3, 9]] = limits[[9, 3]]
    left = swing_out_stiff_side(mirror(cycle), replace(adult.body, joint_range=limits))
    np.testing.assert_allclose(mirror_coordinates(left.coefficients), right.coefficients, atol=1e-12)
    lifted = (right.motion(50).q - cycle.motion(50).q)[:, COORDINATE_INDEX["pelvis_list"]]
    assert -8.0 < np.rad2deg(lifted.min()) < -5.0
    np.testing.assert_array_equal(swing_out_stiff_side(cycle, adult.body).coefficients, cycle.coefficients)


def test_without_the_condition_strength_is_one_s_own():
    patient = replace(ADULT, condition=load_card("stroke"), severity=0.8, side="left")
    weak = mechanism_parameters(load_card("stroke"), 0.8, "left")
    own = replace(weak, max_isometric_force=0.9 * weak.max_isometric_force)
    found = unimpaired(patient, change(own, "leg_pain.right", 1.0))
    assert (own.max_isometric_force < 0.7).any()
    np.testing.assert_allclose(found.max_isometric_force, 0.9)
    assert same_parameters(replace(found, max_isometric_force=HEALTHY.max_isometric_force), HEALTHY)
    assert same_parameters(unimpaired(ADULT, HEALTHY), HEALTHY)


def test_a_changed_card_tells_what_the_condition_took_whatever_its_name():
    half = {"kind": "strength", "groups": ["quadriceps"], "amount": 0.5, "source": "assumption"}
    patient = replace(ADULT, condition=user_card("stroke", mechanisms=[half]), severity=1.0, side="left")
    weak = change(HEALTHY, "quadriceps_strength", 0.4)
    found = unimpaired(patient, weak).max_isometric_force
    np.testing.assert_allclose(found, weak.max_isometric_force / np.where(weak.max_isometric_force < 1, 0.5, 1.0))


def test_of_a_body_changed_by_hand_strength_is_that_of_the_age():
    found = unimpaired(replace(ADULT, age_years=80.0, condition=BY_HAND), change(HEALTHY, "leg_pain.right", 1.0))
    np.testing.assert_allclose(found.max_isometric_force, np.tile(typical_strength(80.0), (2, 1)))
    assert not same_parameters(found, HEALTHY)
    assert not found.leg_pain.any()


def test_stage_and_physics(enforcer):
    """The stage is found by its name, and what it gives passes the physics of the changed body."""
    adapter = load_stage("adapter", "effort")
    assert isinstance(adapter, Adapter)
    parameters = change(change(HEALTHY, "hip_abductor_strength.left", 0.3), "hamstrings_fibre_length", 0.85)
    proposal, shape = norm_proposal(ADULT, parameters=parameters)
    proposal = replace(proposal, subject=replace(ADULT, condition=BY_HAND, severity=1.0))
    found = adapter.adapt(proposal, shape)
    assert isinstance(found.cycle, GaitCycle)
    assert not np.array_equal(found.cycle.coefficients, proposal.cycle.coefficients)
    assert isinstance(enforcer.enforce(found, shape), Gait)


def test_what_is_no_walk_is_left_to_the_enforcer(enforcer):
    proposal, shape = norm_proposal(ADULT, parameters=change(HEALTHY, "quadriceps_strength", 0.5))
    wild = replace(proposal, cycle=replace(proposal.cycle, coefficients=20.0 * proposal.cycle.coefficients))
    left = EffortAdapter().adapt(wild, shape)
    assert left is wild
    assert isinstance(enforcer.enforce(left, shape), Rejection)


def test_further_changes_of_a_person_are_as_if_they_were_the_first(weak):
    """The remembered baseline and bodies make no difference; at a kept speed a weak calf does not slow down."""
    healthy, shape = norm_proposal(ADULT)
    patients = [
        replace(healthy, parameters=change(HEALTHY, "plantarflexor_strength", share), subject=replace(ADULT, id="x"))
        for share in (0.5, 0.3)
    ]
    kept = EffortAdapter(keep_speed=True, embodiment=RecentBodies())
    found = [kept.adapt(patient, shape, HEALTHY) for patient in patients]
    alone = EffortAdapter(keep_speed=True).adapt(patients[1], shape, HEALTHY)
    np.testing.assert_allclose(found[1].cycle.coefficients, alone.cycle.coefficients, atol=1e-12)
    speeds = [one.cycle.speed_mps for one in found]
    assert speeds == pytest.approx([healthy.cycle.speed_mps] * 2, rel=0.02)
    assert weak.changed.speed_mps < min(speeds)
    assert found[1].contact != healthy.contact


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"plantarflexor_strength": 0.1},
        {"hip_flexors_fibre_length": 0.75},
        {"plantarflexors_fibre_length": 0.75},
        {"knee_angle_max_deg.right": 30.0},
        {"leg_pain.right": 2.0},
        {"femoral_anteversion_deg": 25.0},
    ],
)
def test_strong_changes_pass_the_physics(enforcer, changes):
    parameters = HEALTHY
    for name, value in changes.items():
        parameters = change(parameters, name, value)
    proposal, shape = norm_proposal(ADULT, parameters=parameters)
    proposal = replace(proposal, subject=replace(ADULT, condition=BY_HAND, severity=1.0))
    assert isinstance(enforcer.enforce(EffortAdapter().adapt(proposal, shape), shape), Gait)
