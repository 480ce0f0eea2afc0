"""``dynamics.npz``: a walk is the same read from it as from OpenSim's files, in a fraction of the space."""

import numpy as np
import pytest
from made_walk import Recipe, made_walk

from engine.cohort.dynamics_file import STEPS, read_dynamics, write_dynamics
from engine.cohort.layout import SubjectFiles
from engine.cohort.walk_data import read_walk_files
from engine.cohort.write import write_subject, write_walk
from engine.core.conventions import GRAVITY_MPS2
from engine.core.errors import DataError
from engine.gait.records import Subject

CHILD = Subject("s0", 2.5, "female", 0.88, 11.0)


@pytest.fixture(scope="module")
def walk():
    return made_walk(Recipe(CHILD, 0.7, (0.8,) * 8))


@pytest.fixture(scope="module")
def read(walk, tmp_path_factory):
    """The walk read back from a cohort that keeps everything, and from one that keeps what is learnt from; and both folders."""
    subject, found = SubjectFiles(tmp_path_factory.mktemp("cohort") / "s0"), []
    for keep in ("everything", "learning"):
        files = subject.walk(keep)
        files.folder.mkdir(parents=True)
        write_walk(files.folder, walk, keep=keep)
        write_subject(subject.subject, walk.gait)
        found.append((read_walk_files(files, subject, {}), files))
    return found


def test_labels_are_far_finer_than_their_use(read):
    (full, _), (slim, _) = read
    weight = CHILD.mass_kg * GRAVITY_MPS2
    np.testing.assert_allclose(slim.time, full.time, rtol=0, atol=1e-12)
    np.testing.assert_allclose(slim.q, full.q, rtol=0, atol=np.radians(0.001))
    np.testing.assert_allclose(slim.force / weight, full.force / weight, rtol=0, atol=0.0005)
    np.testing.assert_allclose(slim.pressure_centre, full.pressure_centre, rtol=0, atol=1e-4)
    np.testing.assert_allclose(slim.moments / CHILD.mass_kg, full.moments / CHILD.mass_kg, rtol=0, atol=0.001)
    np.testing.assert_allclose(slim.activations, full.activations, rtol=0, atol=0.001)


def test_events_and_body_are_the_same(read):
    (full, _), (slim, _) = read
    for mine, theirs in zip(slim.events.heel_strikes, full.events.heel_strikes, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert slim.body.lengths_m == full.body.lengths_m


def test_a_walk_takes_a_tenth_of_the_space(read):
    (_, full), (_, slim) = read
    sizes = [sum(path.stat().st_size for path in files.folder.iterdir()) for files in (full, slim)]
    assert {path.name for path in slim.folder.iterdir()} == {"dynamics.npz", "events.json"}
    assert sizes[1] < 0.1 * sizes[0]


def test_the_same_walk_is_the_same_file(walk, read, tmp_path):
    write_dynamics(tmp_path / "dynamics.npz", walk.dynamics)
    assert (tmp_path / "dynamics.npz").read_bytes() == read[1][1].dynamics.read_bytes()


def test_what_is_no_such_file_is_refused(walk, tmp_path):
    path = tmp_path / "dynamics.npz"
    path.write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"dynamics\.npz: not the dynamics"):
        read_dynamics(path)
    np.savez(path, time=walk.dynamics.time)
    with pytest.raises(DataError, match=r"dynamics\.npz: not the dynamics .*q"):
        read_dynamics(path)
    write_dynamics(path, walk.dynamics)
    with np.load(path) as data:
        arrays = {**data, "time": data["time"][1:]}
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=r"dynamics\.npz: q has the shape"):
        read_dynamics(path)
    assert set(STEPS) == {"q", "force", "pressure_centre", "moments", "activations"}
