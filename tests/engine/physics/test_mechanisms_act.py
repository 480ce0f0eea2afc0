"""Mechanisms act through real bodies: what a person can do, what resists, where joints stop, and that OpenSim still agrees."""

import numpy as np
import pytest
from norm_gait import ADULT, NORMAL, norm_proposal

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, MUSCLE_GROUPS, MUSCLES
from engine.gait.records import Gait
from engine.musculoskeletal.mechanisms import change
from engine.physics.embodied import embody, with_mechanisms
from engine.physics.kernels.muscle_force import muscle_state
from engine.physics.loads import Loads
from engine.physics.projection import put_on_floor
from engine.physics.settings import Settings
from engine.physics.verdict import LIMITS

ANKLE, KNEE = 4, 3
"""Among the coordinates of the right leg."""


def parameters_of(changes):
    parameters = NORMAL
    for name, value in changes.items():
        parameters = change(parameters, name, value)
    return parameters


def changed_body(changes):
    return embody(*norm_proposal(ADULT, parameters=parameters_of(changes))).body


def group_mask(group, side="r"):
    return np.array([m.endswith(f"_{side}") and m[:-2] in MUSCLE_GROUPS[group] for m in MUSCLES])


def at_ankle(body, degrees):
    """Muscles with the right ankle at these angles."""
    q = np.zeros((len(degrees), 31))
    q[:, COORDINATE_INDEX["ankle_angle_r"]] = np.deg2rad(degrees)
    return muscle_state(body.muscles, q, np.zeros_like(q))


def passive_moment(state, joint=ANKLE):
    return np.einsum("nm,nm->n", state.arm[:, joint], state.passive)


@pytest.mark.parametrize("strength", [0.5, 0.2])
def test_weakness_lowers_the_largest_moment_in_proportion(adult, strength):
    weak, angles = changed_body({"plantarflexor_strength.right": strength}), [-20, 0, 15]
    calf = group_mask("plantarflexors")
    most = [
        np.einsum("nm,nm->n", s.arm[:, ANKLE, calf], s.capacity[:, calf])
        for s in (at_ankle(body, angles) for body in (adult.body, weak))
    ]
    assert (np.abs(most[0]) > 50).all()
    np.testing.assert_allclose(most[1], strength * most[0], rtol=1e-6)
    other = [s.capacity[:, ~calf] for s in (at_ankle(body, angles) for body in (adult.body, weak))]
    np.testing.assert_allclose(other[1], other[0], rtol=1e-9)


def test_contracture_raises_passive_moment_and_shifts_the_range(adult):
    """The shorter the fibres, the earlier the ankle meets a resistance of 10 N·m."""
    angles = np.linspace(-30, 35, 66)
    reached = []
    for factor in (1.0, 0.9, 0.8):
        body = changed_body({"plantarflexor_fibre_length": factor}) if factor < 1 else adult.body
        resistance = -passive_moment(at_ankle(body, angles))
        assert (np.diff(resistance) > -1e-6).all()
        reached.append(np.interp(10.0, resistance, angles))
    assert (np.diff(reached) < -3).all()


def test_a_short_tendon_resists_like_a_short_muscle(adult):
    short = changed_body({"hamstring_tendon_slack.right": 0.95})
    q = np.zeros((1, 31))
    q[0, COORDINATE_INDEX["hip_flexion_r"]], q[0, COORDINATE_INDEX["knee_angle_r"]] = 0.6, 0.2
    usual, stiff = (
        passive_moment(muscle_state(body.muscles, q, np.zeros_like(q)), KNEE) for body in (adult.body, short)
    )
    assert stiff[0] > 1.5 * usual[0] > 0


def test_joint_stiffness_multiplies_passive_torques(adult, rng):
    stiff = changed_body({"joint_stiffness": 3.0})
    q, u = rng.uniform(-0.4, 0.4, (5, 31)), rng.normal(size=(5, 31))
    np.testing.assert_allclose(stiff.passive.torque(q, u), 3 * adult.body.passive.torque(q, u), rtol=1e-6, atol=1e-9)


def test_co_contraction_raises_both_antagonists(adult):
    """At the same motion, and the joint's net moment stays what the motion needs."""
    changes = {"quadriceps_co_contraction.right": 0.15, "hamstring_co_contraction.right": 0.15}
    motion = put_on_floor(norm_proposal()[0].cycle, adult.body).motion(50)
    both = [
        Loads(body, Settings().force).explain(motion.q, motion.u, motion.a)
        for body in (adult.body, changed_body(changes))
    ]
    for group in ("quadriceps", "hamstrings"):
        plain, raised = (frames.activation[:, group_mask(group)] for frames in both)
        assert raised.min() >= 0.15 - 1e-9
        assert raised.mean() > plain.mean() + 0.03
        left = [frames.activation[:, group_mask(group, "l")].mean() for frames in both]
        assert left[1] == pytest.approx(left[0], abs=0.02)


def test_mechanisms_that_no_model_holds_reach_the_body(adult):
    body = with_mechanisms(
        adult.body,
        parameters_of({"knee_angle_max_deg.left": 30.0, "leg_pain.right": 0.4, "hip_flexor_spasticity.left": 0.3}),
    )
    assert body.joint_range[6 + KNEE, 1] == pytest.approx(np.deg2rad(30))
    assert body.joint_range[KNEE, 1] == np.pi
    np.testing.assert_array_equal(body.leg_pain, [0.4, 0.0])
    np.testing.assert_allclose(body.spasticity[group_mask("hip_flexors", "l")], 0.3)
    assert body.spasticity.sum() == pytest.approx(0.3 * len(MUSCLE_GROUPS["hip_flexors"]))


def test_limits_and_bones_make_a_gait_that_opensim_agrees_with(enforcer):
    """A knee stopped at 40°, a foot turned out and a shorter shank, all at once; the judge replays it in OpenSim."""
    changes = {"knee_angle_max_deg.right": 40.0, "tibial_torsion_deg.right": 20.0, "shank_length.left": 0.97}
    proposal, shape = norm_proposal(ADULT, parameters=parameters_of(changes))
    usual = np.rad2deg(proposal.cycle.motion(100).q[:, COORDINATE_INDEX["knee_angle_r"]])
    gait = enforcer.enforce(proposal, shape)
    assert isinstance(gait, Gait), gait
    assert gait.figures.residual_force_peak_pct < LIMITS.residual_force_peak_pct
    knees = [np.rad2deg(gait.dynamics.q[:, COORDINATE_INDEX[f"knee_angle_{side}"]]) for side in "rl"]
    assert usual.max() > 55
    assert knees[0].max() < 41.5
    assert knees[1].max() > 50


@pytest.mark.parametrize("changes", [{"femoral_anteversion_deg": 30.0}, {"tibial_torsion_deg": 25.0}])
def test_muscles_of_twisted_bones_are_as_long_as_in_opensim(changes, rng):
    embodied = embody(*norm_proposal(ADULT, parameters=parameters_of(changes)))
    model = embodied.model.clone()
    state, coordinates = model.initSystem(), model.getCoordinateSet()
    q = np.zeros((8, 31))
    q[:, 6:18] = rng.uniform(-0.25, 0.35, (8, 12))
    q[:, [COORDINATE_INDEX["knee_angle_r"], COORDINATE_INDEX["knee_angle_l"]]] += 0.3
    ours, theirs = muscle_state(embodied.body.muscles, q, np.zeros_like(q)).length, np.empty((8, len(MUSCLES)))
    for k, pose in enumerate(q):
        for name, value in zip(COORDINATES, pose, strict=True):
            coordinates.get(name).setValue(state, float(value), False)
        model.assemble(state)
        theirs[k] = [model.getMuscles().get(name).getLength(state) for name in MUSCLES]
    error_mm = 1e3 * np.abs(ours - theirs)
    assert np.median(error_mm) < 0.1
    assert error_mm.max() < 8
