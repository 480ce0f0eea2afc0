"""Subjects of AddBiomechanics (``.b3d``), read by the optional package nimblephysics.

A file holds one person, that person's scaled OpenSim model and any number of trials (Werling et al. 2023, PLoS ONE 18:e0295152;
2024, arXiv:2406.18537). Each trial was processed in passes, of which the last is the most refined.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES
from engine.core.errors import DataError, MissingDependencyError
from engine.gait.recording import OPTIONAL, Recording
from engine.musculoskeletal.storage import PATELLAE

_LOCKED_TOLERANCE_RAD = np.deg2rad(5.0)
"""Motion of a coordinate that our model lacks (subtalar joint, wrists) above which losing it is told."""

_LENGTH_BYTES = 8


@dataclass(frozen=True)
class B3dSubject:
    """Who walked, as the file tells it (None where it is silent), and the names of the trials."""

    path: Path
    age_years: float | None
    sex: str | None
    height_m: float | None
    mass_kg: float | None
    trials: tuple[str, ...]


def read_b3d_subject(path: Path) -> B3dSubject:
    """Who is in a ``.b3d`` file and which trials it holds.

    Raises:
        DataError: the file cannot be read, or holds no trials.
        MissingDependencyError: nimblephysics is not installed.
    """
    subject = _open(path)
    trials = tuple(str(subject.getTrialName(k)) for k in range(subject.getNumTrials()))
    if not trials:
        raise DataError(f"{path}: holds no trials")
    sex = str(subject.getBiologicalSex()).strip().lower()
    return B3dSubject(
        path,
        age_years=_told(subject.getAgeYears()),
        sex=sex if sex in ("female", "male") else None,
        height_m=_told(subject.getHeightM()),
        mass_kg=_told(subject.getMassKg()),
        trials=trials,
    )


def read_b3d(path: Path, trial: str | None = None) -> Recording:
    """The motion of one trial in our coordinates, found by name; the longest trial if none is named.

    Raises:
        DataError: the file cannot be read, has no such trial, or its model lacks a coordinate that walking needs.
        MissingDependencyError: nimblephysics is not installed.
    """
    subject = _open(path)
    number = _find(path, subject, trial)
    passes = subject.getTrialNumProcessingPasses(number)
    if not passes:
        raise DataError(f"{path}: trial {subject.getTrialName(number)} was not processed; it holds no coordinates")
    columns = _columns(path, subject, passes - 1)
    frames = subject.readFrames(number, 0, subject.getTrialLength(number), includeSensorData=False)
    if not len(frames):
        raise DataError(f"{path}: trial {subject.getTrialName(number)} cannot be read")
    positions = np.array([np.asarray(frame.processingPasses[-1].pos, float) for frame in frames])
    time = float(subject.getTrialTimestep(number)) * np.arange(len(positions), dtype=float)
    q = np.zeros((len(positions), len(COORDINATES)))
    for index, name in enumerate(COORDINATES):
        if name in columns:
            q[:, index] = positions[:, columns[name]]
    source = f"{path}, trial {subject.getTrialName(number)}"
    return Recording(source, time, q, _notes(columns, positions, subject.getNumTrials(), trial))


def _open(path: Path) -> Any:
    _check_size(path)
    try:
        import nimblephysics
    except ImportError as error:
        raise MissingDependencyError(
            f"{path}: .b3d files need nimblephysics, which is made for Python 3.11 and 3.12: pip install 'gaitforge[b3d]'"
        ) from error
    return nimblephysics.biomechanics.SubjectOnDisk(str(path))


def _check_size(path: Path) -> None:
    """The file begins with the length of its header (64 bits); nimblephysics ends the process where less follows."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little", signed=True)
        size = path.stat().st_size
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    if not 0 < length < size - _LENGTH_BYTES:
        raise DataError(f"{path}: not a whole .b3d file: it has {size} bytes and promises a header of {length}")


def _told(value: float) -> float | None:
    """Zero or less stands for what nobody told."""
    return float(value) if value > 0 else None


def _find(path: Path, subject: Any, trial: str | None) -> int:
    names = [str(subject.getTrialName(k)) for k in range(subject.getNumTrials())]
    if trial is None:
        lengths = [subject.getTrialLength(k) * subject.getTrialTimestep(k) for k in range(len(names))]
        if not lengths:
            raise DataError(f"{path}: holds no trials")
        return int(np.argmax(lengths))
    if trial not in names:
        raise DataError(f"{path}: no trial is called {trial!r}; there are {', '.join(names)}")
    return names.index(trial)


def _columns(path: Path, subject: Any, processing_pass: int) -> dict[str, int]:
    """Column of each coordinate: nimblephysics orders them by its own tree of joints, so that only names can be trusted."""
    skeleton = subject.readSkel(processing_pass, ignoreGeometry=True)
    if skeleton is None:
        raise DataError(f"{path}: its OpenSim model cannot be read")
    columns = {str(skeleton.getDofByIndex(k).getName()): k for k in range(skeleton.getNumDofs())}
    missing = [name for name in COORDINATES if name not in columns and name not in OPTIONAL]
    if missing:
        raise DataError(f"{path}: its model lacks the coordinates {', '.join(missing)}; it has {', '.join(columns)}")
    return columns


def _notes(columns: dict[str, int], positions: Array, trials: int, trial: str | None) -> tuple[str, ...]:
    filled = [name for name in COORDINATES if name not in columns]
    unused = [name for name in columns if name not in COORDINATES and name not in PATELLAE]
    moved = [name for name in unused if np.ptp(positions[:, columns[name]]) > _LOCKED_TOLERANCE_RAD]
    notes = []
    if trial is None and trials > 1:
        notes.append(f"the longest of {trials} trials")
    if filled:
        notes.append(f"not recorded, held at zero: {', '.join(filled)}")
    if moved:
        notes.append(f"moved in the file, locked in our model: {', '.join(moved)}")
    return tuple(notes)
