"""What is compared: measures of the sagittal plane that both tiers have, each with the least change that counts."""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2
from engine.gait.records import Gait

SENSE: dict[str, float] = {
    "hip flexion peak, °": 2.0,
    "hip extension peak, °": 2.0,
    "stance knee flexion, °": 2.0,
    "swing knee flexion peak, °": 2.0,
    "stance dorsiflexion peak, °": 2.0,
    "plantarflexion peak, °": 2.0,
    "pelvis tilt mean, °": 1.5,
    "knee extension moment peak, N·m/kg": 0.08,
    "plantarflexion moment peak, N·m/kg": 0.08,
    "ankle power peak, W/kg": 0.2,
    "early vertical force peak, BW": 0.05,
    "late vertical force peak, BW": 0.05,
    "braking force peak, BW": 0.02,
    "propulsive force peak, BW": 0.02,
    "stance, %": 1.5,
}
"""Measures, and the least change that counts in both tiers (those of ``compare_prediction.py``; of forces and stance, assumptions)."""

STEP_LENGTH = "step length, m"
"""Told but not compared: Moco keeps the stride time and here the speed."""


def measures(gait: Gait) -> dict[str, float]:
    """Of the right leg, whose heel strike is phase 0; flexion and anterior tilt positive; forces in body weights (BW)."""
    q, moments = np.rad2deg(gait.dynamics.q), gait.dynamics.moments / gait.subject.mass_kg
    u = gait.cycle.motion(len(q)).u
    off = round(gait.contact.right_toe_off * len(q))
    hip, knee, ankle = (COORDINATE_INDEX[name] for name in ("hip_flexion_r", "knee_angle_r", "ankle_angle_r"))
    plantarflexion_moment = -moments[:off, ankle]
    values = (
        q[:, hip].max(),
        -q[:, hip].min(),
        q[: round(0.8 * off), knee].mean(),
        q[:, knee].max(),
        q[:off, ankle].max(),
        -q[:, ankle].min(),
        -q[:, COORDINATE_INDEX["pelvis_tilt"]].mean(),
        -moments[: round(0.5 * off), knee].min(),
        plantarflexion_moment.max(),
        (moments[:, ankle] * u[:, ankle]).max(),
        *_force_peaks(gait, off),
        100 * gait.contact.right_toe_off,
        gait.cycle.speed_mps * gait.cycle.duration_s / 2,
    )
    return dict(zip((*SENSE, STEP_LENGTH), map(float, values), strict=True))


def _force_peaks(gait: Gait, off: int) -> tuple[float, float, float, float]:
    """Of vertical force in the two halves of stance, backwards and forwards."""
    force: Array = gait.dynamics.force[:off, 0] / (gait.subject.mass_kg * GRAVITY_MPS2)
    half = off // 2
    return force[:half, 1].max(), force[half:, 1].max(), -force[:, 0].min(), force[:, 0].max()
