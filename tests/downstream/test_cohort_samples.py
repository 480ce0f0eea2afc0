import shutil

import numpy as np
import pandas as pd
import pytest

from downstream.data import CohortDataset
from engine.core.errors import DataError


@pytest.fixture
def copy(cohort, tmp_path):
    """A cohort to break."""
    return shutil.copytree(cohort, tmp_path / "copy")


def edit(folder, change):
    table = pd.read_parquet(folder / "manifest.parquet")
    pd.DataFrame(change(table)).to_parquet(folder / "manifest.parquet", index=False)


def test_splits_share_no_subject_and_hold_everybody(cohort):
    parts = [{s.subject_id for s in CohortDataset(cohort, split)} for split in ("train", "validation", "test")]
    assert sum(len(part) for part in parts) == len(set().union(*parts)) == 20
    assert len(CohortDataset(cohort, "all")) == 60


def test_a_sample_holds_what_the_manifest_says(cohort):
    row = pd.read_parquet(cohort / "manifest.parquet").iloc[4]
    sample = CohortDataset(cohort)[4]
    assert (sample.subject_id, sample.camera) == (row["subject_id"], row["camera"])
    assert sample.targets.tolist() == [row["speed_mps"], row["cadence_spm"], row["step_length_m"]]
    assert sample.sequence.height_m == row["height_m"]
    assert sample.sequence.focal_px == pytest.approx(620)
    assert sample.visible.shape == sample.sequence.keypoints2d.shape[:2]


def test_keypoints_outside_the_image_count_as_not_found(copy):
    path = copy / "subjects/s000/w00/side.npz"
    arrays = dict(np.load(path))
    arrays["keypoints2d"][5, 3, :2] = (-4, 20)
    np.savez(path, **arrays)
    confidence = CohortDataset(copy)[0].sequence.keypoints2d[..., 2]
    assert confidence[5, 3] == 0


def test_walks_that_no_camera_filmed_are_left_out(copy):
    edit(copy, lambda t: t.assign(annotations=t["annotations"].where(t["camera"] != "front", "")))
    assert {sample.camera for sample in CohortDataset(copy)} == {"side", "oblique"}


def two_splits(table):
    return table.assign(split=["train" if i == 0 else s for i, s in enumerate(table["split"].replace("train", "test"))])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (two_splits, "subject s000 is in two splits"),
        (lambda t: t.assign(split="holdout"), "unknown split 'holdout'"),
        (lambda t: t.drop(columns=["cadence_spm", "camera"]), "lacks the columns camera, cadence_spm"),
        (
            lambda t: t.assign(speed_mps=t["speed_mps"].where(t.index != 3)),
            "speed_mps of subject s001, walk w00 is nan",
        ),
        (lambda t: t.assign(cadence_spm=-1.0), "must be a positive number"),
        (lambda t: t.assign(annotations=""), "seen by a camera"),
    ],
)
def test_a_wrong_manifest_is_refused_at_the_door(copy, change, says):
    edit(copy, change)
    with pytest.raises(DataError, match=says) as caught:
        CohortDataset(copy)
    assert "manifest.parquet" in str(caught.value)


def test_annotations_may_not_leave_the_cohort(copy):
    edit(copy, lambda t: t.assign(annotations="../../secret.npz"))
    with pytest.raises(DataError, match="outside the cohort"):
        CohortDataset(copy)[0]


def test_foreign_and_unfinished_folders_are_refused(tmp_path, copy):
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "photo.jpg").touch()
    for folder in (tmp_path / "holiday", tmp_path / "nowhere"):
        with pytest.raises(DataError, match="not a finished cohort"):
            CohortDataset(folder)
    manifest = copy / "manifest.parquet"
    manifest.write_bytes(manifest.read_bytes()[:200])
    with pytest.raises(DataError, match=r"manifest\.parquet: cannot be read as Parquet"):
        CohortDataset(copy)
    manifest.unlink()
    with pytest.raises(DataError, match=r"manifest\.parquet: missing"):
        CohortDataset(copy)


def test_truncated_labels_name_file_and_remedy(copy):
    path = copy / "subjects/s000/w00/side.npz"
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(DataError, match=r"side\.npz: not a readable"):
        CohortDataset(copy)[0]
    path.unlink()
    with pytest.raises(DataError, match=r"side\.npz: missing although the manifest names it.*gaitforge cohort"):
        CohortDataset(copy)[0]


@pytest.mark.parametrize("key", ["keypoints2d", "fps", "image_size", "K", "visibility"])
def test_labels_without_a_key_are_named(copy, key):
    path = copy / "subjects/s000/w00/side.npz"
    np.savez(path, **{k: v for k, v in np.load(path).items() if k != key})
    with pytest.raises(DataError, match=f"side.npz: {key}: this key is missing"):
        CohortDataset(copy)[0]


def test_labels_of_a_moving_camera_are_refused(copy):
    path = copy / "subjects/s000/w00/side.npz"
    arrays = dict(np.load(path).items())
    np.savez(path, **{**arrays, "R": np.tile(np.eye(3), (len(arrays["keypoints2d"]), 1, 1))})
    with pytest.raises(DataError, match=r"side\.npz: R: this camera moves"):
        CohortDataset(copy)[0]


def test_an_unknown_split_is_refused(cohort):
    with pytest.raises(DataError, match="expected one of train, validation, test, all"):
        CohortDataset(cohort, "dev")
