"""The cross-check as Markdown: what each tier makes of a changed body, and how often the signs agree."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.crosscheck_parts.measures import SENSE, STEP_LENGTH
from engine.core.arrays import Array

Solution = dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """A patient and the same person healthy: changes ``(m,)`` of `SENSE` in both tiers; of step length (m) in the adaptation."""

    patient: Solution
    adaptation: Array
    moco: Array
    step_length: float


@dataclass(frozen=True)
class Agreement:
    """Counts of changes: shown by ``both`` tiers, of these with the same sign, and by one alone."""

    both: int
    same_sign: int
    adaptation_alone: int
    moco_alone: int

    @classmethod
    def of(cls, adaptation: Array, moco: Array, least: Array) -> "Agreement":
        """``least`` is the change that counts; all arrays broadcast."""
        first, second = np.abs(adaptation) >= least, np.abs(moco) >= least
        both = first & second
        alike = both & (adaptation * moco > 0)
        return cls(*(int(each.sum()) for each in (both, alike, first & ~second, second & ~first)))

    def cells(self) -> list[str]:
        share = f"{100 * self.same_sign / self.both:.0f} %" if self.both else "–"
        return [str(self.both), str(self.same_sign), share, str(self.adaptation_alone), str(self.moco_alone)]


_HEADER = ("both change", "same sign", "share", "adaptation alone", "Moco alone")
_LEAST = np.array(list(SENSE.values()))


def pairs(solutions: Sequence[Solution]) -> list[Pair]:
    """All patients whom both tiers solved, as they solved the healthy person."""
    healthy = {each["household"]: each for each in solutions if each["number"] == 0 and _solved(each)}
    patients = [each for each in solutions if each["number"] > 0 and _solved(each) and each["household"] in healthy]
    return [_pair(each, healthy[each["household"]]) for each in patients]


def _pair(patient: Solution, healthy: Solution) -> Pair:
    adaptation, moco = (_values(patient[tier]) - _values(healthy[tier]) for tier in ("adaptation", "moco"))
    steps = [each["adaptation"]["measures"][STEP_LENGTH] for each in (patient, healthy)]
    return Pair(patient, adaptation, moco, steps[0] - steps[1])


def _solved(solution: Solution) -> bool:
    return all(solution[tier] is not None and "measures" in solution[tier] for tier in ("adaptation", "moco"))


def _values(result: dict[str, Any]) -> Array:
    return np.array([result["measures"][name] for name in SENSE])


def report(solutions: Sequence[Solution]) -> Iterator[str]:
    """Paragraphs and tables, under headings."""
    yield "## solved"
    yield _solver(solutions)
    compared = pairs(solutions)
    if not compared:
        yield "No patient was solved by both tiers yet, with the same person healthy."
        return
    ages = [pair.patient["age_years"] for pair in compared]
    conditions = sorted({pair.patient["condition"] for pair in compared})
    steps = 100 * np.abs([pair.step_length for pair in compared])
    yield (
        f"{len(compared)} patients of {len(conditions)} conditions, {min(ages):.0f} to {max(ages):.0f} years. Moco keeps speed and stride "
        f"time, hence step length; adaptation keeps speed and changed step length by {np.median(steps):.1f} cm in the median, "
        f"{steps.max():.1f} cm at most."
    )
    yield "## measures"
    yield _table(("measure (least change)", *_HEADER, "Moco's change over adaptation's"), _by_measure(compared))
    yield "## conditions"
    yield _table(
        ("condition", "patients", *_HEADER), _by(compared, conditions, lambda pair: [pair.patient["condition"]])
    )
    kinds = sorted({kind for pair in compared for kind in pair.patient["mechanisms"]})
    yield "## mechanisms"
    yield _table(("mechanism", "patients", *_HEADER), _by(compared, kinds, lambda pair: pair.patient["mechanisms"]))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, ["---"] * len(header), *rows))


def _solver(solutions: Sequence[Solution]) -> str:
    tried = [each["moco"] for each in solutions if each["moco"] is not None]
    converged = sum("measures" in each for each in tried)
    spared = len(solutions) - len(tried)
    seconds = np.array([each["cpu_s"] for each in tried])
    if not tried:
        return f"{len(solutions)} bodies, none of them solved by Moco."
    return (
        f"{len(solutions)} bodies; {spared} without a feasible adapted gait were spared Moco. "
        f"Moco converged on {converged} of {len(tried)} ({100 * converged / len(tried):.0f} %), "
        f"{np.median(seconds):.0f} CPU s in the median, {seconds.max():.0f} at most, "
        f"{seconds.sum() / 60:.0f} CPU minutes in all."
    )


def _by_measure(compared: Sequence[Pair]) -> Iterator[list[str]]:
    adaptation, moco = (np.array([getattr(pair, tier) for pair in compared]) for tier in ("adaptation", "moco"))
    for k, (name, least) in enumerate(SENSE.items()):
        both = (np.abs(adaptation[:, k]) >= least) & (np.abs(moco[:, k]) >= least)
        ratio = f"{np.median(moco[both, k] / adaptation[both, k]):.2f}" if both.any() else "–"
        yield [f"{name} ({least:g})", *Agreement.of(adaptation[:, k], moco[:, k], _LEAST[k]).cells(), ratio]
    yield ["**all**", *Agreement.of(adaptation, moco, _LEAST).cells(), ""]


def _by(compared: Sequence[Pair], groups: Sequence[str], groups_of: Callable[[Pair], Sequence[str]]) -> list[list[str]]:
    rows = []
    for group in groups:
        own = [pair for pair in compared if group in groups_of(pair)]
        changes = (np.array([getattr(pair, tier) for pair in own]) for tier in ("adaptation", "moco"))
        rows.append([group, str(len(own)), *Agreement.of(*changes, _LEAST).cells()])
    return rows
