"""What a file of keypoints holds, as its program wrote it: people, frame by frame, not yet told apart and not yet checked."""

import re
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from downstream.recordings.formats.keypoint_skeletons import KEYPOINTS
from engine.core.arrays import Array, Index
from engine.core.conventions import COCO_KEYPOINTS
from engine.core.frozen import frozen


@frozen
class Detections:
    """``points (N, J, 3 or 4)``: place (picture or space, in whatever unit) and score of the joints ``skeleton`` of a person in a frame.

    ``frame (N,)`` counts from 0, several people may share one; ``people`` are the names that the file gives them. ``time_s (N,)``
    where the file tells it. What the file does not say is None.
    """

    points: Array
    frame: Index
    skeleton: tuple[str, ...]
    people: tuple[str, ...] | None = None
    time_s: Array | None = None
    fps: float | None = None
    image_size: tuple[float, float] | None = None
    height_m: float | None = None
    focal_px: float | None = None

    def __post_init__(self) -> None:
        if self.points.ndim != 3 or self.points.shape[1] != len(self.skeleton) or self.points.shape[2] not in (3, 4):
            raise ValueError(
                f"keypoints: shape {self.points.shape}, expected (frames, {len(self.skeleton)}, 3): u, v and a score, or 4 in space"
            )
        if not len(self.points):
            raise ValueError("keypoints: holds no frame with a person")

    @property
    def in_space(self) -> bool:
        """Whether the points are 3-D."""
        return self.points.shape[2] == 4


def our_joints(points: Array, skeleton: Sequence[str]) -> Array:
    """``points (N, J, D)`` as our keypoints ``(N, 17 or 23, D)``, with feet where the skeleton has any. Missing: NaN, score 0."""
    place = {name: index for index, name in reversed(list(enumerate(skeleton)))}
    wanted = KEYPOINTS if any(name in place for name in KEYPOINTS[len(COCO_KEYPOINTS) :]) else COCO_KEYPOINTS
    ours = np.full((len(points), len(wanted), points.shape[2]), np.nan)
    ours[..., -1] = 0.0
    for column, name in enumerate(wanted):
        if name in place:
            ours[:, column] = points[:, place[name]]
    return ours


def frame_numbers(names: Sequence[str | int]) -> Index:
    """Frame of each image name or number, from 0: the number that counts in the names, or their rank where none counts frames."""
    found = [[name] if isinstance(name, int) else _numbers(name) for name in names]
    if not all(found):
        order = {name: rank for rank, name in enumerate(sorted(set(names), key=str))}
        return np.array([order[name] for name in names])
    width = min(len(numbers) for numbers in found)
    columns = np.array([numbers[-width:] for numbers in found], dtype=np.int64).T
    numbers = max(reversed(columns), key=lambda column: len(np.unique(column)))
    unique, rank = np.unique(numbers, return_inverse=True)
    counts_frames = unique[-1] - unique[0] < 20 * len(unique) + 20
    return numbers - unique[0] if counts_frames else rank


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d{1,15}", PurePath(name).stem)]
