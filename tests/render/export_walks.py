"""Small filmed walks and a cohort of them, for the tests of the exporters."""

import json
import shutil
from pathlib import Path

import numpy as np

from engine.cohort.manifest import MANIFEST, Row, write_manifest
from engine.cohort.subject_file import subject_record
from render.body.placement import pose_walk
from render.camera.camera import View, fit_camera
from render.core.frame import Frame
from render.core.video import write_video
from render.figure.body_parts import PARTS
from render.labels import Labeller, LabelsSection, track_body, write_motion
from tests.render.conftest import walking_coordinates

FPS, FRAMES, SIZE = 20.0, 8, (160, 128)
OBLIQUE = View(bearing=0.7, elevation=0.15, field_of_view=0.9, margin=0.1, least_distance=2.0)
NEW_ARRAYS = ("body25_2d", "body25_3d", "joints2d", "keypoints3d")
"""What older cohorts lack."""


def make_walk(folder: Path, walk, model, body) -> None:
    """``smplx.npz``, ``subject.json``, labels with masks of a disc that moves and lies behind the body, and a video."""
    folder.mkdir(parents=True)
    pose = pose_walk(model, body, walking_coordinates(np.arange(FRAMES) / FPS, body))
    track = track_body(model, body.betas, pose)
    camera = fit_camera("oblique", OBLIQUE, SIZE, track.outline)
    labeller = Labeller(track, camera, FPS, walk.subject.height_m, LabelsSection(masks=True))
    for k in range(FRAMES):
        labeller.take(k, _disc(k))
    labeller.write(folder)
    write_motion(folder / "smplx.npz", pose, model.shaped(body.betas)[1], body.betas, model.gender, FPS)
    record = {**subject_record(walk.subject), "segment_lengths_m": body.lengths_m}
    (folder.parent / "subject.json").write_text(json.dumps(record))
    pictures = [np.full((*SIZE[::-1], 3), 20 * k, np.uint8) for k in range(FRAMES)]
    write_video(folder / "oblique.mp4", pictures, SIZE, FPS)


def _disc(k: int) -> Frame:
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    inside = (x - 76 - k) ** 2 + (y - 64) ** 2 < 62**2
    parts = np.where(inside, PARTS.index("torso"), 0).astype(np.uint8)
    return Frame(np.zeros((*parts.shape, 3), np.uint8), 20.0 * inside, parts, np.zeros((*parts.shape, 2)))


def make_old(folder: Path) -> None:
    """Takes from the labels what earlier versions did not write."""
    path = folder / "oblique.npz"
    with np.load(path) as data:
        kept = {name: data[name] for name in data.files if name not in NEW_ARRAYS}
    np.savez_compressed(path, **kept)
    (folder / "oblique.masks.npz").unlink()


def make_cohort(folder: Path, walk_folder: Path) -> None:
    """The same walk for a person of the training split and one of the test split, who was not filmed but labelled."""
    rows = []
    for subject, split, video in (("s000", "train", True), ("s001", "test", False)):
        own = folder / "subjects" / subject / "w00"
        shutil.copytree(walk_folder, own)
        shutil.copy(walk_folder.parent / "subject.json", own.parent)
        if not video:
            (own / "oblique.mp4").unlink()
        place = f"subjects/{subject}/w00/oblique"
        told = {"subject_id": subject, "walk_id": "w00", "camera": "oblique", "split": split}
        told |= {"video": f"{place}.mp4" if video else "", "annotations": f"{place}.npz"}
        empty: Row = {name: {float: 1.0, int: 1, int | None: None}.get(kind, "") for name, kind in MANIFEST.items()}
        rows.append(empty | told)
    (folder / "cohort.yaml").write_text("spec: {}\n")
    write_manifest(folder / "manifest.parquet", rows)
