"""``manifest.parquet``, ``rejections.parquet``, ``failures.parquet``: columns that users of a cohort rely on, rows, writing and reading.

Columns are fields of the records that flow through the pipeline: each figure of `GaitParameters` and `PhysicsFigures` is one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_origin, get_type_hints

import numpy as np
import pandas as pd

from engine.core.errors import DataError
from engine.core.files import replace_file
from engine.gait.gait_parameters import GaitParameters
from engine.gait.records import PhysicsFigures, Rejection, Subject

Row = dict[str, Any]
"""A row of a table by column, fit for JSON."""

Columns = Mapping[str, Any]
"""The types of a table's columns by name, in their order."""

NO_MODIFIERS = "{}"

GAIT_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(GaitParameters))

PHYSICS_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(PhysicsFigures) if field.name != "cpu_s")
"""CPU time is left out: a manifest must not depend on the machine that made it."""


def _typed(record: type, names: Sequence[str]) -> Columns:
    hints = get_type_hints(record)
    return {name: hints[name] for name in names}


MANIFEST: Columns = {
    **dict.fromkeys(("subject_id", "walk_id", "camera", "split"), str),
    **_typed(Subject, ("age_years", "sex", "height_m", "mass_kg")),
    "condition": str,
    **_typed(Subject, ("severity", "side")),
    **_typed(GaitParameters, GAIT_COLUMNS),
    **_typed(PhysicsFigures, PHYSICS_COLUMNS),
    "seed": int,
    **dict.fromkeys(("video", "annotations", "modifiers"), str),
    **_typed(Subject, ("skin_tone",)),
    **dict.fromkeys(("aid", "orthoses"), str),
}
"""One walk seen by one camera; units are in the names.

``camera`` and ``annotations`` are empty where nothing was filmed, ``video`` where only labels were made. Both paths are relative to the
cohort's folder. ``modifiers`` is JSON, severity by name; ``skin_tone`` counts the Monk scale from 1. ``aid`` and
``orthoses`` are what the film shows, as in `engine.stages.Shot`; empty where nothing was filmed.
"""

REJECTIONS: Columns = {
    "subject_id": str,
    **_typed(Subject, ("age_years", "sex")),
    "condition": str,
    **_typed(Subject, ("severity", "side")),
    **dict.fromkeys(("attempt", "seed"), int),
    **dict.fromkeys(("reason", "detail"), str),
    **_typed(PhysicsFigures, PHYSICS_COLUMNS),
    "modifiers": str,
}
"""One proposal that could not be made feasible; without figures where none could be computed."""

FAILURES: Columns = dict.fromkeys(("subject_id", "condition", "reason", "file"), str)
"""One subject that met an error; ``file``, relative to the cohort's folder, tells it in full."""

_REMEDY = "make the cohort again with `gaitforge cohort SPEC -o DIR`, or choose another folder"

_LATER: Row = {
    **dict.fromkeys((*GAIT_COLUMNS, *PHYSICS_COLUMNS), np.nan),
    "modifiers": NO_MODIFIERS,
    "skin_tone": None,
    "aid": "",
    "orthoses": "",
}
"""Columns that cohorts of earlier versions may lack, and what holds for these: figures that came later are not known."""


def manifest_row(
    subject: Subject,
    parameters: GaitParameters,
    figures: PhysicsFigures,
    *,
    walk_id: str,
    split: str,
    seed: int,
    camera: str = "",
    video: str = "",
    annotations: str = "",
    aid: str = "",
    orthoses: str = "",
) -> Row:
    """The row of one walk and camera."""
    own = {
        "walk_id": walk_id,
        "split": split,
        "seed": seed,
        "camera": camera,
        "video": video,
        "annotations": annotations,
        "aid": aid,
        "orthoses": orthoses,
    }
    return _row(MANIFEST, {**_who(subject), **vars(parameters), **vars(figures), **own})


def rejection_row(rejection: Rejection, attempt: int, seed: int) -> Row:
    """The row of one rejected proposal."""
    figures = dict.fromkeys(PHYSICS_COLUMNS) if rejection.figures is None else vars(rejection.figures)
    own = {"attempt": attempt, "seed": seed, "reason": rejection.reason.value, "detail": rejection.detail}
    return _row(REJECTIONS, {**_who(rejection.subject), **figures, **own})


def failure_row(subject: Subject, reason: str, file: str) -> Row:
    """The row of one subject that met an error."""
    return _row(FAILURES, {**_who(subject), "reason": reason, "file": file})


def _who(subject: Subject) -> Row:
    modifiers = {modifier.card.name: modifier.severity for modifier in subject.modifiers}
    names = {
        "subject_id": subject.id,
        "condition": subject.condition.name,
        "modifiers": json.dumps(modifiers, sort_keys=True),
    }
    return {**vars(subject), **names}


def _row(columns: Columns, values: Row) -> Row:
    return {name: values[name] for name in columns}


def write_manifest(path: Path, rows: Sequence[Row]) -> None:
    """All rows as one Parquet file, put in place whole."""
    _write(path, rows, MANIFEST)


def write_rejections(path: Path, rows: Sequence[Row]) -> None:
    """All rejected proposals as one Parquet file, put in place whole."""
    _write(path, rows, REJECTIONS)


def write_failures(path: Path, rows: Sequence[Row]) -> None:
    """All subjects that met an error as one Parquet file, put in place whole."""
    _write(path, rows, FAILURES)


def _write(path: Path, rows: Sequence[Row], columns: Columns) -> None:
    table = pd.DataFrame([{**_LATER, **row} for row in rows], columns=list(columns)).astype(_dtypes(columns))
    with replace_file(path) as temporary:
        table.to_parquet(temporary, index=False)


def _dtypes(columns: Columns) -> dict[str, str]:
    known = {float: "float64", int: "int64", str: "string", int | None: "Int64"}
    return {name: "string" if get_origin(kind) is Literal else known[kind] for name, kind in columns.items()}


def read_manifest(path: Path, needed: Sequence[str] | None = None) -> pd.DataFrame:
    """The manifest with all columns of `MANIFEST`, or with ``needed`` as far as it goes; it may hold more. Columns have their types.

    Of a cohort of an earlier version, figures that came later are NaN unless they are ``needed``.

    Raises:
        DataError: the file cannot be read, lacks a column or holds something else in it.
    """
    return _read(path, MANIFEST, needed)


def read_rejections(path: Path) -> pd.DataFrame:
    """The rejected proposals.

    Raises:
        DataError: as `read_manifest`.
    """
    return _read(path, REJECTIONS)


def read_failures(path: Path) -> pd.DataFrame:
    """The subjects that met an error.

    Raises:
        DataError: as `read_manifest`.
    """
    return _read(path, FAILURES)


def _read(path: Path, columns: Columns, needed: Sequence[str] | None = None) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as Parquet ({error}); {_REMEDY}") from error
    absent = [name for name in (columns if needed is None else needed) if name not in table.columns]
    missing = [name for name in absent if needed is not None or name not in _LATER]
    if missing:
        raise DataError(f"{path}: lacks the columns {', '.join(missing)}; is it of a cohort? Else {_REMEDY}")
    table = table.assign(**{name: _LATER[name] for name in absent})
    known = {name: dtype for name, dtype in _dtypes(columns).items() if name in table.columns}
    return table.assign(**{name: _column(path, table.loc[:, name], dtype) for name, dtype in known.items()})


def _column(path: Path, values: pd.Series, dtype: str) -> pd.Series:
    """With its type; where there is no text, it is empty."""
    try:
        return values.astype(dtype).fillna("") if dtype == "string" else values.astype(dtype)
    except (ValueError, TypeError) as error:
        raise DataError(f"{path}: {values.name}: expected {dtype} ({error}); {_REMEDY}") from error
