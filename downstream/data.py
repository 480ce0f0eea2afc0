"""A cohort on disk as samples. The folder is the only tie to how data was made: real data laid out so comes in the same way."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd

from downstream.recordings.formats.npz_file import detections_from_arrays, open_npz
from downstream.recordings.keypoint_recording import Recording
from downstream.targets import TARGETS
from downstream.walks.cohort_walks import check_splits
from engine.cohort.layout import CohortFiles
from engine.cohort.manifest import read_manifest
from engine.core.arrays import Array, Mask
from engine.core.conventions import SplitChoice
from engine.core.errors import DataError
from engine.core.frozen import frozen

REMEDY = "make the cohort again with `gaitforge cohort SPEC -o DIR`, or choose another folder"
_TEXT = ("subject_id", "walk_id", "camera", "split", "condition", "annotations")
_NUMBERS = ("height_m", *TARGETS)


@frozen
class Sample:
    """One walk as one camera saw it.

    ``visible (F, 17)`` is False where something hides a keypoint; ``targets (3,)`` are in the order of `TARGETS`.
    """

    subject_id: str
    walk_id: str
    camera: str
    condition: str
    sequence: Recording
    visible: Mask
    targets: Array

    @property
    def name(self) -> str:
        return f"{self.subject_id}/{self.walk_id}/{self.camera}"


class CohortDataset:
    """Samples of the subjects of one split (or of all) of a cohort, in the order of the manifest.

    Keypoints are read when they are asked for. Walks that no camera filmed are left out.

    Raises:
        DataError: no finished cohort is there, its manifest is not one, a subject is in two splits, or no walk of that split was filmed.
    """

    def __init__(self, folder: Path, split: SplitChoice = "all") -> None:
        if split not in get_args(SplitChoice):
            raise DataError(f"split: {split!r}, expected one of {', '.join(get_args(SplitChoice))}")
        self.files = CohortFiles(folder).require()
        self.table = _chosen(_checked_manifest(self.files.manifest), split)
        if not len(self.table):
            raise DataError(
                f"{self.files.manifest}: no walk of split {split!r} was seen by a camera; {REMEDY}, with `cameras:` in its spec "
                f"and enough subjects for every split"
            )

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, index: int) -> Sample:
        if not 0 <= index < len(self):
            raise IndexError(f"sample {index} of {len(self)}")
        return self._sample(self.table.iloc[index])

    def __iter__(self) -> Iterator[Sample]:
        return (self[index] for index in range(len(self)))

    def _sample(self, row: pd.Series) -> Sample:
        path = _inside(self.files.folder, row["annotations"])
        sequence, visible = _read_labels(path, float(row["height_m"]))
        return Sample(
            subject_id=row["subject_id"],
            walk_id=row["walk_id"],
            camera=row["camera"],
            condition=row["condition"],
            sequence=sequence,
            visible=visible,
            targets=row[list(TARGETS)].to_numpy(dtype=float),
        )


def _checked_manifest(path: Path) -> pd.DataFrame:
    table = read_manifest(path, (*_TEXT, *_NUMBERS))
    check_splits(path, table)
    numbers = table[list(_NUMBERS)].to_numpy(dtype=float)
    wrong = ~(np.isfinite(numbers) & (numbers > 0))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"{path}: {_NUMBERS[column]} of subject {table['subject_id'].iloc[row]}, walk {table['walk_id'].iloc[row]} is "
            f"{numbers[row, column]}, must be a positive number"
        )
    return table


def _chosen(table: pd.DataFrame, split: str) -> pd.DataFrame:
    filmed = table[table["annotations"] != ""]
    return filmed if split == "all" else filmed[filmed["split"] == split]


def _inside(folder: Path, relative: str) -> Path:
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise DataError(f"{folder / 'manifest.parquet'}: annotations {relative!r} lie outside the cohort's folder")
    return path


def _read_labels(path: Path, height_m: float) -> tuple[Recording, Mask]:
    """Exact keypoints and their visibility. Everything inside the image counts as found: hidden keypoints are guessed by detectors too."""
    if not path.is_file():
        raise DataError(f"{path}: missing although the manifest names it, so the cohort is not whole; {REMEDY}")
    arrays = open_npz(path)
    try:
        _check_labels(arrays)
        visible, inside = np.asarray(arrays["visibility"]) > 0, _inside_image(arrays)
        keypoints = np.concatenate([np.asarray(arrays["keypoints2d"], float)[..., :2], inside[..., None]], axis=-1)
        facts = detections_from_arrays(arrays)
        sequence = Recording(keypoints, facts.fps or 0.0, height_m, facts.image_size, facts.focal_px)
    except (KeyError, ValueError, TypeError) as error:
        raise DataError(f"{path}: {error.args[0]}; {REMEDY}") from error
    return sequence, visible


def _check_labels(arrays: dict[str, Array]) -> None:
    for key in ("keypoints2d", "visibility", "fps", "image_size", "K"):
        if key not in arrays:
            raise KeyError(f"{key}: this key is missing from the camera's labels")
    shape = arrays["keypoints2d"].shape
    if len(shape) != 3 or shape[1:] != (17, 3):
        raise ValueError(f"keypoints2d: shape {shape}, expected (frames, 17, 3)")
    if "R" in arrays and arrays["R"].ndim == 3:
        raise ValueError("R: this camera moves, but estimators judge speed by a still one; leave it out of `cameras:`")
    if arrays["visibility"].shape != shape[:2]:
        raise ValueError(f"visibility: shape {arrays['visibility'].shape}, expected {shape[:2]} (frames, keypoints)")


def _inside_image(arrays: dict[str, Array]) -> Array:
    points, image = arrays["keypoints2d"], np.asarray(arrays["image_size"], float)
    return ((points[..., :2] >= 0) & (points[..., :2] < image)).all(axis=-1).astype(float)
