"""Gait measures of many gaits at once, in the vocabulary of `engine.core.measures`.

The definitions are those of `engine.gait.gait_parameters`, where it has them: stance, swing and double support from heel strikes and toe
offs, peaks over stance or swing of the leg's own cycle. A gait here is a periodic cycle without forces, of which speed, duration and
stance are given: speed and step length need no footfalls, the heel of the flat foot stands for the centre of pressure in early stance,
and `FORCE_MEASURES` are left out (`engine.gait.gait_parameters` takes them from an enforced gait). Pelvic tilt and hip flexion are
OpenSim's, whose pelvis is upright where clinical models count about 7 deg of tilt.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2, SIDES, suffix
from engine.core.frozen import frozen
from engine.core.measures import GAIT
from engine.gait.cycle import basis, phase_grid
from engine.gait.gait_parameters import swing_peak
from generative.feet import BALL, HEEL, TOE, LegGeometry
from generative.gait_batch import GaitBatch, People, shift_rows
from generative.standing import FLAT_FOOT, mean_within, stance_progress, step_width, world_points

FORCE_MEASURES: tuple[str, ...] = (
    "ankle_power_peak_w_per_kg",
    "hip_power_peak_w_per_kg",
    "knee_power_absorption_peak_w_per_kg",
)
"""Measures that need forces."""

MEASURED: tuple[str, ...] = tuple(name for name in GAIT if name not in FORCE_MEASURES)
"""What `measure` gives."""

PUSH_OFF = 0.15
"""Share of the stride on either side of toe off in which the greatest plantarflexion is looked for."""

_LOADING = 0.25
_STILL_ARM_DEG = 0.1
_MIDDLE_OF_SWING = (0.25, 0.75)
"""Shares of stance in which the whole foot stands, and of swing."""

_PHASE = phase_grid(100)
_BASIS = basis(_PHASE)


def measure(gaits: GaitBatch, legs: LegGeometry, people: People) -> dict[str, Array]:
    """Every one of `MEASURED` for each gait, ``(n,)``, in the unit that its name tells.

    The gaits stand on ``legs`` (`generative.standing.ground`). Of ``people``, the size and the affected side count: on a one-sided
    person the measures of one leg or arm are those of that side, on others the mean of both, and of the arms' swing the lesser.
    """
    sides = [_Side.of(gaits, number) for number in range(len(SIDES))]
    feet = _feet(gaits, legs, people.hip_height)
    limbs = [
        {**side.limb(), **{name: values[:, number] for name, values in feet.items()}}
        for number, side in enumerate(sides)
    ]
    found = {
        **_spatiotemporal(gaits, people.hip_height),
        **_sided_times(gaits, people.side),
        **_other_leg(people.side, limbs[0], limbs[1]),
        **{name: _affected(people.side, limbs[0][name], limbs[1][name]) for name in limbs[0]},
        **sides[0].trunk(),
        **_arms(people.side, sides),
        "step_width_m": step_width(gaits, legs) * people.hip_height,
    }
    return {name: found[name] for name in MEASURED}


def _affected(side: np.ndarray, right: Array, left: Array) -> Array:
    """Of each person the value of the affected side, or the mean of both."""
    return np.where(side == "right", right, np.where(side == "left", left, (right + left) / 2))


def _spatiotemporal(gaits: GaitBatch, hip_height: Array) -> dict[str, Array]:
    seconds = gaits.duration * np.sqrt(hip_height / GRAVITY_MPS2)
    speed = gaits.speed * np.sqrt(GRAVITY_MPS2 * hip_height)
    stance = gaits.stance
    return {
        "speed_mps": speed,
        "cadence_spm": 120 / seconds,
        "step_length_m": speed * seconds / 2,
        "stride_time_s": seconds,
        "stance_pct": 100 * stance.mean(axis=1),
        "double_support_pct": 100 * (stance.sum(axis=1) - 1),
        "stride_time_cv": gaits.variability[:, 0],
        "stride_length_cv": gaits.variability[:, 1],
        "step_width_sd_m": gaits.variability[:, 2] * hip_height,
    }


def _sided_times(gaits: GaitBatch, side: np.ndarray) -> dict[str, Array]:
    """Stance and asymmetry of times; where no side is affected, the right one counts as such in a signed difference."""
    right, left = 100 * gaits.stance.T
    swing, other_swing = 100 - np.where(side == "left", left, right), 100 - np.where(side == "left", right, left)
    left_step = gaits.contact[:, 1]
    return {
        "stance_pct_affected": _affected(side, right, left),
        "stance_pct_unaffected": _affected(side, left, right),
        "swing_time_symmetry_index_pct": 100 * (swing - other_swing) / ((swing + other_swing) / 2),
        "step_time_asymmetry_pct": 100 * np.abs(1 - 2 * left_step) / 0.5,
    }


def _other_leg(side: np.ndarray, right: dict[str, Array], left: dict[str, Array]) -> dict[str, Array]:
    """Ranges of the leg that is not affected; where none is or both are, the mean and the right leg beyond the left."""
    hips, knees = ([leg[name] for leg in (right, left)] for name in ("hip_range_deg", "knee_range_deg"))
    return {
        "hip_range_unaffected_deg": _affected(side, *hips[::-1]),
        "hip_range_asymmetry_deg": np.where(side == "left", -1.0, 1.0) * (hips[0] - hips[1]),
        "knee_range_unaffected_deg": _affected(side, *knees[::-1]),
    }


@frozen
class _Side:
    """One leg's own cycle: ``angles (n, t, 31)`` deg from its heel strike, ``standing (n, t)`` and ``stance (n,)``."""

    number: int
    angles: Array
    stance: Array

    @classmethod
    def of(cls, gaits: GaitBatch, number: int) -> "_Side":
        coefficients = shift_rows(gaits.coefficients, -gaits.strike[:, number])
        return cls(number, np.rad2deg(_BASIS @ coefficients), gaits.stance[:, number])

    def angle(self, name: str) -> Array:
        """A coordinate ``(n, t)``; a leg's or arm's without its side."""
        own = name if name in COORDINATE_INDEX else name + suffix(SIDES[self.number])
        return self.angles[..., COORDINATE_INDEX[own]]

    @property
    def standing(self) -> np.ndarray:
        return self.stance[:, None] > _PHASE

    @property
    def toward(self) -> float:
        """Sign of a lean to this side."""
        return 1.0 if self.number == 0 else -1.0

    def limb(self) -> dict[str, Array]:
        """Measures of this leg, and of pelvis and trunk towards it."""
        hip, knee, ankle = self.angle("hip_flexion"), self.angle("knee_angle"), self.angle("ankle_angle")
        standing, swinging = self.standing, ~self.standing
        push_off = np.abs(_PHASE - self.stance[:, None]) <= PUSH_OFF
        return {
            "hip_range_deg": np.ptp(hip, axis=1),
            "hip_flexion_peak_deg": hip.max(axis=1),
            "hip_extension_peak_deg": -hip.min(axis=1),
            "hip_adduction_mean_deg": self.angle("hip_adduction").mean(axis=1),
            "hip_rotation_mean_deg": self.angle("hip_rotation").mean(axis=1),
            "knee_flexion_contact_deg": knee[:, 0],
            "knee_flexion_loading_peak_deg": knee[:, _PHASE <= _LOADING].max(axis=1),
            "knee_flexion_stance_min_deg": -_most(-knee, standing),
            "knee_flexion_swing_peak_deg": swing_peak(knee, _PHASE, self.stance),
            "knee_range_deg": np.ptp(knee, axis=1),
            "ankle_range_deg": np.ptp(ankle, axis=1),
            "ankle_dorsiflexion_contact_deg": ankle[:, 0],
            "ankle_dorsiflexion_stance_peak_deg": _most(ankle, standing),
            "ankle_dorsiflexion_swing_mean_deg": (ankle * swinging).sum(axis=1) / swinging.sum(axis=1),
            "ankle_plantarflexion_peak_deg": _most(-ankle, push_off),
            "pelvic_hike_swing_deg": swing_peak(-self.toward * self.angle("pelvis_list"), _PHASE, self.stance),
            "trunk_lean_affected_stance_deg": _most(self.toward * _trunk_lean(self.angles)[1], standing),
            "elbow_flexion_mean_deg": self.angle("elbow_flex").mean(axis=1),
        }

    def trunk(self) -> dict[str, Array]:
        """Measures of pelvis and trunk that know no side."""
        forward, rightward = _trunk_lean(self.angles)
        return {
            "pelvic_tilt_anterior_mean_deg": -self.angle("pelvis_tilt").mean(axis=1),
            "pelvic_obliquity_range_deg": np.ptp(self.angle("pelvis_list"), axis=1),
            "pelvic_rotation_range_deg": np.ptp(self.angle("pelvis_rotation"), axis=1),
            "trunk_flexion_deg": forward.mean(axis=1),
            "trunk_lateral_range_deg": np.ptp(rightward, axis=1),
        }


def _most(values: Array, where: np.ndarray) -> Array:
    return np.where(where, values, -np.inf).max(axis=1)


def _trunk_lean(angles_deg: Array) -> tuple[Array, Array]:
    """Lean of the trunk's long axis to the vertical, forward and to the right ``(n, t)`` deg; joints turn about Y, X, Z."""

    def sine_cosine(name: str) -> tuple[Array, Array]:
        angle = np.deg2rad(angles_deg[..., COORDINATE_INDEX[name]])
        return np.sin(angle), np.cos(angle)

    (s, c), (s_bend, c_bend) = sine_cosine("lumbar_extension"), sine_cosine("lumbar_bending")
    x, y, z = -s * c_bend, c * c_bend, s_bend
    s, c = sine_cosine("pelvis_rotation")
    x, z = c * x + s * z, c * z - s * x
    s, c = sine_cosine("pelvis_list")
    y, z = c * y - s * z, s * y + c * z
    s, c = sine_cosine("pelvis_tilt")
    x, y = c * x - s * y, s * x + c * y
    return np.rad2deg(np.arctan2(x, y)), np.rad2deg(np.arctan2(z, y))


def _arms(side: np.ndarray, sides: list[_Side]) -> dict[str, Array]:
    right, left = (np.ptp(one.angle("arm_flex"), axis=1) for one in sides)
    one_sided = (side == "right") | (side == "left")
    return {
        "arm_swing_range_deg": np.where(one_sided, _affected(side, right, left), np.minimum(right, left)),
        "arm_swing_asymmetry_pct": 100 * np.abs(right - left) / np.maximum(np.maximum(right, left), _STILL_ARM_DEG),
    }


def _within(share: Array, limits: tuple[float, float]) -> np.ndarray:
    return (share > limits[0]) & (share < limits[1])


def _feet(gaits: GaitBatch, legs: LegGeometry, hip_height: Array) -> dict[str, Array]:
    """Clearance of the toes and outward angle of both feet, each ``(n, 2)``."""
    points, progress = world_points(gaits, legs), stance_progress(gaits)
    stance = gaits.stance[:, None]
    swung = (progress * stance - stance) / (1 - stance)
    mid_swing = _within(swung, _MIDDLE_OF_SWING)
    rises = []
    for point in (BALL, TOE):
        height = points[..., point, 1]
        rises.append(np.where(mid_swing, height, np.inf).min(axis=1) - mean_within(height, progress, FLAT_FOOT))
    foot = points[..., BALL, :] - points[..., HEEL, :]
    outward = np.rad2deg(np.arctan2(foot[..., 2] * np.array([1.0, -1.0]), foot[..., 0]))
    return {
        "toe_clearance_m": np.minimum(*rises) * hip_height[:, None],
        "foot_progression_out_deg": mean_within(outward, progress, FLAT_FOOT),
    }
