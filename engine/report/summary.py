"""What a report says in words and numbers: people by condition, physics against limits, rejections, estimators, provenance."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import pandas as pd
import yaml

from engine.cohort.layout import CohortFiles
from engine.cohort.manifest import GAIT_COLUMNS, PHYSICS_COLUMNS
from engine.core.conventions import HEALTHY
from engine.core.errors import DataError
from engine.core.measures import MEASURES, Measure
from engine.core.yaml_files import read_yaml
from engine.gait.norms import Normal
from engine.physics.verdict import LIMITS
from engine.report.figures.people_figure import parameter_norms

NAMED_FAILURES = 5
"""Subjects that a line about an error names."""


def card_titles(files: CohortFiles) -> dict[str, str]:
    """Titles of the cohort's cards by name, modifiers included, as ``cohort.yaml`` tells them.

    Raises:
        SpecError: the file cannot be read.
        DataError: it does not tell them.
    """
    try:
        return {name: card["title"] for name, card in read_yaml(files.spec)["cards"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{files.spec}: tells no titles of cards; make the cohort again") from error


def condition_titles(conditions: Sequence[str], titles: Mapping[str, str]) -> dict[str, str]:
    """Title of each condition's card, healthy first, else in the order of appearance."""
    names = sorted(dict.fromkeys(conditions), key=lambda name: name != HEALTHY)
    return {name: titles[name] for name in names}


@dataclass(frozen=True)
class GroupLine:
    """One condition: numbers of subjects and walks, and ``mean (least to most)`` of what its people are like."""

    title: str
    colour: str
    subjects: int
    women: int
    walks: int
    rejected: int
    age: str
    height: str
    body_mass_index: str
    severity: str
    modifiers: str
    parameters: tuple[str, ...]


def group_lines(
    walks: pd.DataFrame, rejections: pd.DataFrame | None, titles: Mapping[str, str], colours: Mapping[str, str]
) -> list[GroupLine]:
    """A line per condition that has a colour. ``walks`` holds one row per walk; ``titles`` are those of all cards (`card_titles`)."""
    lines = []
    for condition in colours:
        own: pd.DataFrame = walks.loc[walks["condition"] == condition]
        people = own.drop_duplicates("subject_id")
        lines.append(
            GroupLine(
                title=titles[condition],
                colour=colours[condition],
                subjects=len(people),
                women=people["sex"].tolist().count("female"),
                walks=len(own),
                rejected=0 if rejections is None else rejections["condition"].tolist().count(condition),
                age=_range(people.loc[:, "age_years"], 0),
                height=_range(people.loc[:, "height_m"] * 100, 0),
                body_mass_index=_range(people.loc[:, "mass_kg"] / people.loc[:, "height_m"] ** 2, 1),
                severity="" if condition == HEALTHY else _range(people.loc[:, "severity"], 2),
                modifiers=_modifiers_of(people["modifiers"].tolist(), titles),
                parameters=tuple(_mean_and_sd(MEASURES[name], own.loc[:, name]) for name in GAIT_COLUMNS),
            )
        )
    return lines


def _range(values: pd.Series, digits: int) -> str:
    if values.empty:
        return "–"
    mean, low, high = (f"{value:.{digits}f}" for value in (values.mean(), values.min(), values.max()))
    return mean if low == high else f"{mean} ({low}–{high})"


def modifier_words(modifiers: str, titles: Mapping[str, str]) -> str:
    """A row's modifiers in words, empty where there are none."""
    severities = json.loads(modifiers)
    return ", ".join(f"{titles[name].lower()} {severity:.2f}" for name, severity in severities.items())


def _modifiers_of(column: Sequence[str], titles: Mapping[str, str]) -> str:
    """How many people have each modifier, and how severely: ``obesity 4: 0.50 (0.20–0.90)``."""
    table = pd.DataFrame([json.loads(text) for text in column])
    own = {titles[name].lower(): table.loc[:, name].dropna() for name in sorted(table.columns)}
    return "; ".join(f"{title} {len(values)}: {_range(values, 2)}" for title, values in own.items())


def _mean_and_sd(measure: Measure, values: pd.Series) -> str:
    spread = f" ± {measure.text(float(values.std()))}" if values.count() > 1 else ""
    return measure.text(values.mean()) + spread


def parameter_heads() -> list[str]:
    """Titles and units of the parameters that a group line gives."""
    return [MEASURES[name].heading for name in GAIT_COLUMNS]


@dataclass(frozen=True)
class PhysicsLine:
    """One figure over all walks of which it is known, the limit it must keep (empty: told, not judged); ``shares`` are median and worst as
    shares of it."""

    measure: Measure
    median: float
    worst: float
    limit: str
    inside: int | None
    walks: int
    shares: tuple[float, float] | None


def physics_lines(walks: pd.DataFrame) -> list[PhysicsLine]:
    """The figures of `PHYSICS_COLUMNS` over all walks."""
    return [_physics_line(name, walks) for name in PHYSICS_COLUMNS]


def _physics_line(name: str, walks: pd.DataFrame) -> PhysicsLine:
    walks = walks.loc[walks[name].notna()]
    values: pd.Series = walks.loc[:, name]
    median, worst = float(values.median()), float(values.abs().max())
    usual, impaired = (LIMITS.of(name, impaired=impaired) for impaired in (False, True))
    if usual is None or values.empty:
        return PhysicsLine(MEASURES[name], median, worst, "", None, len(walks), None)
    text = f"< {usual:g}" + (f" (impaired {impaired:g})" if impaired != usual else "")
    ratio = values.abs() / [limit_for(name, condition) for condition in walks["condition"]]
    shares = (float(ratio.median()), float(ratio.max()))
    return PhysicsLine(MEASURES[name], median, worst, text, int((ratio < 1).sum()), len(walks), shares)


def limit_for(figure: str, condition: str) -> float | None:
    """The limit that a figure must keep in a person with a condition."""
    return LIMITS.of(figure, impaired=condition != HEALTHY)


@dataclass(frozen=True)
class WalkPhysics:
    """A figure of one walk; ``kept`` says whether it is within its limit, None where it is not judged (``limit`` is None) or not known."""

    measure: Measure
    value: float
    limit: float | None
    kept: bool | None


def walk_physics(row: dict[str, Any]) -> list[WalkPhysics]:
    """The figures of `PHYSICS_COLUMNS` of one row of the manifest."""
    lines = []
    for name in PHYSICS_COLUMNS:
        value, limit = float(row[name]), limit_for(name, row["condition"])
        kept = None if limit is None or isnan(value) else abs(value) < limit
        lines.append(WalkPhysics(MEASURES[name], value, limit, kept))
    return lines


@dataclass(frozen=True)
class ParameterLine:
    """A gait parameter of one walk beside its norm, in the unit shown. ``place`` is where the z-score lies on a scale from 0 to 100.

    Norm, z-score and place are empty or None where no norm is published or the parameter is not known.
    """

    measure: Measure
    value: str
    norm: str = ""
    z: float | None = None
    place: float | None = None


def parameter_lines(row: dict[str, Any]) -> list[ParameterLine]:
    """The gait parameters of one row of the manifest."""
    norms = parameter_norms(row)
    return [_parameter_line(MEASURES[name], float(row[name]), norms.get(name)) for name in GAIT_COLUMNS]


def _parameter_line(measure: Measure, value: float, norm: Normal | None) -> ParameterLine:
    if norm is None or isnan(value):
        return ParameterLine(measure, measure.text(value))
    z = norm.z(value)
    place = 50 + 50 * max(-1.0, min(1.0, z / 5))
    return ParameterLine(measure, measure.text(value), f"{measure.text(norm.mean)} ± {measure.text(norm.sd)}", z, place)


def rejection_lines(rejections: pd.DataFrame | None, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Reasons with counts, the commonest first, and whom they met."""
    if rejections is None or rejections.empty:
        return []
    lines = []
    for reason, own in rejections.groupby("reason"):
        whom = Counter(own["condition"].tolist()).most_common()
        conditions = ", ".join(f"{titles[name]} ({count})" for name, count in whom)
        lines.append({"reason": reason, "count": len(own), "conditions": conditions})
    return sorted(lines, key=lambda line: -line["count"])


def failure_lines(failures: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Errors with the number of subjects that met them, the commonest first, and where the first few are told in full."""
    if failures is None:
        return []
    lines = []
    for reason, own in failures.groupby("reason"):
        files = own["file"].tolist()
        rest = f" and {len(files) - NAMED_FAILURES} more" if len(files) > NAMED_FAILURES else ""
        lines.append({"reason": reason, "count": len(files), "files": ", ".join(files[:NAMED_FAILURES]) + rest})
    return sorted(lines, key=lambda line: -line["count"])


@dataclass(frozen=True)
class ReadingLine:
    """How well a reader reads one quantity; errors in ``unit``. ``r`` is the correlation with the truth, ``inside`` the share of truths
    within 95 % intervals, ``rank`` the rank correlation of uncertainty and error. What is not defined is None."""

    title: str
    unit: str
    n: int
    mae: float | None
    geometry_mae: float | None
    mean_mae: float | None
    r: float | None
    inside: float | None
    rank: float | None


@dataclass(frozen=True)
class Evaluation:
    """Results of a reader on this cohort."""

    model: str
    split: str
    note: str
    lines: tuple[ReadingLine, ...]


def read_evaluation(files: CohortFiles) -> Evaluation | None:
    """The reader's results, None where there are none.

    Raises:
        DataError: ``evaluation.json`` is there but not as `gaitforge evaluate` writes it.
    """
    if not files.evaluation.is_file():
        return None
    try:
        data = json.loads(files.evaluation.read_text(encoding="utf-8"))
        lines = tuple(_reading_line(result) for result in data["quantities"])
        note = ". ".join(str(data[key]).capitalize() for key in ("note", "input") if data.get(key))
        return Evaluation(str(data["model"]), str(data["split"]), note, lines)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{files.evaluation}: not an evaluation ({error!r}); run `gaitforge evaluate` again") from error


def _reading_line(result: dict[str, Any]) -> ReadingLine:
    title, unit, n = str(result["title"]), str(result["unit"]), int(result["n"])
    names = ("mae", "geometry_mae", "mean_mae", "r", "inside", "rank")
    return ReadingLine(title, unit, n, *(None if result[name] is None else float(result[name]) for name in names))


@dataclass(frozen=True)
class Provenance:
    """What made the cohort: its spec as YAML text, seed, versions of packages, and fingerprints of cards and weights."""

    seed: int | None
    packages: dict[str, str]
    fingerprints: dict[str, str]
    text: str


def read_provenance(files: CohortFiles) -> Provenance:
    """What ``cohort.yaml`` tells.

    Raises:
        SpecError: the file cannot be read.
    """
    data = read_yaml(files.spec)
    spec = data.get("spec", data)
    fingerprints = {f"card {name}": card["fingerprint"] for name, card in data.get("cards", {}).items()}
    others = {key: value for key, value in data.items() if key not in ("spec", "cards", "packages")}
    fingerprints |= {key: str(value) for key, value in others.items() if isinstance(value, str | int | float)}
    return Provenance(spec.get("seed"), data.get("packages", {}), fingerprints, yaml.safe_dump(data, sort_keys=False))
