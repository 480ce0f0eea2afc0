"""What ``bench_generator.py`` measures, how much of it, and how it writes."""

from collections.abc import Iterable, Sequence
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


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def yes(holds: bool | None) -> str:
    return {True: "yes", False: "**no**", None: "–"}[holds]


def share(holds: Sequence[bool]) -> str:
    return f"{sum(holds)} of {len(holds)}"
