"""Marker files of motion laboratories (``.c3d``), read by the optional package ezc3d."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.cycle import Array
from engine.errors import DataError, MissingDependencyError
from engine.motion_files.markers import Markers, unit_in_metres

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
    points = content["parameters"]["POINT"]
    names = tuple(str(name) for name in points["LABELS"]["value"])
    if not names:
        raise DataError(f"{path}: holds no markers")
    rate = float(points["RATE"]["value"][0])
    if not rate > 0:
        raise DataError(f"{path}: POINT:RATE is {rate}; the frame rate must be positive")
    units = points.get("UNITS", {}).get("value") or ["mm"]
    places = unit_in_metres(str(path), str(units[0])) * _places(content, len(names))
    time = (int(content["header"]["points"]["first_frame"]) + np.arange(len(places))) / rate
    markers = Markers(str(path), time, names, places)
    return replace(markers, places=places @ _TO_Y_UP[_vertical(markers.source, points, places)].T)


def require_ezc3d(path: Path) -> Any:
    """The package that reads the file at ``path``.

    Raises:
        MissingDependencyError: it is not installed.
    """
    try:
        import ezc3d
    except ImportError as error:
        raise MissingDependencyError(f"{path}: .c3d files need ezc3d: pip install 'gaitforge[c3d]'") from error
    return ezc3d


def _open(path: Path) -> Any:
    ezc3d = require_ezc3d(path)
    try:
        return ezc3d.c3d(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as a .c3d file ({error})") from error


def _places(content: Any, count: int) -> Array:
    """``(n, M, 3)`` in the file's unit; unseen markers, which the format marks by a negative residual, are NaN."""
    places = np.moveaxis(np.asarray(content["data"]["points"], float), 0, 2)[:count, :, :3].transpose(1, 0, 2).copy()
    residuals = np.asarray(content["data"]["meta_points"]["residuals"])[0, :count].T
    places[(residuals < 0) | ~np.isfinite(places).all(axis=2)] = np.nan
    return places


def _vertical(source: str, points: Any, places: Array) -> str:
    told = points.get("Y_SCREEN", {}).get("value") or []
    if told and str(told[0]).strip().upper() in _TO_Y_UP:
        return str(told[0]).strip().upper()
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
