"""How many synthetic people of each cell balance a data set."""

import numpy as np
from scipy.optimize import brentq

from engine.core.arrays import Array, Index
from engine.population.quotas import largest_remainders
from engine.tools.augment.cells import Cells
from engine.tools.augment.goals import Target


def synthetic_counts(cells: Cells, target: Target, limit: int | None) -> Index:
    """Synthetic people per cell, whole numbers that fill the cells up to ``target``.

    Where more than ``limit`` would be needed, the emptiest cells are filled first: all cells rise to one lower level for which the limit
    is enough, so the result is as balanced as so many people can make it.
    """
    wanted = _shortage(cells, target, target.total)
    if limit is not None and wanted.sum() > limit:
        level = brentq(lambda total: _shortage(cells, target, total).sum() - limit, 0.0, target.total)
        wanted = _shortage(cells, target, level)
    people = round(float(wanted.sum()))
    if people == 0:
        return np.zeros(cells.real.shape, np.int64)
    return largest_remainders(wanted.ravel() / wanted.sum(), people).reshape(wanted.shape)


def _shortage(cells: Cells, target: Target, total: float) -> Array:
    return np.maximum(target.weights * total - cells.real, 0.0)
