"""How a cohort spec writes distributions: grades and sexes, and which forms a field takes, told apart by their keys."""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag, field_validator, model_validator

from engine.core.conventions import Sex
from engine.core.errors import SpecError
from engine.people.conditions import ConditionCard
from engine.population.distributions import Form, InTurn, Mix, Normal, Part, Range, check_whole


class Grades(Form):
    """Severity by the grades of the condition's clinical scale: ``{grades: {stage 1: 0.4, stage 2: 0.6}}``.

    A grade is named as on the card (`engine.people.conditions.SeverityScale`), in full or up to its first comma.
    """

    grades: dict[str, float] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "Grades":
        check_whole(tuple(self.grades.values()))
        return self

    def extent(self) -> tuple[float, float]:
        return 0.0, 1.0

    def on(self, card: ConditionCard) -> Mix:
        """The severities that the card gives the grades.

        Raises:
            SpecError: the card has no such grade, or several.
        """
        parts = []
        for name, share in self.grades.items():
            at = [s for s, text in card.severity.grades.items() if name in (text, text.partition(",")[0])]
            if len(at) != 1:
                known = "; ".join(card.severity.grades.values())
                raise SpecError(
                    f"severity.grades: {card.name} has {'no' if not at else 'more than one'} grade {name!r}; there are: {known}"
                )
            parts.append(Part(value=at[0], share=share))
        return Mix(mix=tuple(parts))


class SexShares(Form):
    """Shares of the sexes."""

    female: float = Field(ge=0, le=1)
    male: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _whole(self) -> "SexShares":
        check_whole(self.shares)
        return self

    @property
    def shares(self) -> tuple[float, ...]:
        return self.male, self.female

    def draw(self, part: int, position: int, rng: np.random.Generator) -> Sex:  # noqa: ARG002
        return ("male", "female")[part]


class SexInTurn(RootModel[tuple[Sex, ...]]):
    """One sex for all, or a list whose members are taken in turn."""

    model_config = ConfigDict(frozen=True)

    @field_validator("root", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @property
    def shares(self) -> tuple[float, ...]:
        return (1.0,)

    def draw(self, part: int, position: int, rng: np.random.Generator) -> Sex:  # noqa: ARG002
        return self.root[position % len(self.root)]


_TAG_OF_KEY = {
    "pyramid": "pyramid",
    "grades": "grades",
    "mix": "mix",
    "mean": "normal",
    "sd": "normal",
    "female": "shares",
    "male": "shares",
    "min": "range",
    "max": "range",
}
"""Which form a key tells of; the first that is there decides."""


def form_tag(value: Any) -> str | None:
    """The form that a value from a spec is written in, None if it is none."""
    if isinstance(value, BaseModel):
        value = value.root if isinstance(value, RootModel) else value.model_dump()
    if isinstance(value, Mapping):
        return next((tag for key, tag in _TAG_OF_KEY.items() if key in value), None)
    return "list" if isinstance(value, int | float | str | list | tuple) else None


def by_keys(expected: str) -> Discriminator:
    """Tells the forms of a field apart; ``expected`` names them for the error."""
    return Discriminator(form_tag, custom_error_type="form", custom_error_message=f"expected {expected}")


_ANY = Annotated[Range, Tag("range")] | Annotated[InTurn, Tag("list")] | Annotated[Normal, Tag("normal")]
Numbers = Annotated[
    _ANY | Annotated[Mix, Tag("mix")],
    by_keys("a number, a list (taken in turn), {min, max}, {mean, sd} or {mix: shares}"),
]
Severities = Annotated[
    _ANY | Annotated[Mix, Tag("mix")] | Annotated[Grades, Tag("grades")],
    by_keys("a number, a list (taken in turn), {min, max}, {mean, sd}, {mix: shares} or {grades: shares}"),
]
Sexes = Annotated[
    Annotated[SexInTurn, Tag("list")] | Annotated[SexShares, Tag("shares")],
    by_keys("female, male, a list of them (taken in turn) or {female: share, male: share}"),
]
