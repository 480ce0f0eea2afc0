"""OpenSim coordinate files (``.mot``, ``.sto``) as recordings: what inverse kinematics writes, and what we write ourselves."""

from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, TRANSLATIONS
from engine.core.errors import DataError
from engine.gait.recording import REQUIRED, Recording
from engine.musculoskeletal.storage import PATELLAE, StorageTable, coordinate_of, read_storage

_LEAST_KNEE_RANGE_DEG = 3.0


def read_coordinates_file(path: Path) -> Recording:
    """The motion in a coordinate file in degrees or radians, its columns called as in a model or by their full paths.

    The patella's columns are left out (the patella follows the knee); toes, trunk and arms may be missing.

    Raises:
        DataError: the file cannot be read, holds no coordinates, lacks one that walking needs, or has gaps.
    """
    table = read_storage(path)
    columns = {coordinate_of(label): k for k, label in enumerate(table.labels) if not label.endswith("/speed")}
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise DataError(f"{path}: lacks the coordinates {', '.join(missing)}; it has {', '.join(columns)}")
    q = np.zeros((len(table.time), len(COORDINATES)))
    for index, name in enumerate(COORDINATES):
        if name in columns:
            q[:, index] = _in_radians(table, columns[name], name)
    _check_unit(path, table, q)
    return Recording(str(path), table.time, q, _notes(columns))


def _in_radians(table: StorageTable, column: int, name: str) -> Array:
    values = table.values[:, column]
    return np.radians(values) if table.in_degrees and name not in TRANSLATIONS else values


def _check_unit(path: Path, table: StorageTable, q: Array) -> None:
    """Radians in a file that claims degrees would pass as a body that hardly moves."""
    knees = q[:, [COORDINATES.index(f"knee_angle_{side}") for side in "rl"]]
    range_deg = np.degrees(np.ptp(knees, axis=0).max())
    if table.in_degrees and range_deg < _LEAST_KNEE_RANGE_DEG:
        raise DataError(
            f"{path}: the header says inDegrees=yes, but the knees move by {range_deg:.2f}° only; the angles "
            "look like radians, so it should say inDegrees=no"
        )


def _notes(columns: dict[str, int]) -> tuple[str, ...]:
    notes = []
    filled = [name for name in COORDINATES if name not in columns]
    unused = [name for name in columns if name not in COORDINATES and name not in PATELLAE]
    if filled:
        notes.append(f"not recorded, held at zero: {', '.join(filled)}")
    if unused:
        notes.append(f"columns not used: {', '.join(unused)}")
    return tuple(notes)
