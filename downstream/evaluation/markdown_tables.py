"""Figures of an evaluation as Markdown: for the model card and for pages."""

from collections.abc import Iterable, Sequence

import pandas as pd

from downstream.evaluation.error_figures import Figures, Shown, figures, of, paired, shown
from downstream.evaluation.evaluate_reader import READER, Evaluation
from downstream.evaluation.judged_groups import GROUPS

MAIN = ("speed_mps", "cadence_spm", "step_length_m", "stance_pct", "double_support_pct", "events")
"""Of numbers and events, what tables by group show; and of curves the main joints, forces and muscles."""
_MAIN_ANGLES = ("hip_flexion", "knee_angle", "ankle_angle")
_CURVES_BY_R = {"ground_force": ("forward", "up"), "moments": (), "activity": ()}


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def reader_figures(rows: pd.DataFrame, one: Shown) -> Figures:
    return figures(of(rows, READER, one.quantity, *one.parts))


def main_table(evaluation: Evaluation) -> str:
    """Every quantity: error, correlation, calibration."""
    header = [
        "reading",
        "unit",
        "n",
        "told %",
        "error",
        "r",
        "95 % intervals hold %",
        "uncertainty against error, rank r",
    ]
    return markdown(header, [_line(evaluation.rows, one) for one in shown()])


def _line(rows: pd.DataFrame, one: Shown) -> list[str]:
    own = reader_figures(rows, one)
    error = own.median if one.quantity == "events" else own.mae
    words = "median error " if one.quantity == "events" and error is not None else ""
    return [
        one.title,
        one.unit,
        str(own.n),
        f"{100 * own.told:.0f}",
        words + number(error if error is None else error * one.factor),
        number(own.r, 2),
        percent(own.inside),
        number(own.rank, 2),
    ]


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def group_table(evaluation: Evaluation, group: str) -> str:
    """The main figures of each member of a group (a field of `Facts`)."""
    chosen = [one for one in shown() if one.quantity in MAIN or (one.parts and one.parts[0] in _MAIN_ANGLES)]
    forces = [
        Shown(name, (part,) if part else (), "", "") for name, parts in _CURVES_BY_R.items() for part in parts or ("",)
    ]
    header = [GROUPS[group], "recordings", *(f"{one.title}, {one.unit}" for one in chosen)]
    header += ["ground force forward, r", "up, r", "moments, r", "muscle activity, r"]
    rows = []
    for member, own in evaluation.rows.groupby(group):
        lines = [(reader_figures(own, one), one) for one in chosen]
        errors = [(line.median if one.quantity == "events" else line.mae, one.factor) for line, one in lines]
        told = [number(None if error is None else error * factor, 2 if factor == 1 else 1) for error, factor in errors]
        rows.append(
            [str(member), str(own["recording"].nunique()), *told]
            + [number(reader_figures(own, one).r, 3) for one in forces]
        )
    return markdown(header, sorted(rows, key=_by_size))


def _by_size(row: Sequence[str]) -> tuple[float, str]:
    """Ranges in the order of their numbers, others by name."""
    first = row[0].split(" ")[0]
    return (float(first) if first.replace(".", "").isdigit() else 0.0), row[0]


def coverage_table(evaluation: Evaluation) -> str:
    """By kind of view: how often 95 % intervals hold, and how well the uncertainty ranks errors."""
    views = [(str(view), own) for view, own in evaluation.rows.groupby("view")]
    header = ["reading", *(f"{view}: hold %" for view, _ in views), *(f"{view}: rank r" for view, _ in views)]
    rows = []
    for one in shown():
        lines = [reader_figures(own, one) for _, own in views]
        rows.append([one.title, *(percent(line.inside) for line in lines), *(number(line.rank, 2) for line in lines)])
    return markdown(header, rows)


def rivals_table(evaluation: Evaluation, methods: Sequence[str]) -> str:
    """Errors of the reader and of other methods, each pair on the recordings of which both told a value."""
    rows = []
    for one in shown():
        pairs = {method: paired(_parts(evaluation.rows, one), one.quantity, READER, method) for method in methods}
        if any(pairs.values()):
            own = reader_figures(evaluation.rows, one).mae
            told = [_beside(pair, one.factor) for pair in pairs.values()]
            rows.append([one.title, one.unit, number(None if own is None else own * one.factor), *told])
    return markdown(["reading", "unit", READER, *(f"{method} ({READER} on the same)" for method in methods)], rows)


def _parts(rows: pd.DataFrame, one: Shown) -> pd.DataFrame:
    return rows[rows["part"].isin(one.parts)] if one.parts else rows


def _beside(pair: tuple[float, float, int] | None, factor: float) -> str:
    return "–" if pair is None else f"{factor * pair[1]:.3f} ({factor * pair[0]:.3f})"


def geometry_table(evaluation: Evaluation, other: str = "geometry") -> str:
    """In every view, by what is known: errors of the reader and of geometry on the same recordings."""
    rows = []
    titles = {one.quantity: one for one in shown()}
    told = evaluation.rows[evaluation.rows["method"] == other]["quantity"].unique()
    for name in told:
        for keys, own in evaluation.rows.groupby(["view", "known"]):
            if pair := paired(own, name, READER, other):
                cells = [f"{pair[0]:.3f}", f"{pair[1]:.3f}", _better(pair)]
                rows.append([titles[name].title, titles[name].unit, *map(str, keys), str(pair[2]), *cells])
    header = ["reading", "unit", "view", "known", "n", READER, other, "reader is"]
    return markdown(header, rows)


EQUAL = 0.03
"""Errors that differ by less than this share are equal."""


def _better(pair: tuple[float, float, int]) -> str:
    ratio = pair[0] / pair[1] if pair[1] else float("inf") if pair[0] else 1.0
    return "equal" if abs(ratio - 1) <= EQUAL else "better" if ratio < 1 else "**worse**"
