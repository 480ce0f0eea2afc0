"""Our own ``.npz`` files of keypoints: those of users, and the labels of a cohort's cameras."""

import math
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from downstream.recordings.formats.detections import Detections
from downstream.recordings.formats.keypoint_skeletons import SKELETONS, skeleton_of
from engine.core.errors import DataError


def open_npz(path: Path) -> dict[str, NDArray]:
    """All arrays of an ``.npz`` file; pickled objects are refused.

    Raises:
        DataError: the file is missing, no ``.npz``, truncated, or holds pickled objects.
    """
    try:
        archive = np.load(path, allow_pickle=False)
        if isinstance(archive, np.ndarray):
            raise ValueError("a single array, not an archive")
        with archive:
            return {key: archive[key] for key in archive.files}
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path}: not a readable .npz file ({error}); write it again with np.savez") from error


def read_npz(path: Path) -> Detections:
    """``keypoints2d (F, J, 3)`` of one person, or ``keypoints3d (F, J, 4)``, and ``fps`` or ``time_s (F,)``; optional ``skeleton`` (a
    name of `SKELETONS`, by default known by J), ``height_m``, ``image_size`` (width, height), ``focal_px`` or a camera matrix ``K (3, 3)``.

    Raises:
        DataError: the file cannot be read, or a key is missing or wrong; names the file, the key and what would be right.
    """
    arrays = open_npz(path)
    try:
        return detections_from_arrays(arrays)
    except (KeyError, ValueError, TypeError, DataError) as error:
        raise DataError(f"{path}: {error.args[0]}") from error


def detections_from_arrays(arrays: dict[str, NDArray]) -> Detections:
    """The same from the file's arrays; ValueError, KeyError or DataError says which key is wrong."""
    key = "keypoints2d" if "keypoints2d" in arrays else "keypoints3d"
    if key not in arrays:
        raise KeyError(f"keypoints2d: this key is missing; the file holds {', '.join(sorted(arrays)) or 'nothing'}")
    points = np.asarray(arrays[key], dtype=float)
    columns = 3 if key == "keypoints2d" else 4
    if points.ndim != 3 or points.shape[2] != columns:
        raise ValueError(f"{key}: shape {points.shape}, expected (frames, joints, {columns}), the last number a score")
    focal = _number(arrays, "focal_px")
    return Detections(
        points=points,
        frame=np.arange(len(points)),
        skeleton=_skeleton(arrays, points.shape[1], columns - 1),
        time_s=np.asarray(arrays["time_s"], dtype=float) if "time_s" in arrays else None,
        fps=_number(arrays, "fps"),
        height_m=_number(arrays, "height_m"),
        image_size=_image_size(arrays),
        focal_px=_focal(arrays) if focal is None else focal,
    )


def _skeleton(arrays: dict[str, NDArray], joints: int, dimensions: int) -> tuple[str, ...]:
    if "skeleton" not in arrays:
        return skeleton_of(joints, dimensions)
    name = str(arrays["skeleton"])
    if name not in SKELETONS:
        raise ValueError(f"skeleton: {name!r}, expected one of {', '.join(SKELETONS)}")
    return SKELETONS[name]


def _number(arrays: dict[str, NDArray], key: str) -> float | None:
    if key not in arrays:
        return None
    if arrays[key].size != 1 or arrays[key].dtype.kind not in "iuf":
        raise ValueError(f"{key}: expected one number, found shape {arrays[key].shape} of {arrays[key].dtype}")
    return float(arrays[key].reshape(()))


def _image_size(arrays: dict[str, NDArray]) -> tuple[float, float] | None:
    if "image_size" not in arrays:
        return None
    if arrays["image_size"].shape != (2,):
        raise ValueError(f"image_size: shape {arrays['image_size'].shape}, expected two numbers: width, height")
    width, height = (float(side) for side in arrays["image_size"])
    return width, height


def _focal(arrays: dict[str, NDArray]) -> float | None:
    if "K" not in arrays:
        return None
    if arrays["K"].shape != (3, 3):
        raise ValueError(f"K: shape {arrays['K'].shape}, expected a camera matrix (3, 3)")
    return float(math.sqrt(abs(arrays["K"][0, 0] * arrays["K"][1, 1])))
