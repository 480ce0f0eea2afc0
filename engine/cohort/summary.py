"""What a report says in words and numbers: people by condition, physics against limits, rejections, estimators, provenance."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from engine.cohort.figures.people import PARAMETERS, parameter_norms
from engine.cohort.layout import CohortFiles
from engine.conventions import HEALTHY
from engine.errors import DataError
from engine.physics.verdict import LIMITS
from engine.yaml_files import read_yaml


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
        own = walks[walks["condition"] == condition]
        people = own.drop_duplicates("subject_id")
        lines.append(
            GroupLine(
                title=titles[condition],
                colour=colours[condition],
                subjects=len(people),
                women=int((people["sex"] == "female").sum()),
                walks=len(own),
                rejected=0 if rejections is None else int((rejections["condition"] == condition).sum()),
                age=_range(people["age_years"], 0),
                height=_range(people["height_m"] * 100, 0),
                body_mass_index=_range(people["mass_kg"] / people["height_m"] ** 2, 1),
                severity="" if condition == HEALTHY else _range(people["severity"], 2),
                modifiers=_modifiers_of(people["modifiers"], titles),
                parameters=tuple(_mean_and_sd(own[name] * factor) for name, (_, _, factor) in PARAMETERS.items()),
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


def _modifiers_of(column: pd.Series, titles: Mapping[str, str]) -> str:
    """How many people have each modifier, and how severely: ``obesity 4: 0.50 (0.20–0.90)``."""
    table = pd.DataFrame([json.loads(text) for text in column])
    own = {titles[name].lower(): table[name].dropna() for name in sorted(table.columns)}
    return "; ".join(f"{title} {len(values)}: {_range(values, 2)}" for title, values in own.items())


def _mean_and_sd(values: pd.Series) -> str:
    digits = 2 if values.mean() < 10 else 1
    spread = f" ± {values.std():.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{spread}"


def parameter_heads() -> list[str]:
    """Titles and units of the parameters that a group line gives."""
    return [f"{title}, {unit}" for title, unit, _ in PARAMETERS.values()]


@dataclass(frozen=True)
class PhysicsFigure:
    """A column of the manifest, what it means, and the limit it must keep (None: told, not judged)."""

    column: str
    title: str
    unit: str
    limit: float | None
    impaired_limit: float | None = None


PHYSICS_FIGURES: tuple[PhysicsFigure, ...] = (
    PhysicsFigure(
        "residual_force_peak_pct",
        "Unexplained force at the pelvis, peak",
        "% of largest ground force",
        LIMITS.residual_force_pct,
    ),
    PhysicsFigure(
        "residual_moment_peak_pct",
        "Unexplained moment at the pelvis, peak",
        "% of that × CoM height",
        LIMITS.residual_moment_pct,
    ),
    PhysicsFigure("penetration_mm", "Foot below the floor", "mm", LIMITS.penetration_mm),
    PhysicsFigure("skate_mm", "Sliding of a standing foot, per stance", "mm", LIMITS.skate_mm),
    PhysicsFigure(
        "reserve_peak_nm", "Torque that muscles cannot give, peak", "N·m", LIMITS.reserve_nm, LIMITS.reserve_impaired_nm
    ),
    PhysicsFigure(
        "vertical_force_mean_error_pct", "Mean vertical force against body weight", "%", LIMITS.vertical_mean_error_pct
    ),
    PhysicsFigure("vertical_force_peak_bw", "Largest vertical force of a leg", "body weights", LIMITS.vertical_peak_bw),
    PhysicsFigure("motion_change_deg", "How far the proposed motion was moved", "deg, RMS", None),
)


@dataclass(frozen=True)
class PhysicsLine:
    """One figure over all walks; ``shares`` are median and worst as shares of the limit."""

    title: str
    unit: str
    median: float
    worst: float
    limit: str
    inside: int | None
    walks: int
    shares: tuple[float, float] | None


def physics_lines(walks: pd.DataFrame) -> list[PhysicsLine]:
    """The figures of `PHYSICS_FIGURES` over all walks."""
    return [_physics_line(figure, walks) for figure in PHYSICS_FIGURES]


def _physics_line(figure: PhysicsFigure, walks: pd.DataFrame) -> PhysicsLine:
    values = walks[figure.column]
    median, worst = float(values.median()), float(values.abs().max())
    if figure.limit is None:
        return PhysicsLine(figure.title, figure.unit, median, worst, "", None, len(walks), None)
    limits = limits_of(figure, walks["condition"])
    text = f"< {figure.limit:g}" + (f" (impaired {figure.impaired_limit:g})" if figure.impaired_limit else "")
    ratio = values.abs() / limits
    shares = (float(ratio.median()), float(ratio.max()))
    return PhysicsLine(figure.title, figure.unit, median, worst, text, int((ratio < 1).sum()), len(walks), shares)


def limits_of(figure: PhysicsFigure, conditions: pd.Series) -> pd.Series:
    """The limit that holds for each walk."""
    impaired = figure.impaired_limit if figure.impaired_limit is not None else figure.limit
    return (conditions == HEALTHY).map({True: figure.limit, False: impaired}).astype(float)


@dataclass(frozen=True)
class ParameterLine:
    """A gait parameter of one walk beside its norm, in the unit shown. ``place`` is where the z-score lies on a scale from 0 to 100."""

    title: str
    unit: str
    value: str
    norm: str
    z: float
    place: float


def parameter_lines(row: dict[str, Any]) -> list[ParameterLine]:
    """The spatiotemporal parameters of one row of the manifest."""
    lines, norms = [], parameter_norms(row)
    for name, (title, unit, factor) in PARAMETERS.items():
        norm, value = norms[name], float(row[name])
        digits = 2 if unit in ("m/s", "s") else 1
        z = norm.z(value)
        lines.append(
            ParameterLine(
                title=title,
                unit=unit,
                value=f"{value * factor:.{digits}f}",
                norm=f"{norm.mean * factor:.{digits}f} ± {norm.sd * factor:.{digits}f}",
                z=z,
                place=50 + 50 * max(-1.0, min(1.0, z / 5)),
            )
        )
    return lines


def rejection_lines(rejections: pd.DataFrame | None, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Reasons with counts, the commonest first, and whom they met."""
    if rejections is None or rejections.empty:
        return []
    lines = []
    for reason, own in rejections.groupby("reason"):
        whom = own["condition"].value_counts()
        lines.append(
            {
                "reason": reason,
                "count": len(own),
                "conditions": ", ".join(f"{titles[name]} ({count})" for name, count in whom.items()),
            }
        )
    return sorted(lines, key=lambda line: -line["count"])


@dataclass(frozen=True)
class TargetLine:
    """How well an estimator reads one target; errors in the unit shown. ``r`` is None where truth or estimate does not vary."""

    title: str
    unit: str
    r: float | None
    mae: float
    baseline_mae: float | None
    geometry_mae: float | None
    n: int


@dataclass(frozen=True)
class Evaluation:
    """Results of an estimator on this cohort."""

    model: str
    split: str
    note: str
    targets: tuple[TargetLine, ...]


def read_evaluation(files: CohortFiles) -> Evaluation | None:
    """The estimator's results, None where there are none.

    Raises:
        DataError: ``evaluation.json`` is there but not as `gaitforge evaluate` writes it.
    """
    if not files.evaluation.is_file():
        return None
    try:
        data = json.loads(files.evaluation.read_text(encoding="utf-8"))
        targets = tuple(_target_line(name, result) for name, result in data["targets"].items())
        note = ". ".join(str(data[key]).capitalize() for key in ("note", "input") if data.get(key))
        return Evaluation(str(data["model"]), str(data["split"]), note, targets)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{files.evaluation}: not an evaluation ({error!r}); run `gaitforge evaluate` again") from error


def _target_line(name: str, result: dict[str, Any]) -> TargetLine:
    title, unit, factor = PARAMETERS.get(name, (name, "", 1.0))
    errors = {
        key: None if result.get(key) is None else float(result[key]) * factor
        for key in ("mae", "baseline_mae", "geometry_mae")
    }
    return TargetLine(title=title, unit=unit, r=result["r"], n=int(result["n"]), **errors)


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
