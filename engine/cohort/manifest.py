"""The rows of ``manifest.parquet`` and ``rejections.parquet``: the columns that users of a cohort rely on."""

import json
from collections.abc import Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from engine.errors import DataError
from engine.files import replace_file
from engine.gait_parameters import GaitParameters
from engine.records import PhysicsFigures, Rejection, Subject

NO_MODIFIERS = "{}"


@dataclass(frozen=True)
class ManifestRow:
    """One walk seen by one camera; units are in the names.

    ``camera`` and ``annotations`` are empty where nothing was filmed, ``video`` where only labels were made. Both paths are
    relative to the cohort's folder. ``modifiers`` is JSON, severity by name; ``skin_tone`` counts the Monk scale from 1. Cohorts made
    before the columns with defaults existed are read with these.
    """

    subject_id: str
    walk_id: str
    camera: str
    split: str
    age_years: float
    sex: str
    height_m: float
    mass_kg: float
    condition: str
    severity: float
    side: str
    speed_mps: float
    cadence_spm: float
    step_length_m: float
    step_width_m: float
    stance_pct: float
    double_support_pct: float
    stride_time_s: float
    stride_time_cv: float
    knee_flexion_swing_peak_deg: float
    hip_range_deg: float
    ankle_power_peak_w_per_kg: float
    residual_force_peak_pct: float
    residual_moment_peak_pct: float
    penetration_mm: float
    skate_mm: float
    reserve_peak_nm: float
    vertical_force_mean_error_pct: float
    vertical_force_peak_bw: float
    motion_change_deg: float
    seed: int
    video: str
    annotations: str
    modifiers: str = NO_MODIFIERS
    skin_tone: int | None = None


@dataclass(frozen=True)
class RejectionRow:
    """One proposal that could not be made feasible."""

    subject_id: str
    age_years: float
    sex: str
    condition: str
    severity: float
    side: str
    attempt: int
    seed: int
    reason: str
    detail: str
    residual_force_peak_pct: float | None
    residual_moment_peak_pct: float | None
    penetration_mm: float | None
    skate_mm: float | None
    reserve_peak_nm: float | None
    vertical_force_mean_error_pct: float | None
    vertical_force_peak_bw: float | None
    motion_change_deg: float | None
    modifiers: str = NO_MODIFIERS


_SUBJECT_COLUMNS = ("age_years", "sex", "height_m", "mass_kg", "severity", "side", "skin_tone")
_PHYSICS_COLUMNS = tuple(f.name for f in fields(PhysicsFigures) if f.name != "cpu_s")
"""CPU time is left out: a manifest must not depend on the machine that made it."""


def _chosen(record: Subject | PhysicsFigures | GaitParameters | None, names: Sequence[str]) -> dict[str, Any]:
    return {name: None if record is None else getattr(record, name) for name in names}


def _modifiers_text(subject: Subject) -> str:
    return json.dumps({modifier.card.name: modifier.severity for modifier in subject.modifiers})


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
) -> ManifestRow:
    """The row of one walk and camera."""
    own = {f.name for f in fields(ManifestRow)}
    return ManifestRow(
        subject_id=subject.id,
        walk_id=walk_id,
        camera=camera,
        split=split,
        condition=subject.condition.name,
        **_chosen(subject, _SUBJECT_COLUMNS),
        **{k: v for k, v in asdict(parameters).items() if k in own},
        **_chosen(figures, _PHYSICS_COLUMNS),
        seed=seed,
        video=video,
        annotations=annotations,
        modifiers=_modifiers_text(subject),
    )


def rejection_row(rejection: Rejection, attempt: int, seed: int) -> RejectionRow:
    """The row of one rejected proposal."""
    subject = rejection.subject
    return RejectionRow(
        subject_id=subject.id,
        condition=subject.condition.name,
        **_chosen(subject, ("age_years", "sex", "severity", "side")),
        attempt=attempt,
        seed=seed,
        reason=rejection.reason.value,
        detail=rejection.detail,
        **_chosen(rejection.figures, _PHYSICS_COLUMNS),
        modifiers=_modifiers_text(subject),
    )


def _table(rows: Sequence[ManifestRow] | Sequence[RejectionRow], kind: type) -> pd.DataFrame:
    columns = {f.name: f.type for f in fields(kind)}
    table = pd.DataFrame([asdict(row) for row in rows], columns=list(columns))
    dtypes = {float: "float64", int: "int64", str: "string", int | None: "Int64"}
    return table.astype({name: dtypes.get(kind_of, "float64") for name, kind_of in columns.items()})


def write_manifest(path: Path, rows: Sequence[ManifestRow]) -> None:
    """All rows as one Parquet file, put in place whole."""
    with replace_file(path) as temporary:
        _table(rows, ManifestRow).to_parquet(temporary, index=False)


def write_rejections(path: Path, rows: Sequence[RejectionRow]) -> None:
    """All rejected proposals as one Parquet file, put in place whole."""
    with replace_file(path) as temporary:
        _table(rows, RejectionRow).to_parquet(temporary, index=False)


def read_manifest(path: Path) -> pd.DataFrame:
    """The manifest, its columns checked.

    Raises:
        DataError: the file cannot be read or lacks columns.
    """
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as Parquet ({error}); run `gaitforge cohort` again") from error
    absent = [f for f in fields(ManifestRow) if f.name not in table.columns]
    missing = [f.name for f in absent if f.default is MISSING]
    if missing:
        raise DataError(f"{path}: lacks the columns {', '.join(missing)}; was it made by another program?")
    return table.assign(**{f.name: f.default for f in absent})
