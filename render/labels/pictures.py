"""Labels of every pixel: who, how far, which part of the body. Kept as run lengths and as what lies in the box around the person."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import render.labels.run_lengths as run_lengths
from engine.core.arrays import Array, Index, Mask, Single
from engine.core.errors import DataError
from engine.core.files import replace_file
from engine.core.frozen import frozen
from render.core.frame import Frame
from render.figure.body_parts import PARTS
from render.labels.run_lengths import Counts

_MILLIMETRES = 1000.0
_AID = PARTS.index("walking_aid")
Box = tuple[int, int, int, int]
"""First column and row, and those behind the last."""


@frozen
class MaskTrack:
    """The person's mask in each of ``F`` frames: ``counts`` as in `render.labels.run_lengths`, ``size`` (width, height)."""

    counts: tuple[Counts, ...]
    size: tuple[int, int]

    def __len__(self) -> int:
        return len(self.counts)

    def mask(self, frame: int) -> Mask:
        """Where the person is seen in a frame ``(height, width)``."""
        return run_lengths.decode(self.counts[frame], self.size)

    def box(self, frame: int) -> Array:
        """Left, top, right and bottom edge of what is seen in a frame, pixels ``(4,)``; NaN where nothing is."""
        found = run_lengths.box(self.counts[frame], self.size)
        return np.full(4, np.nan) if found is None else np.subtract(found, 0.5)

    def boxes(self) -> Array:
        """The boxes of all frames ``(F, 4)``."""
        return np.stack([self.box(frame) for frame in range(len(self))])


@frozen
class CropTrack:
    """A picture of whole numbers in each of ``F`` frames, of which only what lies in ``boxes (F, 4)`` is kept: one of ``crops`` ``(height,
    width)`` each; ``size`` (width, height) of the whole."""

    boxes: NDArray[np.int32]
    crops: tuple[NDArray, ...]
    size: tuple[int, int]

    def __len__(self) -> int:
        return len(self.crops)

    def picture(self, frame: int) -> NDArray:
        """The whole picture ``(height, width)``, 0 outside the box."""
        left, top, right, bottom = self.boxes[frame]
        whole = np.zeros(self.size[::-1], self.crops[frame].dtype)
        whole[top:bottom, left:right] = self.crops[frame]
        return whole


def person_mask(frame: Frame) -> Mask:
    """Where the walker is seen, clothes included, without a walking aid ``(height, width)``."""
    return frame.person & (frame.parts != _AID)


def to_millimetres(depth: Single) -> NDArray[np.uint16]:
    """Depths in m as whole millimetres; 0 stays "nothing drawn", what is further than 65.535 m counts as that far."""
    return np.rint(np.clip(depth * _MILLIMETRES, 0, np.iinfo(np.uint16).max)).astype(np.uint16)


def crop_box(mask: Mask) -> Box:
    """The box around a mask; empty where it is."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return 0, 0, 0, 0
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def write_masks(path: Path, track: MaskTrack) -> None:
    """``<camera>.masks.npz``: ``counts (N,)`` of all frames one after the other, ``starts (F + 1,)`` where each frame's begin, ``size``."""
    with replace_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            counts=np.concatenate([np.zeros(0, np.uint32), *track.counts]),
            starts=_starts(map(len, track.counts)),
            size=np.array(track.size),
        )


def read_masks(path: Path) -> MaskTrack:
    """The inverse of `write_masks`.

    Raises:
        DataError: the file cannot be read.
    """
    data = _read(path, ("counts", "starts", "size"))
    counts = tuple(np.split(data["counts"], data["starts"][1:-1]))
    return MaskTrack(counts, tuple(data["size"].tolist()))


def write_crops(path: Path, track: CropTrack, names: tuple[str, ...] = ()) -> None:
    """``<camera>.depth.npz`` and ``<camera>.parts.npz``: ``boxes (F, 4)``, ``values (N,)`` of all boxes line by line, ``size``, and the
    values' ``names`` where they have any."""
    values = np.concatenate([crop.ravel() for crop in track.crops])
    arrays: dict[str, Any] = {"boxes": track.boxes, "values": values, "size": np.array(track.size)}
    if names:
        arrays["names"] = np.array(names)
    with replace_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def read_crops(path: Path) -> CropTrack:
    """The inverse of `write_crops`.

    Raises:
        DataError: the file cannot be read.
    """
    data = _read(path, ("boxes", "values", "size"))
    widths, heights = (data["boxes"][:, 2:] - data["boxes"][:, :2]).T
    starts = _starts(widths * heights)
    each = zip(np.split(data["values"], starts[1:-1]), heights, widths, strict=True)
    crops = (values.reshape(height, width) for values, height, width in each)
    return CropTrack(data["boxes"], tuple(crops), tuple(data["size"].tolist()))


def _starts(lengths: Iterable[int]) -> Index:
    return np.concatenate([[0], np.cumsum(list(lengths))]).astype(np.int64)


def _read(path: Path, names: tuple[str, ...]) -> dict[str, NDArray]:
    try:
        with np.load(path, allow_pickle=False) as data:
            return {name: data[name] for name in names}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: cannot be read as labels of pixels ({error}); film the walk again") from error
