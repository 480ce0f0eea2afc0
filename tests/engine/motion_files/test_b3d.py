"""AddBiomechanics files: written by nimblephysics with our own model, read back by name."""

import struct
import sys

import numpy as np
import pytest

from engine.conventions import COORDINATES
from engine.errors import DataError, MissingDependencyError
from engine.motion_files.b3d import read_b3d, read_b3d_subject
from engine.motion_files.person import Description, make_person
from engine.motion_files.read import read_motion
from engine.musculoskeletal.storage import write_model

RATE_HZ = 100.0


def moving(frames):
    """Every coordinate moves in its own way, so that an exchange of columns shows."""
    phase = 2 * np.pi * np.arange(frames)[:, None] / 100 + np.arange(len(COORDINATES))
    return 0.1 * np.sin(phase) + 0.01 * np.arange(len(COORDINATES))


def varint(number):
    groups = []
    while True:
        groups.append(number & 127 | (128 if number > 127 else 0))
        number >>= 7
        if not number:
            return bytes(groups)


def field(number, value):
    """One field of a protocol buffer: a whole number, a double, or bytes with their length."""
    if isinstance(value, int):
        return varint(8 * number) + varint(value % 2**64)
    if isinstance(value, float):
        return varint(8 * number + 1) + struct.pack("<d", value)
    return varint(8 * number + 2) + varint(len(value)) + value


def frames_of(q, bodies=2, joints=20):
    """Processing frames that hold coordinates; everything else is zero."""
    zeros = {2: q.shape[1], 3: q.shape[1], 4: q.shape[1], 5: 6 * bodies, 6: 3 * bodies, 7: 3 * bodies, 8: 3 * bodies}
    zeros |= dict.fromkeys((9, 10, 11, 17), 3) | {12: 6, 14: 6 * bodies, 15: 3 * joints, 16: 3 * joints}
    zeros |= dict.fromkeys((18, 19, 20), 3 * bodies) | {21: 6, 22: 6, 23: 30, 24: 30}
    rest = b"".join(field(number, bytes(8 * count)) for number, count in sorted(zeros.items()))
    return [field(1, row.astype("<f8").tobytes()) + rest for row in q]


def write_b3d(path, model_text, trials):
    """``trials``: coordinates ``(n, dofs)`` by name, in the order of the file's skeleton."""
    frames = {name: frames_of(q) for name, q in trials.items()}
    dofs = next(iter(trials.values())).shape[1]
    header = field(1, dofs) + field(24, 20) + field(4, len(next(iter(frames.values()))[0]))
    header += field(5, field(2, model_text.encode())) + field(6, b"calcn_r") + field(6, b"calcn_l")
    for name, q in trials.items():
        one_each = struct.pack(f"<{len(q)}f", *[0.0] * len(q))
        flags = b"".join(field(number, b"\1" * dofs) for number in (2, 3, 4))
        passed = flags + b"".join(field(number, one_each) for number in (5, 6, 7, 8, 9))
        trial = field(1, name.encode()) + field(2, bytes(len(q))) + field(3, len(q)) + field(4, 1 / RATE_HZ)
        header += field(9, trial + field(5, passed))
    header += field(10, 4) + field(13, b"female") + field(14, 1.65) + field(15, 60.0) + field(16, -1)
    body = b"".join(frame for each in frames.values() for frame in each)
    path.write_bytes(struct.pack("<q", len(header)) + header + body)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A subject with two trials on our own model; the age was not told."""
    biomechanics = pytest.importorskip("nimblephysics").biomechanics
    folder = tmp_path_factory.mktemp("b3d")
    write_model(make_person(Description("s", 30, "female", 1.65, 60)).model, folder / "model.osim")
    skeleton = biomechanics.OpenSimParser.parseOsim(str(folder / "model.osim"), "", True).skeleton
    order = [COORDINATES.index(skeleton.getDofByIndex(k).getName()) for k in range(skeleton.getNumDofs())]
    assert order != sorted(order), "an order of its own, or the test shows nothing"
    path = folder / "subject.b3d"
    trials = {"short": moving(60)[:, order], "walk": moving(150)[:, order]}
    write_b3d(path, (folder / "model.osim").read_text(), trials)
    return path


def test_the_person_is_told_as_far_as_the_file_tells(written):
    subject = read_b3d_subject(written)
    assert subject.trials == ("short", "walk")
    assert (subject.age_years, subject.sex, subject.height_m, subject.mass_kg) == (None, "female", 1.65, 60.0)


def test_coordinates_are_found_by_name(written):
    found = read_b3d(written, "short")
    np.testing.assert_allclose(found.q, moving(60), atol=1e-6)
    np.testing.assert_allclose(found.time, np.arange(60) / RATE_HZ)


def test_the_longest_trial_is_read_as_a_motion(written):
    found = read_motion(written, make_person(Description("s", 30, "female", 1.65, 60)))
    assert len(found.time) == 150
    assert "the longest of 2 trials" in found.notes


def test_an_unknown_trial_is_named(written):
    with pytest.raises(DataError, match="'run'; there are short, walk"):
        read_b3d(written, "run")


@pytest.mark.parametrize("content", [b"", b"OpenSim", struct.pack("<q", 10**6) + b"short", struct.pack("<q", -1)])
def test_what_is_no_whole_file_is_refused_before_it_is_opened(tmp_path, content):
    path = tmp_path / "a.b3d"
    path.write_bytes(content)
    with pytest.raises(DataError, match="not a whole"):
        read_b3d(path)


def test_without_the_package_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "nimblephysics", None)
    path = tmp_path / "a.b3d"
    path.write_bytes(struct.pack("<q", 2) + bytes(8))
    with pytest.raises(MissingDependencyError, match=r"gaitforge\[b3d\]"):
        read_b3d(path)
