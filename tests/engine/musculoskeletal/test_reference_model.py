"""Against a model fitted to a real person from the same published source (skipped where it is not at hand)."""

import numpy as np
import pytest
from posed_model import Posed
from scipy.interpolate import CubicSpline

from engine.core.conventions import COORDINATES, MUSCLES
from engine.gait.cycle import Motion
from engine.gait.records import BodyShape
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.lengths import generic_lengths
from engine.musculoskeletal.published import published_model
from engine.musculoskeletal.replay import inverse_dynamics
from engine.musculoskeletal.scale import scale_geometry, segment_scales
from engine.musculoskeletal.storage import read_model_file, read_storage

POSES = {
    "neutral": {},
    "early stance": {"hip_flexion_r": 0.45, "knee_angle_r": 0.25, "ankle_angle_r": -0.05},
    "late stance": {"hip_flexion_r": -0.2, "knee_angle_r": 0.1, "ankle_angle_r": 0.2},
    "swing": {"hip_flexion_r": 0.5, "knee_angle_r": 1.1, "ankle_angle_r": 0.0},
}


@pytest.fixture(scope="module")
def reference(measured):
    return Posed(read_model_file(measured / "subject_walk_scaled.osim"))


@pytest.fixture(scope="module")
def ours(reference):
    """The generic model with the reference person's distances between joint centres."""
    model, state = reference.model, reference.pose()
    joints = model.getJointSet()

    def place(name):
        return joints.get(name).getParentFrame().getPositionInGround(state).to_numpy()

    shoulders, hips = (place(f"{name}_r") + place(f"{name}_l") for name in ("acromial", "hip"))
    spans = {
        "pelvis": place("hip_r") - place("hip_l"),
        "thigh": place("hip_r") - place("walker_knee_r"),
        "shank": place("walker_knee_r") - place("ankle_r"),
        "trunk": (shoulders - hips) / 2,
    }
    lengths = generic_lengths() | {name: float(np.linalg.norm(span)) for name, span in spans.items()}
    return Posed(build_model(scale_geometry(published_model(), segment_scales(BodyShape(np.zeros(0), lengths)))))


@pytest.mark.parametrize("pose", POSES)
def test_path_lengths_are_close(reference, ours, pose):
    """What remains is the fitted model's own widths and foot, which joint centres do not tell."""
    difference = 1e3 * np.abs(ours.lengths(**POSES[pose]) - reference.lengths(**POSES[pose]))
    print(f"{pose}: median {np.median(difference):.1f}, worst {difference.max():.1f} mm {MUSCLES[difference.argmax()]}")
    assert np.median(difference) < 8


@pytest.mark.parametrize("coordinate", ["hip_flexion_r", "hip_adduction_r", "knee_angle_r", "ankle_angle_r"])
@pytest.mark.parametrize("pose", POSES)
def test_moment_arms_are_close(reference, ours, pose, coordinate):
    a, b = (there.moment_arms(coordinate, **POSES[pose]) for there in (ours, reference))
    difference = 1e3 * np.abs(a - b)[np.abs(b) > 1e-4]
    print(f"{pose} {coordinate}: median {np.median(difference):.1f}, worst {difference.max():.1f} mm")
    assert np.median(difference) < 6
    assert np.corrcoef(a, b)[0, 1] > 0.97


def test_measured_walk_leaves_small_residuals(reference, measured):
    """His measured motion and ground forces explain each other, while both feet are on force plates, within 5 % of the peak force."""
    table = read_storage(measured / "coordinates.sto")
    forces = read_storage(measured / "grf_walk.mot")
    curves = {
        label.split("/")[-2]: CubicSpline(table.time, table.column(label)) for label in table.labels if "value" in label
    }
    time = np.arange(1.05, 1.65, 0.02)
    rows = [[curves[name](time, order) if name in curves else 0 * time for name in COORDINATES] for order in range(3)]
    motion = Motion(time, *(np.transpose(row) for row in rows))

    def at_feet(*labels):
        columns = [np.interp(time, forces.time, forces.column(label)) for label in labels]
        return np.stack(columns, axis=1).reshape(len(time), 2, -1)

    force, point = (at_feet(*(f"ground_force_{side}_{kind}{axis}" for side in "rl" for axis in "xyz")) for kind in "vp")
    moment = at_feet("ground_torque_r_y", "ground_torque_l_y")[:, :, 0]
    residual = inverse_dynamics(reference.model, motion, force, point, moment)
    peak = np.linalg.norm(force.sum(axis=1), axis=1).max()
    worst = 100 * np.linalg.norm(residual[:, 3:6], axis=1).max() / peak
    print(f"peak residual force {worst:.1f} % of {peak:.0f} N")
    assert worst < 5
