"""Gait parameters of a walk: the one definition, for labels and for the targets of estimators alike.

Definitions are the clinical ones. What follows from heel strikes and toe offs is in `engine.gait.temporal_parameters`. Step length and
step width are taken from three successive footfalls *a, b, a'*: the line of progression is the stride line *a a'*; the step length of
the foot that ends the stride is the part of *b a'* along that line, the step width the distance of *b* from it (Huxham et al. 2006, Gait
Posture 23:159).

Where a foot is. A footfall is the force-weighted mean centre of pressure in the first `EARLY_STANCE` of stance: what a pressure
mat sees of the heel. In a measured walk (one adult, 1.24 m/s, three footfalls) it lay 54 to 55 mm in front of the heel marker and
7 mm inward to 14 mm outward of it. The distance forward cancels in stride length and in the mean of left and right step length; it
does not cancel in their difference when one foot lands on the heel and the other on the toes. The distance outward stays in step width.
"""

from dataclasses import asdict, dataclass

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, SIDES, suffix
from engine.gait.joint_power import joint_power
from engine.gait.records import Dynamics, Gait, Walk
from engine.gait.strides import BothSides, Stride, complete_strides, derivative, stride_curves
from engine.gait.temporal_parameters import cadence_spm, double_support_pct, stance_pct, stride_time_s

EARLY_STANCE = 0.15
"""Share of stance, from heel strike, whose centre of pressure says where the foot stands."""

_HORIZONTAL = [0, 2]
_PELVIS = [COORDINATE_INDEX["pelvis_tx"], COORDINATE_INDEX["pelvis_tz"]]


@dataclass(frozen=True)
class SideParameters:
    """Means over the complete strides of one leg. The step is the one that ends with this foot's heel strike."""

    step_length_m: float
    step_width_m: float
    stride_time_s: float
    stance_pct: float
    double_support_pct: float
    knee_flexion_swing_peak_deg: float
    hip_range_deg: float
    ankle_power_peak_w_per_kg: float
    hip_power_peak_w_per_kg: float
    knee_power_absorption_peak_w_per_kg: float


@dataclass(frozen=True)
class GaitParameters:
    """Figures of a walk, means of the two sides; the fields are columns of ``manifest.parquet``, named as in `engine.core.measures`.

    ``stride_time_cv`` is a share (0.02 is 2 %): standard deviation of stride time within sides over its mean. ``step_width_m``
    is negative where the feet cross. ``hip_range_deg`` is the flexion range of a stride.
    """

    speed_mps: float
    cadence_spm: float
    step_length_m: float
    step_width_m: float
    stance_pct: float
    double_support_pct: float
    stride_time_s: float
    stride_time_cv: float
    knee_flexion_swing_peak_deg: float
    hip_range_deg: float
    ankle_power_peak_w_per_kg: float
    hip_power_peak_w_per_kg: float
    knee_power_absorption_peak_w_per_kg: float

    def to_dict(self) -> dict[str, float]:
        """Field name to value, in the order of the fields."""
        return asdict(self)


def gait_parameters(walk: Walk) -> GaitParameters:
    """The gait parameters of ``walk``.

    Raises:
        ValueError: fewer than two complete strides, none on one side, or footfalls without force under them; names the subject.
    """
    strides = _checked_strides(walk)
    right, left = _sides(walk, strides)
    shared = {name: float((value + getattr(left, name)) / 2) for name, value in asdict(right).items()}
    return GaitParameters(
        speed_mps=_speed(walk.dynamics, strides),
        cadence_spm=cadence_spm(strides),
        stride_time_cv=_within_side_deviation(strides) / shared["stride_time_s"],
        **shared,
    )


def side_parameters(walk: Walk) -> tuple[SideParameters, SideParameters]:
    """The same figures leg by leg, in the order of `SIDES`; their difference is the asymmetry.

    Raises:
        ValueError: as `gait_parameters`.
    """
    return _sides(walk, _checked_strides(walk))


def _checked_strides(walk: Walk) -> BothSides:
    start, end = walk.dynamics.time[0], walk.dynamics.time[-1]
    right, left = (
        tuple(s for s in side if s.heel_strike >= start - 1e-9 and s.next_heel_strike <= end + 1e-9)
        for side in complete_strides(walk.events)
    )
    strides = (right, left)
    counts = [len(side) for side in strides]
    if min(counts) < 1 or sum(counts) < 3:
        raise ValueError(
            f"subject {walk.subject.id}: {counts[0]} complete strides of the right and {counts[1]} of the left foot; gait "
            f"parameters need two of one foot and at least one of the other"
        )
    return strides


def _sides(walk: Walk, strides: BothSides) -> tuple[SideParameters, SideParameters]:
    right, left = (_side(walk, side, strides[side]) for side in range(len(SIDES)))
    return right, left


def _side(walk: Walk, side: int, strides: tuple[Stride, ...]) -> SideParameters:
    steps = np.array([step for stride in strides if (step := _step(walk.dynamics, stride)) is not None])
    if not len(steps):
        raise ValueError(f"subject {walk.subject.id}: no {SIDES[side]} stride whose three footfalls all bear force")
    return SideParameters(
        step_length_m=float(steps[:, 0].mean()),
        step_width_m=float(steps[:, 1].mean()),
        stride_time_s=stride_time_s(strides),
        stance_pct=stance_pct(strides),
        double_support_pct=double_support_pct(strides),
        knee_flexion_swing_peak_deg=_knee_swing_peak(walk.dynamics, side, strides),
        hip_range_deg=float(np.rad2deg(np.ptp(_curves(walk.dynamics, "hip_flexion", side, strides), axis=1).mean())),
        ankle_power_peak_w_per_kg=_power_peak(walk, "ankle", side, strides),
        hip_power_peak_w_per_kg=_power_peak(walk, "hip", side, strides),
        knee_power_absorption_peak_w_per_kg=_power_peak(walk, "knee", side, strides, sign=-1),
    )


def _step(dynamics: Dynamics, stride: Stride) -> tuple[float, float] | None:
    """Length and width of the step that ends ``stride``; None if the walk ends before its last foot bears load."""
    early = EARLY_STANCE * (stride.toe_off - stride.heel_strike)
    first = footfall(dynamics, stride.side, stride.heel_strike, early)
    other = footfall(dynamics, 1 - stride.side, stride.opposite_heel_strike, early)
    last = footfall(dynamics, stride.side, stride.next_heel_strike, early)
    if first is None or other is None or last is None:
        return None
    line = (last - first) / np.linalg.norm(last - first)
    to_the_right = np.array([-line[1], line[0]])
    away = to_the_right @ (first - other)
    return float(line @ (last - other)), float(away if SIDES[stride.side] == "right" else -away)


def footfall(dynamics: Dynamics, side: int, heel_strike: float, window: float) -> Array | None:
    """Where a foot stands: forward and rightward position ``(2,)``, metres, by the pressure in the ``window`` seconds after it strikes.

    None if the walk ends before the window does, or nothing presses on the floor in it.
    """
    inside = (dynamics.time >= heel_strike) & (dynamics.time <= heel_strike + window)
    load = np.maximum(dynamics.force[inside, side, 1], 0.0)
    if dynamics.time[-1] < heel_strike + window or load.sum() <= 0:
        return None
    return load @ dynamics.pressure_centre[inside, side][:, _HORIZONTAL] / load.sum()


def _speed(dynamics: Dynamics, strides: BothSides) -> float:
    """Horizontal way of the pelvis from the first to the last heel strike of a foot, by its time; mean of both feet."""
    speeds = []
    for side in strides:
        start, end = side[0].heel_strike, side[-1].next_heel_strike
        way = [np.diff(np.interp([start, end], dynamics.time, dynamics.q[:, index]))[0] for index in _PELVIS]
        speeds.append(np.hypot(*way) / (end - start))
    return float(np.mean(speeds))


def _within_side_deviation(strides: BothSides) -> float:
    """Standard deviation of stride time about each side's own mean, pooled."""
    times = [np.array([s.duration for s in side]) for side in strides]
    squares = sum(((t - t.mean()) ** 2).sum() for t in times)
    return float(np.sqrt(squares / sum(len(t) - 1 for t in times)))


def _curves(dynamics: Dynamics, coordinate: str, side: int, strides: tuple[Stride, ...]) -> Array:
    column = dynamics.q[:, COORDINATE_INDEX[coordinate + suffix(SIDES[side])]]
    return stride_curves(dynamics.time, column, strides)


def _knee_swing_peak(dynamics: Dynamics, side: int, strides: tuple[Stride, ...]) -> float:
    curves = _curves(dynamics, "knee_angle", side, strides)
    stance = np.array([stride.stance_share for stride in strides])
    return float(np.rad2deg(np.mean(swing_peak(curves, np.linspace(0, 1, curves.shape[1]), stance))))


def swing_peak(curves: Array, share: Array, stance: Array) -> Array:
    """Greatest value in swing ``(n,)`` of curves ``(n, t)`` that were taken at ``share (t,)`` of a stride; ``stance (n,)`` is its share."""
    return np.where(share >= stance[:, None], curves, -np.inf).max(axis=1)


def _power_peak(walk: Walk, joint: str, side: int, strides: tuple[Stride, ...], sign: int = 1) -> float:
    """Mean over strides of a joint's greatest power that is generated (``sign`` 1) or absorbed (−1), W per kg of body mass."""
    dynamics = walk.dynamics
    power = joint_power(dynamics.moments, derivative(dynamics.time, dynamics.q), joint, SIDES[side])
    return float((sign * stride_curves(dynamics.time, power, strides)).max(axis=1).mean() / walk.subject.mass_kg)


def ankle_power_peak(gait: Gait) -> tuple[float, float]:
    """The same of one cycle, right and left leg: peak of ankle moment times ankle speed, W per kg of body mass."""
    motion = gait.cycle.motion(len(gait.dynamics.time))
    right, left = (joint_power(gait.dynamics.moments, motion.u, "ankle", side).max() for side in SIDES)
    return float(right / gait.subject.mass_kg), float(left / gait.subject.mass_kg)
