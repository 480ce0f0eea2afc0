"""What a pose detector gets wrong and time can put right: left and right exchanged, wild points, short gaps.

Nothing is repaired in silence: `Repairs` counts every change.
"""

from dataclasses import asdict, dataclass, replace

import numpy as np

from downstream.recordings.keypoint_recording import BODY, JOINT, Recording, limb_columns
from engine.core.arrays import Array, Index, Mask
from engine.core.errors import DataError

CONFIDENCE_FLOOR = 0.2
"""Below this a keypoint counts as not found."""

LONGEST_GAP_S = 0.4
LEAST_SECONDS = 1.5
"""Shorter clips hold less than three steps of a slow walker: no rhythm can be read from them."""

WILD_JUMP = 0.08
"""A keypoint this far (share of the body's height in the picture) from the median of its neighbours in time is wild."""

_MEDIAN_WINDOW_S = 0.2
_LEG = ("hip", "knee", "ankle")
_LEFT_LEG, _RIGHT_LEG = ([JOINT[f"{side}_{name}"] for name in _LEG] for side in ("left", "right"))
_FOOT = ("big_toe", "small_toe", "heel")
_ACCELERATION_SD = 0.04
_TRUNCATION = 16.0
_SWITCH_PENALTY = 4.0
_SWAPPED_PENALTY = 0.4


@dataclass(frozen=True)
class Repairs:
    """How much was changed: frames whose legs were exchanged, points thrown out, points filled in, frames cut off at the ends."""

    legs_exchanged_frames: int
    wild_points: int
    filled_points: int
    frames_cut: int

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class CleanWalk:
    """A sequence fit for measuring. Keypoints that are missing have confidence 0 and NaN coordinates. ``start`` is the frame of the
    recording with which it begins."""

    sequence: Recording
    repairs: Repairs
    start: int

    @property
    def points(self) -> Array:
        """``(F, J, 2)`` pixels, NaN where missing."""
        return self.sequence.keypoints2d[..., :2]


def clean(sequence: Recording) -> CleanWalk:
    """Left and right put right, wild points removed, short gaps filled, and cut to the longest span in which the body is seen.

    Raises:
        DataError: fewer than `LEAST_SECONDS` in which shoulders, hips and a leg are seen.
    """
    points = sequence.keypoints2d.copy()
    _forget(points, points[..., 2] < CONFIDENCE_FLOOR)
    size = _picture_height(points)
    exchanged = exchanged_legs(points[..., :2] / size)
    _exchange(points, exchanged)
    wild = _wild_points(points, size, sequence.fps)
    _forget(points, wild)
    filled = _fill_gaps(points, int(LONGEST_GAP_S * sequence.fps))
    start, stop = _longest_span(_body_seen(points))
    if (stop - start) / sequence.fps < LEAST_SECONDS:
        raise DataError(
            f"the body is seen for only {(stop - start) / sequence.fps:.1f} s in one go ({len(sequence)} frames in all); "
            f"at least {LEAST_SECONDS} s with shoulders, hips and a leg in the picture are needed"
        )
    repairs = Repairs(int(exchanged.sum()), int(wild.sum()), filled, len(sequence) - (stop - start))
    return CleanWalk(replace(sequence, keypoints2d=points[start:stop]), repairs, start)


def _forget(points: Array, mask: Mask) -> None:
    points[mask] = (np.nan, np.nan, 0.0)


def _picture_height(points: Array) -> float:
    """Median extent of the found keypoints, top to bottom, in pixels."""
    points = points[:, :BODY]
    enough = np.isfinite(points[..., 1]).sum(axis=1) >= 8
    if not enough.any():
        raise DataError("no frame holds at least 8 of the 17 keypoints; is there a person in the picture?")
    rows = points[enough][..., 1]
    return float(max(np.median(np.nanmax(rows, axis=1) - np.nanmin(rows, axis=1)), 1.0))


def exchanged_legs(points: Array) -> Mask:
    """Frames ``(F,)`` of which left and right leg look exchanged. ``points (F, J, 2)`` in body heights, NaN where missing.

    The most probable path through "as labelled" and "exchanged": a cost for each joint's acceleration between three frames (truncated,
    so that no single wild point decides), one for every change of state and a small one for staying exchanged. Velocity alone
    would not do: where the legs cross, exchanging them gives the shorter path.
    """
    state_cost = np.array([0.0, _SWAPPED_PENALTY])
    switch = _SWITCH_PENALTY * (1 - np.eye(2)) + state_cost
    total, arrival = state_cost[:, None] + switch, _acceleration_cost(points) + switch
    for costs in arrival:
        costs += total[:, :, None]
        total = np.minimum(*costs)
    return _trace_back(total, arrival.argmin(axis=1))


def _trace_back(total: Array, back: Index) -> Mask:
    """States ``(F,)`` of the cheapest path: ``total (2, 2)`` of the last two, ``back (F - 2, 2, 2)`` what comes two frames before."""
    states = np.zeros(len(back) + 2, dtype=bool)
    before, now = np.unravel_index(total.argmin(), total.shape)
    states[-2:] = before, now
    for frame in range(len(back) - 1, -1, -1):
        before, now = back[frame, before, now], before
        states[frame] = before
    return states


def _acceleration_cost(points: Array) -> Array:
    """Cost ``(F - 2, 2, 2, 2)`` of the states of three frames in a row: squared second difference of the legs' joints."""
    as_labelled = points[:, _LEFT_LEG + _RIGHT_LEG]
    either = np.stack([as_labelled, points[:, _RIGHT_LEG + _LEFT_LEG]], axis=1)
    first, middle, last = either[:-2, :, None, None], either[1:-1, None, :, None], either[2:, None, None, :]
    squared = ((last - 2 * middle + first) ** 2).sum(axis=-1) / _ACCELERATION_SD**2
    return np.nan_to_num(np.minimum(squared, _TRUNCATION), nan=0.0).sum(axis=-1)


def _exchange(points: Array, frames: Mask) -> None:
    rows = np.flatnonzero(frames)[:, None]
    left, right = (limb_columns(side, (*_LEG, *_FOOT), points) for side in ("left", "right"))
    points[rows, left + right] = points[rows, right + left]


def _wild_points(points: Array, size: float, fps: float) -> Mask:
    """Mask ``(F, J)`` of found keypoints that jump away from their neighbours in time."""
    window = 2 * max(int(_MEDIAN_WINDOW_S * fps / 2), 1) + 1
    filled = points[..., :2].copy()
    _fill_gaps(filled, len(filled))
    usual = _running_median(np.nan_to_num(filled), window)
    distance = np.linalg.norm(points[..., :2] - usual, axis=-1) / size
    return np.nan_to_num(distance) > WILD_JUMP


def _running_median(values: Array, window: int) -> Array:
    """Median over ``window`` frames, an odd number, of which each of ``values (F, …)`` is the middle; ends go on as they are."""
    half = window // 2
    padded = np.concatenate([np.repeat(values[:1], half, axis=0), values, np.repeat(values[-1:], half, axis=0)])
    near = np.stack([padded[k : k + len(values)] for k in range(window)], axis=-1)
    near.partition(half, axis=-1)
    return near[..., half]


def _fill_gaps(points: Array, longest: int) -> int:
    """Fills gaps of at most ``longest`` frames between found keypoints by straight lines, in place; returns the number of points filled.

    A filled point gets the confidence `CONFIDENCE_FLOOR`.
    """
    frames, found = np.arange(len(points))[:, None], np.isfinite(points[..., 0])
    before = np.maximum.accumulate(np.where(found, frames, -1))
    after = np.minimum.accumulate(np.where(found, frames, len(points))[::-1])[::-1]
    fill = ~found & (before >= 0) & (after < len(points)) & (after - before <= longest + 1)
    frame, joint = np.nonzero(fill)
    first, last = before[fill], after[fill]
    start, end = points[first, joint, :2], points[last, joint, :2]
    points[frame, joint, :2] = (end - start) / (last - first)[:, None] * (frame - first)[:, None] + start
    points[frame, joint, 2:] = CONFIDENCE_FLOOR
    return len(frame)


def _body_seen(points: Array) -> Mask:
    """Frames in which a shoulder, a hip and one whole leg are found."""
    found = np.isfinite(points[..., 0])
    pair = [found[:, JOINT[f"left_{name}"]] | found[:, JOINT[f"right_{name}"]] for name in ("shoulder", "hip")]
    leg = found[:, _LEFT_LEG].all(axis=1) | found[:, _RIGHT_LEG].all(axis=1)
    return pair[0] & pair[1] & leg


def _longest_span(seen: Mask) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(int)))
    if not len(edges):
        return 0, 0
    spans = edges.reshape(-1, 2)
    start, stop = spans[np.argmax(spans[:, 1] - spans[:, 0])]
    return int(start), int(stop)
