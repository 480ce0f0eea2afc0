"""What can be read of a walk, by name: a table that readings, reports and benchmarks share.

Curves come from the network; what is had from them and from geometry are numbers of the whole walk.
"""

from dataclasses import dataclass

from downstream.readings.gait_reading import Number
from downstream.walks.labelled_walk import FORCE_AXES, LEG_ANGLES, LEG_MOMENTS, TRUNK_ANGLES
from downstream.walks.muscle_groups import ACTIVITY_GROUPS


@dataclass(frozen=True)
class CurveQuantity:
    """A quantity over time. ``parts`` name its last axis, none where it has no such axis; ``sided``: right and left leg. ``title`` and
    ``unit`` are those that people read."""

    title: str
    unit: str
    parts: tuple[str, ...]
    sided: bool


@dataclass(frozen=True)
class NumberQuantity:
    """A figure of a whole walk. ``least`` is the smallest standard deviation that is told; what is not ``signed`` is never below zero."""

    title: str
    unit: str
    least: float
    signed: bool = False

    def interval(self, number: Number) -> tuple[float, float] | None:
        """What holds the true value 95 times in 100, of what can be."""
        if number.interval is None:
            return None
        low, high = number.interval
        return (low if self.signed else max(low, 0.0)), high


CURVES: dict[str, CurveQuantity] = {
    "leg_angles": CurveQuantity("joint angles", "deg", LEG_ANGLES, sided=True),
    "trunk_angles": CurveQuantity("pelvis and trunk", "deg", TRUNK_ANGLES, sided=False),
    "ground_force": CurveQuantity("ground force", "body weights", FORCE_AXES, sided=True),
    "moments": CurveQuantity("joint moments", "N·m/kg", LEG_MOMENTS, sided=True),
    "ankle_power": CurveQuantity("ankle power", "W/kg", (), sided=True),
    "activity": CurveQuantity("muscle activity", "share of full activation", tuple(ACTIVITY_GROUPS), sided=True),
}
"""As in `LabelledWalk`, angles in degrees."""

NUMBERS: dict[str, NumberQuantity] = {
    "speed_mps": NumberQuantity("walking speed", "m/s", 0.005),
    "cadence_spm": NumberQuantity("cadence", "steps/min", 0.1),
    "stride_time_s": NumberQuantity("stride time", "s", 0.001),
    "step_length_m": NumberQuantity("step length", "m", 0.003),
    "step_width_m": NumberQuantity("step width", "m", 0.003, signed=True),
    "stance_pct": NumberQuantity("stance", "% of the stride", 0.2),
    "double_support_pct": NumberQuantity("double support", "% of the stride", 0.3),
    "step_time_asymmetry_pct": NumberQuantity("left-right difference of step time", "%", 0.2, signed=True),
    "stance_asymmetry_pct": NumberQuantity("left-right difference of stance", "%", 0.2, signed=True),
    "stride_time_cv_pct": NumberQuantity("stride-to-stride variability of stride time", "%", 0.2),
    "knee_at_extension_deg": NumberQuantity("knee flexion at greatest extension in stance", "deg", 0.5, signed=True),
    "gait_deviation_index": NumberQuantity("Gait Deviation Index", "points", 1.0),
    "gait_profile_score_deg": NumberQuantity("Gait Profile Score", "deg", 0.2),
}
