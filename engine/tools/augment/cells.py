"""The cells of a data set: how many people of each combination of traits there are, and which combinations can be made."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.core.arrays import Array, Index, Mask
from engine.core.frozen import frozen
from engine.people.conditions import ConditionCard
from engine.tools.augment.metadata import People
from engine.tools.augment.traits import Bands, Trait


@frozen
class Cells:
    """Arrays have one axis per trait. ``real`` are numbers of people; ``possible`` tells which cells may be filled with synthetic people:
    whose condition is known at that age and in that sex. ``cards`` are the condition cards by what names them, a name or a file."""

    traits: tuple[Trait, ...]
    real: Index
    possible: Mask
    cards: dict[str, ConditionCard]

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return iter(np.ndindex(self.real.shape))

    def axis(self, name: str) -> int | None:
        """The axis of a trait, None if people are not told apart by it."""
        names = [trait.name for trait in self.traits]
        return names.index(name) if name in names else None

    def bands(self, name: str) -> tuple[int, Bands] | None:
        """The axis and the bands of a trait that is a number, None if people are not told apart by it."""
        found = [(k, trait) for k, trait in enumerate(self.traits) if isinstance(trait, Bands) and trait.name == name]
        return found[0] if found else None

    def card(self, cell: tuple[int, ...]) -> ConditionCard:
        """The condition of a cell's people."""
        return self.cards[self.card_name(cell)]

    def card_name(self, cell: tuple[int, ...]) -> str:
        """The name or the file (relative to the working directory) that names the condition of a cell's people."""
        axis = self.axis("condition")
        return next(iter(self.cards)) if axis is None else self.traits[axis].levels[cell[axis]]

    def ages(self, cell: tuple[int, ...]) -> tuple[float, float] | None:
        """Least and greatest age to draw a cell's people from: the band, as far as the card knows the condition at that age.

        None if ages are not told apart; the first above the second if nobody can be drawn.
        """
        found = self.bands("age_years")
        if found is None:
            return None
        axis, bands = found
        low, high = bands.interval(cell[axis])
        _, _, least, most = self.card(cell).demographics.age_years
        return max(low, least), min(high, most)


def count_cells(people: People, cards: dict[str, ConditionCard]) -> Cells:
    """The cells of a data set; ``cards`` are those of its conditions, or the one card that all have."""
    real = np.zeros([len(trait.levels) for trait in people.traits], np.int64)
    np.add.at(real, tuple(people.levels.T), 1)
    cells = Cells(people.traits, real, np.ones(real.shape, bool), cards)
    return replace(cells, possible=np.reshape([_can_be_drawn(cells, cell) for cell in cells], real.shape))


def _can_be_drawn(cells: Cells, cell: tuple[int, ...]) -> bool:
    ages, sex = cells.ages(cell), cells.axis("sex")
    if ages is not None and ages[0] >= ages[1]:
        return False
    if sex is None:
        return True
    male = cells.card(cell).demographics.male_share
    return (male if cells.traits[sex].levels[cell[sex]] == "male" else 1 - male) > 0


def distance(counts: Array | Index, weights: Array) -> float:
    """Share of people that would have to be of another cell for ``counts`` to be as ``weights`` (total variation distance)."""
    inside = np.where(weights > 0, counts, 0)
    return float(0.5 * np.abs(inside / max(inside.sum(), 1) - weights).sum())
