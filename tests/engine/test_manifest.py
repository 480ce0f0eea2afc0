"""Manifests and rejections: the columns that users rely on, made from the records, written and read back."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from made_walk import FIGURES, SOMEBODY, made_walk

from engine.cohort.manifest import (
    GAIT_COLUMNS,
    MANIFEST,
    REJECTIONS,
    manifest_row,
    read_manifest,
    read_rejections,
    rejection_row,
    write_manifest,
    write_rejections,
)
from engine.cohort.write import Outcome, read_outcome, write_outcome
from engine.core.errors import DataError
from engine.gait.gait_parameters import GaitParameters, gait_parameters
from engine.gait.records import PhysicsFigures, Rejection, RejectionReason

WHO = {"age_years": "float64", "sex": "string", "height_m": "float64", "mass_kg": "float64"}
CONDITION = {"condition": "string", "severity": "float64", "side": "string"}
PHYSICS = dict.fromkeys(
    (
        "residual_force_peak_pct",
        "residual_moment_peak_pct",
        "penetration_mm",
        "skate_mm",
        "reserve_peak_nm",
        "vertical_force_mean_error_pct",
        "vertical_force_peak_bw",
        "motion_change_deg",
    ),
    "float64",
)
GAIT = dict.fromkeys(
    (
        "speed_mps",
        "cadence_spm",
        "step_length_m",
        "step_width_m",
        "stance_pct",
        "double_support_pct",
        "stride_time_s",
        "stride_time_cv",
        "knee_flexion_swing_peak_deg",
        "hip_range_deg",
        "ankle_power_peak_w_per_kg",
        "hip_power_peak_w_per_kg",
        "knee_power_absorption_peak_w_per_kg",
    ),
    "float64",
)


@pytest.fixture(scope="module")
def row():
    return manifest_row(SOMEBODY, gait_parameters(made_walk()), FIGURES, walk_id="w00", split="train", seed=7)


@pytest.fixture
def manifest(row, tmp_path):
    write_manifest(tmp_path / "manifest.parquet", [row])
    return tmp_path / "manifest.parquet"


def rejection(figures: PhysicsFigures | None = FIGURES) -> Rejection:
    return Rejection(SOMEBODY, RejectionReason.SKATE, figures, "far")


def dtypes(table: pd.DataFrame) -> list[tuple[str, str]]:
    return [(name, str(dtype)) for name, dtype in table.dtypes.items()]


def test_the_columns_of_a_manifest_are_a_promise(manifest):
    names = dict.fromkeys(("subject_id", "walk_id", "camera", "split"), "string")
    files = {"seed": "int64", "video": "string", "annotations": "string", "modifiers": "string", "skin_tone": "Int64"}
    files |= {"aid": "string", "orthoses": "string"}
    assert dtypes(pd.read_parquet(manifest)) == list({**names, **WHO, **CONDITION, **GAIT, **PHYSICS, **files}.items())


def test_the_columns_of_rejections_are_a_promise(tmp_path):
    write_rejections(tmp_path / "rejections.parquet", [])
    who = {"subject_id": "string", "age_years": "float64", "sex": "string"}
    why = {"attempt": "int64", "seed": "int64", "reason": "string", "detail": "string"}
    expected = {**who, **CONDITION, **why, **PHYSICS, "modifiers": "string"}
    assert dtypes(pd.read_parquet(tmp_path / "rejections.parquet")) == list(expected.items())


def test_every_figure_of_the_records_is_a_column_and_has_its_value(row):
    physics = {field.name for field in fields(PhysicsFigures)} - {"cpu_s"}
    assert physics | {field.name for field in fields(GaitParameters)} <= set(MANIFEST)
    assert physics <= set(REJECTIONS)
    told = gait_parameters(made_walk())
    assert {name: row[name] for name in GAIT_COLUMNS} == told.to_dict()
    assert {name: row[name] for name in physics} == {name: getattr(FIGURES, name) for name in physics}


def test_a_proposal_without_figures_leaves_them_empty(tmp_path):
    path = tmp_path / "rejections.parquet"
    write_rejections(path, [rejection_row(rejection(), 0, 1), rejection_row(rejection(None), 1, 2)])
    table = read_rejections(path)
    assert table["skate_mm"].tolist()[0] == FIGURES.skate_mm
    assert np.isnan(table["skate_mm"].tolist()[1])
    assert table["reason"].tolist() == [RejectionReason.SKATE.value] * 2


def test_outcomes_come_back_as_they_were(row, tmp_path):
    outcome = Outcome(rows=(row,), rejections=(rejection_row(rejection(None), 0, 1),))
    write_outcome(tmp_path / "outcome.json", outcome)
    assert read_outcome(tmp_path / "outcome.json") == outcome


def test_a_reader_that_needs_less_reads_less_and_keeps_what_is_beyond(manifest):
    foreign = pd.read_parquet(manifest)[["subject_id", "speed_mps"]].assign(clinic="north")
    foreign.to_parquet(manifest)
    assert read_manifest(manifest, ("subject_id", "speed_mps"))["clinic"].tolist() == ["north"]
    with pytest.raises(DataError, match=r"manifest\.parquet: lacks the columns cadence_spm;"):
        read_manifest(manifest, ("subject_id", "speed_mps", "cadence_spm"))


def test_figures_that_came_later_are_not_known_of_older_cohorts(manifest):
    """So that a new figure is a field and a line of ``measures.csv``."""
    pd.read_parquet(manifest).drop(columns=["skate_mm", "hip_range_deg", "skin_tone"]).to_parquet(manifest)
    table = read_manifest(manifest)
    assert table[["skate_mm", "hip_range_deg"]].isna().all(axis=None)
    assert table["skate_mm"].dtype == float
    assert table["skin_tone"].isna().all()
    pd.read_parquet(manifest).drop(columns=["condition"]).to_parquet(manifest)
    with pytest.raises(DataError, match=r"manifest\.parquet: lacks the columns condition;"):
        read_manifest(manifest)


def test_text_that_is_missing_is_empty_and_whole_numbers_may_stand_for_others(manifest):
    pd.read_parquet(manifest).assign(video=None, age_years=30).to_parquet(manifest)
    table = read_manifest(manifest)
    assert table["video"].tolist() == [""]
    assert table["age_years"].dtype == float


def test_aids_that_an_earlier_version_did_not_tell_are_empty(row, manifest):
    """In its manifest, and in one written from its outcomes."""
    pd.read_parquet(manifest).drop(columns=["aid", "orthoses"]).to_parquet(manifest)
    assert read_manifest(manifest)[["aid", "orthoses"]].to_numpy().tolist() == [["", ""]]
    earlier = {name: value for name, value in row.items() if name not in ("aid", "orthoses")}
    write_manifest(manifest, [earlier, {**row, "aid": "cane"}])
    assert pd.read_parquet(manifest)["aid"].tolist() == ["", "cane"]


def test_words_for_numbers_are_refused_by_name(manifest):
    pd.read_parquet(manifest).assign(speed_mps="fast").to_parquet(manifest)
    with pytest.raises(DataError, match=r"manifest\.parquet: speed_mps: expected float64"):
        read_manifest(manifest)
