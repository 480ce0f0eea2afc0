"""Who has a condition, how severe it is, and what it does to size, steps and rhythm; what is expected of it, and its aids."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.core.measures import GAIT
from engine.core.yaml_files import StrictModel
from engine.people.ramps import Ramp, Where, at_severity


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
