"""Any motion file as a recording: the reader by the file's ending."""

from collections.abc import Callable
from pathlib import Path

from engine.core.errors import DataError
from engine.gait.recording import Recording
from engine.stages import load_stage
from engine.tools.motion_files.b3d import read_b3d
from engine.tools.motion_files.c3d import read_c3d
from engine.tools.motion_files.coordinates_file import read_coordinates_file
from engine.tools.motion_files.marker_motion import track_markers
from engine.tools.motion_files.person import Person
from engine.tools.motion_files.trc import read_trc


def _coordinates(path: Path, _person: Person) -> Recording:
    return read_coordinates_file(path)


def _b3d(path: Path, _person: Person) -> Recording:
    return read_b3d(path)


def _trc(path: Path, person: Person) -> Recording:
    return track_markers(read_trc(path), person)


def _c3d(path: Path, person: Person) -> Recording:
    return track_markers(read_c3d(path), person)


def _poses(path: Path, person: Person) -> Recording:
    """SMPL-X poses are read by who knows the rendered body (role ``motion``)."""
    return load_stage("motion", "smplx").read(path, person.embodied.shape)


READERS: dict[str, Callable[[Path, Person], Recording]] = {
    ".mot": _coordinates,
    ".sto": _coordinates,
    ".trc": _trc,
    ".c3d": _c3d,
    ".npz": _poses,
    ".b3d": _b3d,
}


def read_motion(path: Path, person: Person) -> Recording:
    """The motion in a file, in our coordinates on the body of ``person``.

    Raises:
        DataError: no such file, another kind of file, or one that cannot be used; says why.
        MissingDependencyError: ``.c3d`` or ``.b3d`` without the package that reads it.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{path}: a motion file ends in {', '.join(READERS)}")
    return reader(path, person)
