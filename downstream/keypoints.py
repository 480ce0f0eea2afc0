"""A walk as a camera's keypoints: the one input of every estimator, and the file a user may bring it in."""

import math
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array
from engine.core.conventions import COCO_KEYPOINTS
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.gait.records import HEIGHT_RANGE_M

JOINT: dict[str, int] = {name: index for index, name in enumerate(COCO_KEYPOINTS)}
"""Column of each COCO-17 keypoint."""

FPS_RANGE = (5.0, 1000.0)
_SWAP = {"left": "right", "right": "left"}
MIRROR_ORDER = np.array(
    [JOINT["_".join([_SWAP.get(side, side), *rest])] for side, *rest in (name.split("_") for name in COCO_KEYPOINTS)]
)
"""Keypoint columns with left and right exchanged."""


@frozen
class KeypointSequence:
    """Keypoints of one person, seen by one camera that stands still.

    ``keypoints2d (F, 17, 3)``: u to the right and v down in pixels, confidence in [0, 1]; a keypoint that was not found has confidence 0
    (its coordinates may be NaN). ``image_size`` is (width, height) in pixels, ``focal_px`` the focal length in pixels; the
    principal point is taken at the middle of the image. What is not known is None.
    """

    keypoints2d: Array
    fps: float
    height_m: float | None = None
    image_size: tuple[float, float] | None = None
    focal_px: float | None = None

    def __post_init__(self) -> None:
        _check_keypoints(self.keypoints2d)
        _check_range("fps", self.fps, FPS_RANGE)
        if self.height_m is not None:
            _check_range("height_m", self.height_m, HEIGHT_RANGE_M)
        if self.image_size is not None and not (len(self.image_size) == 2 and min(self.image_size) > 0):
            raise ValueError(f"image_size: {self.image_size}, expected (width, height) in pixels")
        if self.focal_px is not None and not (math.isfinite(self.focal_px) and self.focal_px > 0):
            raise ValueError(f"focal_px: {self.focal_px}, expected the focal length in pixels")

    def __len__(self) -> int:
        return len(self.keypoints2d)

    @property
    def seconds(self) -> float:
        """Length of the recording."""
        return len(self) / self.fps

    def frames(self, start: int, stop: int) -> "KeypointSequence":
        """Frames ``start`` up to ``stop``."""
        return replace(self, keypoints2d=self.keypoints2d[start:stop])

    def mirrored(self) -> "KeypointSequence":
        """The same walk filmed in a mirror: left becomes right, in the picture and on the body."""
        points = self.keypoints2d[:, MIRROR_ORDER].copy()
        points[..., 0] = (self.image_size[0] if self.image_size else 0.0) - points[..., 0]
        return replace(self, keypoints2d=points)


def _check_range(name: str, value: float, bounds: tuple[float, float]) -> None:
    if not bounds[0] <= value <= bounds[1]:
        raise ValueError(f"{name}: {value} is outside {bounds[0]:g} to {bounds[1]:g}")


def _check_keypoints(points: Array) -> None:
    if points.ndim != 3 or points.shape[1:] != (len(COCO_KEYPOINTS), 3):
        raise ValueError(
            f"keypoints2d: shape {points.shape}, expected (frames, 17, 3): u, v in pixels and confidence, COCO-17"
        )
    if not len(points):
        raise ValueError("keypoints2d: holds no frame")
    confidence = points[..., 2]
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("keypoints2d: the third number of a keypoint is its confidence and must lie in 0 to 1")
    if not np.isfinite(points[confidence > 0]).all():
        raise ValueError("keypoints2d: u and v must be finite wherever the confidence is above 0")


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


def read_keypoints(path: Path) -> KeypointSequence:
    """A keypoint file: ``keypoints2d (F, 17, 3)`` and ``fps``; optional ``height_m``, ``image_size`` (width, height), ``focal_px``
    or a camera matrix ``K (3, 3)``.

    Raises:
        DataError: the file cannot be read, or a key is missing or wrong; names the file, the key and what would be right.
    """
    arrays = open_npz(path)
    try:
        return sequence_from_arrays(arrays)
    except (KeyError, ValueError, TypeError) as error:
        raise DataError(f"{path}: {error.args[0]}") from error


def sequence_from_arrays(arrays: dict[str, NDArray]) -> KeypointSequence:
    """The sequence in the arrays of a keypoint file (see `read_keypoints`); ValueError or KeyError says which key is wrong."""
    for key in ("keypoints2d", "fps"):
        if key not in arrays:
            raise KeyError(f"{key}: this key is missing; the file holds {', '.join(sorted(arrays)) or 'nothing'}")
    focal = _number(arrays, "focal_px")
    return KeypointSequence(
        keypoints2d=np.asarray(arrays["keypoints2d"], dtype=float),
        fps=float(_number(arrays, "fps") or 0.0),
        height_m=_number(arrays, "height_m"),
        image_size=_image_size(arrays),
        focal_px=_focal(arrays) if focal is None else focal,
    )


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
