"""Where in a recording someone walks straight on: standing is left out, and a turn ends one bout and begins another.

A walk straight on at even speed is a straight line in time of the root's place in chains of trunk and leg
(`downstream.geometry.walk_geometry` says why), across the picture as in depth. So turns are the bends of the best chain of straight lines.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d, uniform_filter1d

from downstream.recordings.body_size import chain_length, root
from downstream.recordings.cleaning import CONFIDENCE_FLOOR, LEAST_SECONDS
from downstream.recordings.keypoint_recording import BODY, JOINT, Recording
from downstream.recordings.straight_pieces import Piece, straight_pieces
from engine.core.arrays import Array, Mask
from engine.core.errors import DataError

STEP_S = 0.1
"""Places are averaged over this time before lines are laid through them."""

LEGS_MOVE = 0.065
"""Legs that walk move against each other by more than this (standard deviation over `_LEGS_WINDOW_S`, chains of trunk and leg): by .08
and more seen from the front, by .25 from the side. A detector's trembling on somebody who stands mostly stays below .05."""

MOVES_ON = (0.09, 0.3)
"""Whoever moves across the picture, or away, faster than this (chains per second) does not stand."""

TURNS_ROUND = 0.15
"""Whoever turns on the spot by a right angle or more changes `_facing` by more than this (chains)."""

_LEGS_WINDOW_S = 1.5
_SMOOTH_S = 0.2
_SPEED_WINDOW_S = (1.0, 2.0)
_SHORTEST_PAUSE_S = 0.5
_TURN_STEPS = 2
_DEPTH_RATIO = 0.85
"""Focal length over the longer side of the picture where it is not known."""


@dataclass(frozen=True)
class Bout:
    """Frames ``start`` up to ``stop`` of straight walking."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def walking_bouts(recording: Recording) -> list[Bout]:
    """Bouts of straight walking of at least `LEAST_SECONDS`, in order of time. Whoever walks on a treadmill or is followed by the camera
    walks straight on.

    Raises:
        DataError: there is none; says whether nobody is seen, or somebody who stands or turns.
    """
    seen = np.where(
        recording.keypoints2d[:, :BODY, 2:] >= CONFIDENCE_FLOOR, recording.keypoints2d[:, :BODY, :2], np.nan
    )
    size, place = chain_length(seen), root(seen)
    known = np.isfinite(size) & np.isfinite(place).all(axis=-1)
    if known.sum() < LEAST_SECONDS * recording.fps:
        raise DataError(
            f"the body is seen for only {known.sum() / recording.fps:.1f} s; at least {LEAST_SECONDS} s "
            f"with shoulders, hips and a leg in the picture are needed: is there a person, and long enough?"
        )
    path = _path(place, size, known, recording)
    legs = _legs_move(seen, size, known, recording.fps)
    walks = _closed(legs | _moves_on(path, recording.fps), recording.fps)
    pieces = [bout for start, stop in _runs(walks) for bout in _straight(path, start, stop, recording.fps)]
    facing = _facing(seen, size, known, recording.fps)
    bouts = [bout for bout in pieces if _is_walked(bout, legs, facing, path, recording.fps)]
    if not bouts:
        raise DataError(
            f"no walking straight on for {LEAST_SECONDS} s is found: the person stands, or turns all the time"
        )
    return bouts


def _path(place: Array, size: Array, known: Mask, recording: Recording) -> Array:
    """The root's way ``(F, 2)``, across and away, in chains, without gaps."""
    time = np.arange(len(size))
    filled = np.column_stack([np.interp(time, time[known], column[known]) for column in (*place.T, size)])
    smooth = uniform_filter1d(filled, _odd(_SMOOTH_S, recording.fps), axis=0, mode="nearest")
    middle = recording.image_size[0] / 2 if recording.image_size else float(np.median(smooth[:, 0]))
    side = max(recording.image_size) if recording.image_size else float(np.ptp(filled[:, :2]))
    inverse = 1 / smooth[:, 2]
    focal = recording.focal_px or _DEPTH_RATIO * side
    return np.column_stack([(smooth[:, 0] - middle) * inverse, focal * inverse])


def _odd(seconds: float, fps: float) -> int:
    return 2 * int(seconds * fps / 2) + 1


def _legs_move(seen: Array, size: Array, known: Mask, fps: float) -> Mask:
    """Frames in whose surroundings ankles and knees move against each other."""
    apart = [_left_minus_right(seen, name) for name in ("ankle", "knee")]
    signals = _without_gaps(np.concatenate(apart, axis=-1) / np.median(size[known]))
    smooth = median_filter(signals, (_odd(_SMOOTH_S, fps), 1), mode="nearest")
    window = _odd(_LEGS_WINDOW_S, fps)
    mean, square = (uniform_filter1d(part, window, axis=0, mode="nearest") for part in (smooth, smooth**2))
    return np.sqrt(np.maximum(square - mean**2, 0).sum(axis=-1)) > LEGS_MOVE


def _facing(seen: Array, size: Array, known: Mask, fps: float) -> Array:
    """How far left shoulder and hip lie to the right of the other ones ``(F,)``, chains: about 0.25 times the sine of the view."""
    apart = np.stack([_left_minus_right(seen, name)[:, 0] for name in ("shoulder", "hip")], axis=-1)
    signals = _without_gaps(apart / np.median(size[known]))
    return uniform_filter1d(signals.mean(axis=-1), _odd(_SPEED_WINDOW_S[0], fps), mode="nearest")


def _left_minus_right(seen: Array, name: str) -> Array:
    return seen[:, JOINT[f"left_{name}"]] - seen[:, JOINT[f"right_{name}"]]


def _without_gaps(signals: Array) -> Array:
    """Straight lines across gaps; zero where nothing is ever seen."""
    time, seen = np.arange(len(signals)), np.isfinite(signals).all(axis=-1)
    if not seen.any():
        return np.zeros_like(signals)
    return np.column_stack([np.interp(time, time[seen], column[seen]) for column in signals.T])


def _moves_on(path: Array, fps: float) -> Mask:
    frames = np.arange(len(path))
    moves = np.zeros(len(path), dtype=bool)
    for column, window_s, least in zip(path.T, _SPEED_WINDOW_S, MOVES_ON, strict=True):
        half = max(round(window_s * fps / 2), 1)
        after, before = np.minimum(frames + half, len(path) - 1), np.maximum(frames - half, 0)
        moves |= np.abs(column[after] - column[before]) * fps > least * (after - before)
    return moves


def _is_walked(bout: Bout, legs: Mask, facing: Array, path: Array, fps: float) -> bool:
    """Whether a bout leads somewhere from end to end, or legs move in most of its frames and the body does not turn on the spot."""
    frames = slice(bout.start, bout.stop)
    time = (np.arange(len(bout)) - (len(bout) - 1) / 2) / fps
    speed = np.abs(time @ path[frames]) / (time @ time)
    stays_turned = np.ptp(facing[frames]) < TURNS_ROUND
    return bool((speed > MOVES_ON).any() or (legs[frames].mean() > 0.5 and stays_turned))


def _closed(walks: Mask, fps: float) -> Mask:
    """Walking with pauses shorter than `_SHORTEST_PAUSE_S` counted in."""
    window = _odd(_SHORTEST_PAUSE_S, fps)
    wide = maximum_filter1d(walks.astype(int), window, mode="nearest")
    return minimum_filter1d(wide, window, mode="nearest").astype(bool)


def _runs(mask: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _straight(path: Array, start: int, stop: int, fps: float) -> list[Bout]:
    per_step = max(round(STEP_S * fps), 1)
    steps = (stop - start) // per_step
    if steps * per_step < LEAST_SECONDS * fps:
        return []
    places = path[start : start + steps * per_step].reshape(steps, per_step, 2).mean(axis=1)
    pieces = straight_pieces(places, per_step / fps)
    return [bout for piece in pieces if len(bout := _bout(piece, start, stop, per_step, steps)) >= LEAST_SECONDS * fps]


def _bout(piece: Piece, start: int, stop: int, per_step: int, steps: int) -> Bout:
    """Frames of a piece, without the `_TURN_STEPS` beside a bend."""
    first = start + (piece.start + _TURN_STEPS) * per_step if piece.start else start
    last = start + (piece.stop - _TURN_STEPS) * per_step if piece.stop < steps else stop
    return Bout(first, max(last, first))
