"""From condition cards to a corpus and to trained weights: what the commands `corpus` and `train-generator` do."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from engine.core.errors import DataError, SpecError
from engine.core.tasks import Failure
from engine.people.conditions import ConditionCard, available_cards, load_card
from engine.stages import Executor
from generative.corpus import save_corpus
from generative.corpus_run import SolvedCorpus, build_solved, collect, family_orders, write_attempts
from generative.sources.solved import Attempted


def all_cards(files: Sequence[str]) -> list[ConditionCard]:
    """The cards that ship and those in ``files``.

    Raises:
        SpecError: two have one name.
    """
    cards = [load_card(name) for name in (*available_cards(), *files)]
    names = [card.name for card in cards]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SpecError(f"--card: there is already a card called {', '.join(twice)}; change the field name")
    return cards


def writable(path: Path) -> Path:
    """The folder at ``path``, made if it is not there.

    Raises:
        DataError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error})") from error
    return path


def solve_corpus(
    output: Path,
    families: int,
    seed: int,
    card_files: Sequence[str],
    console: Console,
    *,
    executor: Executor,
    workers: int,
) -> tuple[SolvedCorpus, dict[str, Failure]]:
    """Builds (or goes on building) the solved corpus in a folder, with a progress bar, and writes ``corpus.npz`` and ``attempts.csv``.

    Families that met an error are returned by name; they are in neither.
    """
    cards = all_cards(card_files)
    total = sum(1 for _ in family_orders(cards, families))
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console) as progress:
        task = progress.add_task("families", total=total)
        failures: dict[str, Failure] = {}
        for done in build_solved(output, cards, families, seed, executor=executor, workers=workers):
            progress.update(task, advance=1, description=done.key)
            if isinstance(done.result, Failure):
                failures[done.key] = done.result
                console.print(f"{done.key}: {done.result.reason}", markup=False)
    found = collect(output, cards, families)
    save_corpus(found.corpus, output / "corpus.npz")
    write_attempts(output / "attempts.csv", found.attempts)
    return found, failures


def acceptance_table(attempts: Sequence[Attempted]) -> Table:
    """How many bodies of each condition physics accepted, and how far it moved their leg and trunk angles."""
    table = Table("condition", "tried", "accepted", "moved, degrees (median)")
    for condition in sorted({attempt.condition for attempt in attempts}):
        own = [attempt for attempt in attempts if attempt.condition == condition]
        moved = [attempt.moved_deg for attempt in own if attempt.outcome == "accepted"]
        share = f"{100 * len(moved) / len(own):.1f} %"
        table.add_row(condition, str(len(own)), share, f"{np.median(moved):.1f}" if moved else "")
    return table
