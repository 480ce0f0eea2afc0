"""The curves of a reading cut at its strikes: leg by leg, in the names, units and signs of gait norms."""

import numpy as np

from downstream.readings.gait_reading import Curve, GaitReading
from downstream.walks.labelled_walk import LEG_ANGLES, LEG_MOMENTS, TRUNK_ANGLES
from engine.cohort.walk_data import LegCurves
from engine.core.arrays import Array
from engine.core.conventions import ANTISYMMETRIC_COORDINATES, GAIT_ANGLES, SIDES
from engine.gait.strides import BothSides, Stride, stride_curves, strides_in_order

_FORCES = {"ground_force_vx": 0, "ground_force_vy": 1}


def whole_strides(reading: GaitReading) -> BothSides:
    """Complete strides of each side, in the order of `SIDES`, that lie within the reading's frames."""
    start, end = reading.time[[0, -1]]
    right, left = (
        tuple(one for one in side if start <= one.heel_strike and one.next_heel_strike <= end)
        for side in strides_in_order(reading.events)
    )
    return right, left


def cut_curves(reading: GaitReading) -> tuple[LegCurves, LegCurves]:
    """Right and left leg, names and units of `engine.gait.norms.quantities`, ``(strides, 101)`` each; none where no stride is whole."""
    right, left = (_leg(reading, side, strides) for side, strides in enumerate(whole_strides(reading)))
    return right, left


def cut_deviations(reading: GaitReading) -> tuple[dict[str, Array], dict[str, Array]]:
    """Standard deviation ``(101,)`` of each mean curve. Errors of a curve are taken as alike in all strides, so it is the strides' mean."""
    sds = _same_events(reading, {name: Curve(curve.sd, curve.sd) for name, curve in reading.curves.items()})
    right, left = (
        {name: np.abs(curves).mean(axis=0) for name, curves in leg.curves.items() if len(curves)}
        for leg in cut_curves(sds)
    )
    return right, left


def cut_activity(reading: GaitReading) -> tuple[Array, Array] | None:
    """Mean activity ``(groups, 101)`` of each leg over its strides; None where it is not read, or no stride of a leg is whole."""
    both, curve = whole_strides(reading), reading.curves.get("activity")
    if curve is None or not all(both):
        return None
    right, left = (
        stride_curves(reading.time, curve.values[:, side], strides).mean(axis=0).T for side, strides in enumerate(both)
    )
    return right, left


def _same_events(reading: GaitReading, curves: dict[str, Curve]) -> GaitReading:
    return GaitReading(reading.time, reading.events, reading.event_sd_s, curves, {})


def _leg(reading: GaitReading, side: int, strides: tuple[Stride, ...]) -> LegCurves:
    columns = _columns(reading.curves, side) if strides else {}
    cut = {name: stride_curves(reading.time, values, strides) for name, values in columns.items()}
    return LegCurves(cut, None, strides)


def _columns(curves: dict[str, Curve], side: int) -> dict[str, Array]:
    """Each norm's curve over the frames ``(F,)``."""
    columns: dict[str, Array] = {}
    if "trunk_angles" in curves:
        trunk = np.deg2rad(curves["trunk_angles"].values)
        columns |= {name: _mirror(name, side) * trunk[:, TRUNK_ANGLES.index(name)] for name in GAIT_ANGLES[:3]}
    if "leg_angles" in curves:
        leg = np.deg2rad(curves["leg_angles"].values[:, side])
        columns |= {name: leg[:, LEG_ANGLES.index(name)] for name in GAIT_ANGLES[3:]}
    if "ground_force" in curves:
        columns |= {name: curves["ground_force"].values[:, side, axis] for name, axis in _FORCES.items()}
    if "moments" in curves:
        moments = curves["moments"].values[:, side]
        columns |= {f"{name}_moment": moments[:, k] for k, name in enumerate(LEG_MOMENTS)}
    if "ankle_power" in curves:
        columns["ankle_power"] = curves["ankle_power"].values[:, side]
    return columns


def _mirror(name: str, side: int) -> float:
    return -1.0 if SIDES[side] == "left" and name in ANTISYMMETRIC_COORDINATES else 1.0
