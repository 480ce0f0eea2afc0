"""Distributions that a cohort spec may ask for. Each is a small model known by its keys; all can be drawn in the same way.

A distribution is a mixture of one or more *parts* with shares; which part a person belongs to is either drawn or assigned by a quota
(`engine.population.quotas`), and what the part holds is drawn from the person's own stream.
"""

from collections.abc import Mapping
from typing import Annotated, Protocol, TypeVar

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field, RootModel, field_validator, model_validator

from engine.core.yaml_files import StrictModel

Value = TypeVar("Value", covariant=True)

CUT_SD = 2.5
"""Normal distributions are cut here, as those of body size are (`engine.people.growth`)."""
SHARE_TOLERANCE = 1e-3
"""Shares may be rounded by this much."""


class Distribution(Protocol[Value]):
    """What every form can do."""

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares of the parts; they add up to one."""
        ...

    def draw(self, part: int, position: int, rng: np.random.Generator) -> Value:
        """A value of one part for the person at ``position`` of the group."""
        ...


def choose_part(shares: tuple[float, ...], rng: np.random.Generator) -> int:
    """A part drawn by the shares; where there is only one, nothing is drawn."""
    if len(shares) == 1:
        return 0
    return min(int(np.searchsorted(np.cumsum(shares), rng.random(), side="right")), len(shares) - 1)


def check_whole(shares: tuple[float, ...]) -> None:
    """Raises ValueError unless shares add up to one."""
    if abs(sum(shares) - 1) > SHARE_TOLERANCE:
        raise ValueError(f"the shares add up to {sum(shares):g}, must be 1")


def normalised(shares: tuple[float, ...]) -> tuple[float, ...]:
    """The shares scaled to add up to one exactly."""
    return tuple(share / sum(shares) for share in shares)


class Form(StrictModel):
    """A form of one part."""

    @property
    def shares(self) -> tuple[float, ...]:
        return (1.0,)


class Range(Form):
    """Uniform between two numbers."""

    min: float
    max: float

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self

    def draw(self, part: int, position: int, rng: np.random.Generator) -> float:  # noqa: ARG002
        return float(rng.uniform(self.min, self.max))

    def extent(self) -> tuple[float, float]:
        """Least and greatest value that can be drawn."""
        return self.min, self.max


class InTurn(RootModel[tuple[float, ...]]):
    """A number for all, or a list whose members are taken in turn."""

    model_config = ConfigDict(frozen=True)

    @field_validator("root", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return [value] if isinstance(value, int | float | str) else value

    @field_validator("root")
    @classmethod
    def _not_empty(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if not values:
            raise ValueError("an empty list; leave the field out to have it drawn")
        return values

    @property
    def shares(self) -> tuple[float, ...]:
        return (1.0,)

    def draw(self, part: int, position: int, rng: np.random.Generator) -> float:  # noqa: ARG002
        return self.root[position % len(self.root)]

    def extent(self) -> tuple[float, float]:
        return min(self.root), max(self.root)


class Normal(Form):
    """Normal, cut at ``min`` and ``max`` (left out: `CUT_SD` standard deviations from the mean)."""

    mean: float
    sd: float = Field(gt=0)
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Normal":
        low, high = self.extent()
        if low > high:
            raise ValueError(f"min {low:g} is above max {high:g}")
        return self

    def draw(self, part: int, position: int, rng: np.random.Generator) -> float:  # noqa: ARG002
        return float(np.clip(rng.normal(self.mean, self.sd), *self.extent()))

    def extent(self) -> tuple[float, float]:
        low = self.mean - CUT_SD * self.sd if self.min is None else self.min
        high = self.mean + CUT_SD * self.sd if self.max is None else self.max
        return low, high


class Part(Form):
    """One part of a `Mix`: a share of people at one ``value``, or evenly between ``min`` and ``max``."""

    share: float = Field(gt=0, le=1)
    value: float | None = None
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Part":
        low, high = self.extent()
        if low > high:
            raise ValueError(f"min {low} is above max {high}")
        return self

    def extent(self) -> tuple[float, float]:
        if self.value is not None and self.min is None and self.max is None:
            return self.value, self.value
        if self.value is None and self.min is not None and self.max is not None:
            return self.min, self.max
        raise ValueError("a part of a mix needs either value or both min and max")


def _parts_of_table(value: object) -> object:
    return [{"value": v, "share": share} for v, share in value.items()] if isinstance(value, Mapping) else value


class Mix(Form):
    """Parts with shares: ``{mix: {0.2: 0.5, 0.8: 0.5}}`` or ``{mix: [{min: 0, max: 0.3, share: 0.7}, {value: 1, share: 0.3}]}``."""

    mix: Annotated[tuple[Part, ...], BeforeValidator(_parts_of_table)] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "Mix":
        check_whole(tuple(part.share for part in self.mix))
        return self

    @property
    def shares(self) -> tuple[float, ...]:
        return normalised(tuple(part.share for part in self.mix))

    def draw(self, part: int, position: int, rng: np.random.Generator) -> float:  # noqa: ARG002
        low, high = self.mix[part].extent()
        return low if low == high else float(rng.uniform(low, high))

    def extent(self) -> tuple[float, float]:
        lows, highs = zip(*(part.extent() for part in self.mix), strict=True)
        return min(lows), max(highs)
