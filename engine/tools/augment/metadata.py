"""Reads the metadata of somebody's data set: one person after the other, each with the traits that are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from engine.core.conventions import HEALTHY
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.tools.augment.columns import find_column, require_column
from engine.tools.augment.traits import Bands, Labels, Trait, age_bands, bmi_bands, skin_tone_bands
from engine.tools.augment.values import LEFT_OUT, SEXES, Translations, read_conditions, read_numbers, read_sexes

_SEPARATORS = (",", ";", "\t", "|")
_LARGEST_HEIGHT_M = 3.0
"""Statures above this are centimetres."""


@dataclass(frozen=True)
class Reading:
    """How to read a table: the user's words on columns and values, and where bands end."""

    columns: Mapping[str, str] = field(default_factory=dict)
    translations: Translations = field(default_factory=Translations)
    age_edges: tuple[float, ...] = (0, 18, 40, 65, 80)
    bmi_edges: tuple[float, ...] = (10, 18.5, 25, 30)
    skin_tone_edges: tuple[float, ...] = (1, 4, 8)


@frozen
class People:
    """Who is in a data set: ``levels (n, traits)`` of those who are counted, and how many are not, and why."""

    traits: tuple[Trait, ...]
    levels: np.ndarray
    rows: int
    persons: int
    not_counted: Mapping[str, int]


def read_people(path: Path, by: tuple[str, ...], reading: Reading) -> People:
    """The people of a CSV or Parquet file, told apart ``by`` traits (age, sex, condition, bmi, skin_tone).

    Several rows of one person (as in a cohort's manifest) count once, by the first.

    Raises:
        DataError: the file cannot be read, a column is missing or unclear, or values mean nothing; names file and column.
    """
    table, decimal = read_table(path)
    rows = len(table)
    try:
        subject = find_column(table, "subject", reading.columns)
        if subject is not None:
            table = table.drop_duplicates(subject)
        read = {name: _READERS[name](table, decimal, reading) for name in by}
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    not_counted: dict[str, int] = {}
    levels = np.empty((len(table), len(by)), np.int64)
    for column, (name, (trait, values)) in enumerate(read.items()):
        levels[:, column], reasons = _levels(name, trait, values)
        not_counted |= reasons
    counted = (levels >= 0).all(axis=1)
    if not counted.any():
        raise DataError(f"{path}: nobody is left to count ({', '.join(f'{k}: {n}' for k, n in not_counted.items())})")
    return People(tuple(trait for trait, _ in read.values()), levels[counted], rows, len(table), not_counted)


def _levels(name: str, trait: Trait, values: pd.Series) -> tuple[np.ndarray, dict[str, int]]:
    """Level of each person, -1 for whoever has none, and how many have none for which reason."""
    missing, left_out = values.isna().to_numpy(bool), (values == LEFT_OUT).to_numpy(bool)
    none = missing | left_out
    own = [None if skip else trait.level(value) for skip, value in zip(none, values, strict=True)]
    outside = np.array([level is None for level in own]) & ~none
    reasons = {
        f"{name} is missing": missing,
        f"{name} is left out by --map": left_out,
        f"{name} lies outside {trait.levels[0]} to {trait.levels[-1]}": outside,
    }
    counts = {reason: int(where.sum()) for reason, where in reasons.items() if where.any()}
    return np.array([-1 if level is None else level for level in own]), counts


def read_table(path: Path) -> tuple[pd.DataFrame, str]:
    """All cells as stripped text, and the sign before decimals."""
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            table, decimal = pd.read_parquet(path), "."
        else:
            with path.open(encoding="utf-8-sig") as file:
                head = file.readline()
            separator = max(_SEPARATORS, key=head.count)
            table = pd.read_csv(
                path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True
            )
            decimal = "." if separator == "," else ","
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path}: cannot be read as a table ({error}); give a CSV file with heads, or Parquet"
        ) from error
    if table.empty:
        raise DataError(f"{path}: holds no people")
    text = table.astype(object).where(table.notna(), "").astype(str)
    return text.apply(lambda column: column.str.strip()).rename(columns=str), decimal


def _ages(table: pd.DataFrame, decimal: str, reading: Reading) -> tuple[Bands, pd.Series]:
    column = require_column(table, "age", reading.columns, ", or leave age out of --by")
    return age_bands(reading.age_edges), read_numbers(table[column], decimal)


def _sexes(table: pd.DataFrame, decimal: str, reading: Reading) -> tuple[Labels, pd.Series]:  # noqa: ARG001
    column = require_column(table, "sex", reading.columns, ", or leave sex out of --by")
    return Labels("sex", SEXES), read_sexes(table[column], reading.translations)


def _conditions(table: pd.DataFrame, decimal: str, reading: Reading) -> tuple[Labels, pd.Series]:  # noqa: ARG001
    column = require_column(table, "condition", reading.columns, ", or give --condition NAME if all have the same")
    conditions = read_conditions(table[column], reading.translations)
    present = conditions[conditions.notna() & (conditions != LEFT_OUT)].value_counts().index
    return Labels("condition", tuple(sorted(present, key=lambda name: name != HEALTHY))), conditions


def _bmis(table: pd.DataFrame, decimal: str, reading: Reading) -> tuple[Bands, pd.Series]:
    column = find_column(table, "bmi", reading.columns)
    if column is not None:
        return bmi_bands(reading.bmi_edges), read_numbers(table[column], decimal)
    height, mass = (
        read_numbers(table[require_column(table, what, reading.columns, " (or --column bmi=NAME)")], decimal)
        for what in ("height", "mass")
    )
    metres = height.where(height < _LARGEST_HEIGHT_M, height / 100)
    return bmi_bands(reading.bmi_edges), mass / metres**2


def _skin_tones(table: pd.DataFrame, decimal: str, reading: Reading) -> tuple[Bands, pd.Series]:
    column = require_column(table, "skin_tone", reading.columns, ", or leave skin_tone out of --by")
    return skin_tone_bands(reading.skin_tone_edges), read_numbers(table[column], decimal)


_READERS = {"age": _ages, "sex": _sexes, "condition": _conditions, "bmi": _bmis, "skin_tone": _skin_tones}
TRAITS = tuple(_READERS)
"""What people can be told apart by."""
