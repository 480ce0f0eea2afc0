"""Who walks in which recording of a folder: a table with a row for each file."""

from pathlib import Path

import pandas as pd

from downstream.readings.walker import Walker
from engine.core.conventions import Sex
from engine.core.errors import DataError
from engine.gait.records import HEIGHT_RANGE_M
from engine.tools.augment.columns import plain
from engine.tools.augment.metadata import read_table
from engine.tools.augment.values import MISSING, read_numbers

COLUMNS = ("file", "age_years", "sex", "height_m")
AGE_RANGE_YEARS = (0.0, 120.0)
_SEXES: dict[str, Sex] = {"female": "female", "f": "female", "male": "male", "m": "male"}


def read_walkers_table(path: Path) -> dict[str, Walker]:
    """Walkers by what their column ``file`` says. Any of the columns ``age_years``, ``sex`` (female, male, f, m) and ``height_m`` may be
    missing, and any value empty.

    Raises:
        DataError: the file cannot be read, a column or value means nothing, or a file has two rows; names file, column and row.
    """
    table, decimal = read_table(path)
    table.columns = [plain(name) for name in table.columns]
    if "file" not in table.columns or not set(table.columns) <= set(COLUMNS):
        given = ", ".join(table.columns)
        raise DataError(f"{path}: has the columns {given}; expected file, and any of {', '.join(COLUMNS[1:])}")
    twice = table["file"][table["file"].duplicated()]
    if len(twice):
        raise DataError(f"{path}: column file names {twice.iloc[0]!r} twice; give each recording one row")
    table = table.reindex(columns=list(COLUMNS), fill_value="")
    try:
        ages = _numbers(table["age_years"], decimal, AGE_RANGE_YEARS)
        heights = _numbers(table["height_m"], decimal, HEIGHT_RANGE_M)
        sexes: list[Sex | None] = [_sex(value, row) for row, value in enumerate(table["sex"], 1)]
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    return dict(zip(table["file"], map(Walker, ages, sexes, heights), strict=True))


def walker_of(walkers: dict[str, Walker], name: str, file: Path) -> Walker:
    """Whoever the table names by the recording's ``name`` in its folder, with or without ending, or by its file's name; else nobody
    known."""
    wanted = (f"{name}{file.suffix}", name, file.name, file.stem)
    return next((walkers[one] for one in wanted if one in walkers), Walker())


def _numbers(column: pd.Series, decimal: str, bounds: tuple[float, float]) -> list[float | None]:
    read = [None if pd.isna(value) else float(value) for value in read_numbers(column, decimal)]
    for row, value in enumerate(read, 1):
        if value is not None and not bounds[0] <= value <= bounds[1]:
            raise DataError(f"column {column.name}, row {row}: {value:g} is outside {bounds[0]:g} to {bounds[1]:g}")
    return read


def _sex(value: str, row: int) -> Sex | None:
    if value.lower() in MISSING:
        return None
    if value.lower() not in _SEXES:
        raise DataError(f"column sex, row {row}: {value!r} is none of {', '.join(_SEXES)}; mend it or leave it empty")
    return _SEXES[value.lower()]
