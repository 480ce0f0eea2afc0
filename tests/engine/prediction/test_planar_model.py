"""The planar body is the person's own: what it must share with the whole body."""

import numpy as np
import pytest
from norm_gait import ADULT, NORMAL, impaired

from engine.core.conventions import COORDINATES, MUSCLE_GROUPS, MUSCLES
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.lengths import joint_centres
from engine.musculoskeletal.muscle_paths import LEG_INDICES
from engine.physics.kernels.muscle_force import muscle_state
from engine.tools.prediction.lumps import RECIPES
from engine.tools.prediction.planar_dynamics import joint_moments, muscle_geometry, planar_inverse_dynamics
from engine.tools.prediction.planar_model import (
    STANDING_PENETRATION,
    build_planar_model,
    contact_names,
    coordinate_paths,
    planar_body,
)
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES, PLANAR_INDICES, body_origins
from engine.tools.prediction.plane import sphere_heights

LEG_POSES = [(0.5, 0.1, 0.05), (0.2, 0.3, 0.1), (-0.2, 0.2, 0.15), (-0.1, 0.8, -0.2), (0.5, 1.0, 0.0)]


def mass_centre(description):
    origins = body_origins(description)
    return sum(body.mass * (origins[body.name] + body.mass_centre) for body in description.bodies) / description.mass


def pose(hip=0.0, knee=0.0, ankle=0.0, height=0.9):
    values = {"pelvis_ty": height}
    for side in "rl":
        values |= {f"hip_flexion_{side}": hip, f"knee_angle_{side}": knee, f"ankle_angle_{side}": ankle}
    return np.array([values.get(name, 0.0) for name in PLANAR_COORDINATES])


def test_mass_and_mass_centre_are_the_whole_bodys(whole, planar):
    assert planar.skeleton.mass == pytest.approx(ADULT.mass_kg)
    assert mass_centre(planar.skeleton)[:2] == pytest.approx(mass_centre(whole)[:2], abs=1e-9)


def test_moment_of_inertia_about_the_pelvis_is_the_whole_bodys(whole, planar):
    def about_z(description):
        origins = body_origins(description)
        places = [(body, origins[body.name] + body.mass_centre) for body in description.bodies]
        return sum(body.inertia[2] + body.mass * (place[:2] @ place[:2]) for body, place in places)

    assert about_z(planar.skeleton) == pytest.approx(about_z(whole))


def test_segments_are_as_long_as_the_whole_bodys(whole, planar):
    there, here = joint_centres(whole), joint_centres(planar.skeleton)
    for name in ("hip_r", "knee_r", "ankle_r", "knee_l", "ankle_l", "back"):
        assert here[name] == pytest.approx(there[name], abs=1e-9), name


def test_lumps_are_as_strong_about_each_joint_as_their_members(planar):
    """Isometric torque of fully active muscles about hip, knee and ankle, over the poses of a walking leg."""
    names = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")
    members = [k for k, muscle in enumerate(MUSCLES) if any(muscle in lump.members for lump in planar.lumps)]
    for hip, knee, ankle in LEG_POSES:
        q = np.zeros((1, len(COORDINATES)))
        flat = pose(hip, knee, ankle)
        q[0, PLANAR_INDICES] = flat
        state = muscle_state(planar.whole.muscles, q, np.zeros_like(q))
        whole_torque = (state.arm * state.capacity[:, None])[0][:, members]
        active = np.ones((1, len(planar.lumps)))
        still = np.zeros((1, len(flat)))
        _, slope = muscle_geometry(planar, flat[None])
        both = joint_moments(planar, flat[None], still, active, np.zeros(1))
        passive = joint_moments(planar, flat[None], still, 0.0 * active, np.zeros(1))
        assert slope.shape == (1, len(flat), len(planar.lumps))
        for name in names:
            row = np.flatnonzero(COORDINATES.index(name) == LEG_INDICES)[0]
            own = (both - passive)[0, PLANAR_COORDINATES.index(name)]
            strongest = np.abs(whole_torque[row]).sum()
            assert own == pytest.approx(whole_torque[row].sum(), abs=0.15 * strongest), (name, hip, knee, ankle)


def test_every_member_belongs_to_one_lump_and_exists():
    members = [muscle for recipe in RECIPES.values() for muscle in (*recipe.movers, *recipe.helpers)]
    assert len(members) == len(set(members))
    assert set(members) <= {muscle for group in MUSCLE_GROUPS.values() for muscle in group}


def test_opensim_has_the_lumps_lengths_lever_arms_and_forces(planar):
    model = build_planar_model(planar)
    state = model.initSystem()
    q, u = pose(0.3, 0.4, -0.1), np.zeros(len(PLANAR_COORDINATES))
    u[[PLANAR_COORDINATES.index(name) for name in ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")]] = 1.0, -2.0, 0.5
    coordinates = model.getCoordinateSet()
    for name, value, speed in zip(PLANAR_COORDINATES, q, u, strict=True):
        coordinates.get(name).setValue(state, value, False)
        coordinates.get(name).setSpeedValue(state, speed)
    model.realizeVelocity(state)
    model.setControls(state, model.getDefaultControls())
    model.realizeDynamics(state)
    length, slope = muscle_geometry(planar, q[None])
    activation = np.array([[model.getMuscles().get(lump.name).getActivation(state) for lump in planar.lumps]])
    expected = np.zeros(len(PLANAR_COORDINATES))
    for m, lump in enumerate(planar.lumps):
        muscle = model.getMuscles().get(lump.name)
        assert muscle.getLength(state) == pytest.approx(length[0, m], abs=1e-9)
        for k, name in enumerate(PLANAR_COORDINATES):
            arm = muscle.computeMomentArm(state, coordinates.get(name)) if slope[0, k, m] else 0.0
            assert arm == pytest.approx(-slope[0, k, m], abs=1e-6)
            expected[k] += arm * muscle.getActuation(state)
    for coordinate in planar.skeleton.coordinates:
        k = PLANAR_COORDINATES.index(coordinate.name)
        expected[k] += coordinate.passive.torque(q[k], u[k])
    found = joint_moments(planar, q[None], u[None], activation, np.zeros(1))[0]
    assert found == pytest.approx(expected, rel=1e-3, abs=0.05)


def test_a_standing_person_sinks_a_few_millimetres(planar, walker):
    _, shape = walker
    depth = STANDING_PENETRATION * shape.lengths_m["foot"]
    q = pose()
    q[PLANAR_COORDINATES.index("pelvis_ty")] -= sphere_heights(planar, q[None]).min() - (0.0 - depth)
    model = build_planar_model(planar)
    state = model.initSystem()
    for name, value in zip(PLANAR_COORDINATES, q, strict=True):
        model.getCoordinateSet().get(name).setValue(state, float(value), False)
    model.realizeVelocity(state)
    carried = sum(
        model.getForceSet().get(name).getRecordValues(state).get(1)
        for side in ("right", "left")
        for name in contact_names(planar, side)
    )
    assert 0.002 < depth < 0.01
    assert carried == pytest.approx(planar.weight_n, rel=0.03)


def test_inverse_dynamics_of_a_still_body_is_its_weight(planar):
    q = pose(0.2, 0.3, 0.1)[None]
    still, nothing = np.zeros_like(q), np.zeros((1, 2, 3))
    needed = planar_inverse_dynamics(planar, q, still, still, nothing, nothing)[0]
    assert needed[PLANAR_COORDINATES.index("pelvis_ty")] == pytest.approx(planar.weight_n)
    assert needed[PLANAR_COORDINATES.index("pelvis_tx")] == pytest.approx(0.0, abs=1e-6)
    carried = nothing.copy()
    carried[0, :, 1] = planar.weight_n / 2
    assert planar_inverse_dynamics(planar, q, still, still, carried, nothing)[0][2] == pytest.approx(0.0, abs=1e-6)


def test_sides_are_mirror_images(planar):
    half = len(planar.lumps) // 2
    for right, left in zip(planar.lumps[:half], planar.lumps[half:], strict=True):
        assert right.name[:-2] == left.name[:-2]
        assert right.strength == pytest.approx(left.strength)
        assert right.length.coefficients == pytest.approx(left.length.coefficients, abs=2e-4)
    q = pose(0.2, 0.5, 0.1)[None]
    places = sphere_heights(planar, q)[0]
    assert places[: len(places) // 2] == pytest.approx(places[len(places) // 2 :])


def test_mechanisms_reach_the_lumps_of_their_group_and_side(walker):
    proposal, shape = walker
    plantarflexors = list(MUSCLE_GROUPS).index("plantarflexors")
    strength, fibre = np.ones((2, len(MUSCLE_GROUPS))), np.ones((2, len(MUSCLE_GROUPS)))
    strength[0, plantarflexors], fibre[1, plantarflexors] = 0.3, 0.8
    weak = planar_body(
        proposal.subject, shape, impaired(NORMAL, max_isometric_force=strength, optimal_fibre_length=fibre)
    )
    normal = planar_body(proposal.subject, shape, NORMAL)
    for changed, usual in zip(weak.lumps, normal.lumps, strict=True):
        calf = changed.name.startswith(("soleus", "gastrocnemius"))
        right, left = calf and changed.name.endswith("_r"), calf and changed.name.endswith("_l")
        assert changed.strength / usual.strength == pytest.approx(0.3 if right else 1.0, rel=1e-6)
        assert changed.full_strength == pytest.approx(usual.full_strength)
        ratio = changed.optimal_fibre_length / usual.optimal_fibre_length
        assert ratio == pytest.approx(0.8 if left else 1.0)


def test_the_model_has_ten_coordinates_and_no_constraint(planar):
    model = build_planar_model(planar)
    model.initSystem()
    assert set(coordinate_paths(model)) == set(PLANAR_COORDINATES)
    assert model.getCoordinateSet().getSize() == len(PLANAR_COORDINATES)
    assert model.getConstraintSet().getSize() == 0
    assert build_model(planar.skeleton).getBodySet().getSize() == 8
