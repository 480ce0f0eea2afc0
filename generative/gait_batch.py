"""Many people and their gaits as arrays free of body size: the form in which gaits are made, learned and sampled.

Lengths are in hip heights L, times in sqrt(L / g), speeds in sqrt(g L) (Hof 1996, Gait Posture 4:222): a child and an adult who walk
alike have alike numbers. The first axis of every array counts people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array, Mask
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2, SEGMENTS, TRANSLATIONS, Sex, Side
from engine.core.frozen import frozen
from engine.gait.cycle import GaitCycle, mirror_coordinates, shift_coefficients
from engine.gait.records import ContactPhases, MusculoskeletalParameters, Proposal, Subject, Variability
from engine.people.burdens import Burden
from generative.rhythm import rhythm

MUSCLE_FIELDS: tuple[str, ...] = (
    "max_isometric_force",
    "optimal_fibre_length",
    "tendon_slack_length",
    "passive_stiffness",
    "spasticity",
    "control_min",
)
"""Order of the second axis of `GaitBatch.muscles`."""

TRANSLATION_INDEX = [COORDINATE_INDEX[name] for name in TRANSLATIONS]
Rows = NDArray[np.integer] | Mask | Sequence[int] | Sequence[bool]
"""Some of many: their places, or a mask."""

SEXES: tuple[Sex, ...] = ("female", "male")


def modifiers_text(modifiers: Iterable[Burden]) -> str:
    """Modifiers and their severities as one word: ``frailty=0.5;obesity=0.25``."""
    return ";".join(f"{modifier.card.name}={modifier.severity:.4g}" for modifier in modifiers)


def modifiers_of(text: str) -> dict[str, float]:
    """The inverse of `modifiers_text`."""
    parts = (part.partition("=") for part in text.split(";") if part)
    return {name: float(severity) for name, _, severity in parts}


@frozen
class _Rows:
    """Arrays that share their first axis."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: Rows) -> Self:
        """The people at ``rows`` (indices or a mask)."""
        index = np.asarray(rows)
        return replace(self, **{item.name: getattr(self, item.name)[index] for item in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The people of all ``parts``, in order."""
        return cls(**{item.name: np.concatenate([getattr(p, item.name) for p in parts]) for item in fields(cls)})


@frozen
class People(_Rows):
    """Who walks: years, metres, kilograms; ``sex``, ``condition``, ``side`` and ``modifiers`` (`modifiers_text`) are text; ``hip_height``
    that of the hip centres, metres."""

    age: Array
    sex: NDArray[np.str_]
    height: Array
    mass: Array
    hip_height: Array
    condition: NDArray[np.str_]
    severity: Array
    side: NDArray[np.str_]
    modifiers: NDArray[np.str_]

    @classmethod
    def of(cls, subjects: Sequence[Subject], hip_heights: Sequence[float]) -> Self:
        """The same people as records."""
        return cls(
            age=np.array([s.age_years for s in subjects]),
            sex=np.array([s.sex for s in subjects]),
            height=np.array([s.height_m for s in subjects]),
            mass=np.array([s.mass_kg for s in subjects]),
            hip_height=np.array(hip_heights, float),
            condition=np.array([s.condition.name for s in subjects]),
            severity=np.array([s.severity for s in subjects]),
            side=np.array([s.side for s in subjects]),
            modifiers=np.array([modifiers_text(s.modifiers) for s in subjects]),
        )

    def with_condition(self, condition: str, severity: Array, side: Side) -> Self:
        """The same bodies with another condition."""
        n = len(self)
        return replace(
            self,
            condition=np.full(n, condition),
            severity=np.broadcast_to(severity, n).astype(float),
            side=np.full(n, side),
        )


@frozen
class GaitBatch(_Rows):
    """Gaits and the musculoskeletal systems that walk them.

    - ``coefficients (n, 17, 31)``: as `engine.gait.cycle.GaitCycle`, translations in hip heights;
    - ``speed (n,)``, ``duration (n,)``: dimensionless mean speed and stride time;
    - ``contact (n, 3)``: phases of right toe off, left heel strike, left toe off (right heel strike is 0);
    - ``variability (n, 3)``: stride time CV, stride length CV, SD of step width in hip heights;
    - ``muscles (n, 6, 2, 8)``: `MUSCLE_FIELDS` by side and group;
    - ``joint_stiffness (n,)``, ``segment_mass (n, 8)``: as in `MusculoskeletalParameters`.
    """

    coefficients: Array
    speed: Array
    duration: Array
    contact: Array
    variability: Array
    muscles: Array
    joint_stiffness: Array
    segment_mass: Array

    @property
    def stance(self) -> Array:
        """Share of the stride that each foot stands, ``(n, 2)``, right first."""
        right = self.contact[:, 0]
        left = (self.contact[:, 2] - self.contact[:, 1]) % 1.0
        return np.stack([right, left], axis=1)

    @property
    def strike(self) -> Array:
        """Phase of each heel strike, ``(n, 2)``, right first."""
        return np.stack([np.zeros(len(self)), self.contact[:, 1]], axis=1)

    def mirrored(self) -> Self:
        """Every gait seen in a mirror, phase 0 moved to what is then the right heel strike."""
        strike = self.contact[:, 1]
        shifted = shift_rows(mirror_coordinates(self.coefficients), -strike)
        contact = np.stack([self.contact[:, 2] - strike, 1 - strike, self.contact[:, 0] - strike], axis=1) % 1.0
        return replace(self, coefficients=shifted, contact=contact, muscles=self.muscles[:, :, ::-1])

    def proposal(self, row: int, subject: Subject, hip_height: float) -> Proposal:
        """One gait as a record, in metres and seconds on a body of ``hip_height`` metres."""
        parameters = MusculoskeletalParameters(
            **dict(zip(MUSCLE_FIELDS, self.muscles[row].copy(), strict=True)),
            joint_stiffness=float(self.joint_stiffness[row]),
            segment_mass=self.segment_mass[row].copy(),
        )
        coefficients = self.coefficients[row].copy()
        coefficients[:, TRANSLATION_INDEX] *= hip_height
        cycle = GaitCycle(
            coefficients,
            speed_mps=float(self.speed[row] * np.sqrt(GRAVITY_MPS2 * hip_height)),
            duration_s=float(self.duration[row] * np.sqrt(hip_height / GRAVITY_MPS2)),
        )
        time_cv, length_cv, width_sd = (float(v) for v in self.variability[row])
        return Proposal(
            subject=subject,
            parameters=parameters,
            cycle=cycle,
            contact=ContactPhases(*(float(v) % 1.0 for v in self.contact[row])),
            variability=Variability(time_cv, length_cv, width_sd * hip_height, *rhythm(subject)),
        )

    @classmethod
    def of(cls, proposals: Sequence[Proposal], hip_heights: Sequence[float]) -> Self:
        """The inverse of `proposal`, but that a batch holds no limits of joints, shapes of bones, pain or rhythm."""
        size = np.array(hip_heights, float)
        coefficients = np.stack([p.cycle.coefficients for p in proposals])
        coefficients[:, :, TRANSLATION_INDEX] /= size[:, None, None]
        seconds = np.sqrt(size / GRAVITY_MPS2)
        contact = [(p.contact.right_toe_off, p.contact.left_heel_strike, p.contact.left_toe_off) for p in proposals]
        spread = [(p.variability.stride_time_cv, p.variability.stride_length_cv) for p in proposals]
        width = np.array([p.variability.step_width_sd_m for p in proposals]) / size
        return cls(
            coefficients=coefficients,
            speed=np.array([p.cycle.speed_mps for p in proposals]) / np.sqrt(GRAVITY_MPS2 * size),
            duration=np.array([p.cycle.duration_s for p in proposals]) / seconds,
            contact=np.array(contact),
            variability=np.column_stack([np.array(spread), width]),
            muscles=np.stack([np.stack([getattr(p.parameters, f) for f in MUSCLE_FIELDS]) for p in proposals]),
            joint_stiffness=np.array([p.parameters.joint_stiffness for p in proposals]),
            segment_mass=np.stack([p.parameters.segment_mass for p in proposals]).reshape(-1, len(SEGMENTS)),
        )


def at_speed(gaits: GaitBatch, speed: Array | None) -> GaitBatch:
    """The gaits at exactly the dimensionless ``speed (n,)``, strides as long as before; unchanged without."""
    if speed is None:
        return gaits
    return replace(gaits, speed=np.asarray(speed, float), duration=gaits.duration * gaits.speed / speed)


def shift_rows(coefficients: Array, phase: Array) -> Array:
    """`engine.gait.cycle.shift_coefficients` with its own ``phase (n,)`` for each row of ``coefficients (n, 17, …)``."""
    return np.stack([shift_coefficients(c, float(p)) for c, p in zip(coefficients, phase, strict=True)])
