"""COCO's keypoint annotations: one JSON file per split, and the frames as pictures.

Form: cocodataset.org/#format-data. Keypoints count pixels from the middle of the first, as ours do; boxes and masks from its upper left
corner, half a pixel more. Flag 2: visible, 1: hidden, 0: outside the picture (and then 0, 0). Ids come from the names of subject, walk,
camera and frame alone, so they stay when a cohort grows or other frames are chosen.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.errors import DataError
from engine.core.files import replace_file
from render.export.frames import extract_frames, frame_name
from render.export.skeletons import numbered
from render.export.sources import FilmedWalk, View, every_nth, labels_with
from render.labels import run_lengths
from render.labels.camera_labels import CameraLabels
from render.labels.keypoint_sets import SETS, SetName
from render.labels.pictures import MaskTrack

_PERSON = 1
_ID_BITS = 52
"""Whole numbers up to 2⁵³ survive JSON readers and COCO's evaluation, which keep them as doubles."""
_DECIMALS = 3


@dataclass
class _Split:
    images: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)


def export_coco(
    walks: Sequence[FilmedWalk],
    output: Path,
    *,
    keypoints: SetName,
    every: int,
    images: bool,
    on_view: Callable[[], None],
) -> list[Path]:
    """Writes ``annotations/person_keypoints_<split>.json`` and with ``images`` every ``every``-th frame of each video below ``images/``;
    then views without a video are left out. Returns the JSON files.

    Raises:
        DataError: a file cannot be read; pictures are asked for and there is no video at all.
    """
    splits: dict[str, _Split] = defaultdict(_Split)
    for walk in walks:
        for view in walk.views:
            if view.video or not images:
                frames = _add_view(splits[walk.split], walk, view, keypoints, every)
                if view.video and images:
                    extract_frames(view.video, frames, output / "images" / _folder(walk, view))
            on_view()
    if not splits:
        raise DataError(f"{walks[0].folder}: no video, so there are no pictures; export labels alone with --no-images")
    _refuse_equal_ids(splits)
    return [_write(output, name, split, keypoints) for name, split in splits.items()]


def _folder(walk: FilmedWalk, view: View) -> str:
    return f"{walk.name}/{view.camera}"


def _add_view(split: _Split, walk: FilmedWalk, view: View, keypoints: SetName, every: int) -> Index:
    """Adds the images and people of a view; returns the frames."""
    labels, masks = labels_with(walk, view, keypoints), view.masks()
    width, height = labels.size
    frames = every_nth(len(labels), every)
    for index in frames.tolist():
        name = f"{_folder(walk, view)}/{frame_name(index)}"
        image = {"id": stable_id(name), "file_name": name, "width": width, "height": height}
        origin = {"subject_id": walk.subject_id, "walk_id": walk.walk_id, "camera": view.camera, "frame": index}
        split.images.append(image | origin)
        annotation = _annotation(labels, masks, keypoints, index)
        if annotation:
            split.annotations.append({"id": image["id"], "image_id": image["id"], **annotation})
    return frames


def stable_id(name: str) -> int:
    """A number above 0 that belongs to a name."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**_ID_BITS + 1


def _annotation(labels: CameraLabels, masks: MaskTrack | None, keypoints: SetName, index: int) -> dict[str, Any] | None:
    """None where nothing of the person is in the picture, or all of it is hidden."""
    edges = labels.bbox[index] if masks is None else masks.box(index)
    left, top, right, bottom = edges + 0.5
    if not (right > left and bottom > top):
        return None
    points = _flagged(labels, keypoints, index)
    return {
        "category_id": _PERSON,
        "iscrowd": 0,
        "bbox": np.round([left, top, right - left, bottom - top], _DECIMALS).tolist(),
        "area": (right - left) * (bottom - top) if masks is None else run_lengths.area(masks.counts[index]),
        "segmentation": [] if masks is None else _segmentation(masks, index),
        "keypoints": [number for point in points.tolist() for number in (*point[:2], int(point[2]))],
        "num_keypoints": int((points[:, 2] > 0).sum()),
    }


def _segmentation(masks: MaskTrack, index: int) -> dict[str, Any]:
    return {"size": list(masks.size[::-1]), "counts": run_lengths.to_text(masks.counts[index])}


def _flagged(labels: CameraLabels, keypoints: SetName, index: int) -> Array:
    seen = labels.seen[keypoints]
    pixels, visible = seen.pixels[index], seen.visible[index]
    width, height = labels.size
    inside = ((pixels >= -0.5) & (pixels < np.array([width, height]) - 0.5)).all(axis=1)
    flag = np.where(inside, np.where(visible, 2, 1), 0)
    return np.column_stack([np.where(inside[:, None], pixels.round(_DECIMALS), 0.0), flag])


def _refuse_equal_ids(splits: dict[str, _Split]) -> None:
    ids = [image["id"] for split in splits.values() for image in split.images]
    if len(set(ids)) != len(ids):
        raise DataError("two frames have the same id; export the splits of the cohort one camera at a time")


def _write(output: Path, name: str, split: _Split, keypoints: SetName) -> Path:
    path = output / "annotations" / f"person_keypoints_{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    category = {
        "id": _PERSON,
        "name": "person",
        "supercategory": "person",
        "keypoints": list(SETS[keypoints].points),
        "skeleton": numbered(keypoints),
    }
    data = {
        "info": {"description": "GaitForge: synthetic walking", "version": "1.0"},
        "licenses": [],
        "categories": [category],
        "images": split.images,
        "annotations": split.annotations,
    }
    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(data), encoding="utf-8")
    return path
