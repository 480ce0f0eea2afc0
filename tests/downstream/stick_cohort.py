"""Stick figures in the form of a cohort on disk (labels only)."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.stick_walks import CAMERAS, IMAGE, StickWalk, camera, joints3d, project, random_walk
from downstream.recordings.keypoint_recording import JOINT
from engine.core.conventions import SMPLX_JOINTS


def write_cohort(folder: Path, subjects: int = 12, walks: int = 1, seed: int = 0, split=(0.6, 0.15, 0.25)) -> Path:
    """A cohort of stick figures as the contract lays it out (labels only)."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cohort.yaml").write_text(f"spec:\n  name: sticks\n  seed: {seed}\n", encoding="utf-8")
    bounds = np.cumsum(split)
    rows = []
    for number in range(subjects):
        part = ("train", "validation", "test")[int(np.searchsorted(bounds, (number + 0.5) / subjects))]
        person = random_walk(rng)
        for turn in range(walks):
            walk = StickWalk(**{**random_walk(rng).__dict__, "height_m": person.height_m})
            rows += _write_walk(folder, f"s{number:03d}", f"w{turn:02d}", walk, part, rng)
    pd.DataFrame(rows).to_parquet(folder / "manifest.parquet", index=False)
    return folder


def _write_walk(folder, subject, walk_id, walk, part, rng):
    place = folder / "subjects" / subject / walk_id
    place.mkdir(parents=True)
    rows = []
    for name, yaw in CAMERAS.items():
        side = rng.choice([0.0, 180.0]) if name != "front" else 0.0
        view = camera(walk, yaw + side + rng.uniform(-8, 8), rng.uniform(0, 8))
        _write_annotations(place / f"{name}.npz", walk, view)
        rows.append(
            {
                "subject_id": subject,
                "walk_id": walk_id,
                "camera": name,
                "split": part,
                "condition": "healthy",
                "age_years": 30.0,
                "height_m": walk.height_m,
                "speed_mps": walk.speed_mps,
                "cadence_spm": walk.cadence_spm,
                "step_length_m": walk.step_length_m,
                "video": "",
                "annotations": f"subjects/{subject}/{walk_id}/{name}.npz",
            }
        )
    return rows


def _write_annotations(path, walk, view):
    joints = joints3d(walk)
    pixels = project(joints, *view)
    inside = ((pixels >= 0) & (pixels < IMAGE)).all(axis=-1)
    body = np.zeros((len(joints), len(SMPLX_JOINTS), 3))
    for index, name in enumerate(SMPLX_JOINTS):
        body[:, index] = joints[:, JOINT[name]] if name in JOINT else joints[:, JOINT["nose"]]
    low, high = pixels.min(axis=1), pixels.max(axis=1)
    np.savez(
        path,
        keypoints2d=np.concatenate([pixels, inside[..., None].astype(float)], axis=-1),
        joints3d=body,
        K=view[0],
        R=view[1],
        t=view[2],
        distortion=np.zeros(5),
        bbox=np.concatenate([low, high], axis=-1),
        visibility=inside,
        fps=walk.fps,
        image_size=np.array(IMAGE),
    )
