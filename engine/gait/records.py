"""The records that flow from stage to stage: frozen, checked when made, knowing nothing of later stages."""

from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, get_args

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import (
    COORDINATES,
    LEG_COORDINATES,
    MUSCLE_GROUPS,
    MUSCLES,
    SEGMENTS,
    SIDES,
    Sex,
    Side,
)
from engine.core.frozen import frozen
from engine.gait.cycle import GaitCycle
from engine.people.burdens import Burden
from engine.people.conditions import ConditionCard, healthy_card

AGE_RANGE_YEARS = (2.0, 100.0)
HEIGHT_RANGE_M = (0.7, 2.3)
MASS_RANGE_KG = (7.0, 250.0)
SKIN_TONE_RANGE = (1, 10)


def _within(name: str, value: float, bounds: tuple[float, float]) -> None:
    if not bounds[0] <= value <= bounds[1]:
        raise ValueError(f"{name}: {value} is outside {bounds[0]} to {bounds[1]}")


def _finite(name: str, array: Array) -> None:
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: every number must be finite")


def _shape(name: str, array: Array, expected: tuple[int, ...]) -> None:
    if array.shape != expected:
        raise ValueError(f"{name}: shape {array.shape}, expected {expected}")
    _finite(name, array)


@dataclass(frozen=True)
class Subject:
    """Who walks. ``severity`` of the ``condition`` runs from 0 (healthy) to 1 (the worst that still walks); ``side`` is the affected side;
    ``modifiers`` come on top of the condition and are kept in the order of their names; ``skin_tone`` counts the Monk scale from 1
    (lightest) to 10, None leaves it to the appearance seed."""

    id: str
    age_years: float
    sex: Sex
    height_m: float
    mass_kg: float
    condition: ConditionCard = field(default_factory=healthy_card, hash=False)
    severity: float = 0.0
    side: Side = "none"
    appearance_seed: int = 0
    modifiers: tuple[Burden, ...] = field(default=(), hash=False)
    skin_tone: int | None = None

    def __post_init__(self) -> None:
        if self.skin_tone is not None:
            _within("skin_tone", self.skin_tone, SKIN_TONE_RANGE)
        if self.condition.role != "condition":
            raise ValueError(f"condition: {self.condition.name} is a modifier")
        _check_modifiers(self.condition, self.modifiers)
        object.__setattr__(self, "modifiers", tuple(sorted(self.modifiers, key=lambda modifier: modifier.card.name)))
        _within("age_years", self.age_years, AGE_RANGE_YEARS)
        _within("height_m", self.height_m, HEIGHT_RANGE_M)
        _within("mass_kg", self.mass_kg, MASS_RANGE_KG)
        _within("severity", self.severity, (0.0, 1.0))
        if self.sex not in get_args(Sex):
            raise ValueError(f"sex: {self.sex!r}, expected one of {get_args(Sex)}")
        if self.side not in get_args(Side):
            raise ValueError(f"side: {self.side!r}, expected one of {get_args(Side)}")

    @property
    def is_healthy(self) -> bool:
        """Whether the person has no condition; modifiers there may be."""
        return self.condition.is_healthy

    @property
    def burdens(self) -> tuple[Burden, ...]:
        """The condition and what comes on top of it."""
        return Burden(self.condition, self.severity), *self.modifiers

    def without_burdens(self) -> "Subject":
        """The same person healthy."""
        return replace(self, condition=healthy_card(), severity=0.0, side="none", modifiers=())


def _check_modifiers(condition: ConditionCard, modifiers: tuple[Burden, ...]) -> None:
    names = [modifier.card.name for modifier in modifiers]
    if len({condition.name, *names}) < 1 + len(names):
        raise ValueError(f"modifiers: of {condition.name}, {', '.join(names)} a name is there twice")
    for modifier in modifiers:
        if modifier.card.role != "modifier":
            raise ValueError(f"modifiers: {modifier.card.name} is a condition of its own")


@frozen
class BodyShape:
    """The body that will be rendered, and the segment sizes it implies, which physics uses.

    ``betas (n,)`` are the shape coefficients of the rendered body. Lengths are metres: ``thigh`` hip to knee centre,
    ``shank`` knee to ankle centre, ``foot`` heel to toe tip, ``trunk`` hip-centre midpoint to shoulder midpoint, ``upper_arm`` shoulder to
    elbow, ``forearm`` elbow to wrist, ``hand`` wrist to middle fingertip, ``pelvis`` distance between hip centres,
    ``ankle_height`` ankle centre above the floor when standing in what the person wears on the feet; ``hip_height``
    that of the hip centres. ``fingerprint`` identifies the body file that the coefficients belong to; it is empty where that is not known.
    """

    betas: Array
    lengths_m: dict[str, float]
    fingerprint: str = ""

    LENGTHS = (*SEGMENTS, "ankle_height", "hip_height")

    def __post_init__(self) -> None:
        _finite("betas", self.betas)
        missing = set(self.LENGTHS) - set(self.lengths_m)
        if missing:
            raise ValueError(f"lengths_m: missing {sorted(missing)}")
        for name, value in self.lengths_m.items():
            if not value > 0:
                raise ValueError(f"lengths_m[{name}]: {value} must be positive")


GROUPS = tuple(MUSCLE_GROUPS)
_GROUP_SHAPE = (len(SIDES), len(GROUPS))


def _ones() -> Array:
    return np.ones(_GROUP_SHAPE)


def _zeros() -> Array:
    return np.zeros(_GROUP_SHAPE)


def _sided(value: float) -> Array:
    return np.full(len(SIDES), value)


UNLIMITED_RAD = (-np.pi, np.pi)
"""Joint range that limits nothing."""


def _unlimited() -> Array:
    return np.tile(UNLIMITED_RAD, (len(SIDES), len(LEG_COORDINATES), 1))


_FACTORS_AND_AMOUNTS = (
    "max_isometric_force",
    "optimal_fibre_length",
    "tendon_slack_length",
    "passive_stiffness",
    "spasticity",
    "control_min",
)


@frozen
class MusculoskeletalParameters:
    """What makes one musculoskeletal system differ from the generic adult of the same segment lengths and mass.

    The first six arrays are ``(2 sides, 8 muscle groups)`` in the order of `SIDES` and `MUSCLE_GROUPS`, all factors of the generic value
    except ``spasticity`` and ``control_min``, which start at zero:

    - ``max_isometric_force``: strength relative to a healthy young adult of the same mass (age and condition together);
    - ``optimal_fibre_length``, ``tendon_slack_length``: below one is a contracture;
    - ``passive_stiffness``: steepness of the passive fibre force;
    - ``spasticity``: activation per normalised lengthening speed (optimal fibre lengths per second / 10);
    - ``control_min``: activation that cannot be switched off (co-contraction).

    ``joint_stiffness`` is a factor of the passive joint torques of the model, ``segment_mass`` a factor per segment
    (`SEGMENTS`) of its usual share of body mass, before all are normalised to the subject's mass.

    Per side (the first axis, in the order of `SIDES`):

    - ``joint_range (2, 6, 2)``: least and greatest angle of each leg coordinate (`LEG_COORDINATES`), rad;
    - ``leg_pain``, ``knee_pain``: pain of bearing weight on the leg, and of compressing the knee; 0 none, 1 severe;
    - ``femoral_anteversion``, ``tibial_torsion``: torsion beyond the usual, rad; an anteverted neck points forward, an outward torsion
      turns the foot out;
    - ``thigh_length``, ``shank_length``: factors of the length that the body's shape gives both legs.
    """

    max_isometric_force: Array = field(default_factory=_ones)
    optimal_fibre_length: Array = field(default_factory=_ones)
    tendon_slack_length: Array = field(default_factory=_ones)
    passive_stiffness: Array = field(default_factory=_ones)
    spasticity: Array = field(default_factory=_zeros)
    control_min: Array = field(default_factory=_zeros)
    joint_stiffness: float = 1.0
    segment_mass: Array = field(default_factory=lambda: np.ones(len(SEGMENTS)))
    joint_range: Array = field(default_factory=_unlimited)
    leg_pain: Array = field(default_factory=lambda: _sided(0.0))
    knee_pain: Array = field(default_factory=lambda: _sided(0.0))
    femoral_anteversion: Array = field(default_factory=lambda: _sided(0.0))
    tibial_torsion: Array = field(default_factory=lambda: _sided(0.0))
    thigh_length: Array = field(default_factory=lambda: _sided(1.0))
    shank_length: Array = field(default_factory=lambda: _sided(1.0))

    def __post_init__(self) -> None:
        _within("joint_stiffness", self.joint_stiffness, (0.0, 20.0))
        shapes = {
            **dict.fromkeys(_FACTORS_AND_AMOUNTS, _GROUP_SHAPE),
            "segment_mass": (len(SEGMENTS),),
            "joint_range": (len(SIDES), len(LEG_COORDINATES), 2),
        }
        signed = ("joint_range", "femoral_anteversion", "tibial_torsion")
        for item in fields(self):
            if item.name == "joint_stiffness":
                continue
            value = getattr(self, item.name)
            _shape(item.name, value, shapes.get(item.name, (len(SIDES),)))
            if item.name not in signed and (value < 0).any():
                raise ValueError(f"{item.name}: no number may be negative")
        if (self.joint_range[..., 0] > self.joint_range[..., 1]).any():
            raise ValueError("joint_range: a least angle is above its greatest")
        if min(self.thigh_length.min(), self.shank_length.min()) <= 0:
            raise ValueError("thigh_length, shank_length: every factor must be positive")

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and floats, for JSON."""
        return {key: np.asarray(value).tolist() for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "MusculoskeletalParameters":
        """The inverse of `to_dict`; what is not there is neutral.

        Raises:
            ValueError: a key is none of ours, or a number cannot be.
        """
        unknown = data.keys() - {item.name for item in fields(cls)}
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))}: not a parameter of the musculoskeletal system")
        arrays = {key: np.asarray(value, float) for key, value in data.items() if key != "joint_stiffness"}
        return cls(**arrays, joint_stiffness=float(data.get("joint_stiffness", cls.joint_stiffness)))


@dataclass(frozen=True)
class ContactPhases:
    """Heel strikes and toe offs as phases of the right leg's cycle, in [0, 1). The right heel strike is 0."""

    right_toe_off: float
    left_heel_strike: float
    left_toe_off: float

    def __post_init__(self) -> None:
        for name, phase in vars(self).items():
            if not 0 <= phase < 1:
                raise ValueError(f"{name}: {phase}, a phase is at least 0 and below 1")


@dataclass(frozen=True)
class Variability:
    """How a person's strides differ, over many: coefficients of variation, and the standard deviation of step width in metres.

    ``dfa_alpha`` is the exponent of detrended fluctuation analysis of strides: at 0.5 each is drawn anew, towards 1 they drift;
    ``excess_kurtosis`` that of their deviations from the mean, 0 where these are normal."""

    stride_time_cv: float
    stride_length_cv: float
    step_width_sd_m: float
    dfa_alpha: float = 0.5
    excess_kurtosis: float = 0.0

    def __post_init__(self) -> None:
        for name, amount in vars(self).items():
            if not 0 <= amount < np.inf:
                raise ValueError(f"{name}: {amount} must be finite and not negative")
        if not 0 < self.dfa_alpha < 1:
            raise ValueError(f"dfa_alpha: {self.dfa_alpha} must be above 0 and below 1")


@dataclass(frozen=True)
class Proposal:
    """What the generative model proposes for a subject; nothing in it has been checked against physics yet."""

    subject: Subject
    parameters: MusculoskeletalParameters
    cycle: GaitCycle
    contact: ContactPhases
    variability: Variability


@dataclass(frozen=True)
class PhysicsFigures:
    """How well a motion obeys physics. Residuals are relative to the largest ground reaction force (Hicks et al. 2015,
    J Biomech Eng 137:020905), the moment to that force times the height of the centre of mass. ``reserve_peak_nm`` counts at the toes only
    what is beyond 0.15 N·m/kg, since small muscles of the foot are not modelled."""

    residual_force_peak_pct: float
    residual_moment_peak_pct: float
    penetration_mm: float
    skate_mm: float
    reserve_peak_nm: float
    vertical_force_mean_error_pct: float
    vertical_force_peak_bw: float
    motion_change_deg: float
    cpu_s: float


class RejectionReason(StrEnum):
    """Why a proposal was not repaired; each value is the sentence a user reads."""

    RESIDUAL_FORCE = "unexplained force at the pelvis above the limit"
    RESIDUAL_MOMENT = "unexplained moment at the pelvis above the limit"
    PENETRATION = "a foot sinks into the floor"
    SKATE = "a standing foot slides"
    RESERVE = "a joint needs more torque than its muscles can give"
    VERTICAL_MEAN = "mean vertical ground force differs from body weight"
    VERTICAL_PEAK = "vertical ground force peaks too high for walking"
    MOTION_CHANGE = "repair had to change the motion too much"
    REPLAY = "OpenSim's own inverse dynamics disagrees"
    DIVERGED = "the optimisation did not converge"
    IMPLAUSIBLE = "the proposal is not a human walk"


@dataclass(frozen=True)
class Rejection:
    """A proposal that could not be made feasible: the first limit it broke, and all its figures."""

    subject: Subject
    reason: RejectionReason
    figures: PhysicsFigures | None
    detail: str = ""


@frozen
class Dynamics:
    """Forces that explain a motion, at ``n`` instants.

    ``time (n,)`` s; ``q (n, 31)`` coordinates; per foot in the order of `SIDES`: ground reaction ``force (n, 2, 3)`` N on the foot,
    ``pressure_centre (n, 2, 3)`` m on the floor, ``free_moment (n, 2)`` N·m about the vertical; ``moments (n, 31)`` net generalised forces
    at the joints (N·m; zero at the pelvis but for residuals), ``activations (n, 80)``, ``reserves (n, 31)`` what muscles could not give.
    """

    time: Array
    q: Array
    force: Array
    pressure_centre: Array
    free_moment: Array
    moments: Array
    activations: Array
    reserves: Array

    def __post_init__(self) -> None:
        n, coordinates, sides = len(self.time), len(COORDINATES), len(SIDES)
        shapes = {
            "q": (n, coordinates),
            "force": (n, sides, 3),
            "pressure_centre": (n, sides, 3),
            "free_moment": (n, sides),
            "moments": (n, coordinates),
            "activations": (n, len(MUSCLES)),
            "reserves": (n, coordinates),
        }
        for name, expected in shapes.items():
            _shape(name, getattr(self, name), expected)


@dataclass(frozen=True)
class Gait:
    """A feasible cycle and the forces that explain it."""

    proposal: Proposal
    body: BodyShape
    cycle: GaitCycle
    contact: ContactPhases
    dynamics: Dynamics
    figures: PhysicsFigures

    @property
    def subject(self) -> Subject:
        return self.proposal.subject


@frozen
class Events:
    """Instants in seconds of a walk, per foot in the order of `SIDES`, earliest first."""

    heel_strikes: tuple[Array, Array]
    toe_offs: tuple[Array, Array]

    def __post_init__(self) -> None:
        for name, feet in vars(self).items():
            for side, instants in zip(SIDES, feet, strict=True):
                _finite(f"{name} of the {side} foot", instants)
                if (np.diff(instants) <= 0).any():
                    raise ValueError(f"{name} of the {side} foot: each instant must be later than the one before")

    def to_dict(self) -> dict[str, Any]:
        """``{"right": {"heel_strikes": […], "toe_offs": […]}, "left": …}``."""
        return {
            side: {"heel_strikes": strikes.tolist(), "toe_offs": offs.tolist()}
            for side, strikes, offs in zip(SIDES, self.heel_strikes, self.toe_offs, strict=True)
        }


@dataclass(frozen=True)
class Walk:
    """Several strides in the world: what the renderer films and the labels are computed from."""

    gait: Gait
    dynamics: Dynamics
    events: Events
    figures: PhysicsFigures

    @property
    def subject(self) -> Subject:
        return self.gait.subject
