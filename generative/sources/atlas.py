"""The healthy atlas: gait by age, sex, size and speed, as people differ from each other. Needs no reference data at run time.

A curve is the children's at that dimensionless speed, carried over to the adult's by maturity, changed by age (`age_tables.yaml`), plus
what is a person's own: principal components of 21 adults, left and right alike and apart. ``atlas.npz`` holds coefficients fitted by
`generative.sources.fit_atlas`, which names the people behind them.

Known limits: adults change with speed as children do; spread is the same for both sexes; arms beyond the sagittal plane are constant.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GAIT_ANGLES, MUSCLE_GROUPS, SEGMENTS, SIDES, suffix
from engine.gait.cycle import COEFFICIENTS, fit_coefficients, phase_grid
from engine.people.growth import typical_strength
from generative.clearance import clear_toes
from generative.feet import LegGeometry
from generative.gait_batch import MUSCLE_FIELDS, GaitBatch, People, shift_rows
from generative.sources.age_tables import age_tables, ageing, infancy
from generative.sources.motion_effects import apply_motion_effects
from generative.standing import fit_step_width, fit_stride, ground
from generative.timing import move_toe_off

ATLAS_FILE = Path(__file__).parent / "atlas.npz"
LEG_CHANNELS = GAIT_ANGLES[3:]
TRUNK_CHANNELS = ("trunk_tilt", "trunk_list", "trunk_rotation")
CHANNELS = GAIT_ANGLES + TRUNK_CHANNELS

REGISTERED_TOE_OFF = 0.62
"""Phase of toe off in the fitted curves; a sample's curves are retimed to its own stance share."""

OUTWARD_FOOT_RAD = (np.deg2rad(9.0), np.deg2rad(11.5))
"""The model's shank is straight where people's is twisted outwards; so that feet point out in stance, children's by 6 degrees (Schwartz et
al. 2008), adults' by 7 to 8 (Fukuchi et al. 2018), the whole leg turns out at the hip. Of children, of adults."""
_ROTATION_SPREAD = 0.6
"""Share of the spread of mean hip rotation between people that counts as anatomy (assumption): the rest is where laboratories put the
knee markers. Feet then scatter by 7 to 10 degrees."""

ADULT_SPEED = 0.42
"""Dimensionless self-selected speed of the adult sets, which do not report it: that of adults in general."""
SPEED_RANGE = (0.12, 0.75)
"""Dimensionless speeds between which the atlas holds: slower is standing, faster is running."""

_MATURE_YEARS = (10.0, 18.0)
"""From the mean age of the children of the speed series to where adults' curves hold in full."""
# Laboratories place the knee, ankle and pelvis axes a few degrees apart; half of the difference of means is taken for maturation.
_BLENDED_MEANS = ("knee_angle", "ankle_angle", "hip_flexion", "pelvis_tilt")
# The children's trunk segment follows their shoulders, which tilt with the arms; the adults' is the rib cage.
_LEAST_MATURE_TRUNK = 0.5
_TOE_EXTENSION_DEG, _TOE_LEAD, _TOE_WIDTH = 28.0, 0.03, 0.055  # at push-off: an assumption
_ARM_ROTATION_DEG, _PRONATION_DEG = -12.0, 52.0  # hanging arm, palm to the thigh
_STRIDE_LENGTH_CV_PER_TIME_CV = 1.3
# Standard deviations between people of the same age, sex and speed.
_SD_STRIKE, _SD_STANCE_SIDE = 0.008, 0.006  # shares of the stride
_STANCE_RANGE = (0.52, 0.76)
_LOG_SD_CV = 0.25
_LOG_SD_ARM, _LOG_SD_TRUNK, _SD_LEAN_DEG, _SD_SHOULDER_DEG, _SD_ELBOW_DEG = 0.3, 0.25, 3.0, 5.0, 7.0
_LOG_SD_STRENGTH, _LOG_SD_STRENGTH_GROUP = 0.10, 0.05
_LOG_SD_FIBRE, _LOG_SD_STIFFNESS, _LOG_SD_SEGMENT = 0.02, 0.15, 0.03
SPEED_LOG_SD = 0.15


def _smooth_step(x: Array, low: float, high: float) -> Array:
    z = np.clip((x - low) / (high - low), 0, 1)
    return z * z * (3 - 2 * z)


AGE_KNOTS = (2.0, 3.0, 4.0, 5.5, 8.0, 11.0, 13.0, 15.5, 20.0, 30.0, 45.0, 60.0, 70.0, 78.0, 87.0)
_SEX_KNOTS = (17.0, 22.0, 45.0, 65.0, 87.0)
_SEX_UNTIL = 14.0
_SLOWEST_ON_MATS = 0.35


def age_weights(age: Array, knots: tuple[float, ...] = AGE_KNOTS) -> Array:
    """Weights ``(n, k)`` of linear interpolation between ``knots``, the end ones beyond the ends."""
    return np.stack([np.interp(age, knots, unit) for unit in np.eye(len(knots))], axis=1)


def speed_powers(speed: Array) -> Array:
    """Regressors ``(n, 4)`` of the children's curves."""
    return np.vander(speed, 4, increasing=True)


def step_length_features(age: Array, male: Array, speed: Array) -> Array:
    """Regressors ``(n, 23)`` of log step length over hip height: age, then speed (log-log: Grieve & Gear 1966, Ergonomics 9:379), then
    what men take more once grown."""
    log_speed, mature = np.log(speed), _smooth_step(age, 11, 18)
    speeds = np.stack([(1 - mature) * log_speed, mature * log_speed, log_speed**2], axis=1)
    grown = (male * np.clip((age - _SEX_UNTIL) / (_SEX_KNOTS[0] - _SEX_UNTIL), 0, 1))[:, None]
    return np.concatenate([age_weights(age), speeds, grown * age_weights(age, _SEX_KNOTS)], axis=1)


def stance_features(age: Array, speed: Array) -> Array:
    """Regressors ``(n, 19)`` of the stance share in per cent: age, speed, and how much slower than people on mats a child is."""
    mature = _smooth_step(age, 11, 18)
    slower = (1 - mature) * np.maximum(_SLOWEST_ON_MATS - speed, 0)
    speeds = np.stack([speed, speed**2, mature * speed, slower], axis=1)
    return np.concatenate([age_weights(age), speeds], axis=1)


def mirrored_halves(coefficients: Array, sign: float) -> Array:
    """A midline curve ``(n, 17)`` made consistent: half a cycle later it is ``sign`` times itself."""
    half = np.full(len(coefficients), 0.5)
    return (coefficients + sign * shift_rows(coefficients, half)) / 2


@dataclass(frozen=True)
class _Draw:
    """Random numbers of one batch; all zero for the average person."""

    rng: np.random.Generator
    size: int
    amount: float

    def normal(self, deviation: float = 1.0, *shape: int) -> Array:
        """Numbers ``(n, *shape)``."""
        return self.amount * deviation * self.rng.standard_normal((self.size, *shape))


class Atlas:
    """Healthy gait as a distribution; made once from the fitted coefficients."""

    def __init__(self, file: Path = ATLAS_FILE) -> None:
        with np.load(file, allow_pickle=False) as data:
            self._fitted: dict[str, Array] = {key: data[key].astype(float) for key in data.files}

    def step_length(self, age: Array, male: Array, speed: Array) -> Array:
        """Mean step length in leg lengths at dimensionless ``speed``."""
        return np.exp(step_length_features(age, male, speed) @ self._fitted["step_length"])

    def stance(self, age: Array, speed: Array) -> Array:
        """Mean share of the stride that a foot stands."""
        inside = np.clip(speed, 0.15, SPEED_RANGE[1])
        return np.clip(stance_features(age, inside) @ self._fitted["stance_pct"], 52, 74) / 100

    def free_speed(self, age: Array) -> Array:
        """Mean self-selected dimensionless speed."""
        return age_tables().free_speed.at(age)

    def mean_angles(self, age: Array, speed: Array) -> dict[str, Array]:
        """Mean curves ``(n, 17)`` of `CHANNELS` for the right side, toe off at `REGISTERED_TOE_OFF`, radians; trunk angles are relative to
        the vertical."""
        inside = np.clip(speed, *SPEED_RANGE)
        powers, reference = speed_powers(inside), speed_powers(np.array([ADULT_SPEED]))
        mature = _smooth_step(age, *_MATURE_YEARS)[:, None]
        adult = np.concatenate([self._fitted["adult_angles"], self._fitted["adult_trunk"]])
        angles = {}
        for number, name in enumerate(CHANNELS):
            child = self._fitted["child_angles"][number]
            share = np.maximum(mature, _LEAST_MATURE_TRUNK) if name in TRUNK_CHANNELS else mature
            difference = share * (adult[number] - reference @ child)
            if name in _BLENDED_MEANS:
                difference[:, 0] /= 2
            angles[name] = powers @ child + difference
        angles["hip_rotation"][:, 0] -= (1 - mature[:, 0]) * OUTWARD_FOOT_RAD[0] + mature[:, 0] * OUTWARD_FOOT_RAD[1]
        angles["trunk_tilt"][:, 0] = -np.deg2rad(age_tables().trunk_lean_deg.at(age))
        return angles

    def sample(
        self, people: People, legs: LegGeometry, speed: Array, rng: np.random.Generator, *, individual: float = 1.0
    ) -> GaitBatch:
        """One gait for each person at dimensionless ``speed (n,)``; ``individual`` 0 gives the average person."""
        draw = _Draw(rng, len(people), individual)
        batch = self._timing(people, speed, draw)
        coefficients = np.zeros((len(people), COEFFICIENTS, len(COORDINATE_INDEX)))
        strike = batch.contact[:, 1]
        angles = self.mean_angles(people.age, speed)
        self._put_legs(coefficients, angles, speed, people.age, batch, draw)
        self._put_trunk(coefficients, angles, draw)
        self._put_arms(coefficients, people.age, speed, strike, draw)
        for effects, degree in ((age_tables().ageing, ageing(people.age)), (age_tables().infancy, infancy(people.age))):
            coefficients, _ = apply_motion_effects(coefficients, strike, effects, degree, bilateral=True)
        batch = replace(batch, coefficients=coefficients, **_system(people.age, draw))
        batch = move_toe_off(batch, np.full((len(people), 2), REGISTERED_TOE_OFF))
        width = _drawn_width(people.age, draw)
        batch = ground(fit_stride(batch, legs), legs)
        return clear_toes(ground(fit_step_width(batch, legs, width), legs), legs)

    def _timing(self, people: People, speed: Array, draw: _Draw) -> GaitBatch:
        tables, male = age_tables(), (people.sex == "male").astype(float)
        step = self.step_length(people.age, male, speed) * np.exp(
            draw.normal() * tables.step_length_spread.at(people.age)
        )
        stance = self.stance(people.age, speed) + draw.normal() * tables.stance_spread.at(people.age)
        stance = np.clip(stance, *_STANCE_RANGE)
        left_stance, strike = stance + draw.normal(_SD_STANCE_SIDE), 0.5 + draw.normal(_SD_STRIKE)
        time_cv = tables.stride_time_cv.at(people.age) * np.exp(draw.normal(_LOG_SD_CV))
        width_sd = tables.step_width_sd.at(people.age) * np.exp(draw.normal(_LOG_SD_CV))
        n = len(people)
        return GaitBatch(
            coefficients=np.zeros((n, COEFFICIENTS, len(COORDINATE_INDEX))),
            speed=speed,
            duration=2 * step / speed,
            contact=np.stack([stance, strike, (strike + left_stance) % 1.0], axis=1),
            variability=np.stack([time_cv, time_cv * _STRIDE_LENGTH_CV_PER_TIME_CV, width_sd], axis=1),
            muscles=np.ones((n, len(MUSCLE_FIELDS), len(SIDES), len(MUSCLE_GROUPS))),
            joint_stiffness=np.ones(n),
            segment_mass=np.ones((n, len(SEGMENTS))),
        )

    def _own(self, speed: Array, age: Array, draw: _Draw) -> tuple[Array, Array]:
        """Own deviations of `GAIT_ANGLES` ``(n, 8, 17)`` and half left-right differences of `LEG_CHANNELS` ``(n, 5, 17)``."""
        fitted = self._fitted
        mature = _smooth_step(age, *_MATURE_YEARS)[:, None]
        child_sd = fitted["child_sd"][: len(GAIT_ANGLES)]
        spread = (1 - mature) * child_sd + mature * fitted["adult_sd"]
        own = (
            np.tensordot(draw.normal(1.0, len(fitted["individual"])), fitted["individual"], axes=1) * spread[..., None]
        )
        apart = np.tensordot(draw.normal(1.0, len(fitted["asymmetry"])), fitted["asymmetry"], axes=1)
        slow = np.clip(np.sqrt(speed / ADULT_SPEED), 0.6, 1.2)[:, None, None]
        own[..., 1:] *= slow
        own[:, GAIT_ANGLES.index("hip_rotation"), 0] *= _ROTATION_SPREAD
        apart[:, LEG_CHANNELS.index("hip_rotation"), 0] *= _ROTATION_SPREAD
        return own, apart

    def _put_legs(
        self, coefficients: Array, angles: dict[str, Array], speed: Array, age: Array, batch: GaitBatch, draw: _Draw
    ) -> None:
        own, apart = self._own(speed, age, draw)
        strike = batch.contact[:, 1]
        for number, name in enumerate(GAIT_ANGLES):
            curve = angles[name] + own[:, number]
            if name not in LEG_CHANNELS:
                sign = 1.0 if name == "pelvis_tilt" else -1.0
                coefficients[..., COORDINATE_INDEX[name]] = mirrored_halves(curve, sign)
                continue
            half = apart[:, LEG_CHANNELS.index(name)]
            coefficients[..., COORDINATE_INDEX[f"{name}_r"]] = curve + half
            coefficients[..., COORDINATE_INDEX[f"{name}_l"]] = shift_rows(curve - half, strike)
        for side, suffix_of in enumerate(("_r", "_l")):
            toe = _toe_extension(batch.stance[:, side] + batch.strike[:, side])
            coefficients[..., COORDINATE_INDEX["mtp_angle" + suffix_of]] = toe

    def _put_trunk(self, coefficients: Array, angles: dict[str, Array], draw: _Draw) -> None:
        pairs = (
            ("lumbar_extension", "trunk_tilt", "pelvis_tilt", 1.0),
            ("lumbar_bending", "trunk_list", "pelvis_list", -1.0),
            ("lumbar_rotation", "trunk_rotation", "pelvis_rotation", -1.0),
        )
        for coordinate, trunk, pelvis, sign in pairs:
            curve = mirrored_halves(angles[trunk], sign)
            if sign < 0:
                curve = curve * np.exp(draw.normal(_LOG_SD_TRUNK))[:, None]
            coefficients[..., COORDINATE_INDEX[coordinate]] = curve - coefficients[..., COORDINATE_INDEX[pelvis]]
        coefficients[:, 0, COORDINATE_INDEX["lumbar_extension"]] += draw.normal(np.deg2rad(_SD_LEAN_DEG))

    def _put_arms(self, coefficients: Array, age: Array, speed: Array, strike: Array, draw: _Draw) -> None:
        swing = (
            np.clip(speed / ADULT_SPEED, 0.25, 1.7) * age_tables().arm_swing.at(age) * np.exp(draw.normal(_LOG_SD_ARM))
        )
        own = {"arm_flex": np.deg2rad(_SD_SHOULDER_DEG), "elbow_flex": np.deg2rad(_SD_ELBOW_DEG)}
        constant = {"arm_rot": np.deg2rad(_ARM_ROTATION_DEG), "pro_sup": np.deg2rad(_PRONATION_DEG)}
        for side, begin in zip(SIDES, (np.zeros_like(strike), strike), strict=True):

            def column(name: str, side: str = side) -> int:
                return COORDINATE_INDEX[name + suffix(side)]

            for name, deviation in own.items():
                curve = np.repeat(self._fitted[name][None], len(age), axis=0)
                curve[:, 1:] *= swing[:, None]
                curve[:, 0] += draw.normal(deviation)
                coefficients[..., column(name)] = shift_rows(curve, begin)
            coefficients[:, 0, column("arm_add")] = self._fitted["arm_add_mean"][0] + draw.normal(np.deg2rad(3.0))
            for name, value in constant.items():
                coefficients[:, 0, column(name)] = value + draw.normal(np.deg2rad(6.0))


def _drawn_width(age: Array, draw: _Draw) -> Array:
    """Step widths ``(n,)`` in hip heights, log-normal about the published mean."""
    tables = age_tables()
    deviation = draw.amount * np.sqrt(np.log(1 + tables.step_width_spread.at(age) ** 2))
    return tables.step_width.at(age) * np.exp(deviation * draw.rng.standard_normal(draw.size) - deviation**2 / 2)


def _toe_extension(toe_off: Array) -> Array:
    """Toe extension at push-off ``(n, 17)``, its peak just before each ``toe_off (n,)``."""
    grid = phase_grid(100)
    distance = (grid - (toe_off[:, None] - _TOE_LEAD) + 0.5) % 1.0 - 0.5
    curve = np.deg2rad(_TOE_EXTENSION_DEG) * np.exp(-0.5 * (distance / _TOE_WIDTH) ** 2)
    return fit_coefficients(curve.T).T


def _system(age: Array, draw: _Draw) -> dict[str, Array]:
    """Muscles, joints and segment masses of healthy people of this age."""
    tables, n, groups = age_tables(), len(age), len(MUSCLE_GROUPS)
    muscles = np.zeros((n, len(MUSCLE_FIELDS), len(SIDES), groups))
    lot: Callable[..., Array] = draw.normal
    strength = lot(_LOG_SD_STRENGTH, 1, 1) + lot(_LOG_SD_STRENGTH_GROUP, len(SIDES), groups)
    muscles[:, 0] = typical_strength(age)[:, None] * np.exp(strength)
    muscles[:, 1] = np.exp(lot(_LOG_SD_FIBRE, 1, groups))
    muscles[:, 2] = 1.0
    stiffness = tables.passive_stiffness.at(age) * np.exp(lot(_LOG_SD_STIFFNESS))
    muscles[:, 3] = stiffness[:, None, None]
    return {
        "muscles": muscles,
        "joint_stiffness": stiffness,
        "segment_mass": np.exp(lot(_LOG_SD_SEGMENT, len(SEGMENTS))),
    }


@cache
def healthy_atlas() -> Atlas:
    """The atlas that ships with GaitForge."""
    return Atlas()
