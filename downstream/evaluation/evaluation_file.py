"""``evaluation.json`` of a cohort, and the same figures for the terminal and as a table of all errors."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from rich.box import SIMPLE
from rich.table import Table

from downstream.evaluation.error_figures import Shown, figures, of, shown
from downstream.evaluation.evaluate_reader import READER, Evaluation
from downstream.evaluation.judged_groups import GROUPS
from engine.core.errors import DataError
from engine.core.files import replace_file

BASELINES = {"geometry": "geometry", "mean": "training mean", "regression": "regression", "spectrum": "spectrum"}
"""Methods beside the reader, and what they are called."""

_TITLE_WIDTH = 24
_INPUT = "keypoints of drawn cameras with simulated detector noise; height and focal length known for half"


def evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    """What ``evaluation.json`` holds: ``quantities``, one after the other with title, unit, figures (`Figures`) and the mean absolute
    errors of baselines; ``by`` group and its members the figures of each quantity. Errors are in ``unit``."""
    rows = evaluation.rows
    return {
        "model": evaluation.model,
        "split": evaluation.split,
        "note": evaluation.note,
        "input": _INPUT,
        "recordings": evaluation.recordings,
        "people": evaluation.people,
        "recordings_left_out": evaluation.left_out,
        "trained_on": evaluation.trained_on,
        "quantities": [_with_baselines(rows, one) for one in shown() if len(_of_reader(rows, one))],
        "by": {
            group: {
                str(member): {_key(one): _figures(own, one) for one in shown() if len(_of_reader(own, one))}
                for member, own in rows.groupby(group)
            }
            for group in GROUPS
        },
    }


def _with_baselines(rows: pd.DataFrame, one: Shown) -> dict[str, Any]:
    told = {"name": _key(one), "title": one.title, "unit": one.unit, **_figures(rows, one)}
    errors = {name: figures(of(rows, name, one.quantity, *one.parts)).mae for name in BASELINES}
    return told | {f"{name}_mae": None if mae is None else mae * one.factor for name, mae in errors.items()}


def _key(one: Shown) -> str:
    return ".".join((one.quantity, *one.parts))


def _of_reader(rows: pd.DataFrame, one: Shown) -> pd.DataFrame:
    return of(rows, READER, one.quantity, *one.parts)


def _figures(rows: pd.DataFrame, one: Shown) -> dict[str, float | int | None]:
    told = asdict(figures(_of_reader(rows, one)))
    return told | {name: told[name] if told[name] is None else told[name] * one.factor for name in ("mae", "median")}


def write_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Writes ``evaluation.json``, whole or not at all.

    Raises:
        DataError: the file cannot be written.
    """
    _write(path, json.dumps(evaluation_record(evaluation), indent=1))


def write_rows(evaluation: Evaluation, path: Path) -> None:
    """Writes all errors as CSV: a row for each recording, method and quantity (`ErrorRow`, `Facts`).

    Raises:
        DataError: the file cannot be written.
    """
    _write(path, evaluation.rows.to_csv(index=False, float_format="%.6g"))


def _write(path: Path, text: str) -> None:
    try:
        with replace_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error}); choose another file") from error


def as_table(evaluation: Evaluation) -> Table:
    """The main figures for the terminal."""
    judged = f"{evaluation.recordings} recordings of {evaluation.people} people, split {evaluation.split}"
    caption = "error: mean absolute; 95 %: how often such intervals hold; rank: uncertainty with error"
    table = Table(title=f"{evaluation.model} on {judged}: {evaluation.note}", caption=caption, box=SIMPLE)
    table.add_column("", min_width=_TITLE_WIDTH)
    for heading in ("error", "geometry", "mean", "r", "95 %", "rank"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in evaluation_record(evaluation)["quantities"]:
        errors = (_text(line[key], 3) for key in ("mae", "geometry_mae", "mean_mae"))
        others = _text(line["r"], 2), _text(line["inside"], 2), _text(line["rank"], 2)
        table.add_row(f"{line['title']}, {line['unit']}", *errors, *others)
    return table


def _text(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
