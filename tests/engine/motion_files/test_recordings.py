"""Coordinate files: what they must hold, and that what is written is what is read."""

import numpy as np
import pytest
from norm_gait import norm_proposal
from recorded import recording

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, TRANSLATIONS
from engine.core.errors import DataError
from engine.gait.recording import Recording
from engine.musculoskeletal.storage import write_coordinates, write_storage
from engine.tools.motion_files.coordinates_file import read_coordinates_file

DROPPED = ("mtp_angle_r", "lumbar_bending", "arm_flex_l")


@pytest.fixture(scope="module")
def made():
    return recording(norm_proposal()[0].cycle)


def in_degrees(path):
    """The same file with its angles in degrees."""
    head, _, body = path.read_text().partition("endheader\n")
    labels, *lines = body.strip().split("\n")
    names = labels.split()
    table = np.array([line.split() for line in lines], float)
    angles = [k for k, name in enumerate(names) if name not in ("time", *TRANSLATIONS)]
    table[:, angles] = np.degrees(table[:, angles])
    rows = "\n".join("\t".join(f"{x:.10g}" for x in row) for row in table)
    path.write_text(head.replace("inDegrees=no", "inDegrees=yes") + "endheader\n" + labels + "\n" + rows + "\n")


@pytest.mark.parametrize("degrees", [False, True])
def test_coordinates_come_back(tmp_path, made, degrees):
    path = tmp_path / "walk.mot"
    write_coordinates(path, made.time, made.q)
    if degrees:
        in_degrees(path)
    found = read_coordinates_file(path)
    np.testing.assert_allclose(found.q, made.q, atol=1e-9)
    np.testing.assert_allclose(found.time, made.time, atol=1e-9)
    assert found.notes == ()


def test_paths_serve_as_names_and_extra_columns_are_told(tmp_path, made):
    labels = [f"/jointset/any/{name}/value" for name in COORDINATES] + ["wrist_flex_r"]
    write_storage(tmp_path / "a.sto", made.time, labels, np.column_stack([made.q, made.q[:, 0]]))
    found = read_coordinates_file(tmp_path / "a.sto")
    np.testing.assert_allclose(found.q, made.q, atol=1e-9)
    assert found.notes == ("columns not used: wrist_flex_r",)


def test_toes_trunk_and_arms_may_be_missing_and_are_told(tmp_path, made):
    kept = [name for name in COORDINATES if name not in DROPPED]
    write_storage(tmp_path / "a.mot", made.time, kept, made.q[:, [COORDINATE_INDEX[name] for name in kept]])
    found = read_coordinates_file(tmp_path / "a.mot")
    assert (found.q[:, [COORDINATE_INDEX[name] for name in DROPPED]] == 0).all()
    assert all(name in found.notes[0] for name in DROPPED)


def test_a_missing_leg_is_refused_by_name(tmp_path, made):
    kept = [name for name in COORDINATES if name not in ("knee_angle_l", "ankle_angle_l")]
    write_storage(tmp_path / "a.mot", made.time, kept, made.q[:, [COORDINATE_INDEX[name] for name in kept]])
    with pytest.raises(DataError, match="knee_angle_l, ankle_angle_l"):
        read_coordinates_file(tmp_path / "a.mot")


def test_a_wrong_unit_is_noticed(tmp_path, made):
    path = tmp_path / "a.mot"
    write_coordinates(path, made.time, made.q)
    in_degrees(path)
    path.write_text(path.read_text().replace("inDegrees=yes", "inDegrees=no"))
    with pytest.raises(DataError, match="degrees"):
        read_coordinates_file(path)
    write_coordinates(path, made.time, made.q)
    path.write_text(path.read_text().replace("inDegrees=no", "inDegrees=yes"))
    with pytest.raises(DataError, match="radians"):
        read_coordinates_file(path)


def test_the_range_that_is_told_is_the_one_that_was_judged(tmp_path, made):
    """A bent knee beside a straight one does not move."""
    q = made.q.copy()
    q[:, [COORDINATE_INDEX["knee_angle_r"], COORDINATE_INDEX["knee_angle_l"]]] = 0.0, np.radians(40)
    write_coordinates(tmp_path / "a.mot", made.time, q)
    in_degrees(tmp_path / "a.mot")
    with pytest.raises(DataError, match=r"the knees move by 0\.00°"):
        read_coordinates_file(tmp_path / "a.mot")


@pytest.mark.parametrize("text", ["", "nonsense", "endheader\n", "endheader\ntime knee\n", "endheader\ntime a\n0 x\n"])
def test_what_is_no_storage_file_is_refused(tmp_path, text):
    path = tmp_path / "a.mot"
    path.write_text(text)
    with pytest.raises(DataError, match=r"a\.mot"):
        read_coordinates_file(path)


def broken(made, **changes):
    values = {"time": made.time.copy(), "q": made.q.copy()} | changes
    return Recording("file", values["time"], values["q"])


def test_gaps_in_numbers_are_named(made):
    q = made.q.copy()
    q[30:40, COORDINATE_INDEX["knee_angle_r"]] = np.nan
    with pytest.raises(DataError, match=r"10 of .* knee_angle_r .*0\.300 s"):
        broken(made, q=q)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t[::-1], "does not run forward"),
        (lambda t: np.zeros_like(t), "does not run forward"),
        (lambda t: np.where(np.arange(len(t)) == 5, np.nan, t), "does not run forward"),
        (lambda t: t + 3.0 * (np.arange(len(t)) > 50), "nothing was recorded between"),
    ],
)
def test_time_must_run_forward_without_holes(made, change, words):
    with pytest.raises(DataError, match=words):
        broken(made, time=change(made.time))


def test_too_little_is_refused(made):
    with pytest.raises(DataError, match="5 frames"):
        Recording("file", made.time[:5], made.q[:5])
    with pytest.raises(DataError, match=r"between 50 and 60 s; the recording runs from 0 to"):
        made.between(50.0, 60.0)


def test_jumps_of_a_full_turn_are_undone(made):
    q = made.q.copy()
    q[60:, COORDINATE_INDEX["pelvis_rotation"]] += 2 * np.pi
    np.testing.assert_allclose(broken(made, q=q).resampled(100).q, made.resampled(100).q, atol=1e-9)
