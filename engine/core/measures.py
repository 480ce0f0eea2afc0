"""The figures by which gaits are told, judged and compared: their names, titles, units and meanings. Imports nothing of ours.

``measures.csv`` holds one line for each: its kind; its ``name``, which tells the unit of stored values; ``title``; the ``unit`` of stored
values; the unit ``shown`` to a person, ``factor`` from the one to the other, ``digits`` behind the point; its ``meaning``. Whoever
computes, expects, stores or shows a figure takes these from here.
"""

import csv
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Literal

Kind = Literal["gait", "physics", "compared"]


@dataclass(frozen=True)
class Measure:
    """One line of the table."""

    kind: Kind
    name: str
    title: str
    unit: str
    shown: str
    factor: float
    digits: int
    meaning: str

    @property
    def heading(self) -> str:
        """Title and unit shown."""
        return f"{self.title}, {self.shown}"

    def text(self, value: float) -> str:
        """A stored value as a person reads it; a dash where it is not known."""
        return "–" if isnan(value) else f"{self.factor * value:.{self.digits}f}"


def _read() -> dict[str, Measure]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = [{**row, "factor": float(row["factor"]), "digits": int(row["digits"])} for row in csv.DictReader(file)]
    return {row["name"]: Measure(**row) for row in rows}


def _of_kind(kind: Kind) -> dict[str, Measure]:
    return {name: measure for name, measure in MEASURES.items() if measure.kind == kind}


MEASURES: dict[str, Measure] = _read()
"""All measures by name."""

GAIT: dict[str, Measure] = _of_kind("gait")
"""What condition cards may expect. On a one-sided condition the measures of one leg or arm are those of the affected side."""

PHYSICS: dict[str, Measure] = _of_kind("physics")
"""How well a motion obeys physics (`engine.gait.records.PhysicsFigures`)."""

COMPARED: dict[str, Measure] = _of_kind("compared")
"""Further figures of one enforced cycle, by which benchmarks compare two bodies; those of one leg are of the affected side."""
