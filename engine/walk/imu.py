"""Virtual inertial sensors: what accelerometers and gyroscopes fixed to the body would measure during a walk.

An accelerometer measures specific force, ``f = R' (a - g)`` with ``a`` the acceleration of the place where it sits, ``g`` gravity and
``R`` the rotation from sensor to world; at rest it shows 1 g upward. A gyroscope measures the angular velocity in sensor axes.
Signals are exact: no noise, no bias, no soft tissue (add those where an estimator is trained, as with keypoints).

Sensor axes are those of the OpenSim body that carries the sensor: standing, x forward, y up, z to the right.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline, make_interp_spline
from scipy.spatial.transform import Rotation, RotationSpline

from engine.core.arrays import Array
from engine.core.conventions import GRAVITY_MPS2, IMU_SITES
from engine.gait.records import BodyShape, Walk
from engine.musculoskeletal.multibody import Multibody
from engine.walk.bone_motion import point_positions, skeleton

SAMPLE_RATE_HZ = 100.0
GRAVITY = np.array([0.0, -GRAVITY_MPS2, 0.0])
_ORIGIN_AND_AXES = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True)
class Mount:
    """Where a sensor sits: OpenSim body, and its place in that body's axes as shares of the length of ``segment``.

    The third share counts outward from the midline; it is mirrored on the left.
    """

    body: str
    segment: str
    shares: tuple[float, float, float]

    def offset(self, side: str, lengths_m: dict[str, float]) -> Array:
        """Place in the body's axes, metres."""
        outward = -1.0 if side == "left" else 1.0
        return lengths_m[self.segment] * np.array(self.shares) * [1.0, 1.0, outward]


MOUNTS: dict[str, Mount] = {
    "chest": Mount("torso", "trunk", (0.19, 0.49, 0.0)),
    "waist": Mount("pelvis", "pelvis", (-1.0, 0.4, 0.0)),
    "thigh": Mount("femur", "thigh", (0.0, -0.5, 0.2)),
    "ankle": Mount("tibia", "shank", (0.0, -0.85, 0.12)),
    "wrist": Mount("radius", "forearm", (0.0, -0.9, 0.08)),
}
"""Breastbone, lower back, outside of mid-thigh, of the shank above the ankle, of the forearm above the wrist. Shares were set by
eye on the skin of an adult as large as the generic one of Rajagopal et al. 2016."""


def specific_force(time: Array, position: Array, rotation: Array) -> Array:
    """What accelerometers that move along ``position (n, …, 3)`` with ``rotation (n, …, 3, 3)`` measure: ``(n, …, 3)``, m/s².

    The acceleration is that of a spline of degree five through the positions.
    """
    acceleration = make_interp_spline(time, position, k=5)(time, 2)
    return np.einsum("...ji,...j->...i", rotation, acceleration - GRAVITY)


def angular_velocity(time: Array, rotation: Array) -> Array:
    """What gyroscopes measure: ``(n, …, 3)`` rad/s in sensor axes, from rotations ``(n, …, 3, 3)`` from sensor to world."""
    sensors = np.moveaxis(rotation.reshape(len(time), -1, 3, 3), 1, 0)
    rates = [RotationSpline(time, Rotation.from_matrix(matrices))(time, 1) for matrices in sensors]
    return np.stack(rates, axis=1).reshape(rotation.shape[:-1])


def site_motion(body: BodyShape, q: Array, bones: Multibody | None = None) -> tuple[Array, Array]:
    """Where the sensors are: positions ``(n, 8, 3)`` in metres and rotations ``(n, 8, 3, 3)`` to the world, for coordinates ``q (n, 31)``.

    Order of `IMU_SITES`. ``bones``: those of a model of the user's; by default ours with the lengths of ``body``.
    """
    bodies, places = [], []
    for site in IMU_SITES:
        side, _, place = site.rpartition("_")
        mount = MOUNTS[place]
        bodies += [f"{mount.body}_{side[0]}" if side else mount.body] * 3
        places += list(mount.offset(side, body.lengths_m) + _ORIGIN_AND_AXES)
    ends = point_positions(bones or skeleton(body), bodies, np.array(places), q).reshape(len(q), len(IMU_SITES), 3, 3)
    origin = ends[:, :, 0]
    forward, up = ends[:, :, 1] - origin, ends[:, :, 2] - origin
    return origin, np.stack([forward, up, np.cross(forward, up)], axis=-1)


def imu_table(walk: Walk, bones: Multibody | None = None) -> pd.DataFrame:
    """Signals of all sensors at `SAMPLE_RATE_HZ`: ``time_s``, then per site ``<site>_acc_x`` to ``_z`` (m/s²), ``<site>_gyr_x`` to
    ``_z`` (rad/s). ``bones`` as in `site_motion`."""
    start, end = walk.dynamics.time[[0, -1]]
    time = start + np.arange(int((end - start) * SAMPLE_RATE_HZ + 1e-6) + 1) / SAMPLE_RATE_HZ
    q = CubicSpline(walk.dynamics.time, walk.dynamics.q)(np.minimum(time, end))
    position, rotation = site_motion(walk.gait.body, q, bones)
    signals = {"acc": specific_force(time, position, rotation), "gyr": angular_velocity(time, rotation)}
    columns = {
        f"{site}_{kind}_{axis}": values[:, k, i]
        for k, site in enumerate(IMU_SITES)
        for kind, values in signals.items()
        for i, axis in enumerate("xyz")
    }
    return pd.DataFrame({"time_s": time, **columns})
