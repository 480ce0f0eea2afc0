"""``people.csv``: who walked in which motion file, every row checked before any work begins."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from engine.core.conventions import HEALTHY, Sex, Side
from engine.core.errors import DataError, SpecError
from engine.core.yaml_files import StrictModel, describe
from engine.gait.records import AGE_RANGE_YEARS, HEIGHT_RANGE_M, MASS_RANGE_KG, Subject
from engine.people.burdens import Burden
from engine.people.conditions import ConditionCard
from engine.tools.motion_files.b3d import read_b3d_subject
from engine.tools.motion_files.belt_walk import FASTEST_BELT_MPS
from engine.tools.motion_files.c3d import require_ezc3d
from engine.tools.motion_files.read import READERS
from generative.gait_batch import modifiers_of

TABLE = "people.csv"
_MARKERS = (".trc", ".c3d")
_B3D = ".b3d"


def _as_modifiers(text: object) -> object:
    """``frailty=0.5;obesity=0.25`` as a mapping."""
    if not isinstance(text, str):
        return text
    try:
        return modifiers_of(text)
    except ValueError as error:
        raise ValueError("write name=severity, several with ; between them, such as frailty=0.5;obesity=0.2") from error


def _within(bounds: tuple[float, float]) -> Any:
    return Field(ge=bounds[0], le=bounds[1])


_Severity = Annotated[float, Field(ge=0.0, le=1.0)]


class _Row(StrictModel):
    """One line of the table; what may be missing has a default."""

    file: str
    age_years: Annotated[float, _within(AGE_RANGE_YEARS)]
    sex: Sex
    height_m: Annotated[float, _within(HEIGHT_RANGE_M)]
    mass_kg: Annotated[float, _within(MASS_RANGE_KG)]
    condition: str = HEALTHY
    severity: _Severity | None = None
    side: Side | None = None
    modifiers: Annotated[dict[str, _Severity], BeforeValidator(_as_modifiers)] = Field(default_factory=dict)
    subject: str | None = None
    belt_speed_mps: Annotated[float, Field(ge=0.0, lt=FASTEST_BELT_MPS)] = 0.0
    own_speed: bool | None = None
    model: str | None = None
    trial: str | None = None


COLUMNS = tuple(_Row.model_fields)
"""Names that the first line may hold."""


@dataclass(frozen=True)
class MotionOfPerson:
    """A motion file (or one ``trial`` of an AddBiomechanics file) and who walked in it.

    ``line`` is the line of the table; ``model`` is an OpenSim model that carries the markers; ``own_speed`` says that the person chose
    the speed.
    """

    line: int
    file: Path
    trial: str | None
    subject: Subject
    model: Path | None
    belt_speed_mps: float
    own_speed: bool

    @property
    def format(self) -> str:
        """Kind of file: ``mot``, ``npz`` and so on."""
        return self.file.suffix.lower().removeprefix(".")

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return f"{self.file.name}, trial {self.trial}" if self.trial else self.file.name


def read_people(folder: Path, cards: Mapping[str, ConditionCard]) -> list[MotionOfPerson]:
    """Every motion of ``folder``'s table, each trial of an AddBiomechanics file for itself. ``cards`` are those that may be named.

    Raises:
        SpecError: one line per problem of the table: line, column, what is there, what would be right.
        DataError: there is no table, or an AddBiomechanics file cannot be read.
        MissingDependencyError: a package for one of the files is not installed.
    """
    path = folder / TABLE
    motions, problems = [], []
    for line, cells in _lines(path):
        try:
            motions += _motions(folder, line, cells, cards)
        except ValidationError as error:
            problems += [f"{path}, line {line}, column {text}" for text in describe(error)]
        except SpecError as error:
            problems.append(f"{path}, line {line}, column {error}")
    problems += [f"{path}, {text}" for text in _contradictions(motions)]
    if problems:
        raise SpecError("\n".join(problems))
    if not motions:
        raise SpecError(
            f"{path}: names no motion file; one line per file, below a first line with {', '.join(COLUMNS)}"
        )
    return motions


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Line number and filled cells of every row."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [(reader.line_num, row) for row in reader]
    except FileNotFoundError as error:
        raise DataError(
            f"{path}: no such file; it tells who walked in each motion file, see docs/own_data.md"
        ) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as a table with commas ({error})") from error
    names = list(reader.fieldnames or ())
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or "file" not in names:
        what = f"unknown columns {', '.join(unknown)}" if unknown else "no column `file`"
        raise SpecError(f"{path}, line 1: {what}; the columns are {', '.join(COLUMNS)}")
    return [(line, _cells(path, line, row)) for line, row in rows]


def _cells(path: Path, line: int, row: Mapping[Any, Any]) -> dict[str, str]:
    if None in row:
        raise SpecError(f"{path}, line {line}: more cells than columns; quote a cell that holds a comma")
    return {name: text.strip() for name, text in row.items() if text is not None and text.strip()}


def _motions(
    folder: Path, line: int, cells: dict[str, str], cards: Mapping[str, ConditionCard]
) -> list[MotionOfPerson]:
    file = _file(folder, "file", cells.get("file", ""))
    if file.suffix.lower() not in READERS:
        raise SpecError(f"file: {file.name}; a motion file ends in {', '.join(READERS)}")
    trials: Sequence[str | None] = (cells.get("trial"),)
    if file.suffix.lower() == _B3D:
        cells, trials = _completed(file, cells)
    row = _Row.model_validate(cells)
    if row.trial and file.suffix.lower() != _B3D:
        raise SpecError(f"trial: {row.trial}; only {_B3D} files hold several trials")
    if file.suffix.lower() == ".c3d":
        require_ezc3d(file)
    model = None if row.model is None else _file(folder, "model", row.model)
    if model is None and file.suffix.lower() in _MARKERS:
        raise SpecError(f"model: {file.name} holds markers; name the scaled OpenSim model (.osim) that carries them")
    subject = _person(row, cards, file.stem)
    own_speed = row.own_speed if row.own_speed is not None else row.belt_speed_mps == 0.0
    one = MotionOfPerson(line, file, None, subject, model, row.belt_speed_mps, own_speed)
    return [replace(one, trial=trial) for trial in trials]


def _file(folder: Path, column: str, name: str) -> Path:
    path = folder / name
    if not name or not path.is_file():
        raise SpecError(f"{column}: {name or 'empty'}; there is no such file in {folder}")
    return path


def _completed(file: Path, cells: dict[str, str]) -> tuple[dict[str, str], Sequence[str]]:
    """What an AddBiomechanics file tells of its person fills empty cells; its trials, or the one that the row names."""
    told = read_b3d_subject(file)
    known = {name: getattr(told, name) for name in ("age_years", "sex", "height_m", "mass_kg")}
    filled = {name: str(value) for name, value in known.items() if value is not None} | cells
    if "trial" in cells and cells["trial"] not in told.trials:
        raise SpecError(f"trial: {cells['trial']}; {file.name} has {', '.join(told.trials)}")
    return filled, (cells["trial"],) if "trial" in cells else told.trials


def _person(row: _Row, cards: Mapping[str, ConditionCard], stem: str) -> Subject:
    card = _card("condition", row.condition, "condition", cards)
    if row.severity is None and not card.is_healthy:
        raise SpecError(f"severity: empty; {card.name} needs one from 0 to 1 ({card.severity.scale})")
    severity = row.severity or 0.0
    if card.is_healthy and severity > 0:
        raise SpecError(f"severity: {severity:g}; who is healthy has none")
    return Subject(
        row.subject or stem,
        row.age_years,
        row.sex,
        row.height_m,
        row.mass_kg,
        card,
        severity,
        _side(row, card),
        modifiers=tuple(
            Burden(_card("modifiers", name, "modifier", cards), value) for name, value in row.modifiers.items()
        ),
    )


def _card(column: str, name: str, role: str, cards: Mapping[str, ConditionCard]) -> ConditionCard:
    fitting = {key: card for key, card in cards.items() if card.role == role}
    if name not in fitting:
        raise SpecError(f"{column}: no {role} is called {name!r}; there are {', '.join(sorted(fitting)) or 'none'}")
    return fitting[name]


def _side(row: _Row, card: ConditionCard) -> Side:
    """The card's own side where there is only one way."""
    usual = card.demographics.side
    if usual == "one":
        if row.side not in ("left", "right"):
            raise SpecError(f"side: {row.side or 'empty'}; {card.name} affects one side, write left or right")
        return row.side
    if row.side not in (None, usual):
        raise SpecError(f"side: {row.side}; {card.name} has the side {usual}, leave the cell empty")
    return usual


def _contradictions(motions: Sequence[MotionOfPerson]) -> list[str]:
    """One subject has one sex, and no motion is told twice."""
    problems = []
    people: dict[str, MotionOfPerson] = {}
    files: dict[tuple[Path, str | None], MotionOfPerson] = {}
    for motion in motions:
        where, person = f"line {motion.line}, column", motion.subject
        known = people.setdefault(person.id, motion)
        if known.subject.sex != person.sex:
            problems.append(f"{where} sex: {person.sex}, but {person.id} is {known.subject.sex} in line {known.line}")
        same = files.setdefault((motion.file, motion.trial), motion)
        if same is not motion:
            problems.append(f"{where} file: {motion.name} is in line {same.line} already")
    return problems
