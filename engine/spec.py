"""The cohort spec: what a person asks for, as a YAML file, every field checked before work starts."""

import math
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from engine.conditions import available_cards, load_card
from engine.conventions import Side
from engine.errors import SpecError
from engine.population.body_sizes import BODY_SIZES
from engine.population.fields import Grades, Numbers, Severities, Sexes
from engine.population.pyramid import Ages
from engine.records import AGE_RANGE_YEARS, HEIGHT_RANGE_M, MASS_RANGE_KG, SKIN_TONE_RANGE
from engine.seeds import MAX_SEED
from engine.yaml_files import read_model

SPEED_RANGE_MPS = (0.2, 2.2)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


BMI_RANGE = (10.0, 70.0)
MAX_SUBJECTS = 100_000


def _one_is_a_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _check(name: str, numbers: Numbers | Ages | Severities | None, bounds: tuple[float, float]) -> None:
    for value in () if numbers is None else numbers.extent():
        if not bounds[0] <= value <= bounds[1]:
            raise ValueError(f"{name}: {value:g} is outside {bounds[0]:g} to {bounds[1]:g}")


def _whole_tones(value: object) -> object:
    """Ranges of skin tones as equal shares of the whole tones in them."""
    if isinstance(value, dict) and set(value) == {"min", "max"}:
        value = {"mix": [{**value, "share": 1.0}]}
    if not isinstance(value, dict) or not isinstance(value.get("mix"), list | tuple):
        return value
    return {**value, "mix": [one for part in value["mix"] for one in _tones_of(part)]}


def _tones_of(part: object) -> list[object]:
    between = isinstance(part, dict) and set(part) == {"min", "max", "share"}
    if not between or not all(isinstance(part[key], int | float) for key in part) or part["min"] > part["max"]:
        return [part]
    tones = range(math.ceil(part["min"]), math.floor(part["max"]) + 1)
    return [{"value": tone, "share": part["share"] / len(tones)} for tone in tones]


def _known_size(name: str) -> str:
    if name not in BODY_SIZES:
        raise ValueError(f"no reference is called {name!r}; there are {', '.join(BODY_SIZES)}")
    return name


class Group(_Strict):
    """Some subjects of one condition. Whatever is left out is drawn: age, sex and side from the condition card's demographics, stature and
    mass from a growth reference, severity and skin tone evenly, speed by the proposer. `docs/population.md` tells every form.

    ``body_size`` names the reference population (`BODY_SIZES`); ``bmi`` (kg/m²) takes the place of ``mass_kg``; ``skin_tone`` counts the
    Monk scale from 1 to 10; ``modifiers`` are severities by modifier card; ``quotas: exact`` meets shares as closely as whole people allow.
    """

    condition: str
    subjects: int = Field(ge=1, le=MAX_SUBJECTS)
    age_years: Ages | None = None
    sex: Sexes | None = None
    height_m: Numbers | None = None
    mass_kg: Numbers | None = None
    bmi: Numbers | None = None
    body_size: Annotated[str, AfterValidator(_known_size)] = "us"
    skin_tone: Annotated[Numbers, BeforeValidator(_whole_tones)] | None = None
    severity: Severities | None = None
    modifiers: dict[str, Numbers] = {}
    side: Annotated[tuple[Side, ...], BeforeValidator(_one_is_a_list)] | None = None
    speed_mps: Numbers | None = None
    quotas: Literal["sampled", "exact"] = "sampled"

    @model_validator(mode="after")
    def _possible(self) -> "Group":
        _check("age_years", self.age_years, AGE_RANGE_YEARS)
        _check("height_m", self.height_m, HEIGHT_RANGE_M)
        _check("mass_kg", self.mass_kg, MASS_RANGE_KG)
        _check("bmi", self.bmi, BMI_RANGE)
        _check("skin_tone", self.skin_tone, SKIN_TONE_RANGE)
        _check("severity", self.severity, (0.0, 1.0))
        _check("speed_mps", self.speed_mps, SPEED_RANGE_MPS)
        for name, severity in self.modifiers.items():
            _check(f"modifiers.{name}", severity, (0.0, 1.0))
        if self.bmi is not None and self.mass_kg is not None:
            raise ValueError("bmi: mass_kg is given too; keep one of them")
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


class StageChoice(_Strict):
    """Who fills a role, and with which settings: ``opensim``, or ``{name: opensim, settings: {force: {effort: 120}}}``.

    What can be set is told by the stage itself (`engine.stages.load_stage`).
    """

    name: str
    settings: dict[str, Any] = {}


def _name_alone(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


Stage = Annotated[StageChoice, BeforeValidator(_name_alone)]


class StageChoices(_Strict):
    """Who fills each role (entry points of the group ``gaitforge.stages``)."""

    body: Stage = StageChoice(name="smplx")
    proposer: Stage = StageChoice(name="diffusion")
    adapter: Stage | None = None
    enforcer: Stage = StageChoice(name="opensim")
    filmer: Stage = StageChoice(name="pyrender")


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
    look: str | None = Field(
        default=None, description="scene description: a name that the filmer knows, or a .yaml file"
    )
    split: Split = Split()
    stages: StageChoices = StageChoices()
    format: Literal[1] = 1

    @model_validator(mode="after")
    def _consistent(self) -> "CohortSpec":
        if self.video and not self.cameras:
            raise ValueError("video: true needs cameras, for instance cameras: [side, oblique]")
        if len(set(self.cameras)) != len(self.cameras):
            raise ValueError("cameras: a camera is named twice")
        return self


def load_spec(path: Path) -> CohortSpec:
    """The spec in a YAML file, its condition and modifier cards checked too.

    A condition is the name of a card that ships with GaitForge, or the path of a card file relative to the spec; a look likewise.

    Raises:
        SpecError: names the file, the field and what would be right.
    """
    spec = read_model(path, CohortSpec)
    groups = []
    for number, group in enumerate(spec.groups):
        condition = group.condition
        if condition.endswith((".yaml", ".yml")):
            condition = str((path.parent / condition).resolve())
        group = group.model_copy(update={"condition": condition})
        try:
            _check_cards(group)
        except SpecError as error:
            raise SpecError(f"{path}: groups.{number}.{error}") from error
        groups.append(group)
    look = spec.look
    if look is not None and look.endswith((".yaml", ".yml")):
        look = str((path.parent / look).resolve())
    return spec.model_copy(update={"groups": tuple(groups), "look": look})


def _check_cards(group: Group) -> None:
    card = load_card(group.condition)
    if card.role == "modifier":
        raise SpecError(
            f"condition: {card.name} is a modifier; write condition: healthy and modifiers: {{{card.name}: …}}"
        )
    if isinstance(group.severity, Grades):
        group.severity.on(card)
    for name in group.modifiers:
        if name not in available_cards() or load_card(name).role != "modifier":
            known = [other for other in available_cards() if load_card(other).role == "modifier"]
            raise SpecError(f"modifiers: {name!r} is no modifier; there are {', '.join(known)}")
