"""The files of labels: ``<camera>.npz`` and ``smplx.npz``."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array, Single
from engine.core.errors import DataError
from engine.core.files import replace_file
from render.body.posing import Pose
from render.camera.camera import Camera
from render.labels.camera_labels import CameraLabels, SeenPoints, as_path, stands_still
from render.labels.keypoint_sets import SETS, SetName
from render.labels.section import LabelsSection

_NEEDED = ("keypoints2d", "joints3d", "K", "R", "t", "bbox", "fps", "image_size")


def write_labels(path: Path, labels: CameraLabels, section: LabelsSection | None = None) -> None:
    """``<camera>.npz``, in the render world (see `render.core.axes`).

    ``keypoints2d (F, 17, 3)`` pixels and 1 where visible, ``keypoints3d (F, 17, 3)`` m, ``joints3d (F, 55, 3)``, ``bbox (F, 4)`` left,
    top, right, bottom, ``visibility (F, 17)``, ``fps``, ``image_size`` (width, height), ``K (3, 3)``, ``distortion (5,)``; ``R (3, 3)``
    and ``t (3,)`` of a camera that stands still, ``(F, 3, 3)`` and ``(F, 3)`` of one that moves. As the section says ``body25_2d``,
    ``body25_3d``, ``joints2d``; with masks ``bbox_visible (F, 4)``; of a rolling shutter ``line_s``, ``travel (F, 3)``, ``turning (F, 3)``.
    ``aid`` and ``orthoses`` are texts as in `CameraLabels`.
    """
    section = section or LabelsSection()
    arrays = {"joints3d": labels.world["smplx"], "bbox": labels.bbox, "keypoints3d": labels.world["coco17"]}
    for name in ("coco17", *section.keypoints):
        arrays[SETS[name].pixels] = labels.seen[name].with_visibility
        arrays[SETS[name].world] = labels.world[name]
    if labels.bbox_visible is not None:
        arrays["bbox_visible"] = labels.bbox_visible
    with replace_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            **{name: array.astype(np.float32) for name, array in arrays.items()},
            **_camera_arrays(labels),
            visibility=labels.seen["coco17"].visible,
            fps=np.array(labels.fps),
            image_size=np.array(labels.size),
            aid=np.array(labels.aid),
            orthoses=np.array(labels.orthoses),
        )


def _camera_arrays(labels: CameraLabels) -> dict[str, Any]:
    path, first = labels.cameras, labels.cameras[0]
    still = stands_still(path)
    arrays = {
        "K": first.intrinsics,
        "R": first.rotation if still else np.stack([camera.rotation for camera in path]),
        "t": first.translation if still else np.stack([camera.translation for camera in path]),
        "distortion": first.distortion,
    }
    if first.line_s:
        arrays["line_s"] = np.array(first.line_s)
        arrays["travel"] = np.stack([camera.travel for camera in path])
        arrays["turning"] = np.stack([camera.turning for camera in path])
    return arrays


def read_labels(path: Path) -> CameraLabels:
    """The labels in ``<camera>.npz``; sets of keypoints that the file lacks are left out, texts are empty.

    Raises:
        DataError: the file cannot be read or lacks arrays.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: cannot be read as a camera's labels ({error})") from error
    missing = [name for name in _NEEDED if name not in arrays]
    if missing:
        raise DataError(f"{path}: no labels of a camera, {', '.join(missing)} missing; film the walk again")
    seen: dict[SetName, SeenPoints] = {
        name: _seen(arrays[own.pixels]) for name, own in SETS.items() if own.pixels in arrays
    }
    return CameraLabels(
        seen=seen,
        world={name: arrays[own.world].astype(float) for name, own in SETS.items() if own.world in arrays},
        bbox=arrays["bbox"].astype(float),
        cameras=_cameras(path.stem, arrays),
        fps=float(arrays["fps"]),
        bbox_visible=arrays["bbox_visible"].astype(float) if "bbox_visible" in arrays else None,
        aid=str(arrays.get("aid", "")),
        orthoses=str(arrays.get("orthoses", "")),
    )


def _seen(points: Single) -> SeenPoints:
    return SeenPoints(points[..., :2].astype(float), points[..., 2] > 0)


def _cameras(name: str, arrays: dict[str, NDArray]) -> tuple[Camera, ...]:
    frames, size = len(arrays["joints3d"]), tuple(arrays["image_size"].tolist())
    shared = {"distortion": arrays["distortion"], "line_s": float(arrays.get("line_s", 0.0))}
    moving = {key: arrays[short] for key, short in (("rotation", "R"), ("translation", "t"))}
    moving |= {key: arrays[key] for key in ("travel", "turning") if key in arrays}
    if "travel" not in arrays and moving["rotation"].ndim == 2:
        return as_path(Camera(name, arrays["K"], **moving, size=size, **shared), frames)
    if moving["rotation"].ndim == 2:
        moving |= {
            key: np.broadcast_to(moving[key], (frames, *moving[key].shape)) for key in ("rotation", "translation")
        }
    each = [{key: values[k] for key, values in moving.items()} for k in range(frames)]
    return tuple(Camera(name, arrays["K"], size=size, **own, **shared) for own in each)


def write_motion(path: Path, pose: Pose, rest: Array, betas: Array, gender: str, fps: float) -> None:
    """``smplx.npz`` with AMASS's keys: ``poses (F, 165)``, ``trans (F, 3)``, ``betas``, ``gender``, ``mocap_frame_rate``."""
    with replace_file(path) as temporary:
        np.savez_compressed(
            temporary,
            poses=pose.axis_angles(),
            trans=pose.pelvis - rest[0],
            betas=betas,
            gender=np.array(gender),
            mocap_frame_rate=np.array(fps),
        )
