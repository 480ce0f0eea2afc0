"""The cohort spec: what a person asks for, as a YAML file, every field checked before work starts."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from engine.core.conventions import Keep, Side
from engine.core.errors import SpecError
from engine.core.seeds import MAX_SEED
from engine.core.yaml_files import StrictModel, folder_of, names_file, read_model
from engine.gait.records import AGE_RANGE_YEARS, HEIGHT_RANGE_M, MASS_RANGE_KG, SKIN_TONE_RANGE
from engine.people.conditions import ConditionCard
from engine.population.body_sizes import BODY_SIZES
from engine.population.cards import Condition, Modifiers
from engine.population.fields import Grades, Numbers, Severities, Sexes
from engine.population.pyramid import Ages

SPEED_RANGE_MPS = (0.2, 2.2)
BMI_RANGE = (10.0, 70.0)
MAX_SUBJECTS = 100_000
MAX_WALKS = 50


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
    match part:
        case {"min": int() | float() as low, "max": int() | float() as high, "share": int() | float() as share, **rest}:
            if not rest and low <= high:
                tones = range(math.ceil(low), math.floor(high) + 1)
                return [{"value": tone, "share": share / len(tones)} for tone in tones]
    return [part]


def _known_size(name: str) -> str:
    if name not in BODY_SIZES:
        raise ValueError(f"no reference is called {name!r}; there are {', '.join(BODY_SIZES)}")
    return name


class Group(StrictModel):
    """Some subjects of one condition. Whatever is left out is drawn: age, sex and side from the condition card's demographics, stature and
    mass from a growth reference, severity by the card's shares or evenly, skin tone evenly, speed by the proposer.
    `docs/population.md` tells every form.

    ``condition`` is written as the name of a shipped card or as a card file relative to the spec, ``modifiers`` as severities by such
    names or files; both hold the cards themselves from here on.

    ``body_size`` names the reference population (`BODY_SIZES`); ``bmi`` (kg/m²) takes the place of ``mass_kg``; ``skin_tone`` counts the
    Monk scale from 1 to 10; ``walks`` of each person, if not as many as everybody's (`CohortSpec.walks_per_subject`); ``quotas: exact``
    meets shares as closely as whole people allow.
    """

    condition: Condition
    subjects: int = Field(ge=1, le=MAX_SUBJECTS)
    age_years: Ages | None = None
    sex: Sexes | None = None
    height_m: Numbers | None = None
    mass_kg: Numbers | None = None
    bmi: Numbers | None = None
    body_size: Annotated[str, AfterValidator(_known_size)] = "us"
    skin_tone: Annotated[Numbers, BeforeValidator(_whole_tones)] | None = None
    severity: Severities | None = None
    modifiers: Modifiers = Field(default_factory=dict)
    side: Annotated[tuple[Side, ...], BeforeValidator(_one_is_a_list)] | None = None
    speed_mps: Numbers | None = None
    walks: int | None = Field(default=None, ge=1, le=MAX_WALKS)
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
        for name, wish in self.modifiers.items():
            _check(f"modifiers.{name}", wish.severity, (0.0, 1.0))
        if isinstance(self.severity, Grades):
            try:
                self.severity.on(self.condition)
            except SpecError as error:
                raise ValueError(str(error)) from error
        if self.bmi is not None and self.mass_kg is not None:
            raise ValueError("bmi: mass_kg is given too; keep one of them")
        return self


class Split(StrictModel):
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


class StageChoice(StrictModel):
    """Who fills a role, and with which settings: ``opensim``, or ``{name: opensim, settings: {force: {effort: 120}}}``.

    What can be set is told by the stage itself (`engine.stages.load_stage`); paths in settings are relative to ``folder``.
    """

    name: str
    settings: dict[str, Any] = Field(default_factory=dict)
    _folder: Path = PrivateAttr(Path())

    @model_validator(mode="after")
    def _remember_folder(self, info: ValidationInfo) -> "StageChoice":
        if info.context is not None:
            self._folder = folder_of(info).absolute()
        return self

    @property
    def folder(self) -> Path:
        """Of the file that the choice is written in; the working directory for what comes from no file. Choices of two folders differ,
        since their settings may name other files."""
        return self._folder


def _name_alone(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


Stage = Annotated[StageChoice, BeforeValidator(_name_alone)]


class StageChoices(StrictModel):
    """Who fills each role (entry points of the group ``gaitforge.stages``)."""

    body: Stage = StageChoice(name="smplx")
    proposer: Stage = StageChoice(name="diffusion")
    adapter: Stage | None = None
    enforcer: Stage = StageChoice(name="opensim")
    filmer: Stage = StageChoice(name="pyrender")


class CohortSpec(StrictModel):
    """A cohort: who, how many strides, seen by which cameras, whether each walk's ``points`` are kept (`engine.cohort.points_file`), and
    which other files (`engine.cohort.write.write_walk`)."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    groups: tuple[Group, ...] = Field(min_length=1)
    strides: int = Field(default=6, ge=2, le=40)
    walks_per_subject: int = Field(default=1, ge=1, le=MAX_WALKS)
    attempts: int = Field(default=3, ge=1, le=20)
    cameras: tuple[str, ...] = ()
    video: bool = False
    points: bool = Field(
        default=False, description="keep where the body's points are over the whole walk, points.npz; needs no camera"
    )
    keep: Keep = Field(
        default="everything",
        description="learning: of each walk motion, forces and muscles in one small file, dynamics.npz, in place of OpenSim's files, "
        "sensors and smplx.npz",
    )
    look: str | None = Field(
        default=None, description="scene description: a name that the filmer knows, or a .yaml file"
    )
    split: Split = Split()
    stages: StageChoices = StageChoices()
    format: Literal[1] = 1

    @field_validator("look")
    @classmethod
    def _beside_spec(cls, look: str | None, info: ValidationInfo) -> str | None:
        return str((folder_of(info) / look).resolve()) if look is not None and names_file(look) else look

    @field_serializer("look")
    def _look_name(self, look: str | None) -> str | None:
        """A file's name without its place: the filmer's fingerprint tells what is in it."""
        return Path(look).stem if look is not None and names_file(look) else look

    @model_validator(mode="after")
    def _consistent(self) -> "CohortSpec":
        if self.video and not self.cameras:
            raise ValueError("video: true needs cameras, for instance cameras: [side, oblique]")
        if len(set(self.cameras)) != len(self.cameras):
            raise ValueError("cameras: a camera is named twice")
        return self

    @model_validator(mode="after")
    def _one_card_of_a_name(self) -> "CohortSpec":
        first: dict[str, tuple[str, ConditionCard]] = {}
        for field, card in self._named_cards():
            known_field, known = first.setdefault(card.name, (field, card))
            if card != known:
                raise ValueError(f"{known_field} and {field}: two different cards are called {card.name}; rename one")
        return self

    def _named_cards(self) -> Iterator[tuple[str, ConditionCard]]:
        for number, group in enumerate(self.groups):
            yield f"groups.{number}.condition", group.condition
            for name, wish in group.modifiers.items():
                yield f"groups.{number}.modifiers.{name}", wish.card

    @property
    def needs_filmer(self) -> bool:
        """Whether bodies are posed at all: before cameras, or for their points."""
        return bool(self.cameras) or self.points

    @property
    def cards(self) -> dict[str, ConditionCard]:
        """The cards of all conditions and modifiers, by name."""
        return {card.name: card for _, card in self._named_cards()}


def load_spec(path: Path, seed: int | None = None) -> CohortSpec:
    """The spec in a YAML file with the cards that it names, ``seed`` in place of its own if given.

    A condition, a modifier or a look is written as a name that ships with GaitForge, or as the path of a file relative to the spec, as are
    paths in settings of stages.

    Raises:
        SpecError: names the file, the field and what would be right.
    """
    return read_model(path, CohortSpec, **({} if seed is None else {"seed": seed}))
