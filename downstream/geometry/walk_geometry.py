"""Speed, cadence and step length read from keypoints by geometry alone: no training, no assumption about how people swing their legs.

A pinhole camera that stands still shows a body of stature H at depth Z with the size s = f·H·c / Z pixels, c the share of the stature
that the measured chain of segments makes up. The root at picture coordinates (u, v) from the principal point is then at

    X = u·H·c / s,    Y = v·H·c / s,    Z = f·H·c / s.

Someone who walks straight on at even speed moves each of the three along a straight line in time, so 1/s is a straight line too, from
whichever side the walk is seen. Speed is the length of the vector of the three slopes. X and Y need the stature; Z needs the
focal length as well, which is why a frontal view without it says little about speed.

Step length = speed × 60 / cadence.
"""

from dataclasses import dataclass

import numpy as np

from downstream.geometry.body_signals import LEGS, body_signals, left_minus_right
from downstream.geometry.regression import Line, explained, robust_line, series, turning
from downstream.geometry.stride_rhythm import CERTAIN, STRIDE_HZ_RANGE, strongest_rhythm
from downstream.recordings.body_size import CHAIN_TO_STATURE, chain_length, root
from downstream.recordings.cleaning import LEAST_SECONDS, CleanWalk
from downstream.recordings.keypoint_recording import Recording
from engine.core.arrays import Array
from engine.core.errors import DataError

UNKNOWN_HEIGHT_M = 1.70
"""Stature assumed where none is given."""

UNKNOWN_FOCAL_RATIO = 0.85
"""Focal length over the longer side of the picture, where none is given: between a telephone's main camera (26 mm equivalent: 0.72)
and the same narrowed by video stabilisation. An assumption."""


@dataclass(frozen=True)
class GeometricGait:
    """What geometry reads from a walk, and how firmly.

    ``velocity_mps`` is (right, down, away) as the camera sees it, ``velocity_error_mps`` the standard errors of the three slopes.
    ``periodicity`` is the share of the legs' motion that the rhythm explains, ``inverse_size`` the line under one over the chain's
    length in pixels. ``other_cadence_spm`` is the next best rhythm of the same motion, ``lead`` by how much it explains it worse: the
    log of the odds.
    """

    speed_mps: float
    cadence_spm: float
    other_cadence_spm: float
    lead: float
    velocity_mps: tuple[float, float, float]
    velocity_error_mps: tuple[float, float, float]
    periodicity: float
    inverse_size: Line

    @property
    def certain(self) -> bool:
        """All that moves speaks for this rhythm and no other."""
        return self.lead > CERTAIN

    @property
    def step_length_m(self) -> float:
        return self.speed_mps * 60 / self.cadence_spm


def measure(walk: CleanWalk) -> GeometricGait:
    """Speed, cadence and step length of a clean walk, as the module's text says.

    Raises:
        DataError: knees or ankles are seen too briefly for a rhythm.
    """
    sequence, points = walk.sequence, walk.points
    time = np.arange(len(points)) / sequence.fps
    inverse_px = 1 / chain_length(points)
    per_px = robust_line(time, inverse_px, STRIDE_HZ_RANGE[0], order=0).at(time)
    seen, legs = _legs_seen(time, points, per_px)
    found = strongest_rhythm(time, body_signals(points, per_px), sequence.height_m or UNKNOWN_HEIGHT_M)
    inverse_size = robust_line(time, inverse_px, found.stride_hz)
    lines = _path(sequence, time, points, inverse_size, found.stride_hz)
    slopes = np.array([line.slope for line in lines])
    return GeometricGait(
        speed_mps=float(np.linalg.norm(slopes)),
        cadence_spm=120 * found.stride_hz,
        other_cadence_spm=120 * found.other_hz,
        lead=found.lead,
        velocity_mps=(float(slopes[0]), float(slopes[1]), float(slopes[2])),
        velocity_error_mps=(lines[0].slope_error, lines[1].slope_error, lines[2].slope_error),
        periodicity=float(explained(series(seen, legs[None]), turning(seen, np.array([found.stride_hz])), 3)[0, 0]),
        inverse_size=inverse_size,
    )


def _path(sequence: Recording, time: Array, points: Array, inverse_size: Line, stride_hz: float) -> list[Line]:
    """Lines of the root's path in metres: right, down, away."""
    chain_m = (sequence.height_m or UNKNOWN_HEIGHT_M) * CHAIN_TO_STATURE
    across = (root(points) - principal_point(sequence)) * inverse_size.at(time)[:, None] * chain_m
    away = focal_px(sequence) * chain_m
    return [
        robust_line(time, across[:, 0], stride_hz),
        robust_line(time, across[:, 1], stride_hz),
        Line(inverse_size.level * away, inverse_size.slope * away, inverse_size.slope_error * away),
    ]


def _legs_seen(time: Array, points: Array, per_px: Array) -> tuple[Array, Array]:
    """Times ``(n,)`` and left-minus-right differences ``(n, 4)`` of ankles and knees in body sizes, where all are seen; of ankles alone
    where knees are mostly missing.

    Raises:
        DataError: they are seen too briefly for a rhythm.
    """
    signals = left_minus_right(points, LEGS) * per_px[:, None]
    known = np.all(np.isfinite(signals), axis=-1)
    if known.sum() < len(known) // 2:
        signals, known = signals[:, :2], np.all(np.isfinite(signals[:, :2]), axis=-1)
    seen = time[known]
    if len(seen) < 2 or seen[-1] - seen[0] < LEAST_SECONDS:
        raise DataError(f"knees and ankles are seen together for less than {LEAST_SECONDS} s: film them longer")
    return seen, signals[known]


def principal_point(sequence: Recording) -> Array:
    """Middle of the image ``(2,)``, or of the keypoints' extent where the image size is not known."""
    if sequence.image_size:
        return np.array(sequence.image_size) / 2
    low, high = _extent(sequence)
    return (low + high) / 2


def focal_px(sequence: Recording) -> float:
    """The focal length, or what `UNKNOWN_FOCAL_RATIO` makes of the picture's (or the keypoints') longer side."""
    if sequence.focal_px:
        return sequence.focal_px
    if sequence.image_size:
        return UNKNOWN_FOCAL_RATIO * max(sequence.image_size)
    low, high = _extent(sequence)
    return UNKNOWN_FOCAL_RATIO * float((high - low).max())


def _extent(sequence: Recording) -> tuple[Array, Array]:
    points = sequence.keypoints2d[..., :2].reshape(-1, 2)
    return np.nanmin(points, axis=0), np.nanmax(points, axis=0)
