"""Tolerances of the projection: how large a deviation of each kind costs one half.

They are given for an adult of `REFERENCE_WEIGHT_N` and `REFERENCE_LEG_M` and scale with body weight and leg length.
"""

from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Any

from engine.core.yaml_files import STRICT
from engine.gait.records import RejectionReason


def _check(settings: Any, may_be_zero: tuple[str, ...]) -> None:
    """Raises ValueError unless every number is finite and positive, or zero where that ``may_be``."""
    for name in (field.name for field in fields(settings)):
        number, zero = getattr(settings, name), name in may_be_zero
        if not (isfinite(number) and (number > 0 or (zero and number == 0))):
            raise ValueError(f"{name}: {number:g}, must be finite and {'not negative' if zero else 'positive'}")


@dataclass(frozen=True)
class ForceSettings:
    """Tolerances of the inner problem: which activations and ground forces explain a frame.

    - ``root_force_n``, ``root_moment_nm``, ``joint_moment_nm``, ``toe_moment_nm``: unexplained forces; small muscles of the foot, which
      the model lacks, act at the toes (an assumption, see `engine.physics.figures`);
    - ``residual_weight``: their weight against everything else inside the inner problem;
    - ``effort``: weight of squared activations (each weighted by its muscle's relative strength);
    - ``point_force``: weight of squared point forces (in units of 100 N), so that load is shared;
    - ``rest_height_m``, ``rest_speed_mps``: a point force of 100 N that is that high or slides that fast costs half the floor's firmness,
      which grows with the load of the leg from ``touching`` to ``standing`` under one that bears ``standing_load_bw``
      ``firm_ahead_s`` later;
    - ``aim_force_n``, ``aim_height``: the force of each leg aims at a point that many pelvis heights above the floor (the body's
      "virtual pivot point", Maus et al. 2010, Nat Commun 1:70), where the forces of a measured walk meet;
    - ``friction``: coefficient of the friction pyramid;
    - ``leg_pain``, ``knee_pain``: twice the cost of a body weight on a leg, or through a knee, that hurts by an amount of one.
    """

    __pydantic_config__ = STRICT

    root_force_n: float = 15.0
    root_moment_nm: float = 5.0
    joint_moment_nm: float = 3.0
    toe_moment_nm: float = 9.0
    residual_weight: float = 400.0
    effort: float = 150.0
    point_force: float = 0.02
    touching: float = 0.05
    standing: float = 5.0
    standing_load_bw: float = 0.35
    firm_ahead_s: float = 0.01
    rest_height_m: float = 0.008
    rest_speed_mps: float = 0.028
    aim_force_n: float = 60.0
    aim_height: float = 1.5
    friction: float = 0.8
    least_activation: float = 0.01
    leg_pain: float = 4.0
    knee_pain: float = 1.6

    def __post_init__(self) -> None:
        _check(self, may_be_zero=("firm_ahead_s", "least_activation", "leg_pain", "knee_pain"))
        if self.least_activation >= 1:
            raise ValueError(f"least_activation: {self.least_activation:g}, must be below 1, a full activation")


@dataclass(frozen=True)
class MotionSettings:
    """Tolerances of the motion itself.

    - ``angle_rad``, ``toe_angle_rad``, ``height_m``, ``horizontal_m``: deviation from the proposal per frame, all times ``looseness``;
    - ``speed_mps``, ``log_duration``: deviation of mean speed and stride time;
    - ``sink_m``: penetration beyond 1 mm;
    - ``trunk_torque_nm``, ``arm_torque_nm``: torques that no muscle of the model gives;
    - ``range_rad``: angle outside the joint's range;
    - ``peak_force``: total vertical force above its cap, in body weights.
    """

    __pydantic_config__ = STRICT

    looseness: float = 1.0
    angle_rad: float = 0.08
    toe_angle_rad: float = 0.15
    height_m: float = 0.10
    horizontal_m: float = 0.05
    speed_mps: float = 0.05
    log_duration: float = 0.03
    sink_m: float = 0.002
    sink_allowed_m: float = 0.001
    trunk_torque_nm: float = 50.0
    arm_torque_nm: float = 15.0
    range_rad: float = 0.01
    peak_force: float = 0.05

    def __post_init__(self) -> None:
        _check(self, may_be_zero=("sink_allowed_m",))


JOINT_RANGE_RAD: dict[str, tuple[float, float]] = {
    "knee_angle": (0.02, 2.0),
    "ankle_angle": (-0.6, 0.45),
    "hip_flexion": (-0.5, 1.5),
    "hip_adduction": (-0.35, 0.35),
    "mtp_angle": (-0.15, 0.8),
}
"""Range in which a walking leg is kept."""


@dataclass(frozen=True)
class Attempt:
    """Multiples of the tolerances to the proposal and to sliding, and of the weight of effort: where muscles hold back and leave a moment
    unexplained, cheaper effort makes them give it."""

    looseness: float
    slide: float
    effort: float = 1.0


@dataclass(frozen=True)
class Attempts:
    """What is tried in turn before a proposal or a walk is given up: after feet that slide or sink a ``firmer`` floor, after forces that
    stay unexplained a ``softer`` one."""

    first: Attempt
    firmer: tuple[Attempt, ...]
    softer: tuple[Attempt, ...]

    def __post_init__(self) -> None:
        if len(self.firmer) != len(self.softer):
            raise ValueError(
                f"{len(self.firmer)} firmer and {len(self.softer)} softer attempts; as many of both are needed"
            )

    def __len__(self) -> int:
        return 1 + len(self.firmer)

    def after(self, reason: RejectionReason | None, number: int) -> Attempt:
        """Attempt ``number``, from 0, after one that was rejected for ``reason``."""
        if number == 0:
            return self.first
        slid = reason in (RejectionReason.SKATE, RejectionReason.PENETRATION)
        return (self.firmer if slid else self.softer)[number - 1]


@dataclass(frozen=True)
class Settings:
    """Everything that the projection weighs."""

    force: ForceSettings = ForceSettings()
    motion: MotionSettings = MotionSettings()

    __pydantic_config__ = STRICT

    def varied(self, attempt: Attempt) -> "Settings":
        """With the tolerances of an attempt."""
        force, motion = self.force, self.motion
        return Settings(
            replace(force, rest_speed_mps=attempt.slide * force.rest_speed_mps, effort=attempt.effort * force.effort),
            replace(motion, looseness=attempt.looseness * motion.looseness),
        )
