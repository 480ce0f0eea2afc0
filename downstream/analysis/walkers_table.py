"""Who walks in which recording of a folder: a table with a row for each file."""

from pathlib import Path

import pandas as pd

from downstream.readings.walker import Walker
from engine.core.conventions import Sex
from engine.core.errors import DataError
from engine.tools.augment.columns import plain
from engine.tools.augment.metadata import read_table
from engine.tools.augment.values import MISSING, read_numbers

COLUMNS = ("file", "age_years", "sex", "height_m")
_SEXES: dict[str, Sex] = {"female": "female", "f": "female", "male": "male", "m": "male"}


def read_people_table(path: Path) -> dict[str, Walker]:
    """Walkers by what their column ``file`` says. Any of the columns ``age_years``, ``sex`` (female, male, f, m) and ``height_m`` may be
    missing, and any value empty.

    Raises:
        DataError: the file cannot be read, a column or value means nothing, or a file has two rows; names file, column and row.
    """
    table, decimal = read_table(path)
    table.columns = [plain(name) for name in table.columns]
    unknown = [name for name in table.columns if name not in COLUMNS]
    if unknown or "file" not in table.columns:
        raise DataError(
            f"{path}: has the columns {', '.join(table.columns)}; expected file, and any of {', '.join(COLUMNS[1:])}"
        )
    twice = table["file"][table["file"].duplicated()]
    if len(twice):
        raise DataError(f"{path}: column file names {twice.iloc[0]!r} twice; give each recording one row")
    try:
        ages, heights = (_numbers(table, name, decimal) for name in ("age_years", "height_m"))
        sexes = (
            [_sex(value, row) for row, value in enumerate(table["sex"], 1)]
            if "sex" in table.columns
            else [None] * len(table)
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    return {file: Walker(*known) for file, *known in zip(table["file"], ages, sexes, heights, strict=True)}


def walker_of(people: dict[str, Walker], name: str, file: Path) -> Walker:
    """Whoever the table names by the recording's ``name`` in its folder, with or without ending, or by its file's name; else nobody
    known."""
    wanted = (f"{name}{file.suffix}", name, file.name, file.stem)
    return next((people[one] for one in wanted if one in people), Walker())


def _numbers(table: pd.DataFrame, column: str, decimal: str) -> list[float | None]:
    if column not in table.columns:
        return [None] * len(table)
    return [None if pd.isna(value) else float(value) for value in read_numbers(table[column], decimal)]


def _sex(value: str, row: int) -> Sex | None:
    if value.lower() in MISSING:
        return None
    if value.lower() not in _SEXES:
        raise DataError(f"column sex, row {row}: {value!r} is none of {', '.join(_SEXES)}; mend it or leave it empty")
    return _SEXES[value.lower()]
