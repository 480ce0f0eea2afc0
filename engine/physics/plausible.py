"""Whether a proposal is a human walk at all. What is not is refused before any optimisation, with the first thing that is wrong.

The limits are far outside of what people do, ill or well; inside them it is for forces to decide.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, GRAVITY_MPS2, TRANSLATIONS
from engine.gait.cycle import GaitCycle
from engine.physics.body import PhysicalBody

SPEEDS_FROUDE = 1.5
"""Largest v²/(g·leg): people run from about 0.5 on, and cannot walk above 1 (Alexander 1989, Physiol Rev 69:1199)."""
SLOWEST_MPS = 0.05
STRIDE_TIMES_S = (0.25, 8.0)
LARGEST_RAD: dict[str, float] = {"pelvis_tilt": 1.4, "pelvis_list": 1.4, "pelvis_rotation": 1.6}
_LARGEST_ANGLE_RAD = 3.2
_LARGEST_RATE_RAD_PER_S = 40.0
_LARGEST_BOUNCE = 0.5
_FRAMES = 100
_ANGLES = [i for i, name in enumerate(COORDINATES) if name not in TRANSLATIONS]
_LIMITS = np.array([LARGEST_RAD.get(COORDINATES[i], _LARGEST_ANGLE_RAD) for i in _ANGLES])
_SWAY = [COORDINATES.index(name) for name in TRANSLATIONS]


def implausible(cycle: GaitCycle, body: PhysicalBody) -> str | None:
    """What makes a cycle no walk of that body, in words; None if nothing does."""
    fastest = float(np.sqrt(SPEEDS_FROUDE * GRAVITY_MPS2 * body.leg_length_m))
    if not SLOWEST_MPS <= cycle.speed_mps <= fastest:
        return f"a speed of {cycle.speed_mps:.3g} m/s; {SLOWEST_MPS} to {fastest:.1f} are possible on these legs"
    if not STRIDE_TIMES_S[0] <= cycle.duration_s <= STRIDE_TIMES_S[1]:
        return f"a stride of {cycle.duration_s:.3g} s; {STRIDE_TIMES_S[0]} to {STRIDE_TIMES_S[1]} are possible"
    motion = cycle.motion(_FRAMES)
    return _wild_angle(motion.q, motion.u) or _wild_sway(cycle, body)


def _wild_angle(q: Array, u: Array) -> str | None:
    angle, rate = np.abs(q[:, _ANGLES]).max(axis=0), np.abs(u[:, _ANGLES]).max(axis=0)
    worst = int((angle / _LIMITS).argmax())
    if angle[worst] > _LIMITS[worst]:
        return f"{COORDINATES[_ANGLES[worst]]} reaches {np.degrees(angle[worst]):.0f}°"
    if rate.max() > _LARGEST_RATE_RAD_PER_S:
        return f"{COORDINATES[_ANGLES[int(rate.argmax())]]} turns at {np.degrees(rate.max()):.0f} °/s"
    return None


def _wild_sway(cycle: GaitCycle, body: PhysicalBody) -> str | None:
    """The pelvis moves against its uniform way by more than half a leg."""
    sway = np.ptp(GaitCycle(cycle.coefficients, 0.0, cycle.duration_s).motion(_FRAMES).q[:, _SWAY], axis=0)
    if sway.max() > _LARGEST_BOUNCE * body.leg_length_m:
        return f"{TRANSLATIONS[int(sway.argmax())]} sways by {sway.max():.2f} m"
    return None
