"""Marker files of OpenSim and Motion Analysis (``.trc``): tab-separated text, Y up."""

from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.tools.motion_files.markers import Markers, unit_in_metres

_HEAD = 5
_NAMES_ROW, _FIELDS_ROW, _VALUES_ROW = 3, 1, 2


def read_trc(path: Path) -> Markers:
    """The markers in a ``.trc`` file. Empty fields are gaps.

    Raises:
        DataError: the file is not of this kind, or its unit is unknown.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        fields = dict(zip(lines[_FIELDS_ROW].split(), lines[_VALUES_ROW].split(), strict=False))
        scale = unit_in_metres(str(path), fields["Units"])
        names = tuple(name for name in lines[_NAMES_ROW].split("\t")[2:] if name.strip())
        rows = [line.split("\t") for line in lines[_HEAD:] if line.strip()]
        values = np.array([_numbers(row, 2 + 3 * len(names)) for row in rows])
    except (OSError, IndexError, KeyError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as a .trc marker file ({type(error).__name__}: {error})") from error
    if not names or values.size == 0:
        raise DataError(f"{path}: holds no markers")
    places = scale * values[:, 2:].reshape(len(values), len(names), 3)
    return Markers(str(path), values[:, 1], names, places)


def _numbers(row: list[str], count: int) -> Array:
    texts = (row + [""] * count)[:count]
    return np.array([float(text) if text.strip() else np.nan for text in texts])
