"""What ``gaitforge augment`` shows a person: who is in the data set, which cells lack people, what was written."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from engine.core.conventions import HEALTHY
from engine.core.errors import SpecError
from engine.people.conditions import ConditionCard, load_card
from engine.population.spec import MAX_SUBJECTS
from engine.tools.augment.balance_picture import draw_balance
from engine.tools.augment.balancing_spec import write_spec
from engine.tools.augment.cells import Cells, count_cells, distance
from engine.tools.augment.goals import Target, target_of
from engine.tools.augment.metadata import TRAITS, People, Reading, read_people
from engine.tools.augment.plan import synthetic_counts


@dataclass(frozen=True)
class Wish:
    """What to balance: traits, the card (name or file) of a data set without conditions, the target, and at most how many synthetic
    people."""

    by: tuple[str, ...]
    condition: str | None
    target: str
    limit: int | None


def run_augment(source: Path, output: Path, reading: Reading, wish: Wish, picture: Path | None) -> None:
    """Counts the cells of ``source``, writes the spec of the cohort that balances them and, if asked, the picture.

    Raises:
        DataError: the table cannot be used.
        SpecError: the wish does not fit it.
    """
    by = _traits(wish)
    people = read_people(source, by, reading)
    cells = count_cells(people, _cards(people, wish))
    target = target_of(wish.target, cells, Path())
    synthetic = synthetic_counts(cells, target, wish.limit)
    if synthetic.max() > MAX_SUBJECTS:
        raise SpecError(
            f"--target {wish.target}: needs {synthetic.sum()} synthetic people, {synthetic.max()} of one cell; --limit keeps it smaller"
        )
    console = Console(soft_wrap=True)
    _tell_people(console, source, people)
    console.print(_table(cells, target, synthetic))
    before, after = (distance(counts, target.weights) for counts in (cells.real, cells.real + synthetic))
    console.print(
        f"Off balance: {before:.0%} of people before, {after:.0%} after (total variation distance from the target)."
    )
    if picture is not None:
        caption = f"{source.name}: {cells.real.sum()} real + {synthetic.sum()} synthetic people · off balance {before:.0%} → {after:.0%}"
        draw_balance(picture, cells, synthetic, target, caption)
        console.print(f"Picture: {picture}")
    if synthetic.sum() == 0:
        console.print("Nothing to add: no spec was written.")
        return
    limited = "" if wish.limit is None else f", at most {wish.limit} people"
    spec = write_spec(output, source, cells, synthetic, f"target {wish.target} by {', '.join(by)}{limited}")
    total = sum(group.subjects for group in spec.groups)
    console.print(f"Spec of {total} synthetic people: {output}    next: gaitforge cohort {output} -o runs/{spec.name}")


def _traits(wish: Wish) -> tuple[str, ...]:
    unknown = [name for name in wish.by if name not in TRAITS]
    if unknown or not wish.by:
        raise SpecError(f"--by: {', '.join(unknown) or 'nothing'}; people can be told apart by {', '.join(TRAITS)}")
    by = tuple(dict.fromkeys(name for name in wish.by if wish.condition is None or name != "condition"))
    if not by:
        raise SpecError("--by condition: --condition says that all have the same")
    return by


def _cards(people: People, wish: Wish) -> dict[str, ConditionCard]:
    own = next((trait.levels for trait in people.traits if trait.name == "condition"), (wish.condition or HEALTHY,))
    cards = {name: load_card(name) for name in own}
    modifiers = [name for name, card in cards.items() if card.role == "modifier"]
    if modifiers:
        raise SpecError(f"--condition: {modifiers[0]} is a modifier, not a condition")
    return cards


def _tell_people(console: Console, source: Path, people: People) -> None:
    counted = len(people.levels)
    several = f" in {people.rows} rows" if people.rows != people.persons else ""
    console.print(f"{source}: {people.persons} people{several}, {counted} counted.")
    for reason, number in people.not_counted.items():
        console.print(f"  not counted: {number} ({reason})")


def _table(cells: Cells, target: Target, synthetic: np.ndarray) -> Table:
    table = Table(*(trait.name for trait in cells.traits))
    for head in ("real", "wanted", "synthetic", "together"):
        table.add_column(head, justify="right")
    for cell in cells:
        words = [trait.levels[level] for trait, level in zip(cells.traits, cell, strict=True)]
        if not cells.possible[cell]:
            if cells.real[cell]:
                table.add_row(*words, str(cells.real[cell]), "–", "–", str(cells.real[cell]), style="dim")
            continue
        wanted, added = target.weights[cell] * target.total, int(synthetic[cell])
        numbers = (str(cells.real[cell]), f"{wanted:.0f}", str(added) if added else "", str(cells.real[cell] + added))
        table.add_row(*words, *numbers)
    table.caption = "Left out, or –: cells in which the condition is not known at that age or in that sex"
    return table
