"""Gait parameters: a made walk gives back what it was made with, and laws that tie the figures together."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from made_walk import Recipe, leg_curves, made_walk, mirrored

from benchmarks.reference_folder import reference_folder
from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.gait.gait_parameters import EARLY_STANCE, footfall, gait_parameters, side_parameters
from engine.gait.joint_power import JOINT_COORDINATES, joint_power
from engine.gait.norms import band, dimensionless_speed
from engine.gait.records import Dynamics, Events, Walk
from engine.gait.strides import complete_strides, derivative, stride_curves

UNEVEN = (1.05, 1.15, 1.1, 1.0, 1.2, 1.1)


def test_a_made_walk_gives_back_its_recipe():
    recipe = Recipe()
    found = gait_parameters(made_walk(recipe))
    assert found.speed_mps == pytest.approx(1.2, abs=1e-3)
    assert found.stride_time_s == pytest.approx(1.1, abs=1e-6)
    assert found.cadence_spm == pytest.approx(120 / 1.1, abs=1e-3)
    assert found.step_length_m == pytest.approx(1.2 * 1.1 / 2, abs=2e-3)
    assert found.step_width_m == pytest.approx(0.1, abs=1e-6)
    assert found.stance_pct == pytest.approx(62.0, abs=1e-6)
    assert found.double_support_pct == pytest.approx(24.0, abs=1e-6)
    assert found.stride_time_cv == pytest.approx(0.0, abs=1e-9)


def test_joint_figures_are_those_of_the_curves_it_was_made_of():
    recipe = Recipe()
    found = gait_parameters(made_walk(recipe))
    phase = np.linspace(0, 1, 401)
    curves = leg_curves(recipe, phase)
    speed = np.gradient(curves["ankle_angle"], phase * recipe.stride_times[0])
    assert found.knee_flexion_swing_peak_deg == pytest.approx(np.rad2deg(curves["knee_angle"].max()), abs=0.2)
    assert found.hip_range_deg == pytest.approx(np.rad2deg(np.ptp(curves["hip_flexion"])), abs=0.2)
    assert found.ankle_power_peak_w_per_kg == pytest.approx((curves["ankle_angle_moment"] * speed).max(), rel=0.03)


def test_stride_time_variation_is_that_of_the_strides():
    """Right strides alone vary as they were made; left strides span two of them, so the pooled figure lies below."""
    walk = made_walk(Recipe(stride_times=UNEVEN))
    strides = complete_strides(walk.events)
    assert [s.duration for s in strides[0]] == pytest.approx(UNEVEN)
    found = gait_parameters(walk)
    times = [np.array([s.duration for s in side]) for side in strides]
    variances = [t.var(ddof=1) * (len(t) - 1) for t in times]
    pooled = np.sqrt(sum(variances) / sum(len(t) - 1 for t in times))
    assert found.stride_time_cv == pytest.approx(pooled / np.mean([t.mean() for t in times]))
    assert 0 < found.stride_time_cv < np.std(UNEVEN, ddof=1) / np.mean(UNEVEN)


def test_asymmetric_steps_are_told_apart_and_their_mean_is_half_a_stride():
    recipe = Recipe(left_step=0.44)
    right, left = side_parameters(made_walk(recipe))
    stride = 1.2 * 1.1
    assert left.step_length_m == pytest.approx(0.44 * stride, abs=3e-3)
    assert right.step_length_m == pytest.approx(0.56 * stride, abs=3e-3)
    assert (left.step_length_m + right.step_length_m) / 2 == pytest.approx(stride / 2, abs=1e-3)


@pytest.mark.parametrize("left_step", [0.5, 0.45])
def test_figures_survive_a_mirror(left_step):
    walk = made_walk(Recipe(left_step=left_step, stride_times=UNEVEN))
    for name, value in asdict(gait_parameters(walk)).items():
        assert getattr(gait_parameters(mirrored(walk)), name) == pytest.approx(value, rel=1e-9), name
    right, left = side_parameters(walk)
    assert side_parameters(mirrored(walk)) == (left, right)


def test_figures_do_not_depend_on_the_way_the_walk_goes():
    """The same walk along another heading and from another place: every figure stays."""
    walk, turn = made_walk(Recipe(left_step=0.45)), np.deg2rad(35)
    rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    old, q = walk.dynamics, walk.dynamics.q.copy()
    place = [COORDINATE_INDEX[name] for name in ("pelvis_tx", "pelvis_ty", "pelvis_tz")]
    q[:, place] = q[:, place] @ rotation.T + [3.0, 0.0, -2.0]
    moved = replace(
        old, q=q, force=old.force @ rotation.T, pressure_centre=old.pressure_centre @ rotation.T + [3.0, 0.0, -2.0]
    )
    turned = gait_parameters(Walk(walk.gait, moved, walk.events, walk.figures))
    for name, value in asdict(gait_parameters(walk)).items():
        assert getattr(turned, name) == pytest.approx(value, rel=1e-9), name


def test_speed_is_step_length_times_cadence():
    found = gait_parameters(made_walk(Recipe(speed_mps=0.9, stride_times=(1.3,) * 7)))
    assert found.step_length_m * found.cadence_spm / 60 == pytest.approx(found.speed_mps, rel=5e-3)


def test_crossing_feet_have_negative_step_width():
    assert gait_parameters(made_walk(Recipe(width_m=-0.03))).step_width_m == pytest.approx(-0.03, abs=1e-6)


def test_too_few_strides_is_an_error_that_names_the_subject():
    with pytest.raises(ValueError, match=r"subject made: 1 complete strides of the right and 0 of the left"):
        gait_parameters(made_walk(Recipe(stride_times=(1.1,))))


def test_events_that_are_not_walking_are_an_error():
    strikes, offs = (np.array([0.0, 1.0]), np.array([0.5])), (np.array([0.4]), np.array([0.1]))
    with pytest.raises(ValueError, match=r"right stride at 0\.00 s"):
        complete_strides(Events(strikes, offs))


def test_a_stride_without_its_toe_off_is_not_complete():
    events = made_walk().events
    lost = Events(events.heel_strikes, (events.toe_offs[0][1:], events.toe_offs[1]))
    assert len(complete_strides(lost)[0]) == len(complete_strides(events)[0]) - 1


def test_stride_curves_give_the_norm_back():
    recipe = Recipe(stride_times=UNEVEN)
    walk = made_walk(recipe)
    index = COORDINATE_INDEX["knee_angle_r"]
    curves = stride_curves(walk.dynamics.time, walk.dynamics.q[:, index], complete_strides(walk.events)[0])
    norm = band("knee_angle", dimensionless_speed(1.2, 0.53 * 1.68), 30.0).mean
    assert curves.shape == (6, 101)
    assert np.abs(curves - norm).max() < np.deg2rad(1)


def test_footfalls_of_a_measured_walk_keep_their_distance_from_the_heel_marker():
    """One adult: the same way forward of the marker in three footfalls, so that it cancels in step and stride length."""
    folder = reference_folder() / "opensim_walk"
    if not folder.is_dir():
        pytest.skip("reference data is not here")
    dynamics, heels = _measured_forces(folder / "grf_walk.mot"), _heel_markers(folder / "markers_walk.trc")
    found = []
    for side, strike, toe_off in ((0, 0.266, 1.024), (1, 0.836, 1.590), (0, 1.411, 2.168)):
        time, markers = heels
        standing = (time >= strike + 0.2) & (time <= strike + 0.3)
        heel = markers[standing, side].mean(0)
        place = footfall(dynamics, side, strike, EARLY_STANCE * (toe_off - strike))
        found.append((place - heel) * [1, 1 if side == 0 else -1])
    forward, outward = np.transpose(found)
    assert np.ptp(forward) < 0.003
    assert 0.05 < forward.mean() < 0.06
    assert np.abs(outward).max() < 0.016


def _measured_forces(path):
    lines = path.read_text().split("\n")
    start = lines.index("endheader") + 1
    names = lines[start].split("\t")
    table = np.array([[float(x) for x in line.split("\t")] for line in lines[start + 1 :] if line.strip()])[::10]
    column = {name: table[:, i] for i, name in enumerate(names)}
    force, centre = (
        np.stack([np.stack([column[f"ground_force_{s}_{kind}{a}"] for a in "xyz"], axis=1) for s in "rl"], axis=1)
        for kind in "vp"
    )
    n = len(table)
    still = np.zeros((n, len(COORDINATES)))
    return Dynamics(column["time"], still, force, centre, np.zeros((n, 2)), still, np.zeros((n, 80)), still)


def _heel_markers(path):
    """Time and forward and rightward positions ``(n, 2 sides, 2)`` of the heel markers, metres."""
    lines = path.read_text().split("\n")
    names = [name for name in lines[3].split("\t")[2:] if name.strip()]
    rows = [line.split("\t") for line in lines[6:] if line.strip()]
    time = np.array([float(row[1]) for row in rows])
    at = [2 + 3 * names.index(name) for name in ("R.Heel", "L.Heel")]
    markers = [[[float(row[i]), float(row[i + 2])] for i in at] for row in rows]
    return time, np.array(markers) / 1000


def test_derivative_of_a_sine():
    time = np.linspace(0, 2, 201)
    np.testing.assert_allclose(derivative(time, np.sin(5 * time))[3:-3], 5 * np.cos(5 * time)[3:-3], atol=1e-4)


def test_hip_power_is_the_work_of_all_its_axes(walk):
    """That of flexion alone is another curve."""
    speeds = derivative(walk.dynamics.time, walk.dynamics.q)
    columns = [COORDINATE_INDEX[f"{name}_r"] for name in JOINT_COORDINATES["hip"]]
    one_by_one = [walk.dynamics.moments[:, c] * speeds[:, c] for c in columns]
    np.testing.assert_allclose(joint_power(walk.dynamics.moments, speeds, "hip", "right"), np.sum(one_by_one, axis=0))
    assert not np.allclose(one_by_one[0], np.sum(one_by_one, axis=0), rtol=0.1)


def test_knees_absorb_and_hips_and_ankles_generate(walk):
    figures = gait_parameters(walk)
    assert 0.3 < figures.hip_power_peak_w_per_kg < 4
    assert 0.3 < figures.knee_power_absorption_peak_w_per_kg < 4
