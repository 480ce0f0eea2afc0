"""A motion that somebody recorded, in our coordinates, checked when made."""

import numpy as np
from scipy.interpolate import CubicSpline

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, COORDINATES, TRANSLATIONS
from engine.core.errors import DataError
from engine.core.frozen import frozen

OPTIONAL: tuple[str, ...] = (
    "mtp_angle_r",
    "mtp_angle_l",
    *(name for name in COORDINATES if name.startswith(("lumbar", "arm", "elbow", "pro_sup"))),
)
"""Coordinates that a recording may lack: toes, trunk and arms then stay in their neutral pose."""

REQUIRED: tuple[str, ...] = tuple(name for name in COORDINATES if name not in OPTIONAL)

_FEWEST_FRAMES = 20
_LARGEST_GAP = 5.0
_LARGEST_TURN_RAD = 3 * np.pi
_TURNS = np.array([i for i, name in enumerate(COORDINATES) if name not in TRANSLATIONS])
_BENDS = [COORDINATE_INDEX[f"{joint}_{side}"] for joint in ("hip_flexion", "knee_angle") for side in "rl"]


@frozen
class Recording:
    """Coordinates ``q (n, 31)`` (radians, metres) at ``time (n,)`` s of the motion called ``source``.

    ``notes`` tell what was put right or left out while reading.
    """

    source: str
    time: Array
    q: Array
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.q.shape != (len(self.time), len(COORDINATES)):
            raise ValueError(f"q: shape {self.q.shape}, expected ({len(self.time)}, {len(COORDINATES)})")
        check_time(self.source, self.time)
        self._check_values()

    def _check_values(self) -> None:
        bad = ~np.isfinite(self.q)
        if bad.any():
            names = ", ".join(COORDINATES[i] for i in np.flatnonzero(bad.any(axis=0)))
            row = int(np.flatnonzero(bad.any(axis=1))[0])
            raise DataError(
                f"{self.source}: {int(bad.any(axis=1).sum())} of {len(self.q)} frames hold no number for {names} (first at "
                f"{self.time[row]:.3f} s); fill the gaps or cut the recording"
            )
        bends = np.abs(self.q[:, _BENDS]).max()
        if bends > _LARGEST_TURN_RAD:
            raise DataError(
                f"{self.source}: a hip or knee angle of {bends:.0f} rad; the angles look like degrees, so the header "
                f"should say inDegrees=yes"
            )

    @property
    def duration_s(self) -> float:
        return float(self.time[-1] - self.time[0])

    def resampled(self, rate_hz: float) -> "Recording":
        """The same motion at even times (cubic splines); angles are continuous, without jumps of a full turn."""
        q = self.q.copy()
        q[:, _TURNS] = np.unwrap(q[:, _TURNS], axis=0)
        frames = int(self.duration_s * rate_hz + 1e-6) + 1
        time = self.time[0] + np.arange(frames) / rate_hz
        return Recording(self.source, time, CubicSpline(self.time, q)(time), self.notes)

    def between(self, start_s: float | None, end_s: float | None) -> "Recording":
        """The part from ``start_s`` to ``end_s``.

        Raises:
            DataError: too little of the recording lies there.
        """
        start = self.time[0] if start_s is None else start_s
        end = self.time[-1] if end_s is None else end_s
        inside = (self.time >= start - 1e-9) & (self.time <= end + 1e-9)
        if inside.sum() < _FEWEST_FRAMES:
            raise DataError(
                f"{self.source}: {int(inside.sum())} frames lie between {start:g} and {end:g} s; the recording runs from "
                f"{self.time[0]:g} to {self.time[-1]:g} s"
            )
        return Recording(self.source, self.time[inside], self.q[inside], self.notes)


def check_time(source: str, time: Array) -> None:
    """Raises `DataError` unless times run forward without large gaps."""
    if len(time) < _FEWEST_FRAMES:
        raise DataError(f"{source}: {len(time)} frames; a stride needs at least {_FEWEST_FRAMES}")
    steps = np.diff(time)
    if not np.isfinite(time).all() or not (steps > 0).all():
        row = int(np.flatnonzero(~(steps > 0))[0]) + 1 if not (steps > 0).all() else 0
        raise DataError(
            f"{source}: time does not run forward at row {row + 1} ({time[row]:g} s after {time[row - 1]:g} s)"
        )
    if steps.max() > _LARGEST_GAP * np.median(steps):
        row = int(steps.argmax())
        raise DataError(f"{source}: nothing was recorded between {time[row]:g} and {time[row + 1]:g} s")
