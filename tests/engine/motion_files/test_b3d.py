"""AddBiomechanics files: written by nimblephysics with our own model, read back by name."""

import struct
import sys

import numpy as np
import pytest

from engine.core.conventions import COORDINATES
from engine.core.errors import DataError, MissingDependencyError
from engine.tools.motion_files.b3d import read_b3d, read_b3d_subject
from engine.tools.motion_files.person import Description, make_person
from engine.tools.motion_files.read import read_motion
from tests.engine.motion_files.made_b3d import RATE_HZ, write_subject


def moving(frames):
    """Every coordinate moves in its own way, so that an exchange of columns shows."""
    phase = 2 * np.pi * np.arange(frames)[:, None] / 100 + np.arange(len(COORDINATES))
    return 0.1 * np.sin(phase) + 0.01 * np.arange(len(COORDINATES))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A subject with two trials."""
    pytest.importorskip("nimblephysics")
    return write_subject(tmp_path_factory.mktemp("b3d"), {"short": moving(60), "walk": moving(150)})


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
