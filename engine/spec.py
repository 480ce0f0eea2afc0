"""The cohort spec: what a person asks for, as a YAML file, every field checked before work starts."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from engine.conditions import load_card
from engine.conventions import Sex, Side
from engine.errors import SpecError
from engine.records import AGE_RANGE_YEARS, HEIGHT_RANGE_M, MASS_RANGE_KG
from engine.seeds import MAX_SEED
from engine.yaml_files import read_model

SPEED_RANGE_MPS = (0.2, 2.2)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Strict):
    """Uniform between two numbers."""

    min: float
    max: float

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self


def _one_is_a_list(value: object) -> object:
    return [value] if isinstance(value, int | float | str) else value


Numbers = Annotated[Range | tuple[float, ...], BeforeValidator(_one_is_a_list)]
"""A number for all, a list whose members are taken in turn, or ``{min: …, max: …}`` to draw from."""


def _check(name: str, numbers: Numbers | None, bounds: tuple[float, float]) -> None:
    if numbers is None:
        return
    values = (numbers.min, numbers.max) if isinstance(numbers, Range) else numbers
    if not values:
        raise ValueError(f"{name}: an empty list; leave the field out to have it drawn")
    for value in values:
        if not bounds[0] <= value <= bounds[1]:
            raise ValueError(f"{name}: {value:g} is outside {bounds[0]:g} to {bounds[1]:g}")


class Group(_Strict):
    """Some subjects of one condition. Whatever is left out is drawn: age, sex and side from the condition card's demographics, stature and
    mass from growth references, severity evenly, speed by the proposer."""

    condition: str
    subjects: int = Field(ge=1, le=100_000)
    age_years: Numbers | None = None
    sex: Annotated[tuple[Sex, ...], BeforeValidator(_one_is_a_list)] | None = None
    height_m: Numbers | None = None
    mass_kg: Numbers | None = None
    severity: Numbers | None = None
    side: Annotated[tuple[Side, ...], BeforeValidator(_one_is_a_list)] | None = None
    speed_mps: Numbers | None = None

    @model_validator(mode="after")
    def _possible(self) -> "Group":
        _check("age_years", self.age_years, AGE_RANGE_YEARS)
        _check("height_m", self.height_m, HEIGHT_RANGE_M)
        _check("mass_kg", self.mass_kg, MASS_RANGE_KG)
        _check("severity", self.severity, (0.0, 1.0))
        _check("speed_mps", self.speed_mps, SPEED_RANGE_MPS)
        return self


class Split(_Strict):
    """Shares of subjects for training, validation and test; they add up to one."""

    train: float = Field(default=0.7, ge=0)
    validation: float = Field(default=0.15, ge=0)
    test: float = Field(default=0.15, ge=0)

    @model_validator(mode="after")
    def _whole(self) -> "Split":
        total = self.train + self.validation + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(f"train + validation + test is {total:g}, must be 1")
        return self


class StageNames(_Strict):
    """Who fills each role (entry points of the group ``gaitforge.stages``)."""

    body: str = "smplx"
    proposer: str = "diffusion"
    adapter: str | None = None
    enforcer: str = "opensim"
    filmer: str = "pyrender"


class CohortSpec(_Strict):
    """A cohort: who, how many strides, seen by which cameras."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    groups: tuple[Group, ...] = Field(min_length=1)
    strides: int = Field(default=6, ge=2, le=40)
    walks_per_subject: int = Field(default=1, ge=1, le=50)
    attempts: int = Field(default=3, ge=1, le=20)
    cameras: tuple[str, ...] = ()
    video: bool = False
    split: Split = Split()
    stages: StageNames = StageNames()
    format: Literal[1] = 1

    @model_validator(mode="after")
    def _consistent(self) -> "CohortSpec":
        if self.video and not self.cameras:
            raise ValueError("video: true needs cameras, for instance cameras: [side, oblique]")
        if len(set(self.cameras)) != len(self.cameras):
            raise ValueError("cameras: a camera is named twice")
        return self


def load_spec(path: Path) -> CohortSpec:
    """The spec in a YAML file, its condition cards checked too.

    A condition is the name of a card that ships with GaitForge, or the path of a card file relative to the spec.

    Raises:
        SpecError: names the file, the field and what would be right.
    """
    spec = read_model(path, CohortSpec)
    groups = []
    for number, group in enumerate(spec.groups):
        condition = group.condition
        if condition.endswith((".yaml", ".yml")):
            condition = str((path.parent / condition).resolve())
        try:
            load_card(condition)
        except SpecError as error:
            raise SpecError(f"{path}: groups.{number}.{error}") from error
        groups.append(group.model_copy(update={"condition": condition}))
    return spec.model_copy(update={"groups": tuple(groups)})
