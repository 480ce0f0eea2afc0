"""Where the feet are: forward kinematics of the legs, light enough to run on thousands of gaits.

The legs are pin joints between straight segments of the lengths of a `BodyShape`; the musculoskeletal model that physics uses has the same
lengths and slightly curved joints. Axes are OpenSim's (X forward, Y up, Z right), lengths hip heights, origin the pelvis.
"""

from collections.abc import Sequence

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, SIDES, suffix
from engine.core.frozen import frozen
from engine.gait.records import BodyShape

HEEL, BALL, TOE = range(3)
# Sole points ahead of the ankle centre, as shares of foot length (heel to toe tip): the ankle lies a quarter, the metatarsal heads seven
# tenths along the foot (de Leva 1996, J Biomech 29:1223, and the foot of Delp et al. 1990, IEEE Trans Biomed Eng 37:757).
_HEEL_AHEAD, _BALL_AHEAD, _TOE_AHEAD = -0.25, 0.45, 0.75
_TOE_SPRING = 0.03  # rise of the toe tip above the flat sole, share of foot length: 8 mm of an adult's shoe
# Hip centres below and behind the pelvis origin (midpoint of the anterior iliac spines), as shares of the distance between the hip
# centres: pelvis of Rajagopal et al. 2016, IEEE Trans Biomed Eng 63:2068.
_HIP_BEHIND, _HIP_BELOW = 0.364, 0.508


@frozen
class LegGeometry:
    """Leg lengths of ``n`` people in hip heights, each ``(n,)``."""

    hip_width: Array
    thigh: Array
    shank: Array
    ankle_height: Array
    foot: Array

    def __len__(self) -> int:
        return len(self.thigh)

    def take(self, rows: np.ndarray) -> "LegGeometry":
        """The people at ``rows``."""
        return LegGeometry(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def leg_geometry(bodies: Sequence[BodyShape]) -> LegGeometry:
    """Leg lengths of ``bodies``, divided by their hip heights."""

    def ratio(name: str) -> Array:
        return np.array([body.lengths_m[name] / body.lengths_m["hip_height"] for body in bodies])

    return LegGeometry(*(ratio(name) for name in ("pelvis", "thigh", "shank", "ankle_height", "foot")))


def _turn(points: Array, axis: int, angle: Array) -> Array:
    """``points (n, t, …, 3)`` turned about an axis (0 X, 1 Y, 2 Z) by ``angle (n, t)``."""
    angle = angle.reshape(angle.shape + (1,) * (points.ndim - angle.ndim - 1))
    cosine, sine = np.cos(angle), np.sin(angle)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    turned = points.copy()
    turned[..., i] = cosine * points[..., i] - sine * points[..., j]
    turned[..., j] = sine * points[..., i] + cosine * points[..., j]
    return turned


def _moved(points: Array, x: Array | float, y: Array | float, z: Array | float = 0.0) -> Array:
    """``points (n, t, k, 3)`` moved by per-person amounts."""
    step = np.stack(np.broadcast_arrays(x, y, z), axis=-1).astype(float)
    return points + step.reshape(-1, 1, 1, 3)


def foot_points(q: Array, geometry: LegGeometry, side: str) -> Array:
    """Heel, ball and toe tip on the sole of one foot, ``(n, t, 3, 3)``, for coordinates ``q (n, t, 31)``."""
    mirror = 1.0 if side == SIDES[0] else -1.0

    def angle(name: str) -> Array:
        return q[..., COORDINATE_INDEX[name]]

    def leg(name: str) -> Array:
        return angle(name + suffix(side))

    n, t = q.shape[:2]
    foot, ankle = geometry.foot, geometry.ankle_height
    toe = np.zeros((n, t, 1, 3))
    toe[..., 0] = ((_TOE_AHEAD - _BALL_AHEAD) * foot)[:, None, None]
    toe[..., 1] = (_TOE_SPRING * foot)[:, None, None]
    toe = _moved(_turn(toe, 2, leg("mtp_angle")), _BALL_AHEAD * foot, -ankle)
    sole = np.zeros((n, t, 2, 3))
    sole[..., 0] = foot[:, None, None] * np.array([_HEEL_AHEAD, _BALL_AHEAD])
    points = np.concatenate([_moved(sole, 0.0, -ankle), toe], axis=2)
    points = _moved(_turn(points, 2, leg("ankle_angle")), 0.0, -geometry.shank)
    points = _moved(_turn(points, 2, -leg("knee_angle")), 0.0, -geometry.thigh)
    for axis, turn in ((1, mirror * leg("hip_rotation")), (0, mirror * leg("hip_adduction")), (2, leg("hip_flexion"))):
        points = _turn(points, axis, turn)
    width = geometry.hip_width
    points = _moved(points, -_HIP_BEHIND * width, -_HIP_BELOW * width, mirror * width / 2)
    for axis, name in ((1, "pelvis_rotation"), (0, "pelvis_list"), (2, "pelvis_tilt")):
        points = _turn(points, axis, angle(name))
    return points
