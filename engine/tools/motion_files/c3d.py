"""Marker files of motion laboratories (``.c3d``), read by the optional package ezc3d."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from engine.core.arrays import Array
from engine.core.errors import DataError, MissingDependencyError
from engine.tools.motion_files import c3d_content
from engine.tools.motion_files.markers import Markers, unit_in_metres

_TO_Y_UP: dict[str, Array] = {
    "+Y": np.eye(3),
    "+Z": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
}
"""What takes the file's axes to axes with Y up, by its vertical axis. Which way is forward is found from the walk itself."""


def read_c3d(path: Path) -> Markers:
    """The markers in a ``.c3d`` file: unit from ``POINT:UNITS``, vertical axis from ``POINT:Y_SCREEN`` where it is told, else found as the
    axis along which the markers are spread while all of them stay on one side of the floor. Frame 1 of the file's count is 0 s, so that a
    trial cut out of a longer one keeps the laboratory's clock.

    Raises:
        DataError: the file cannot be read, holds no markers, or no axis points up.
        MissingDependencyError: ezc3d is not installed.
    """
    content = _open(path)
    names = tuple(str(name) for name in content["names"])
    if not names:
        raise DataError(f"{path}: holds no markers")
    rate = float(content["rate"])
    if not rate > 0:
        raise DataError(f"{path}: POINT:RATE is {rate}; the frame rate must be positive")
    places = unit_in_metres(str(path), str(content["unit"])) * _places(content, len(names))
    time = (int(content["first_frame"]) + np.arange(len(places))) / rate
    markers = Markers(str(path), time, names, places)
    return replace(markers, places=places @ _TO_Y_UP[_vertical(markers.source, str(content["vertical"]), places)].T)


def require_ezc3d(path: Path) -> None:
    """Checks that the package is there that reads the file at ``path``.

    Raises:
        MissingDependencyError: it is not installed.
    """
    if find_spec("ezc3d") is None:
        raise MissingDependencyError(f"{path}: .c3d files need ezc3d: pip install 'gaitforge[c3d]'")


def _open(path: Path) -> dict[str, Array]:
    require_ezc3d(path)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "content.npz"
        command = [sys.executable, "-m", c3d_content.__name__, str(path), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not target.is_file():
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise DataError(f"{path}: cannot be read as a .c3d file ({reason})")
        with np.load(target, allow_pickle=False) as data:
            return dict(data)


def _places(content: Mapping[str, Array], count: int) -> Array:
    """``(n, M, 3)`` in the file's unit; unseen markers, which the format marks by a negative residual, are NaN."""
    places = np.moveaxis(content["points"], 0, 2)[:count, :, :3].transpose(1, 0, 2).copy()
    places[(content["residuals"][:count].T < 0) | ~np.isfinite(places).all(axis=2)] = np.nan
    return places


def _vertical(source: str, told: str, places: Array) -> str:
    if told.strip().upper() in _TO_Y_UP:
        return told.strip().upper()
    spread = {axis: _height(places[..., k]) for axis, k in (("+Y", 1), ("+Z", 2))}
    up = max(spread, key=lambda axis: spread[axis])
    if spread[up] <= 0:
        raise DataError(f"{source}: neither Y nor Z points up; name the vertical axis in POINT:Y_SCREEN")
    return up


def _height(values: Array) -> float:
    """How far the mean heights of the markers that were seen lie apart, if the whole body stays above the floor along this axis; else
    nothing."""
    means = np.nanmean(values[:, np.isfinite(values).any(axis=0)], axis=0)
    return float(np.ptp(means)) if np.nanmin(values) > -0.1 else 0.0
