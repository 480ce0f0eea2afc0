"""OpenSim's files: models (``.osim``), tables over time (``.mot``, ``.sto``) and ground forces that plain OpenSim can replay."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, COORDINATES, SIDES, TRANSLATIONS
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.musculoskeletal.toolkit import opensim

PATELLAE = {f"knee_angle_{side}_beta": f"knee_angle_{side}" for side in "rl"}
"""The two coupled coordinates and the knee coordinate that each equals."""


@frozen
class StorageTable:
    """``values (n, len(labels))`` at ``time (n,)`` s, as they stand in the file."""

    time: Array
    labels: tuple[str, ...]
    values: Array
    in_degrees: bool = False

    def column(self, label: str) -> Array:
        """One column ``(n,)``; ``KeyError`` if the table has no such label."""
        if label not in self.labels:
            raise KeyError(label)
        return self.values[:, self.labels.index(label)]


def write_model(model: opensim.Model, path: Path) -> None:
    """The model as ``.osim``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    model.printToXML(str(path))


def read_model_file(path: Path) -> opensim.Model:
    """The model in an ``.osim`` file.

    Raises:
        DataError: no such file, or OpenSim cannot read it.
    """
    try:
        return opensim.Model(str(path))
    except RuntimeError as error:
        raise DataError(f"{path}: OpenSim cannot open this model ({str(error).splitlines()[0]})") from error


def write_storage(path: Path, time: Array, labels: Sequence[str], values: Array) -> None:
    """Columns ``values (n, len(labels))`` over ``time (n,)`` in OpenSim's storage format: radians, 12 significant digits."""
    rows, columns = values.shape
    if columns != len(labels) or rows != len(time):
        raise ValueError(f"{path.name}: values {values.shape} do not fit {len(time)} instants and {len(labels)} labels")
    header = (
        path.stem,
        "version=1",
        f"nRows={rows}",
        f"nColumns={columns + 1}",
        "inDegrees=no",
        "endheader",
        "\t".join(("time", *labels)),
    )
    with path.open("w", encoding="utf-8") as file:
        file.write("\n".join(header) + "\n")
        np.savetxt(file, np.column_stack([time, values]), fmt="%.12g", delimiter="\t")


def read_storage(path: Path) -> StorageTable:
    """A ``.mot`` or ``.sto`` file.

    Raises:
        DataError: no such file, or not in OpenSim's storage format.
    """
    try:
        header, _, body = path.read_text(encoding="utf-8").partition("endheader\n")
        labels, *lines = body.strip("\n").split("\n")
        numbers = np.array([line.split() for line in lines], dtype=float)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as an OpenSim storage file ({error})") from error
    names = tuple(labels.split())
    if len(names) < 2 or names[0] != "time" or numbers.ndim != 2 or numbers.shape[1] != len(names):
        raise DataError(
            f"{path}: expected a header, `endheader`, labels that start with `time`, and as many numbers per line"
        )
    in_degrees = "indegrees=yes" in header.lower().replace(" ", "")
    return StorageTable(numbers[:, 0], names[1:], numbers[:, 1:], in_degrees)


def write_coordinates(path: Path, time: Array, q: Array) -> None:
    """Coordinates ``(n, 31)`` with the two coupled patella angles, so that tools that know no constraints read the right pose."""
    knees = q[:, [COORDINATE_INDEX[knee] for knee in PATELLAE.values()]]
    write_storage(path, time, (*COORDINATES, *PATELLAE), np.column_stack([q, knees]))


def read_coordinates(path: Path) -> tuple[Array, Array]:
    """Time ``(n,)`` s and coordinates ``(n, 31)`` in radians and metres; labels may be paths such as ``/jointset/…/knee_angle_r/value``.

    Raises:
        DataError: the file cannot be read, or lacks a coordinate.
    """
    table = read_storage(path)
    position = {coordinate_of(label): k for k, label in enumerate(table.labels) if not label.endswith("/speed")}
    missing = [name for name in COORDINATES if name not in position]
    if missing:
        raise DataError(f"{path}: lacks the coordinates {', '.join(missing)}")
    q = table.values[:, [position[name] for name in COORDINATES]]
    if table.in_degrees:
        turns = [k for k, name in enumerate(COORDINATES) if name not in TRANSLATIONS]
        q[:, turns] = np.radians(q[:, turns])
    return table.time, q


def coordinate_of(label: str) -> str:
    """The coordinate that a label means, be it a name or a path."""
    return label.removesuffix("/value").rsplit("/", 1)[-1]


def moment_label(coordinate: str) -> str:
    """The label that OpenSim's inverse dynamics gives to a coordinate's generalised force."""
    return f"{coordinate}_{'force' if coordinate in TRANSLATIONS else 'moment'}"


def write_moments(path: Path, time: Array, moments: Array) -> None:
    """Generalised forces ``(n, 31)`` under the labels of OpenSim's own inverse dynamics."""
    write_storage(path, time, [moment_label(name) for name in COORDINATES], moments)


def write_ground_forces(path: Path, time: Array, force: Array, pressure_centre: Array, free_moment: Array) -> None:
    """What the floor does to each foot, as ``grf.mot``, in the shape of `Dynamics`.

    ``force (n, 2, 3)`` N and ``pressure_centre (n, 2, 3)`` m in ground, ``free_moment (n, 2)`` N·m about the vertical.
    """
    labels, columns = [], []
    for k, side in enumerate(SIDES):
        moment = np.zeros((len(time), 3))
        moment[:, 1] = free_moment[:, k]
        for prefix, values in zip(_prefixes(side), (force[:, k], pressure_centre[:, k], moment), strict=True):
            labels += [f"{prefix}{axis}" for axis in "xyz"]
            columns.append(values)
    write_storage(path, time, labels, np.concatenate(columns, axis=1))


def _prefixes(side: str) -> tuple[str, str, str]:
    letter = side[0]
    return f"ground_force_{letter}_v", f"ground_force_{letter}_p", f"ground_torque_{letter}_"


def write_external_loads(path: Path, data_file: str) -> None:
    """``grf.xml``: tells OpenSim to apply the forces in ``data_file`` (a name in the same folder) to the heel bones."""
    loads = opensim.ExternalLoads()
    loads.setName("ground_forces")
    loads.setDataFileName(data_file)
    for side in SIDES:
        force_id, point_id, torque_id = _prefixes(side)
        load = opensim.ExternalForce()
        load.setName(f"ground_{side}")
        load.set_applied_to_body(f"calcn_{side[0]}")
        load.set_force_expressed_in_body("ground")
        load.set_point_expressed_in_body("ground")
        load.set_force_identifier(force_id)
        load.set_point_identifier(point_id)
        load.set_torque_identifier(torque_id)
        loads.cloneAndAppend(load)
    loads.printToXML(str(path))
