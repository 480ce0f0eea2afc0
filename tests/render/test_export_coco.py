"""COCO's JSON, read back: the same pixels as the body in the world gives, the same masks, ids that stay."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from engine.core.conventions import BODY_25_KEYPOINTS, COCO_KEYPOINTS
from engine.core.errors import DataError
from render.commands import app
from render.export.coco import stable_id
from render.export.export import ExportChoice, export_walks
from render.export.skeletons import SKELETONS, numbered
from render.export.sources import find_walks
from render.film.refilm import read_body_walk
from render.labels import read_labels, run_lengths, track_body
from render.labels.keypoint_sets import SETS
from render.labels.pictures import read_masks
from tests.render.export_walks import FRAMES, SIZE, make_cohort, make_old, make_walk


@pytest.fixture(scope="module")
def folder(walk, model, body, tmp_path_factory):
    path = tmp_path_factory.mktemp("coco") / "s000" / "w00"
    make_walk(path, walk, model, body)
    return path


@pytest.fixture(scope="module")
def cohort(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("cohort")
    make_cohort(path, folder)
    return path


def _export(source, output, **choice) -> dict[str, dict]:
    files = export_walks(find_walks(source), output, ExportChoice("coco", **choice))
    return {path.stem.removeprefix("person_keypoints_"): json.loads(path.read_text()) for path in files}


def _points(data) -> np.ndarray:
    return np.array([annotation["keypoints"] for annotation in data["annotations"]]).reshape(len(data["images"]), -1, 3)


def test_keypoints_are_where_the_body_in_the_world_is_seen(folder, tmp_path):
    data = _export(folder, tmp_path)["all"]
    recorded, labels = read_body_walk(folder), read_labels(folder / "oblique.npz")
    track = track_body(recorded.model, recorded.body.betas, recorded.pose)
    pixels, _ = labels.cameras[0].project(track.keypoints)
    points = _points(data)
    assert points.shape == (FRAMES, 17, 3)
    np.testing.assert_allclose(points[..., :2], pixels, atol=5e-3)
    assert (points[..., 2] == 2).all()
    assert data["categories"][0]["keypoints"] == list(COCO_KEYPOINTS)


def test_masks_boxes_and_areas_belong_together(folder, tmp_path):
    data = _export(folder, tmp_path)["all"]
    masks = read_masks(folder / "oblique.masks.npz")
    for k, annotation in enumerate(data["annotations"]):
        text, (height, width) = annotation["segmentation"]["counts"], annotation["segmentation"]["size"]
        mask = run_lengths.decode(run_lengths.from_text(text), (width, height))
        np.testing.assert_array_equal(mask, masks.mask(k))
        left, top, wide, high = annotation["bbox"]
        rows, columns = np.nonzero(mask)
        assert (left, top) == (columns.min(), rows.min())
        assert (left + wide, top + high) == (columns.max() + 1, rows.max() + 1)
        assert annotation["area"] == mask.sum()


def test_cocos_own_code_sees_the_same_masks(folder, tmp_path):
    coco, mask_code = _cocos_own(folder, tmp_path), pytest.importorskip("pycocotools.mask")
    masks = read_masks(folder / "oblique.masks.npz")
    frames = {image["id"]: image["frame"] for image in coco.dataset["images"]}
    assert len(coco.getAnnIds()) == FRAMES
    for annotation in coco.loadAnns(coco.getAnnIds()):
        mask = masks.mask(frames[annotation["image_id"]])
        np.testing.assert_array_equal(coco.annToMask(annotation), mask)
        lengths = coco.annToRLE(annotation)
        assert mask_code.area(lengths) == annotation["area"]
        assert mask_code.toBbox(lengths).tolist() == annotation["bbox"]
        encoded = mask_code.encode(np.asfortranarray(mask.astype(np.uint8)))
        assert encoded["counts"].decode() == annotation["segmentation"]["counts"]


@pytest.mark.parametrize("kind", ["keypoints", "bbox", "segm"])
def test_cocos_own_code_finds_labels_perfect_and_moved_ones_not(folder, tmp_path, kind):
    coco, evaluation = _cocos_own(folder, tmp_path), pytest.importorskip("pycocotools.cocoeval")
    precision = []
    for moved in (0, 6):
        found = [_detection(annotation, kind, moved) for annotation in coco.loadAnns(coco.getAnnIds())]
        judged = evaluation.COCOeval(coco, coco.loadRes(found), kind)
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
        precision.append(judged.stats[0])
    assert precision[0] == pytest.approx(1)
    assert 0 <= precision[1] < 0.9


def _cocos_own(folder, tmp_path):
    files = export_walks(find_walks(folder), tmp_path, ExportChoice("coco", images=False))
    return pytest.importorskip("pycocotools.coco", reason="pip install pycocotools").COCO(str(files[0]))


def _detection(annotation, kind, moved):
    """The annotation as a detection, ``moved`` pixels to the right."""
    found = {"image_id": annotation["image_id"], "category_id": annotation["category_id"], "score": 1.0}
    if kind == "keypoints":
        points = np.reshape(annotation["keypoints"], (-1, 3)) + np.array([moved, 0, 0])
        return found | {"keypoints": points.ravel().tolist()}
    if kind == "bbox":
        left, *others = annotation["bbox"]
        return found | {"bbox": [left + moved, *others]}
    mask_code = pytest.importorskip("pycocotools.mask")
    mask = np.roll(mask_code.decode(annotation["segmentation"]), moved, axis=1)
    return found | {"segmentation": mask_code.encode(np.asfortranarray(mask))}


def test_pictures_are_the_frames(folder, tmp_path):
    data = _export(folder, tmp_path, every=3)["all"]
    assert [image["frame"] for image in data["images"]] == [0, 3, 6]
    for image in data["images"]:
        picture = Image.open(tmp_path / "images" / image["file_name"])
        assert picture.size == SIZE == (image["width"], image["height"])
        assert abs(np.asarray(picture).mean() - 20 * image["frame"]) < 4
    assert {annotation["image_id"] for annotation in data["annotations"]} == {image["id"] for image in data["images"]}


def test_ids_stay_whatever_else_is_exported(folder, cohort, tmp_path):
    all_frames = {i["file_name"]: i["id"] for i in _export(folder, tmp_path / "a")["all"]["images"]}
    some = {i["file_name"]: i["id"] for i in _export(folder, tmp_path / "b", every=4)["all"]["images"]}
    assert some.items() <= all_frames.items()
    of_cohort = _export(cohort, tmp_path / "c", images=False)
    assert {i["file_name"]: i["id"] for i in of_cohort["train"]["images"]} == all_frames
    ids = [image["id"] for split in of_cohort.values() for image in split["images"]]
    assert len(set(ids)) == 2 * FRAMES
    assert 0 < stable_id("x") <= 2**53


def test_a_cohort_gives_one_file_per_split_and_pictures_need_videos(cohort, tmp_path):
    assert set(_export(cohort, tmp_path / "a", images=False)) == {"train", "test"}
    assert not (tmp_path / "a" / "images").exists()
    assert set(_export(cohort, tmp_path / "b", every=FRAMES)) == {"train"}


def test_an_older_walk_gives_body25_too(folder, cohort, tmp_path):
    new = _export(folder, tmp_path / "new", keypoints="body25", images=False)["all"]
    make_old(cohort / "subjects" / "s001" / "w00")
    old = _export(cohort, tmp_path / "old", keypoints="body25", images=False)["test"]
    np.testing.assert_allclose(_points(old), _points(new), atol=5e-3)
    assert old["categories"][0]["keypoints"] == list(BODY_25_KEYPOINTS)
    assert old["annotations"][0]["segmentation"] == []
    assert old["annotations"][0]["area"] == pytest.approx(np.prod(old["annotations"][0]["bbox"][2:]), rel=1e-4)


def test_names_lead_nowhere_else(cohort, tmp_path):
    rows = pd.read_parquet(cohort / "manifest.parquet")
    (tmp_path / "cohort.yaml").write_text("spec: {}\n")
    rows.assign(walk_id="../../w00").to_parquet(tmp_path / "manifest.parquet", index=False)
    with pytest.raises(DataError, match=r"walk_id '../../w00' must be a plain name"):
        find_walks(tmp_path)
    rows.assign(annotations="../side.npz").to_parquet(tmp_path / "manifest.parquet", index=False)
    with pytest.raises(DataError, match="outside the cohort"):
        find_walks(tmp_path)


def test_points_outside_are_zero_and_hidden_ones_are_told(folder, tmp_path):
    with np.load(folder / "oblique.npz") as data:
        arrays = dict(data)
    arrays["keypoints2d"][:, 0] = [-5, 20, 0]
    arrays["keypoints2d"][:, 1, 2] = 0
    other = tmp_path / "s" / "w"
    other.mkdir(parents=True)
    np.savez(other / "oblique.npz", **arrays)
    (other / "smplx.npz").write_bytes((folder / "smplx.npz").read_bytes())
    points = _points(_export(other, tmp_path / "out", images=False)["all"])
    assert (points[:, 0] == 0).all()
    assert (points[:, 1, 2] == 1).all()
    assert (points[:, 2:, 2] == 2).all()


@pytest.mark.parametrize(("name", "lines"), [("coco17", 19), ("body25", 24), ("smplx", 54)])
def test_skeletons_join_all_points(name, lines):
    assert len(SKELETONS[name]) == len(set(SKELETONS[name])) == lines
    assert {number for line in numbered(name) for number in line} == set(range(1, len(SETS[name].points) + 1))


def test_the_command_tells_what_it_made(folder, tmp_path):
    result = CliRunner().invoke(
        app, ["export-labels", str(folder), "--format", "coco", "-o", str(tmp_path), "--every", "4"]
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "annotations" / "person_keypoints_all.json").is_file()
    assert (tmp_path / "images" / "s000" / "w00" / "oblique" / "000004.jpg").is_file()
    told = CliRunner().invoke(app, ["export-labels", "--help"]).output
    assert "gaitforge export-labels" in told


def test_nothing_to_export_is_said(folder, tmp_path):
    with pytest.raises(DataError, match="its cameras are oblique"):
        find_walks(folder, ["above"])
    with pytest.raises(DataError, match="gaitforge cohort"):
        find_walks(tmp_path)
    (tmp_path / "w").mkdir()
    for name in ("oblique.npz", "smplx.npz"):
        (tmp_path / "w" / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(DataError, match="--no-images"):
        _export(tmp_path / "w", tmp_path / "out")
