"""Condition cards: what a health condition does to body and gait, by severity. A new condition is a new card, not new code.

A card is a YAML file (`configs/conditions/`). Every effect names its source by a key of ``sources`` or says ``assumption``; every
key is the source of something. Numbers that depend on severity are *ramps*: one number (its value at severity 1; neutral at 0) or a
table ``{severity: value}`` interpolated linearly.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from engine.core.conventions import ARM_COORDINATES, COORDINATES, HEALTHY, LEG_COORDINATES, MUSCLE_GROUPS
from engine.core.errors import SpecError
from engine.core.measures import GAIT
from engine.core.yaml_files import StrictModel, configs_folder, names_file, read_model

ASSUMPTION = "assumption"
CHANGED = "what_if"
"""Name of the condition of a body that was changed by hand: no card tells what the change does."""


def _as_table(value: object) -> object:
    return {1.0: value} if isinstance(value, int | float) and not isinstance(value, bool) else value


Ramp = Annotated[dict[float, float], BeforeValidator(_as_table)]
"""Value by severity. Severities lie in [0, 1]."""


def at_severity(ramp: Mapping[float, float], severity: float, neutral: float) -> float:
    """Value of a ramp at ``severity``; at severity 0 it is ``neutral`` unless the table says otherwise."""
    table = {0.0: neutral, **ramp}
    knots = sorted(table)
    return float(np.interp(severity, knots, [table[k] for k in knots]))


Where = Literal["affected", "unaffected", "both"]
"""Which legs (or arms) an effect reaches; on a subject whose side is ``both`` or ``none``, ``affected`` means both."""


class Demographics(StrictModel):
    """Who has the condition. ``age_years`` is (mean, SD, least, most)."""

    age_years: tuple[float, float, float, float]
    male_share: float = Field(ge=0, le=1)
    side: Literal["none", "one", "both"]
    source: str


_SHARE_TOLERANCE = 1e-3


class SeverityScale(StrictModel):
    """What severity means clinically: the name of the clinical scale and its grades at some severities.

    ``shares`` says how common severities are among walking patients: the share of people between the severity before (0 at first) and
    this one, evenly within. Left out, nothing is published.
    """

    scale: str
    grades: dict[float, str]
    shares: dict[float, Annotated[float, Field(gt=0, le=1)]] | None = None
    source: str

    @model_validator(mode="after")
    def _shares_are_of_all(self) -> "SeverityScale":
        if self.shares is None:
            return self
        knots = list(self.shares)
        if knots != sorted(knots) or knots[0] <= 0 or knots[-1] != 1:
            raise ValueError("shares: severities rise from above 0 to 1")
        if abs(sum(self.shares.values()) - 1) > _SHARE_TOLERANCE:
            raise ValueError(f"shares: they add up to {sum(self.shares.values()):g}, must be 1")
        return self


class SizeEffects(StrictModel):
    """How people with the condition differ in size: factors of the stature and mass usual at their age and sex (neutral 1).

    Whoever is taller or shorter by this is so at the same body mass index; ``mass`` comes on top.
    """

    height: Ramp | None = None
    mass: Ramp | None = None
    source: str

    def factor(self, name: Literal["height", "mass"], severity: float) -> float:
        """Factor called ``name`` at ``severity`` (1 where the card is silent)."""
        ramp = getattr(self, name)
        return 1.0 if ramp is None else at_severity(ramp, severity, 1.0)


NEUTRAL: dict[str, float] = {
    "spasticity": 0.0,
    "co_contraction": 0.0,
    "joint_max_deg": 180.0,
    "joint_min_deg": -180.0,
    "leg_pain": 0.0,
    "knee_pain": 0.0,
    "femoral_anteversion_deg": 0.0,
    "tibial_torsion_deg": 0.0,
}
"""Amount of a mechanism that changes nothing, where that is not one."""


class Mechanism(StrictModel):
    """A change of the body.

    Of the muscles of ``groups``: ``strength``, ``fibre_length``, ``tendon_slack``, ``passive_stiffness`` are factors (neutral 1),
    ``spasticity`` and ``co_contraction`` amounts (neutral 0). Of joints: ``joint_stiffness`` is a factor; ``joint_max_deg`` and
    ``joint_min_deg`` bound a leg ``coordinate`` (named without its side). Of legs: ``leg_pain`` and ``knee_pain`` are amounts of
    weight-bearing pain (1: severe), ``femoral_anteversion_deg`` and ``tibial_torsion_deg`` (outward) are torsions beyond the usual,
    ``thigh_length`` and ``shank_length`` factors of a leg's lengths.
    """

    kind: Literal[
        "strength",
        "fibre_length",
        "tendon_slack",
        "passive_stiffness",
        "joint_stiffness",
        "spasticity",
        "co_contraction",
        "joint_max_deg",
        "joint_min_deg",
        "leg_pain",
        "knee_pain",
        "femoral_anteversion_deg",
        "tibial_torsion_deg",
        "thigh_length",
        "shank_length",
    ]
    groups: tuple[str, ...] = tuple(MUSCLE_GROUPS)
    coordinate: str | None = None
    where: Where = "both"
    amount: Ramp
    source: str

    @model_validator(mode="after")
    def _groups_exist(self) -> "Mechanism":
        unknown = set(self.groups) - set(MUSCLE_GROUPS)
        if unknown:
            raise ValueError(f"groups: unknown {sorted(unknown)}; the groups are {', '.join(MUSCLE_GROUPS)}")
        return self

    @model_validator(mode="after")
    def _coordinate_fits(self) -> "Mechanism":
        limit = self.kind in ("joint_max_deg", "joint_min_deg")
        if limit and self.coordinate not in LEG_COORDINATES:
            raise ValueError(f"coordinate: kind {self.kind} needs one of {', '.join(LEG_COORDINATES)}")
        if not limit and self.coordinate is not None:
            raise ValueError(f"coordinate: kind {self.kind} takes none")
        return self

    @model_serializer(mode="wrap")
    def _without_what_does_not_apply(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        data = handler(self)
        if self.coordinate is None:
            del data["coordinate"]
        return data

    @property
    def neutral(self) -> float:
        return NEUTRAL.get(self.kind, 1.0)


_SIDED = (*LEG_COORDINATES, *ARM_COORDINATES)
_MIDLINE = tuple(name for name in COORDINATES if not name.endswith(("_r", "_l")))


class MotionEffect(StrictModel):
    """A change of one coordinate's curve that is put into the proposal.

    ``coordinate`` is a leg or arm coordinate without its side (``knee_angle``) or a midline one (``pelvis_list``). Kinds:

    - ``offset``: ``amount`` degrees added all the time;
    - ``scale``: excursion about the mean times ``amount``;
    - ``bump``: ``amount`` degrees added around ``phase`` of that side's own cycle, Gaussian of standard deviation ``width``;
    - ``flatten``: near ``phase`` the curve drawn towards its minimum by the share ``amount``;
    - ``minimum``: the curve compressed so that its least value is ``amount`` degrees, its peak kept where there is room.

    A midline coordinate that changes sign in a mirror counts its amounts towards the affected side: positive amounts are
    what the same number means for a person whose right side is affected. Phases of midline effects are those of the affected leg.
    """

    coordinate: str
    kind: Literal["offset", "scale", "bump", "flatten", "minimum"]
    amount: Ramp
    where: Where = "both"
    phase: float | None = Field(default=None, ge=0, lt=1)
    width: float | None = Field(default=None, gt=0, lt=0.5)
    source: str

    @model_validator(mode="after")
    def _complete(self) -> "MotionEffect":
        if self.coordinate not in (*_SIDED, *_MIDLINE):
            raise ValueError(f"coordinate: unknown {self.coordinate!r}; known: {', '.join((*_SIDED, *_MIDLINE))}")
        local = self.kind in ("bump", "flatten")
        if local and (self.phase is None or self.width is None):
            raise ValueError(f"kind {self.kind} needs phase and width")
        if not local and (self.phase is not None or self.width is not None):
            raise ValueError(f"kind {self.kind} takes neither phase nor width")
        return self

    @property
    def neutral(self) -> float:
        return 1.0 if self.kind == "scale" else 0.0


class SpatiotemporalEffects(StrictModel):
    """Changes of spatiotemporal gait parameters. Factors are neutral at 1, points and metres at 0.

    ``speed`` compares with healthy people of the same age, sex and size; everything else with healthy people *at the same speed*.
    ``stance_pct`` are percentage points of the stride; ``left_right_shift`` is how much later in the cycle (share of the stride) the
    unaffected foot strikes after the affected one than half a stride.
    """

    speed: Ramp | None = None
    cadence: Ramp | None = None
    stance_pct_affected: Ramp | None = None
    stance_pct_unaffected: Ramp | None = None
    left_right_shift: Ramp | None = None
    step_width: Ramp | None = None
    stride_time_cv: Ramp | None = None
    stride_length_cv: Ramp | None = None
    step_width_sd: Ramp | None = None
    source: str

    def factor(self, name: str, severity: float) -> float:
        """Factor called ``name`` at ``severity`` (1 where the card is silent)."""
        ramp = getattr(self, name)
        return 1.0 if ramp is None else at_severity(ramp, severity, 1.0)

    def amount(self, name: str, severity: float) -> float:
        """Amount called ``name`` at ``severity`` (0 where the card is silent)."""
        ramp = getattr(self, name)
        return 0.0 if ramp is None else at_severity(ramp, severity, 0.0)


RhythmQuantity = Literal["dfa_alpha", "excess_kurtosis", "cv_spread"]


class RhythmEffects(StrictModel):
    """How the rhythm of strides differs from that of healthy people of the same age; all neutral at 0.

    ``dfa_alpha`` is added to the exponent of detrended fluctuation analysis of stride times. ``excess_kurtosis`` is that of single strides'
    deviations. ``cv_spread`` is by how much more than healthy people those of one severity differ: standard deviation of the logarithm
    of their coefficients of variation.
    """

    dfa_alpha: Ramp | None = None
    excess_kurtosis: Ramp | None = None
    cv_spread: Ramp | None = None
    source: str

    def amount(self, name: RhythmQuantity, severity: float) -> float:
        """Amount called ``name`` at ``severity`` (0 where the card is silent)."""
        return at_severity(getattr(self, name) or {}, severity, 0.0)


class Spread(StrictModel):
    """How differently people of one severity walk, where it is published; what is left out is as of any card.

    ``speed``: coefficient of variation of walking speed among them, by severity (at 0 that of healthy people). ``cadence``: standard
    deviation of the logarithm of cadence at equal speed, beyond that of healthy people. ``effects``: standard deviation of how
    strongly a person shows the card's motion, all of it together (1 is what the card says). ``sides``: the same of either leg
    about the person, in opposite senses.
    """

    speed: Ramp | None = None
    cadence: Ramp | None = None
    effects: float | None = Field(default=None, ge=0, le=0.5)
    sides: float | None = Field(default=None, ge=0, le=0.5)
    source: str


class ExpectedEffect(StrictModel):
    """A published sign (and size, if known) by which generated gaits are judged; it does not change them.

    ``interval`` is what the source reports for ``measure`` as (patients − controls), in the unit that the measure's name tells.
    """

    measure: str
    direction: Literal["increases", "decreases", "unchanged"]
    compared_with: Literal["healthy", "speed_matched"]
    interval: tuple[float, float] | None = None
    source: str

    @model_validator(mode="after")
    def _measure_exists(self) -> "ExpectedEffect":
        if self.measure not in GAIT:
            raise ValueError(f"measure: unknown {self.measure!r}; the measures are {', '.join(GAIT)}")
        return self


class AidUse(StrictModel):
    """Share of the people of a severity who walk with an aid (one at a time) or wear ankle-foot orthoses (``afo``).

    ``cane`` or ``crutch`` (forearm crutch) is held opposite the worse leg, ``crutches`` are two, ``rollator`` has four wheels.
    ``share`` is a ramp as any other: one number is the share at severity 1, rising from 0 at severity 0; ``{0: 1, 1: 1}`` is everybody.
    ``where`` says which legs wear the orthosis. Aids are seen, not felt: the body and gait of the card are those without them.
    """

    kind: Literal["cane", "crutch", "crutches", "rollator", "afo"]
    share: Ramp
    where: Where | None = None
    source: str

    @model_validator(mode="after")
    def _legs_of_orthoses_only(self) -> "AidUse":
        if (self.kind == "afo") != (self.where is not None):
            raise ValueError(
                "where: kind afo needs the legs that wear it (affected, unaffected, both), aids in the hand take none"
            )
        return self

    @model_validator(mode="after")
    def _shares(self) -> "AidUse":
        if not all(0 <= value <= 1 for value in self.share.values()):
            raise ValueError("share: every value is a share of people, 0 to 1")
        return self

    def at(self, severity: float) -> float:
        """Share of the people of that severity."""
        return at_severity(self.share, severity, 0.0)


class ConditionCard(StrictModel):
    """One health condition, or a ``modifier`` (frailty, obesity) that joins any of them."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    summary: str
    role: Literal["condition", "modifier"] = "condition"
    demographics: Demographics
    severity: SeverityScale
    size: SizeEffects | None = None
    mechanisms: tuple[Mechanism, ...]
    spatiotemporal: SpatiotemporalEffects
    rhythm: RhythmEffects | None = None
    motion: tuple[MotionEffect, ...]
    spread: Spread | None = None
    expected: tuple[ExpectedEffect, ...]
    aids: tuple[AidUse, ...] = ()
    sources: dict[str, str]

    def __repr_args__(self) -> Iterator[tuple[str, str]]:
        yield "name", self.name

    @property
    def is_healthy(self) -> bool:
        return self.name == HEALTHY

    @property
    def fingerprint(self) -> str:
        """Of all that the card says: a card read from another file, or with other comments, has the same one."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def changed_by_hand(self) -> "ConditionCard":
        """Of a person with this condition whose body is no longer as the card says (`CHANGED`)."""
        if self.name == CHANGED:
            return self
        return self.model_copy(update={"name": CHANGED, "title": f"{self.title}, body changed by hand"})

    @model_validator(mode="after")
    def _sources_are_listed_and_used(self) -> "ConditionCard":
        effects = (*self.mechanisms, *self.motion, *self.expected, *self.aids)
        named = {part.source for part in (self.demographics, self.severity, self.spatiotemporal, *effects)}
        named |= {part.source for part in (self.size, self.rhythm, self.spread) if part is not None}
        used = {key.strip() for text in named for key in text.split(",")}
        if unknown := used - {*self.sources, ASSUMPTION}:
            raise ValueError(f"sources: {sorted(unknown)} used but not listed (or write {ASSUMPTION!r})")
        if idle := set(self.sources) - used:
            raise ValueError(
                f"sources: {sorted(idle)} listed but no effect's source; name them at an effect, or take them out"
            )
        return self

    @model_validator(mode="after")
    def _one_aid_at_a_time(self) -> "ConditionCard":
        kinds = [use.kind for use in self.aids]
        if len(set(kinds)) < len(kinds):
            raise ValueError("aids: each kind may be named once")
        held = [use for use in self.aids if use.kind != "afo"]
        for severity in {knot for use in held for knot in use.share}:
            if sum(use.at(severity) for use in held) > 1:
                raise ValueError(f"aids: at severity {severity:g} the shares of aids in the hand sum to more than 1")
        return self


def card_path(name: str) -> Path:
    """File of the card called ``name`` that ships with GaitForge."""
    return configs_folder() / "conditions" / f"{name}.yaml"


def available_cards() -> list[str]:
    """Names of the cards that ship with GaitForge."""
    return sorted(path.stem for path in (configs_folder() / "conditions").glob("*.yaml"))


@cache
def _shipped_card(name: str) -> ConditionCard:
    if name not in available_cards():
        raise SpecError(f"no card is called {name!r}; there are {', '.join(available_cards())}")
    return read_model(card_path(name), ConditionCard)


def load_card(name_or_file: str, folder: Path = Path()) -> ConditionCard:
    """The shipped card of that name, or the one in that ``.yaml`` file (relative to ``folder``).

    Raises:
        SpecError: no such card, or the file breaks the schema; names the file, the field and what would be right.
    """
    if names_file(name_or_file):
        return read_model(folder / name_or_file, ConditionCard)
    return _shipped_card(name_or_file)


def healthy_card() -> ConditionCard:
    """The shipped card of people without a condition."""
    return _shipped_card(HEALTHY)


def load_condition(name_or_file: str, folder: Path = Path()) -> ConditionCard:
    """As `load_card`, of a condition.

    Raises:
        SpecError: as `load_card`, or it is a modifier.
    """
    card = load_card(name_or_file, folder)
    if card.role != "condition":
        raise SpecError(
            f"{card.name} is a modifier; write condition: {HEALTHY} and modifiers: {{{name_or_file}: severity}}"
        )
    return card


def load_modifier(name_or_file: str, folder: Path = Path()) -> ConditionCard:
    """As `load_card`, of a modifier.

    Raises:
        SpecError: no modifier is called so, or the file breaks the schema or is the card of a condition.
    """
    there = names_file(name_or_file) or name_or_file in available_cards()
    card = load_card(name_or_file, folder) if there else None
    if card is None or card.role != "modifier":
        known = ", ".join(name for name in available_cards() if load_card(name).role == "modifier")
        raise SpecError(f"{name_or_file!r} is no modifier; there are {known}, or a card file with role: modifier")
    return card
