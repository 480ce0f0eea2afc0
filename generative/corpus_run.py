"""Builds the solved corpus in a folder: many families in a pool of processes, going on where an earlier run stopped.

A family is one small file, written whole or not at all. It counts as long as the atlas and the cards that shaped it are as they were;
others are made again. One that meets an error is left out: ``NAME.failure.txt`` tells why, and the next run tries it again. ``corpus.npz``
holds all that count, ``attempts.csv`` what physics said to each body.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path

import numpy as np

from engine.core.conventions import HEALTHY
from engine.core.errors import DataError
from engine.core.tasks import Failure, Finished
from engine.people.conditions import ConditionCard
from engine.physics.embodied import RecentBodies
from engine.roles.adapter import EffortAdapter
from engine.roles.enforcer import OpenSimEnforcer
from engine.stages import Executor
from generative.corpus import Corpus, card_fingerprint, load_corpus, save_corpus
from generative.sources.atlas import ATLAS_FILE
from generative.sources.families import draw_family
from generative.sources.solved import Attempted, FamilyGaits, solve_family

MEMBERS = 4
"""Patients of a family: more share the cost of one habit, fewer are more different people."""


@dataclass(frozen=True)
class FamilyOrder:
    """Family ``number`` of the condition ``leader``."""

    leader: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.leader}-{self.number:04d}"


def family_orders(cards: Sequence[ConditionCard], families: int) -> Iterator[FamilyOrder]:
    """``families`` families of each condition, every condition in turn; of healthy people, who walk once, ``MEMBERS + 1`` times as many."""
    leaders = sorted(card.name for card in cards if card.role == "condition")
    for number in range(families):
        for leader in leaders:
            walks = range(MEMBERS + 1) if leader == HEALTHY else range(1)
            yield from (FamilyOrder(leader, number * len(walks) + walk) for walk in walks)


def _solver(folder: Path, cards: Sequence[ConditionCard], seed: int, atlas: str) -> Callable[[FamilyOrder], None]:
    bodies = RecentBodies()
    enforcer = OpenSimEnforcer(bodies)
    adapter = EffortAdapter(keep_speed=True, feasible_habit=True, embodiment=bodies)

    def solve(order: FamilyOrder) -> None:
        leader = next(card for card in cards if card.name == order.leader)
        family = draw_family(cards, leader, order.number, seed, MEMBERS)
        _write_family(_family_file(folder, order), solve_family(family, enforcer, adapter), atlas)

    return solve


def _write_family(file: Path, found: FamilyGaits, atlas: str) -> None:
    report = {"atlas": atlas, "attempts": [asdict(attempt) for attempt in found.attempts]}
    if found.gaits is not None:
        partial = file.with_suffix(".part.npz")
        save_corpus(found.gaits, partial)
        partial.rename(file)
    partial = file.with_suffix(".part.json")
    partial.write_text(json.dumps(report))
    partial.rename(file.with_suffix(".json"))  # last: a family without it is not finished


def _report(file: Path, atlas: str, marks: dict[str, str]) -> tuple[Corpus | None, list[Attempted]] | None:
    """The gaits and attempts of a finished family; None if it is unfinished or was made from what has changed since."""
    told = file.with_suffix(".json")
    if not told.is_file():
        return None
    report = json.loads(told.read_text())
    gaits = load_corpus(file) if file.is_file() else None
    stale = gaits is not None and any(marks.get(name) != mark for name, mark in gaits.cards.items())
    if stale or report["atlas"] != atlas:
        return None
    return gaits, [Attempted(**attempt) for attempt in report["attempts"]]


def atlas_fingerprint() -> str:
    """Changes with the fitted coefficients of the atlas and with its tables."""
    files = (ATLAS_FILE, ATLAS_FILE.with_name("age_tables.yaml"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


@dataclass(frozen=True)
class SolvedCorpus:
    """The corpus so far and every body that was tried for it."""

    corpus: Corpus
    attempts: tuple[Attempted, ...]


def build_solved(
    folder: Path, cards: Sequence[ConditionCard], families: int, seed: int, *, executor: Executor, workers: int
) -> Iterator[Finished[FamilyOrder]]:
    """Makes what is missing of ``families`` families of each condition and yields each as it is finished or has failed; the order tells
    nothing, the result does not depend on ``executor`` and ``workers``.

    Raises:
        DataError: the folder cannot be written, or holds a corpus of another seed.
    """
    _claim(folder, seed)
    atlas, marks = atlas_fingerprint(), {card.name: card_fingerprint(card) for card in cards}
    todo: dict[str, FamilyOrder] = {}
    for order in family_orders(cards, families):
        if _report(_family_file(folder, order), atlas, marks) is None:
            todo[order.name] = order
        else:
            yield Finished(order.name, order)
    start = partial(_solver, folder.resolve(), tuple(cards), seed, atlas)
    for done in executor.run(start, todo, workers=workers):
        told = _failure_file(folder, todo[done.key])
        if isinstance(done.result, Failure):
            told.write_text(f"{done.key}: {done.result.reason}\n\n{done.result.traceback}", encoding="utf-8")
            yield Finished(done.key, done.result)
        else:
            told.unlink(missing_ok=True)
            yield Finished(done.key, todo[done.key])


def collect(folder: Path, cards: Sequence[ConditionCard], families: int) -> SolvedCorpus:
    """All finished families of a folder, in their own order, families numbered by it.

    Raises:
        DataError: there are none.
    """
    atlas, marks = atlas_fingerprint(), {card.name: card_fingerprint(card) for card in cards}
    parts, attempts = [], []
    for place, order in enumerate(family_orders(cards, families)):
        report = _report(_family_file(folder, order), atlas, marks)
        if report is None:
            continue
        gaits, tried = report
        attempts += tried
        if gaits is not None:
            parts.append(replace(gaits, family=np.full(len(gaits), place)))
    if not parts:
        raise DataError(f"{folder}: no finished family of the present atlas and cards; `gaitforge corpus -o {folder}`")
    joined = Corpus.joined(parts)
    family = np.concatenate([part.family for part in parts])
    known = joined.cards | {HEALTHY: marks[HEALTHY]}  # which changes no gait
    return SolvedCorpus(replace(joined, family=family, cards=known), tuple(attempts))


def write_attempts(file: Path, attempts: Sequence[Attempted]) -> None:
    """One line for each body that was tried."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(Attempted)])
        writer.writeheader()
        writer.writerows(asdict(attempt) for attempt in attempts)


def _family_file(folder: Path, order: FamilyOrder) -> Path:
    return folder / "families" / f"{order.name}.npz"


def _failure_file(folder: Path, order: FamilyOrder) -> Path:
    return _family_file(folder, order).with_suffix(".failure.txt")


def _claim(folder: Path, seed: int) -> None:
    marker = folder / "corpus.json"
    try:
        (folder / "families").mkdir(parents=True, exist_ok=True)
        if marker.is_file():
            known = json.loads(marker.read_text())["seed"]
            if known != seed:
                raise DataError(f"{folder}: holds a corpus of seed {known}, not {seed}; choose another folder or seed")
        marker.write_text(json.dumps({"seed": seed}))
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error})") from error
