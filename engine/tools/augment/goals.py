"""What a balanced data set is: how the cells should relate, and how large the whole should become."""

from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.errors import SpecError
from engine.core.frozen import frozen
from engine.population.pyramid import Band, read_pyramid
from engine.tools.augment.cells import Cells

EQUAL = "equal"


@frozen
class Target:
    """``weights`` of the cells add up to one (zero: not to be filled); ``total`` is how many people real and synthetic shall be together
    if every cell had its weight."""

    weights: Array
    total: float


def target_of(text: str, cells: Cells, folder: Path) -> Target:
    """The target that a user named: ``equal``, a number of people per cell, or an age pyramid (a name, or a file in ``folder``).

    Raises:
        SpecError: it is none of these, or does not fit the cells.
    """
    if text == EQUAL:
        return _as_large_as_the_largest(cells, _equal(cells))
    if text.isdigit():
        return Target(_equal(cells), int(text) * int(cells.possible.sum()))
    try:
        bands = read_pyramid(text, folder)
    except SpecError as error:
        raise SpecError(
            f"--target {text}: write {EQUAL}, a number of people per cell, or a pyramid ({error})"
        ) from error
    return _as_large_as_the_largest(cells, _like_pyramid(cells, bands))


def _equal(cells: Cells) -> Array:
    return cells.possible / cells.possible.sum()


def _as_large_as_the_largest(cells: Cells, weights: Array) -> Target:
    """No real person is taken away: the cell that has most for its weight sets the size of all."""
    filled = weights > 0
    return Target(weights, float((cells.real[filled] / weights[filled]).max()))


def _like_pyramid(cells: Cells, bands: tuple[Band, ...]) -> Array:
    """Ages (and sexes, if the pyramid tells them) as in a pyramid, alike in every combination of the other traits."""
    found, sex = cells.bands("age_years"), cells.axis("sex")
    if found is None:
        raise SpecError("--target: a pyramid needs age in --by")
    axis, ages = found
    weights = np.zeros(cells.real.shape)
    for cell in cells:
        if cells.possible[cell]:
            own = None if sex is None else cells.traits[sex].levels[cell[sex]]
            weights[cell] = _people(bands, ages.edges[cell[axis]], ages.edges[cell[axis] + 1], own)
    others = tuple(k for k in range(weights.ndim) if k in (axis, sex))
    sums = weights.sum(axis=others, keepdims=True)
    if (sums == 0).all():
        raise SpecError("--target: nobody of the pyramid is of an age that the cells hold")
    shares = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return shares / shares.sum()


def _people(bands: tuple[Band, ...], low: float, high: float, sex: str | None) -> float:
    cut = [part for band in bands if (part := band.within(low, high)) is not None]
    return sum(band.weight if sex is None or band.share is not None else getattr(band, sex) for band in cut)
