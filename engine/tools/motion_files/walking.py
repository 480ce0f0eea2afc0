"""Whether a stride is walking, and when its feet strike and leave the floor."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2, SIDES
from engine.core.errors import DataError
from engine.gait.cycle import GaitCycle, phase_grid
from engine.gait.records import ContactPhases
from engine.physics.body import PhysicalBody
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.tools.motion_files.heading import pelvis_orientation

_FRAMES = 200
_TX, _TY = COORDINATE_INDEX["pelvis_tx"], COORDINATE_INDEX["pelvis_ty"]

SLOWEST_MPS, FASTEST_FROUDE = 0.1, 1.0
"""Speeds of walking: beyond a Froude number v²/(g·leg) of one the body would leave the floor over a stiff leg (Alexander 1989, Physiol
Rev 69:1199)."""
_LEAST_FOOT_WAY = 0.15
_LARGEST_LEAN_DEG = 60.0
_LARGEST_SIDESTEP_DEG = 45.0
_PELVIS_HEIGHT = (0.5, 1.6)
"""In leg lengths above the lowest point of the feet."""
_ALTERNATION = (0.2, 0.8)
_UNITS = {"inches": 1 / 0.0254, "centimetres": 100.0, "millimetres": 1000.0}
"""Of positions that are taken for metres: how many make one."""


@dataclass(frozen=True)
class WalkingStride:
    """A cycle that begins with the right heel strike; ``shift`` is the phase of the old cycle at which that is."""

    cycle: GaitCycle
    contact: ContactPhases
    shift: float


def as_walking(source: str, cycle: GaitCycle, body: PhysicalBody) -> WalkingStride:
    """A cycle shifted to its right heel strike, after the checks that it is upright, forward, alternating walking.

    A heel strikes where a foot is farthest before the pelvis and leaves where it is farthest behind (Zeni et al. 2008, Gait Posture
    27:710).

    Raises:
        DataError: it is not walking; says why.
    """
    motion = cycle.motion(_FRAMES)
    _check_posture(source, cycle, motion.q, body)
    feet = _foot_ways(motion.q, body)
    least = _LEAST_FOOT_WAY * body.leg_length_m
    if np.ptp(feet, axis=0).min() < least:
        raise DataError(
            f"{source}: this is not walking: a foot swings by {1e3 * np.ptp(feet, axis=0).min():.0f} mm to and fro, walking "
            f"takes at least {1e3 * least:.0f} mm"
        )
    phase = phase_grid(_FRAMES)
    strike, off = phase[feet.argmax(axis=0)], phase[feet.argmin(axis=0)]
    left_strike = float((strike[1] - strike[0]) % 1.0)
    if not _ALTERNATION[0] < left_strike < _ALTERNATION[1]:
        raise DataError(
            f"{source}: this is not walking: the left foot is in front {100 * left_strike:.0f} % of a stride after the right one; "
            f"feet that take turns are {100 * _ALTERNATION[0]:.0f} to {100 * _ALTERNATION[1]:.0f} % apart"
        )
    right_off, left_off = (float((instant - strike[0]) % 1.0) for instant in off)
    contact = ContactPhases(right_off, left_strike, left_off)
    return WalkingStride(cycle.shifted(float(strike[0])), contact, float(strike[0]))


def _foot_ways(q: Array, body: PhysicalBody) -> Array:
    """How far each foot is in front of the pelvis ``(n, 2)``, m."""
    still = np.zeros_like(q)
    points = rigid_body_motion(body.multibody.tree, body.points, q, still, still).position[:, :, 0]
    feet = [points[:, body.point_side == side].mean(axis=1) for side in range(len(SIDES))]
    return np.stack(feet, axis=1) - q[:, [_TX]]


def _check_posture(source: str, cycle: GaitCycle, q: Array, body: PhysicalBody) -> None:
    orientation = pelvis_orientation(q)
    up, facing = (orientation.apply(axis).mean(axis=0) for axis in ([0.0, 1.0, 0.0], [1.0, 0.0, 0.0]))
    lean = np.degrees(np.arccos(np.clip(up[1] / np.linalg.norm(up), -1.0, 1.0)))
    if lean > _LARGEST_LEAN_DEG:
        raise DataError(f"{source}: the pelvis leans by {lean:.0f}° on average; is Y the vertical axis of this file?")
    still = np.zeros_like(q)
    lowest = rigid_body_motion(body.multibody.tree, body.points, q, still, still).position[:, :, 1].min()
    height = float(q[:, _TY].mean() - lowest) / body.leg_length_m
    if not _PELVIS_HEIGHT[0] < height < _PELVIS_HEIGHT[1]:
        raise DataError(
            f"{source}: this is not walking: the pelvis is {height:.2f} leg lengths above the feet, expected {_PELVIS_HEIGHT[0]} to "
            f"{_PELVIS_HEIGHT[1]}"
        )
    _check_speed(source, cycle.speed_mps, body.leg_length_m)
    aside = np.degrees(np.arctan2(abs(facing[2]), facing[0]))
    if aside > 180.0 - _LARGEST_SIDESTEP_DEG:
        raise DataError(f"{source}: the body moves backwards; is the recording reversed in time?")
    if aside > _LARGEST_SIDESTEP_DEG:
        raise DataError(
            f"{source}: the body faces {aside:.0f}° away from where it goes; only forward walking can be enforced"
        )


def _check_speed(source: str, speed_mps: float, leg_m: float) -> None:
    if speed_mps < SLOWEST_MPS:
        raise DataError(
            f"{source}: the body moves forward at {speed_mps:.2f} m/s only; if this was recorded on a treadmill, say how fast with "
            "--belt-speed"
        )
    fastest = np.sqrt(FASTEST_FROUDE * GRAVITY_MPS2 * leg_m)
    if speed_mps > fastest:
        unit = next((name for name, per_m in _UNITS.items() if SLOWEST_MPS < speed_mps / per_m < fastest), None)
        hint = f"; positions in {unit}? They must be metres" if unit else ""
        raise DataError(
            f"{source}: {speed_mps:.2f} m/s is not walking for legs of {leg_m:.2f} m (at most {fastest:.2f}){hint}"
        )
