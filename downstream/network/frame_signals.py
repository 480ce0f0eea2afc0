"""What the network sees of a walk: the body's motion about its own root, how the root moves, and what geometry read and how firmly."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from downstream.geometry.walk_geometry import UNKNOWN_HEIGHT_M, GeometricGait, focal_px, principal_point
from downstream.recordings.body_size import chain_length, root
from downstream.recordings.cleaning import CleanWalk
from downstream.recordings.keypoint_recording import BODY, JOINT, MIRROR_ORDER
from engine.core.arrays import Array
from engine.core.frozen import frozen

RATE_HZ = 30.0
"""Every recording is resampled to this rate, so that the frame rate of a camera teaches nothing."""

POINT_CHANNELS = len(JOINT) * 3
CHANNELS = POINT_CHANNELS + 5
SCALARS: tuple[str, ...] = (
    "log_speed",
    "log_cadence",
    "log_height",
    "height_known",
    "focal_known",
    "image_known",
    "feet_known",
    "away_share",
    "log_error_across",
    "log_error_away",
    "periodicity",
    "log_lead",
    "missing_share",
    "log_body_share",
    "facing",
)
"""Single numbers about a walk: what geometry read, from how far to the side, how firmly, and what was known. The length of the recording
is not among them: it would tell the speed wherever the distance walked is given. ``log_lead`` is how far the rhythm is ahead of the next
best (`GeometricGait.lead`); ``facing`` how far the left of shoulders and hips lies to the right of the right one, in body sizes: about 0
from the side, 0.2 from the front."""

_SCALAR_CENTRES = np.array([0.0, 4.6, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0, -4.0, -4.0, 0.8, 3.0, 0.1, -1.2, 0.0])
_SCALAR_SCALES = np.array([0.6, 0.25, 0.2, 0.5, 0.5, 0.5, 0.5, 0.6, 1.5, 1.5, 0.15, 1.0, 0.1, 0.5, 0.2])
_FURTHEST = 4.0
_FASTEST = 5.0
SLOWEST_MPS, FASTEST_MPS = 0.1, 3.0
_LEAST_ERROR = 1e-3


@frozen
class FrameSignals:
    """A clean walk at `RATE_HZ`. ``time (T,)`` s from the first frame of the recording that was cleaned.

    ``frames (T, 74)``: of each of 23 keypoints its place about the root in body sizes, u and v, and confidence, joint by joint (0 where
    never found; where it is missing for a while, straight between, with confidence 0); then the root's velocity across and down in
    body sizes a second; where the root is seen, right and down from the lens's axis, as tangents; and by how much the chain of trunk and
    leg differs from its usual length. ``scalars (15,)`` as `SCALARS`, each about 0 and of size 1; ``geometry (2,)`` logs of speed (m/s)
    and cadence (steps/min).
    """

    time: Array
    frames: Array
    scalars: Array
    geometry: Array

    def mirrored(self) -> "FrameSignals":
        """The same walk filmed in a mirror. No scalar changes: whoever faces the camera does so in a mirror too."""
        frames = np.concatenate(
            [self.points[:, MIRROR_ORDER].reshape(len(self.time), -1), self.frames[:, POINT_CHANNELS:]], axis=1
        )
        frames[:, _ACROSS] *= -1
        return replace(self, frames=frames)

    @property
    def points(self) -> Array:
        """``(T, 23, 3)``: u, v, confidence."""
        return self.frames[:, :POINT_CHANNELS].reshape(len(self.time), len(JOINT), 3)

    def apart(self, parts: Sequence[str]) -> Array:
        """Left less right ``(T, 2 · parts)`` of parts of the body, in body sizes."""
        left, right = (self.points[:, [JOINT[f"{side}_{part}"] for part in parts], :2] for side in ("left", "right"))
        return (left - right).reshape(len(self.time), -1)

    def scalar(self, name: str) -> float:
        """One of `SCALARS` in its own unit."""
        index = SCALARS.index(name)
        return float(self.scalars[index] * _SCALAR_SCALES[index] + _SCALAR_CENTRES[index])


_ACROSS = [*range(0, POINT_CHANNELS, 3), POINT_CHANNELS, POINT_CHANNELS + 2]


def frame_signals(walk: CleanWalk, gait: GeometricGait) -> FrameSignals:
    """Signals of a clean walk and of what geometry measured of it."""
    fps = walk.sequence.fps
    seen = np.arange(len(walk.points)) / fps
    wanted = np.arange(0, seen[-1] + 1e-9, 1 / RATE_HZ)
    scale = gait.inverse_size.at(seen)
    body = (walk.points - root(walk.points)[:, None]) * scale[:, None, None]
    frames = np.concatenate([_points(walk, body, seen, wanted), _motion(walk, scale, seen, wanted)], axis=1)
    geometry = np.log([np.clip(gait.speed_mps, SLOWEST_MPS, FASTEST_MPS), gait.cadence_spm])
    scalars = (_scalars(walk, gait, geometry, body) - _SCALAR_CENTRES) / _SCALAR_SCALES
    return FrameSignals(wanted + walk.start / fps, frames, np.clip(scalars, -_FURTHEST, _FURTHEST), geometry)


def _points(walk: CleanWalk, body: Array, seen: Array, wanted: Array) -> Array:
    channels = np.zeros((len(wanted), len(JOINT), 3))
    found = np.isfinite(body[..., 0])
    for joint in range(body.shape[1]):
        known = found[:, joint]
        if known.any():
            for axis in range(2):
                channels[:, joint, axis] = np.interp(wanted, seen[known], body[known, joint, axis])
            channels[:, joint, 2] = np.interp(wanted, seen, walk.sequence.keypoints2d[:, joint, 2])
    return channels.reshape(len(wanted), -1)


def _motion(walk: CleanWalk, scale: Array, seen: Array, wanted: Array) -> Array:
    """The root's velocity and direction, and the chain's length about its usual one ``(T, 5)``."""
    off_axis = root(walk.points) - principal_point(walk.sequence)
    columns = (off_axis * scale[:, None], off_axis / focal_px(walk.sequence), chain_length(walk.points) * scale - 1)
    place, ray, longer = (_resampled(column, seen, wanted) for column in columns)
    velocity = np.gradient(place, 1 / RATE_HZ, axis=0)
    return np.column_stack([np.clip(velocity, -_FASTEST, _FASTEST), np.clip(ray, -1, 1), np.clip(longer, -1, 1)])


def _resampled(values: Array, seen: Array, wanted: Array) -> Array:
    """Values ``(n,)`` or ``(n, 2)`` at the instants ``wanted``, straight between those that are known."""
    known = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    columns = values[known].reshape(known.sum(), -1).T
    return np.column_stack([np.interp(wanted, seen[known], column) for column in columns])


def _scalars(walk: CleanWalk, gait: GeometricGait, geometry: Array, body: Array) -> Array:
    sequence = walk.sequence
    right, down, away = gait.velocity_mps
    error = np.asarray(gait.velocity_error_mps) / max(gait.speed_mps, SLOWEST_MPS)
    image = sequence.image_size
    known = (sequence.height_m, sequence.focal_px, image)
    return np.array(
        [
            *geometry,
            np.log(sequence.height_m or UNKNOWN_HEIGHT_M),
            *(float(one is not None) for one in known),
            float(body.shape[1] > BODY),
            away / max(np.hypot(np.hypot(right, down), away), 1e-9),
            np.log(np.hypot(error[0], error[1]) + _LEAST_ERROR),
            np.log(error[2] + _LEAST_ERROR),
            gait.periodicity,
            np.log1p(gait.lead),
            float((sequence.keypoints2d[:, :BODY, 2] == 0).mean()),
            np.log(1 / (gait.inverse_size.level * max(image)))
            if image
            else _SCALAR_CENTRES[SCALARS.index("log_body_share")],
            _facing(body),
        ]
    )


def _facing(body: Array) -> float:
    """Mean of shoulders' and hips' medians over frames; a pair that is never seen whole counts as 0."""
    medians = []
    for name in ("shoulder", "hip"):
        apart = body[:, JOINT[f"left_{name}"], 0] - body[:, JOINT[f"right_{name}"], 0]
        medians.append(np.median(apart[np.isfinite(apart)]) if np.isfinite(apart).any() else 0.0)
    return float(np.mean(medians))
