"""The whole way: a recorded walk in, labels that plain OpenSim can replay out; or the reason why not."""

import json

import numpy as np
import pandas as pd
import pytest
from norm_gait import ADULT, norm_proposal
from recorded import LEGS, recording, rms_deg, still
from typer.testing import CliRunner

from engine.commands import app
from engine.core.conventions import COORDINATE_INDEX
from engine.core.errors import DataError, SpecError
from engine.gait.records import RejectionReason
from engine.musculoskeletal.replay import replay_exported
from engine.musculoskeletal.storage import read_coordinates, write_coordinates, write_model
from engine.tools.motion_files.enforce_recording import Enforced, Request, enforce_motion, write_enforced
from engine.tools.motion_files.person import Description
from engine.tools.motion_files.typical_stride import typical_stride

WRITTEN = {
    *("coordinates.mot", "grf.mot", "grf.xml", "activations.sto", "moments.sto", "events.json", "imu.parquet"),
    *("model.osim", "enforced.json", "enforced.png"),
}
WHO = Description("anna", 30.0, "male", ADULT.height_m, ADULT.mass_kg)


def file_of(made, path):
    write_coordinates(path, made.time, made.q)
    return path


@pytest.fixture(scope="module")
def walked(adult, tmp_path_factory):
    """A norm gait that somebody recorded on the adult's own model, walking to the left, enforced and written."""
    folder = tmp_path_factory.mktemp("enforce")
    write_model(adult.model, folder / "mine.osim")
    motion = file_of(recording(norm_proposal(ADULT)[0].cycle, 2.4, heading=1.3), folder / "anna.mot")
    enforced = enforce_motion(Request(motion, Description("anna", 30.0, "male", model=folder / "mine.osim"), strides=2))
    write_enforced(enforced, folder / "out")
    return enforced, folder / "out"


def test_a_recorded_walk_is_accepted_and_all_files_are_there(walked):
    enforced, folder = walked
    assert isinstance(enforced, Enforced)
    assert enforced.rejection is None, enforced.rejection
    assert {path.name for path in folder.iterdir()} == WRITTEN
    told = json.loads((folder / "enforced.json").read_text())
    assert told["accepted"]
    assert told["motion"]["recorded"]["speed_mps"] == pytest.approx(1.25, rel=0.01)
    assert told["gait_parameters"]["speed_mps"] == pytest.approx(told["motion"]["enforced"]["speed_mps"], rel=0.02)


def test_the_motion_stays_the_recorded_one(walked):
    """Straight ahead along X, the same angles to within the change that is reported."""
    enforced, folder = walked
    time, q = read_coordinates(folder / "coordinates.mot")
    assert q[-1, 3] - q[0, 3] == pytest.approx(enforced.gait.cycle.speed_mps * time[-1], rel=0.03)
    assert abs(q[-1, 5] - q[0, 5]) < 0.1
    phase = np.arange(100) / 100
    lags = np.linspace(-0.2, 0.2, 81)
    recorded = [enforced.walking.cycle.at(phase + lag)[:, LEGS] for lag in lags]
    apart = min(rms_deg(enforced.gait.cycle.at(phase)[:, LEGS], other) for other in recorded)
    assert apart < 1.3 * enforced.gait.figures.motion_change_deg + 0.3


def test_plain_opensim_replays_the_labels(walked):
    """Its own tool finds the written moments and next to nothing at the pelvis."""
    enforced, folder = walked
    time, moments = replay_exported(folder / "model.osim", folder)
    written = np.loadtxt(folder / "moments.sto", skiprows=7)[:, 1:]
    inner = slice(10, len(time) - 10)
    np.testing.assert_allclose(moments[inner, 6:11], written[inner, 6:11], atol=6.0)
    assert np.abs(moments[inner, 3:6]).max() < 0.05 * 1.2 * enforced.person.embodied.body.weight_n


def test_sensors_sit_on_the_users_own_bones(walked):
    table = pd.read_parquet(walked[1] / "imu.parquet")
    up = table["waist_acc_y"].mean()
    assert up == pytest.approx(9.81, abs=0.6)


def test_what_was_written_can_be_enforced_again(walked):
    """Our own export is a recording like any other, and comes out as the same gait."""
    enforced, folder = walked
    from engine.tools.motion_files.coordinates_file import read_coordinates_file

    again = typical_stride(read_coordinates_file(folder / "coordinates.mot")).cycle
    assert again.duration_s == pytest.approx(enforced.gait.cycle.duration_s, abs=0.011)
    assert again.speed_mps == pytest.approx(enforced.gait.cycle.speed_mps, rel=0.01)


def run(*arguments):
    return CliRunner().invoke(app, ["enforce", *map(str, arguments)])


def rejected(tmp_path, change, value):
    """What the command says of a norm gait with a coordinate per side changed, and what it wrote."""
    cycle = norm_proposal(ADULT)[0].cycle
    coefficients = cycle.coefficients.copy()
    for side in "rl":
        column = COORDINATE_INDEX[f"{change}_{side}"]
        coefficients[:, column] = value(coefficients[:, column])
    wild = type(cycle)(coefficients, cycle.speed_mps, cycle.duration_s)
    motion = file_of(recording(wild, 2.4), tmp_path / "wild.mot")
    result = run(motion, "--height", 1.75, "--mass", 75, "--sex", "male", "-o", tmp_path / "out")
    assert result.exit_code == 1, result.output
    assert "Rejected" in result.output
    told = json.loads((tmp_path / "out" / "enforced.json").read_text())
    assert not told["accepted"]
    assert told["reason"] in result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"enforced.json", "enforced.png"}
    return told


def test_what_is_no_human_motion_ends_with_status_one_its_reason_and_a_picture(tmp_path):
    """Arms that turn round and round."""
    told = rejected(tmp_path, "arm_flex", lambda c: c + 4.0 * np.eye(len(c))[0])
    assert told["reason"] == RejectionReason.IMPLAUSIBLE.value
    assert "arm_flex" in told["detail"]


@pytest.mark.slow
def test_a_rejection_by_physics_tells_its_figures(tmp_path):
    """Knees that bend backward can be drawn, but not walked on."""
    told = rejected(tmp_path, "knee_angle", lambda c: -1.3 * c)
    assert told["figures"]["cycle"] is None or told["figures"]["cycle"]["motion_change_deg"] > 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("walk.bvh", "ends in .mot"),
        ("absent.mot", "no such file"),
        ("standing.mot", "not walking"),
        ("marks.trc", "--model"),
    ],
)
def test_files_that_cannot_be_used_are_told(tmp_path, name, words):
    if name == "standing.mot":
        file_of(still(), tmp_path / name)
    elif name == "walk.bvh":
        (tmp_path / name).write_text("HIERARCHY")
    elif name == "marks.trc":
        head = "PathFileType\nUnits\nmm\nFrame#\tTime\tA\n\t\tX1\tY1\tZ1\n"
        (tmp_path / name).write_text(head + "".join(f"{k}\t{k / 100}\t1\t2\t{k}\n" for k in range(60)))
    with pytest.raises(DataError, match=words):
        enforce_motion(Request(tmp_path / name, WHO))


def test_other_folders_are_left_alone(walked, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match="holds something else"):
        write_enforced(walked[0], tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_treadmill_needs_its_speed(tmp_path):
    made = recording(norm_proposal(ADULT)[0].cycle, 2.4, heading=0.7)
    q = made.q.copy()
    q[:, [3, 5]] -= np.outer(made.time, 1.25 * np.array([np.cos(0.7), -np.sin(0.7)]))
    motion = file_of(type(made)("belt", made.time, q), tmp_path / "belt.mot")
    with pytest.raises(DataError, match="--belt-speed"):
        enforce_motion(Request(motion, WHO))
    with pytest.raises(SpecError, match="positive"):
        enforce_motion(Request(motion, WHO, belt_speed_mps=-1.0))


@pytest.mark.slow
def test_a_treadmill_walk_is_accepted(tmp_path):
    made = recording(norm_proposal(ADULT)[0].cycle, 2.4, heading=0.7)
    q = made.q.copy()
    q[:, [3, 5]] -= np.outer(made.time, 1.25 * np.array([np.cos(0.7), -np.sin(0.7)]))
    motion = file_of(type(made)("belt", made.time, q), tmp_path / "belt.mot")
    enforced = enforce_motion(Request(motion, WHO, strides=2, belt_speed_mps=1.25))
    assert enforced.rejection is None
    assert enforced.gait.cycle.speed_mps == pytest.approx(1.25, rel=0.05)


def test_help_teaches():
    told = run("--help").output
    for word in (".c3d", "--belt-speed", "--contact", "enforced.png"):
        assert word in told
