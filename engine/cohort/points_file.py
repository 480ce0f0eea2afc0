"""``points.npz``: where a body's points are over a whole walk, whatever cameras looked on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.cohort.stepped import curves, stepped
from engine.core.arrays import Array, Single
from engine.core.errors import DataError
from engine.core.files import replace_file
from engine.core.frozen import frozen

POINTS_HZ = 60.0
STEP_M = 2.0**-13
"""Places are kept to an eighth of a millimetre."""


@frozen
class WalkPoints:
    """Named points of one walker: ``places (n, P, 3)`` m of the points ``names (P,)`` at ``time (n,)`` s, evenly spaced.

    Axes are those of all labels: x to the walker's left, y up, z forward, the floor at y = 0, the origin of the physics. The walk goes over
    the ground, also where a camera saw it on a treadmill; the clock is that of the walk's other files. A cohort keeps
    `engine.core.conventions.POINT_NAMES` at `POINTS_HZ`; recorded walks may hold fewer points, at another rate.
    """

    time: Array
    names: tuple[str, ...]
    places: Single

    def __post_init__(self) -> None:
        if self.places.shape != (len(self.time), len(self.names), 3) or len(self.time) < 2:
            raise ValueError(f"places: shape {self.places.shape}, expected ({len(self.time)}, {len(self.names)}, 3)")
        if len(set(self.names)) < len(self.names):
            raise ValueError("names: a point is there twice")
        steps = np.diff(self.time)
        if not (steps > 0).all() or np.ptp(steps) > 0.01 * steps.mean():
            raise ValueError("time: instants must be evenly spaced, earliest first")
        if not np.isfinite(self.places).all():
            raise ValueError("places: every number must be finite")

    def __len__(self) -> int:
        return len(self.time)

    @property
    def rate_hz(self) -> float:
        return float((len(self.time) - 1) / (self.time[-1] - self.time[0]))

    def of(self, names: Sequence[str]) -> Single:
        """Places ``(n, len(names), 3)`` of the points ``names``; ``KeyError`` for one that is not there."""
        column = {name: k for k, name in enumerate(self.names)}
        return self.places[:, [column[name] for name in names]]


def write_points(path: Path, points: WalkPoints) -> None:
    """``time (n,)`` s, ``names (P,)`` text, and places as `engine.cohort.stepped.stepped` gives them."""
    arrays = {"time": points.time, "names": np.array(points.names, dtype=np.str_)}
    with replace_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays, **stepped("places", points.places, STEP_M))


def read_points(path: Path) -> WalkPoints:
    """The points in a file; recorded ones may hold ``places (n, P, 3)`` m as they are.

    Raises:
        DataError: the file cannot be read, or is none of this kind.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            time, names, places = data["time"], data["names"], curves(data, "places")
        return WalkPoints(time.astype(float), tuple(map(str, names)), np.ascontiguousarray(places, np.float32))
    except KeyError as error:
        raise DataError(f"{path}: {error.args[0]}; a file of points holds time, names and places") from error
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"{path}: not the points of a walk ({error}); make the cohort with `points: true` in its spec"
        ) from error
