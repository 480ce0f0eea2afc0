"""Turns a walk in any direction so that it goes along X, as every gait cycle of ours does."""

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX

PELVIS_ANGLES = [COORDINATE_INDEX[f"pelvis_{name}"] for name in ("tilt", "list", "rotation")]
_PLACE = [COORDINATE_INDEX[f"pelvis_{name}"] for name in ("tx", "ty", "tz")]
_ORDER = "ZXY"
"""Tilt about z, list about x, rotation about y, each about the axis that the one before has turned."""


def pelvis_orientation(q: Array) -> Rotation:
    """Orientation of the pelvis in the world for coordinates ``q (n, 31)``."""
    return Rotation.from_euler(_ORDER, q[:, PELVIS_ANGLES])


def heading_of(displacement: Array) -> float:
    """Angle about the vertical, radians, from X to a displacement ``(3,)``: positive to the left."""
    return float(np.arctan2(-displacement[2], displacement[0]))


def turned(q: Array, angle: float) -> Array:
    """Coordinates ``(n, 31)`` of the same motion turned about the vertical axis by ``angle`` radians, positive to the left."""
    turn, result = Rotation.from_euler("y", angle), q.copy()
    result[:, _PLACE] = turn.apply(q[:, _PLACE])
    result[:, PELVIS_ANGLES] = np.unwrap((turn * pelvis_orientation(q)).as_euler(_ORDER), axis=0)
    return result
