"""What ``bench_generator.py`` measures, how much of it, and how it writes."""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from engine.people.conditions import ConditionCard
from generative.pipeline import GaitPipeline
from generative.proposer import DiffusionProposer

JUDGED_AT = 0.6
"""Severity at which expected effects are judged."""

T = TypeVar("T")


@dataclass(frozen=True)
class Sizes:
    """How many people each part draws."""

    per_bin: int
    curves: int
    patients: int
    noises: int
    power_pairs: int
    cases: int
    replicates: int
    memorisation: int


@dataclass(frozen=True)
class Bench:
    """What is measured: the generator, the cards that it has learnt, how much, and against what."""

    weights: str | None
    cards: tuple[ConditionCard, ...]
    sizes: Sizes
    seed: int
    reference: Path | None
    corpus: Path | None

    @property
    def pipeline(self) -> GaitPipeline:
        return DiffusionProposer(self.weights).pipeline

    def progress(self, items: Iterable[T], what: str, total: int) -> Iterable[T]:
        """``items`` under a progress bar (on the terminal's error stream: the tables alone go to the output)."""
        return track(items, what, total, console=Console(stderr=True), transient=True)


@dataclass(frozen=True)
class Asked:
    """A line of the summary: what was asked for, what was found, and whether that is enough (None: nothing definite was asked)."""

    asked: str
    found: str
    holds: bool | None = None


Part = Iterator[str | Asked]
"""Texts to print, and lines of the summary."""


def write(parts: Mapping[str, Part]) -> None:
    """Prints each part under its name, then what was asked for and found; CPU times go to the error stream."""
    asked: list[Asked] = []
    for name, part in parts.items():
        begin = _cpu_seconds()
        print(f"\n## {name}")
        for item in part:
            if isinstance(item, Asked):
                asked.append(item)
            else:
                print(f"\n{item}", flush=True)
        print(f"{name}: {_cpu_seconds() - begin:.0f} CPU s", file=sys.stderr)
    print(f"\n## summary\n\n{asked_table(asked)}")


def _cpu_seconds() -> float:
    """Of this process and of its workers that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def asked_table(lines: Sequence[Asked]) -> str:
    return table(["asked", "found", "reached"], [[line.asked, line.found, yes(line.holds)] for line in lines])


def enough(holds: Sequence[bool], least: float, what: str) -> Asked:
    """A share of what is counted is to hold."""
    wanted = "all" if least == 1 else f"≥ {100 * least:.0f} %"
    return Asked(f"{what}: {wanted}", share(holds), sum(holds) >= least * len(holds) if holds else None)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def yes(holds: bool | None) -> str:
    return {True: "yes", False: "**no**", None: "–"}[holds]


def share(holds: Sequence[bool]) -> str:
    return f"{sum(holds)} of {len(holds)}"
