"""What people with a stiff knee do that effort alone does not find: they lift the pelvis over the swinging leg, which swings the foot out.

Least effort near a habit is local: from a gait in which the leg passes below, it shuffles or vaults. So a person whose knee cannot bend as
it is used to starts from, and is drawn to, a gait with the hip hiked and the leg swung out.
"""

from dataclasses import replace

import numpy as np

from engine.core.conventions import COORDINATE_INDEX, LEG_COORDINATES, SIDES, suffix
from engine.gait.cycle import GaitCycle, fit_coefficients, phase_grid
from engine.physics.body import PhysicalBody

HIKE_DEG = 8.0
"""Obliquity of the pelvis in swing after stroke: 8.2 degrees, SD 2.8 (PMC3641757)."""

ABDUCTION_DEG = 6.0
"""Swings the foot out by a tenth of the leg's length (an assumption: 3 to 8 cm are usual after stroke)."""

_FULL_LOSS_DEG = 40.0
"""Swing flexion of the knee that is lost where it reaches 20 instead of 60 degrees: the whole hike."""

_WIDTH, _AFTER_PEAK = 0.1, 0.07
"""Shares of the cycle: over which the hike fades, and by which it comes after the knee's largest flexion."""

_FRAMES = 64


def swing_out_stiff_side(cycle: GaitCycle, body: PhysicalBody) -> GaitCycle:
    """The cycle with pelvis lifted and hip abducted in swing, by what the knee's limit takes from the flexion that the cycle uses."""
    limits = body.joint_range.reshape(len(SIDES), len(LEG_COORDINATES), 2)
    used, phase = cycle.motion(_FRAMES).q, phase_grid(_FRAMES)
    coefficients = cycle.coefficients.copy()
    for side, name in enumerate(SIDES):
        knee = used[:, COORDINATE_INDEX["knee_angle" + suffix(name)]]
        lost = np.rad2deg(max(0.0, knee.max() - limits[side, LEG_COORDINATES.index("knee_angle"), 1]))
        away = (phase - phase[knee.argmax()] - _AFTER_PEAK + 0.5) % 1.0 - 0.5
        bump = min(1.0, lost / _FULL_LOSS_DEG) * fit_coefficients(np.exp(-0.5 * (away / _WIDTH) ** 2))
        right_is_up = -1.0 if name == "right" else 1.0
        coefficients[:, COORDINATE_INDEX["pelvis_list"]] += right_is_up * np.deg2rad(HIKE_DEG) * bump
        coefficients[:, COORDINATE_INDEX["hip_adduction" + suffix(name)]] -= np.deg2rad(ABDUCTION_DEG) * bump
    return replace(cycle, coefficients=coefficients)
