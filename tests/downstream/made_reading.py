"""Readings made of what is known: of a walk's labels, and of healthy mean curves; with standard deviations of one's own."""

import numpy as np

from downstream.readings.gait_reading import Curve, GaitReading, Number
from downstream.readings.healthy_gait import ANGLES, healthy_gait
from downstream.walks.labelled_walk import LEG_ANGLES, TRUNK_ANGLES
from engine.core.conventions import ANTISYMMETRIC_COORDINATES
from engine.gait.cycle import basis
from engine.gait.records import Events

CURVE_SD = {
    "leg_angles": 2.5,
    "trunk_angles": 1.5,
    "ground_force": 0.04,
    "moments": 0.06,
    "ankle_power": 0.2,
    "activity": 0.06,
}


def reading_of(walk, *, speed_mps=1.2, event_sd_s=0.012):
    """What a reader without error would read of a walk, as unsure as one with."""
    degrees = {name: np.rad2deg(getattr(walk, name)) for name in ("leg_angles", "trunk_angles")}
    others = {name: getattr(walk, name) for name in CURVE_SD if name not in degrees}
    known = {name: np.asarray(values, float) for name, values in (degrees | others).items() if values is not None}
    curves = {name: Curve(values, np.full_like(values, CURVE_SD[name])) for name, values in known.items()}
    return GaitReading(walk.time, walk.events, event_sd_s, curves, {"speed_mps": Number(speed_mps, 0.03)})


def even_events(strides=10, stride_s=1.1, stance=0.62, lag=0.5):
    """Right strikes at 0, 1, … strides; the left foot ``lag`` strides behind."""
    right = stride_s * np.arange(strides + 1)
    left = right[:-1] + lag * stride_s
    offs = [strikes + stance * stride_s for strikes in (right, left)]
    before = left[:1] - stride_s + stance * stride_s
    return Events((right, left), (offs[0], np.concatenate([before, offs[1]])))


def mean_walk(speed, age_years=35.0, *, strides=6, stride_s=1.1, sd_deg=0.0, bent_deg=0.0, speed_mps=None):
    """Healthy mean curves of a dimensionless ``speed``, right knee bent by ``bent_deg`` more, at 100 Hz."""
    time = np.arange(round(100 * (strides * stride_s + 0.2))) / 100
    evened = healthy_gait().mean_curves(age_years, speed)
    coefficients = np.concatenate([evened[:, :1], evened[:, 1:] * np.sqrt(2)], axis=1)
    legs, trunk = np.zeros((len(time), 2, len(LEG_ANGLES))), np.zeros((len(time), len(TRUNK_ANGLES)))
    for side in range(2):
        curves = basis(time / stride_s - 0.5 * side) @ coefficients.T
        for k, name in enumerate(ANGLES):
            if name in TRUNK_ANGLES:
                sign = -1 if side and name in ANTISYMMETRIC_COORDINATES else 1
                trunk[:, TRUNK_ANGLES.index(name)] += sign * curves[:, k] / 2
            else:
                legs[:, side, LEG_ANGLES.index(name)] = curves[:, k]
    legs[:, 0, LEG_ANGLES.index("knee_angle")] += bent_deg
    curves = {
        name: Curve(values, np.full_like(values, sd_deg))
        for name, values in (("leg_angles", legs), ("trunk_angles", trunk))
    }
    numbers = {} if speed_mps is None else {"speed_mps": Number(speed_mps, 0.0)}
    return GaitReading(time, even_events(strides, stride_s), 0.0, curves, numbers)
