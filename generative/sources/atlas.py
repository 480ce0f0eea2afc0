"""The healthy atlas: gait by age, sex, size and speed, as people differ from each other. Needs no reference data at run time.

A curve is the children's at that dimensionless speed, carried over to the adult's by maturity, changed by age (`age_tables.yaml`), plus
what is a person's own: principal components of 21 adults, left and right alike and apart. ``atlas.npz`` holds coefficients fitted by
`generative.sources.fit_atlas`, which names the people behind them.

Known limits: adults change with speed as children do; spread is the same for both sexes; arms beyond the sagittal plane are constant.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GAIT_ANGLES, MUSCLE_GROUPS, SEGMENTS, SIDES, suffix
from engine.gait.cycle import COEFFICIENTS, fit_coefficients, phase_grid
from engine.gait.norms import ADULT_SPEED, maturation, plate_stance
from engine.gait.records import Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.growth import typical_size, typical_strength
from generative.clearance import clear_toes
from generative.feet import LegGeometry, leg_geometry
from generative.gait_batch import MUSCLE_FIELDS, GaitBatch, People, shift_rows
from generative.sources.age_tables import age_tables, ageing, infancy
from generative.sources.motion_effects import apply_motion_effects
from generative.standing import fit_step_width, fit_stride, fit_sway, ground, observe
from generative.timing import move_toe_off

ATLAS_FILE = Path(__file__).parent / "atlas.npz"
LEG_CHANNELS = GAIT_ANGLES[3:]
TRUNK_CHANNELS = ("trunk_tilt", "trunk_list", "trunk_rotation")
CHANNELS = GAIT_ANGLES + TRUNK_CHANNELS

REGISTERED_TOE_OFF = 0.60
"""Phase of toe off in the fitted curves. A sample's are retimed to its own stance share, which on average is that of the laboratories that
measured the curves (`engine.gait.norms.plate_stance`)."""

OUTWARD_FOOT_RAD = (np.deg2rad(9.0), np.deg2rad(11.5))
"""The model's shank is straight where people's is twisted outwards; so that feet point out in stance, children's by 6 degrees (Schwartz et
al. 2008), adults' by 7 to 8 (Fukuchi et al. 2018), the whole leg turns out at the hip. Of children, of adults."""
_ROTATION_SPREAD = 0.6
"""Share of the spread of mean hip rotation between people that counts as anatomy (assumption): the rest is where laboratories put the
knee markers. Feet then scatter by 7 to 10 degrees."""

SPEED_RANGE = (0.12, 0.75)
"""Dimensionless speeds between which the atlas holds: slower is standing, faster is running."""

# Laboratories place the knee, ankle and pelvis axes a few degrees apart; half of the difference of means is taken for maturation.
_BLENDED_MEANS = ("knee_angle", "ankle_angle", "hip_flexion", "pelvis_tilt")
# The children's trunk segment follows their shoulders, which tilt with the arms; the adults' is the rib cage.
_LEAST_MATURE_TRUNK = 0.5
_TRUNK = (
    ("lumbar_extension", "trunk_tilt", "pelvis_tilt", 1.0),
    ("lumbar_bending", "trunk_list", "pelvis_list", -1.0),
    ("lumbar_rotation", "trunk_rotation", "pelvis_rotation", -1.0),
)
"""Coordinate, the angle of the trunk and of the pelvis in space between which it is, and what half a cycle later becomes of that angle."""
_FRONTAL = ("pelvis_list", "hip_adduction")
_USUAL_AGE, _SMALL_WAY = 30.0, 0.1
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


def _smooth_step(x: Array, low: float, high: float) -> Array:
    z = np.clip((x - low) / (high - low), 0, 1)
    return z * z * (3 - 2 * z)


AGE_KNOTS = (2.0, 3.0, 4.0, 5.5, 8.0, 11.0, 13.0, 15.5, 20.0, 30.0, 45.0, 60.0, 70.0, 78.0, 87.0)
_SEX_KNOTS = (17.0, 22.0, 45.0, 65.0, 87.0)
_SEX_UNTIL = 14.0


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


def mirrored_halves(coefficients: Array, sign: float) -> Array:
    """A midline curve ``(n, 17)`` made consistent: half a cycle later it is ``sign`` times itself."""
    half = np.full(len(coefficients), 0.5)
    return (coefficients + sign * shift_rows(coefficients, half)) / 2


def _put_angles(coefficients: Array, angles: Array, strike: Array, apart: Array | None = None) -> None:
    """Puts `GAIT_ANGLES` ``(n, 8, 17)`` of a right leg into the columns of both legs and the pelvis.

    ``apart (n, 8, 17)`` is half of what the left differs; of the pelvis, of what half a cycle differs from the mirror image of the other.
    """
    apart = np.zeros_like(angles) if apart is None else apart
    for number, name in enumerate(GAIT_ANGLES):
        both, half = angles[:, number], apart[:, number]
        if name in LEG_CHANNELS:
            coefficients[..., COORDINATE_INDEX[f"{name}_r"]] = both + half
            coefficients[..., COORDINATE_INDEX[f"{name}_l"]] = shift_rows(both - half, strike)
        else:
            sign = 1.0 if name == "pelvis_tilt" else -1.0
            coefficients[..., COORDINATE_INDEX[name]] = mirrored_halves(both, sign) + mirrored_halves(half, -sign)


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
        on_mats = np.exp(step_length_features(age, male, speed) @ self._fitted["step_length"])
        return on_mats * age_tables().step_length_off_mats.at(age)

    def free_speed(self, age: Array) -> Array:
        """Mean self-selected dimensionless speed."""
        return age_tables().free_speed.at(age)

    def free_speed_spread(self, age: Array) -> Array:
        """Standard deviation of its logarithm between people of one age."""
        return age_tables().free_speed_spread.at(age)

    def mean_angles(self, age: Array, speed: Array) -> dict[str, Array]:
        """Mean curves ``(n, 17)`` of `CHANNELS` for the right side, toe off at `REGISTERED_TOE_OFF`, radians; trunk angles are relative to
        the vertical."""
        inside = np.clip(speed, *SPEED_RANGE)
        powers, reference = speed_powers(inside), speed_powers(np.array([ADULT_SPEED]))
        mature = maturation(age)[:, None]
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

    def lengthening(self, batch: GaitBatch) -> Array:
        """How people differ from each other whose steps are longer, in time with ``batch``: pelvic rotation, both hips, knees and ankles,
        radians for a stride longer by one hip height ``(n, 17, 31)``; the trunk keeps its way."""
        change = np.zeros_like(batch.coefficients)
        _put_angles(change, np.broadcast_to(self._longer, (len(batch), *self._longer.shape)), batch.contact[:, 1])
        for lumbar, _, pelvis, _ in _TRUNK:
            change[..., COORDINATE_INDEX[lumbar]] = -change[..., COORDINATE_INDEX[pelvis]]
        registered = np.full((len(batch), 2), REGISTERED_TOE_OFF)
        return move_toe_off(replace(batch, coefficients=change), registered).coefficients

    @cached_property
    def _longer(self) -> Array:
        """Of all deviations of people from the mean that make the stride of an average adult one hip height longer, the most probable
        ``(8, 17)``: the regression of curves on stride. Mean levels stay, which laboratories place differently."""
        size = typical_size(_USUAL_AGE, "female")
        adult = anthropometric_body(_USUAL_AGE, "female", size.height_m)
        somebody = Subject("adult", _USUAL_AGE, "female", size.height_m, size.mass_kg)
        people = People.of([somebody], [adult.lengths_m["hip_height"]])
        average = self.mean_angles(people.age, np.array([ADULT_SPEED]))
        curves = np.stack([average[name] for name in GAIT_ANGLES], axis=1)
        ways = self._fitted["individual"] * self._fitted["adult_sd"][:, None]
        ways[..., 0] = 0.0
        ways[:, [GAIT_ANGLES.index(name) for name in _FRONTAL]] = 0.0
        tried = np.concatenate([curves, curves + _SMALL_WAY * ways])
        batch = self._timing(people, np.array([ADULT_SPEED]), _Draw(np.random.default_rng(0), 1, 0.0))
        batch = batch.take([0] * len(tried))
        coefficients = np.zeros_like(batch.coefficients)
        _put_angles(coefficients, tried, batch.contact[:, 1])
        batch = move_toe_off(replace(batch, coefficients=coefficients), np.full((len(batch), 2), REGISTERED_TOE_OFF))
        stride = observe(batch, leg_geometry([adult] * len(batch))).stride
        gain = (stride[1:] - stride[0]) / _SMALL_WAY
        return np.tensordot(gain, ways, axes=1) / (gain @ gain)

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
        batch = ground(fit_stride(batch, legs, self.lengthening(batch)), legs)
        batch = fit_sway(ground(fit_step_width(batch, legs, width), legs), legs)
        return clear_toes(ground(batch, legs), legs)

    def _timing(self, people: People, speed: Array, draw: _Draw) -> GaitBatch:
        tables, male = age_tables(), (people.sex == "male").astype(float)
        step = self.step_length(people.age, male, speed) * np.exp(
            draw.normal() * tables.step_length_spread.at(people.age)
        )
        stance = plate_stance(people.age, speed) + draw.normal() * tables.stance_spread.at(people.age)
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
        """Own deviations of `GAIT_ANGLES` ``(n, 8, 17)`` and half left-right differences ``(n, 8, 17)``."""
        fitted = self._fitted
        mature = maturation(age)[:, None]
        child_sd = fitted["child_sd"][: len(GAIT_ANGLES)]
        spread = (1 - mature) * child_sd + mature * fitted["adult_sd"]
        own = (
            np.tensordot(draw.normal(1.0, len(fitted["individual"])), fitted["individual"], axes=1) * spread[..., None]
        )
        apart = np.tensordot(draw.normal(1.0, len(fitted["asymmetry"])), fitted["asymmetry"], axes=1)
        slow = np.clip(np.sqrt(speed / ADULT_SPEED), 0.6, 1.2)[:, None, None]
        own[..., 1:] *= slow
        own[:, GAIT_ANGLES.index("hip_rotation"), 0] *= _ROTATION_SPREAD
        apart[:, GAIT_ANGLES.index("hip_rotation"), 0] *= _ROTATION_SPREAD
        return own, apart

    def _put_legs(
        self, coefficients: Array, angles: dict[str, Array], speed: Array, age: Array, batch: GaitBatch, draw: _Draw
    ) -> None:
        own, apart = self._own(speed, age, draw)
        _put_angles(
            coefficients, np.stack([angles[name] for name in GAIT_ANGLES], axis=1) + own, batch.contact[:, 1], apart
        )
        for side, suffix_of in enumerate(("_r", "_l")):
            toe = _toe_extension(batch.stance[:, side] + batch.strike[:, side])
            coefficients[..., COORDINATE_INDEX["mtp_angle" + suffix_of]] = toe

    def _put_trunk(self, coefficients: Array, angles: dict[str, Array], draw: _Draw) -> None:
        for lumbar, trunk, pelvis, sign in _TRUNK:
            curve = mirrored_halves(angles[trunk], sign)
            if sign < 0:
                curve = curve * np.exp(draw.normal(_LOG_SD_TRUNK))[:, None]
            coefficients[..., COORDINATE_INDEX[lumbar]] = curve - coefficients[..., COORDINATE_INDEX[pelvis]]
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
