"""The one reader of walks: what a folder holds, on the clock of its points."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from made_folder import SOMEBODY, write_made_walk

from downstream.walks.cohort_walks import cohort_walks
from downstream.walks.labelled_walk import LEG_ANGLES, LEG_MOMENTS, TRUNK_ANGLES
from downstream.walks.mirror import mirrored
from downstream.walks.muscle_groups import ACTIVITY_GROUPS, group_activity
from downstream.walks.read_folder import read_folder
from engine.cohort.layout import WalkFiles
from engine.cohort.points_file import WalkPoints, read_points, write_points
from engine.cohort.write import write_walk
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2, LEG_MUSCLES, MUSCLES, SIDES
from engine.core.errors import DataError
from engine.gait.strides import derivative
from engine.musculoskeletal.storage import read_storage, write_storage
from tests.engine.made_walk import mirrored as mirrored_motion


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort") / "subjects" / "s00000" / "w00"
    return folder, write_made_walk(folder)


@pytest.fixture
def recorded(made, tmp_path):
    """The same walk as a laboratory might have it: forces at 1,000 Hz, neither moments nor muscles."""
    folder = tmp_path / "anna" / "trial3"
    shutil.copytree(made[0], folder)
    shutil.copy(made[0].parent / "subject.json", folder.parent)
    files = WalkFiles(folder)
    table = read_storage(files.ground_forces)
    time = np.arange(round(table.time[-1] * 1000) + 1) / 1000
    values = np.stack([np.interp(time, table.time, column) for column in table.values.T], axis=1)
    write_storage(files.ground_forces, time, table.labels, values)
    files.moments.unlink()
    files.activations.unlink()
    return files


def test_everything_is_on_the_clock_of_the_points(made):
    folder, walk = made
    read, old = read_folder(folder), walk.dynamics
    points = read_points(folder / "points.npz")
    assert read.time[-1] <= old.time[-1] + 1e-6 < points.time[-1], "points after the motion are left out"
    np.testing.assert_array_equal(read.time, points.time[: len(read.time)])
    np.testing.assert_array_equal(read.points.places, points.places[: len(read.time)])
    both = np.flatnonzero(np.isclose(read.time * 100, np.round(read.time * 100)))
    there = np.rint(read.time[both] * 100).astype(int)
    assert len(both) > 50
    for k, side in enumerate("rl"):
        for column, name in enumerate(LEG_ANGLES):
            expected = old.q[there, COORDINATE_INDEX[f"{name}_{side}"]]
            np.testing.assert_allclose(read.leg_angles[both, k, column], expected, atol=1e-5)
    for column, name in enumerate(TRUNK_ANGLES):
        np.testing.assert_allclose(read.trunk_angles[both, column], old.q[there, COORDINATE_INDEX[name]], atol=1e-5)
    np.testing.assert_allclose(read.activity[both], group_activity(old.activations)[there], atol=1e-5)


def test_units(made):
    """Forces in body weights, moments and power by mass; right first, forward and up positive."""
    folder, walk = made
    read, old, mass = read_folder(folder), walk.dynamics, SOMEBODY.mass_kg
    assert read.ground_force[..., 1].sum(axis=1).mean() == pytest.approx(
        old.force[..., 1].sum(axis=1).mean() / (mass * GRAVITY_MPS2), rel=0.01
    )
    both = np.flatnonzero(np.isclose(read.time * 100, np.round(read.time * 100)))
    there = np.rint(read.time[both] * 100).astype(int)
    speeds = derivative(old.time, old.q)
    for k, side in enumerate("rl"):
        ankle = COORDINATE_INDEX[f"ankle_angle_{side}"]
        moment = read.moments[both, k, LEG_MOMENTS.index("ankle_angle")]
        np.testing.assert_allclose(moment, old.moments[there, ankle] / mass, atol=1e-5)
        np.testing.assert_allclose(read.ankle_power[both, k], moment * speeds[there, ankle], atol=1e-4)


def test_events_and_strides_are_those_of_the_walk(made):
    folder, walk = made
    read = read_folder(folder)
    for mine, theirs in zip(read.events.heel_strikes, walk.events.heel_strikes, strict=True):
        np.testing.assert_allclose(mine, theirs)
    assert all(own and own[-1].next_heel_strike <= read.time[-1] for own in read.strides)
    strike = read.events.heel_strikes[0][1]
    before, after = read.at(read.ground_force[:, 0, 1], np.array([strike - 0.03, strike + 0.08]))
    assert before < 0.05 < 0.3 < after, "load begins with the strike"


def test_each_muscle_group_is_the_mean_of_its_muscles():
    activations = np.random.default_rng(1).random((5, len(MUSCLES)))
    found = group_activity(activations)
    assert found.shape == (5, len(SIDES), len(ACTIVITY_GROUPS)) == (5, 2, 10)
    named = [name for own in ACTIVITY_GROUPS.values() for name in own]
    assert set(named) <= set(LEG_MUSCLES)
    assert len(named) == len(set(named)), "no muscle is of two groups"
    vasti = [MUSCLES.index(f"{name}_l") for name in ("vasint", "vaslat", "vasmed")]
    np.testing.assert_allclose(found[:, 1, list(ACTIVITY_GROUPS).index("vasti")], activations[:, vasti].mean(axis=1))


def test_a_recorded_walk_is_read_alike(made, recorded):
    own, read = read_folder(made[0]), read_folder(recorded.folder, needed=["ground_force"])
    np.testing.assert_allclose(read.ground_force, own.ground_force, atol=2e-3)
    np.testing.assert_array_equal(read.leg_angles, own.leg_angles)
    assert (read.moments, read.ankle_power, read.activity) == (None, None, None)
    assert read.name == "s00000/trial3"


def test_a_walk_kept_to_learn_from_tells_the_same(made, tmp_path):
    """All that is needed, from three files of its own."""
    folder = tmp_path / "s00000" / "w00"
    write_made_walk(folder, keep="learning")
    assert {path.name for path in folder.iterdir()} == {"points.npz", "dynamics.npz", "events.json"}
    full, slim = read_folder(made[0]), read_folder(folder)
    np.testing.assert_array_equal(slim.points.places, full.points.places)
    for name, tolerance in {
        "leg_angles": np.radians(0.001),
        "trunk_angles": np.radians(0.001),
        "ground_force": 0.0005,
        "moments": 0.0005,
        "ankle_power": 0.005,
        "activity": 0.001,
    }.items():
        np.testing.assert_allclose(getattr(slim, name), getattr(full, name), rtol=0, atol=tolerance, err_msg=name)
    for path in (WalkFiles(folder).dynamics, WalkFiles(folder).points):
        path.unlink()
    with pytest.raises(DataError, match=r"w00/points\.npz: missing; .*points: true"):
        read_folder(folder)
    shutil.copy(WalkFiles(made[0]).points, folder)
    with pytest.raises(DataError, match=r"w00/grf\.mot: missing; .*ground_force"):
        read_folder(folder)


def test_what_a_walk_lacks_is_named(recorded):
    with pytest.raises(DataError, match=r"trial3/moments\.sto: missing; .*moments"):
        read_folder(recorded.folder)
    with pytest.raises(DataError, match=r"trial3/activations\.sto: missing"):
        read_folder(recorded.folder, needed=["activity"])
    recorded.points.unlink()
    with pytest.raises(DataError, match=r"trial3/points\.npz: missing; .*points: true"):
        read_folder(recorded.folder, needed=[])


@pytest.mark.parametrize("name", ["coordinates.mot", "events.json", "../subject.json"])
def test_a_walk_without_its_motion_its_events_or_its_person_is_refused(recorded, name):
    (recorded.folder / name).unlink()
    with pytest.raises(DataError, match=name.removeprefix("../")):
        read_folder(recorded.folder, needed=[])


def test_clocks_that_disagree_are_refused(recorded):
    table = read_storage(recorded.ground_forces)
    write_storage(recorded.ground_forces, table.time + 0.5, table.labels, table.values)
    with pytest.raises(DataError, match=r"grf\.mot: covers 0\.5 to .* cut"):
        read_folder(recorded.folder, needed=[])
    recorded.ground_forces.unlink()
    points = read_points(recorded.points)
    write_points(recorded.points, WalkPoints(points.time + 100, points.names, points.places))
    with pytest.raises(DataError, match=r"points\.npz: its instants, 100 to .* one clock"):
        read_folder(recorded.folder, needed=[])


def test_a_table_without_a_foot_is_refused(recorded):
    table = read_storage(recorded.ground_forces)
    write_storage(recorded.ground_forces, table.time, table.labels[:9], table.values[:, :9])
    with pytest.raises(DataError, match=r"grf\.mot: lacks the columns ground_force_l_vx"):
        read_folder(recorded.folder, needed=[])


def test_in_a_mirror_it_is_the_walk_of_the_mirrored_body(made, tmp_path):
    """What is read of a walk that the other side made, and the same points seen from the other side."""
    folder, walk = made
    own, shown = read_folder(folder), mirrored(read_folder(folder))
    other = tmp_path / "s00000" / "w00"
    shutil.copytree(folder, other)
    shutil.copy(folder.parent / "subject.json", other.parent)
    write_walk(other, mirrored_motion(walk))
    read = read_folder(other)
    for name in ("leg_angles", "trunk_angles", "ground_force", "moments", "ankle_power", "activity"):
        np.testing.assert_allclose(getattr(shown, name), getattr(read, name), atol=1e-4, err_msg=name)
    for mine, theirs in zip(shown.events.heel_strikes, read.events.heel_strikes, strict=True):
        np.testing.assert_allclose(mine, theirs)
    knees = own.points.of(["left_knee"])[..., 0], shown.points.of(["right_knee"])[..., 0]
    np.testing.assert_array_equal(knees[0], -knees[1])
    np.testing.assert_array_equal(mirrored(shown).points.places, own.points.places)
    assert not np.allclose(own.points.of(["left_knee"]), shown.points.of(["left_knee"]))


def test_walks_of_a_split(tmp_path):
    people = [("a", "w00", "train"), ("a", "w01", "train"), ("b", "w00", "test")]
    rows = pd.DataFrame(people * 2, columns=["subject_id", "walk_id", "split"])
    rows.to_parquet(tmp_path / "manifest.parquet")
    (tmp_path / "cohort.yaml").write_text("spec: {}\n")
    assert [folder.relative_to(tmp_path / "subjects").as_posix() for folder in cohort_walks(tmp_path)] == [
        "a/w00",
        "a/w01",
        "b/w00",
    ]
    ((folder, row),) = cohort_walks(tmp_path, "test").items()
    assert (folder.parent.name, row["split"]) == ("b", "test")
    with pytest.raises(DataError, match="validation"):
        cohort_walks(tmp_path, "validation")
    rows.assign(split=["train", "test"] * 3).to_parquet(tmp_path / "manifest.parquet")
    with pytest.raises(DataError, match="in two splits"):
        cohort_walks(tmp_path)


def test_a_subject_without_its_cards_is_refused(recorded):
    path = recorded.folder.parent / "subject.json"
    path.write_text(json.dumps({"subject": json.loads(path.read_text())["subject"]}))
    with pytest.raises(DataError, match=r"subject\.json: does not describe a subject"):
        read_folder(recorded.folder, needed=[])
