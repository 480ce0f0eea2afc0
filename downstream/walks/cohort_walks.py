"""The walks of a cohort by split, filmed or not."""

import hashlib
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from engine.cohort.layout import CohortFiles
from engine.cohort.manifest import read_manifest
from engine.cohort.walk_data import one_row_per_walk
from engine.core.conventions import SplitChoice, SplitName
from engine.core.errors import DataError

SPLITS: tuple[SplitName, ...] = get_args(SplitName)


def cohort_walks(cohort: Path, split: SplitChoice = "all") -> dict[Path, dict[str, Any]]:
    """Folders of walks for `read_folder`, in the manifest's order, with the row that tells each walk's figures. Of recorded walks a
    manifest with ``subject_id``, ``walk_id`` and ``split`` will do.

    Raises:
        DataError: no finished cohort is there, a subject is in two splits, or the split is empty.
    """
    files = CohortFiles(cohort).require()
    table = one_row_per_walk(read_manifest(files.manifest, ("subject_id", "walk_id", "split")))
    check_splits(files.manifest, table)
    chosen = table if split == "all" else table[table["split"] == split]
    if not len(chosen):
        raise DataError(f"{files.manifest}: no walk is of split {split!r}; make the cohort with enough subjects for it")
    return {files.subject(row["subject_id"]).walk(row["walk_id"]).folder: row for row in chosen.to_dict("records")}


def check_splits(path: Path, table: pd.DataFrame) -> None:
    """Every subject is of one known split, or `DataError` names it."""
    unknown = sorted(set(table["split"]) - set(SPLITS))
    if unknown:
        raise DataError(f"{path}: unknown split {unknown[0]!r}, expected {', '.join(SPLITS)}")
    count = table.groupby("subject_id")["split"].nunique()
    if (count > 1).any():
        raise DataError(
            f"{path}: subject {count.idxmax()} is in two splits; a subject belongs to one, or figures flatter"
        )


def cohort_hash(cohort: Path) -> str:
    """Which cohort it is, wherever it lies: of its spec and all that it was made with."""
    return hashlib.sha256(CohortFiles(cohort).spec.read_bytes()).hexdigest()[:16]
