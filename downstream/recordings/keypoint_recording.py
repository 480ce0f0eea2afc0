"""A walk as a camera's keypoints: the one input of every estimator."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from downstream.recordings.formats.keypoint_skeletons import KEYPOINTS
from engine.core.arrays import Array
from engine.core.conventions import COCO_KEYPOINTS
from engine.core.frozen import frozen
from engine.gait.records import HEIGHT_RANGE_M

JOINT: dict[str, int] = {name: index for index, name in enumerate(KEYPOINTS)}
"""Column of each keypoint: COCO-17, then the feet."""

BODY = len(COCO_KEYPOINTS)
"""How many of them are COCO-17."""

FPS_RANGE = (5.0, 1000.0)
_SWAP = {"left": "right", "right": "left"}
MIRROR_ORDER = np.array(
    [JOINT["_".join([_SWAP.get(side, side), *rest])] for side, *rest in (name.split("_") for name in KEYPOINTS)]
)
"""Keypoint columns with left and right exchanged."""


def limb_columns(side: str, parts: Sequence[str], points: Array) -> list[int]:
    """Columns of a limb's keypoints among ``points (F, 17 or 23, …)``, without those that these lack."""
    columns = [JOINT[f"{side}_{part}"] for part in parts]
    return [column for column in columns if column < points.shape[1]]


@frozen
class Recording:
    """Keypoints of one person, seen by one camera that stands still.

    ``keypoints2d (F, 17 or 23, 3)``: COCO-17, with the six of the feet where they were sought; u to the right and v down in pixels,
    confidence in [0, 1]; a keypoint that was not found has confidence 0 (its coordinates may be NaN). ``image_size`` is (width,
    height) in pixels, ``focal_px`` the focal length in pixels; the principal point is taken at the middle of the image. What is not
    known is None.
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

    def frames(self, start: int, stop: int) -> "Recording":
        """Frames ``start`` up to ``stop``."""
        return replace(self, keypoints2d=self.keypoints2d[start:stop])

    def mirrored(self) -> "Recording":
        """The same walk filmed in a mirror: left becomes right, in the picture and on the body."""
        points = self.keypoints2d[:, MIRROR_ORDER[: self.keypoints2d.shape[1]]].copy()
        points[..., 0] = (self.image_size[0] if self.image_size else 0.0) - points[..., 0]
        return replace(self, keypoints2d=points)


def _check_range(name: str, value: float, bounds: tuple[float, float]) -> None:
    if not bounds[0] <= value <= bounds[1]:
        raise ValueError(f"{name}: {value} is outside {bounds[0]:g} to {bounds[1]:g}")


def _check_keypoints(points: Array) -> None:
    if points.ndim != 3 or points.shape[1:] not in ((BODY, 3), (len(KEYPOINTS), 3)):
        raise ValueError(
            f"keypoints2d: shape {points.shape}, expected (frames, 17, 3), or 23 with feet: u, v in pixels and confidence"
        )
    if not len(points):
        raise ValueError("keypoints2d: holds no frame")
    confidence = points[..., 2]
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("keypoints2d: the third number of a keypoint is its confidence and must lie in 0 to 1")
    if not (np.isfinite(points[..., 0] + points[..., 1]) | (confidence == 0)).all():
        raise ValueError("keypoints2d: u and v must be finite wherever the confidence is above 0")
