"""Frames in even time: from what a file tells of its rate, and from what its user says."""

import numpy as np

from downstream.recordings.formats.detections import Detections
from engine.core.arrays import Array, Index
from engine.core.errors import DataError

_UNEVEN = 0.05
"""Times may lie off an even grid by this share of a frame (median) before frames are laid between them."""


def frame_rate(found: Detections, fps: float | None, capture_fps: float | None) -> float:
    """Frames per second of real time. ``fps`` is said where the file does not, ``capture_fps`` wins over the file.

    Raises:
        DataError: nobody says it, or ``fps`` contradicts the file.
    """
    told = found.fps if found.time_s is None else _rate_of_times(found)
    if capture_fps is not None:
        return capture_fps
    if told is None and fps is None:
        raise DataError("the file does not tell its frame rate: give --fps")
    if told and fps is not None and abs(fps / told - 1) > 0.02:
        raise DataError(
            f"--fps {fps:g}, but the file says {told:g}; for slow motion give the rate of the camera with --capture-fps"
        )
    return told or fps or 0.0


def _rate_of_times(found: Detections) -> float:
    time, frame = _times_by_frame(found)
    if len(time) < 2:
        raise DataError("one frame is no walk")
    step = np.median(np.diff(time) / np.diff(frame))
    if not step > 0:
        raise DataError("time: must grow from frame to frame, in seconds")
    return float(1 / step)


def _times_by_frame(found: Detections) -> tuple[Array, Index]:
    assert found.time_s is not None
    frame, first = np.unique(found.frame, return_index=True)
    return found.time_s[first], frame


def even_frames(found: Detections) -> tuple[Array, str | None]:
    """Where each detection lies on an even grid ``(N,)``, in frames of the file, and a word where the file's times are not even."""
    if found.time_s is None:
        return found.frame.astype(float), None
    rate = _rate_of_times(found)
    place = (found.time_s - np.nanmin(found.time_s)) * rate
    off = np.median(np.abs(place - np.round(place)))
    if off <= _UNEVEN:
        return np.round(place), None
    return place, f"uneven times: frames were laid at {rate:.4g} per second between those of the file"


def laid_on_grid(points: Array, place: Array) -> Array:
    """One person's ``points (n, J, D)``, seen at ``place (n,)``, on whole frames ``(F, J, D)``: NaN and score 0 where there is none.

    Between frames that are no further apart than two, coordinates are straight lines and the lower score counts.
    """
    frames = np.arange(int(np.ceil(place[-1] - 1e-9)) + 1)
    grid = np.full((len(frames), *points.shape[1:]), np.nan)
    grid[..., -1] = 0.0
    after = np.clip(np.searchsorted(place, frames - 1e-9), 1, max(len(place) - 1, 1))
    if len(place) == 1 or np.array_equal(place, np.round(place)):
        grid[place.astype(int)] = points
        return grid
    before, gap = after - 1, place[after] - place[after - 1]
    share = ((frames - place[before]) / gap)[:, None, None]
    between = points[before] * (1 - share) + points[after] * share
    between[..., -1] = np.minimum(points[before][..., -1], points[after][..., -1])
    inside = (frames >= place[0] - 1e-9) & (frames <= place[-1] + 1e-9) & (gap <= 2)
    grid[inside] = between[inside]
    return grid
