"""A data set before and after: bars of people by cell, the synthetic ones on top of the real ones."""

from itertools import product
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from engine.core.arrays import Array, Index, Mask
from engine.core.files import replace_file
from engine.tools.augment.cells import Cells
from engine.tools.augment.goals import Target
from engine.tools.augment.traits import Trait

_REAL, _SYNTHETIC, _LEVEL, _CROSS = "#3c5a80", "#e08e45", "#222222", "#999999"
_TITLES = {"age_years": "age, years", "bmi": "body mass index, kg/m²", "skin_tone": "skin tone, Monk scale"}
_NUMBERS = {"age_years": "age", "bmi": "BMI", "skin_tone": "tone"}
_MOST_COLUMNS = 6


def draw_balance(path: Path, cells: Cells, synthetic: np.ndarray, target: Target, caption: str) -> None:
    """Writes the picture (PNG): one panel per combination of all traits but the first, in it a bar per level of the first.

    Marks tell what the target asks for, crosses where a condition is not known at that age or in that sex.
    """
    panels = list(product(*(range(len(trait.levels)) for trait in cells.traits[1:])))
    columns = min(len(panels), _columns(cells))
    rows = -(-len(panels) // columns)
    levels = cells.traits[0].levels
    figure = Figure(figsize=(2.6 * columns + 1.2, rows * (0.3 * len(levels) + 0.9) + 1.2), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes in grid.ravel()[len(panels) :]:
        axes.set_axis_off()
    for axes, panel in zip(grid.ravel(), panels, strict=False):
        at = (slice(None), *panel)
        axes.set_title(", ".join(map(_words, cells.traits[1:], panel)), fontsize=9)
        _draw_panel(axes, cells.real[at], synthetic[at], target.weights[at] * target.total, cells.possible[at])
        axes.set_yticks(range(len(levels)), levels, fontsize=8)
    first = cells.traits[0].name
    figure.supylabel(_TITLES.get(first, first.replace("_", " ")), fontsize=9)
    figure.supxlabel("people", fontsize=9, x=0.06, ha="left")
    figure.suptitle(caption, fontsize=10)
    marks = [
        Patch(color=_REAL, label="real: before"),
        Patch(color=_SYNTHETIC, label="synthetic: added"),
        Line2D([], [], color=_LEVEL, marker="|", linestyle="", markersize=9, label="target"),
        Line2D([], [], color=_CROSS, marker="x", linestyle="", markersize=5, label="does not occur"),
    ]
    figure.legend(
        handles=marks,
        loc="lower right",
        ncols=len(marks),
        columnspacing=1.0,
        handletextpad=0.3,
        fontsize=8,
        frameon=False,
    )
    with replace_file(path) as temporary:
        figure.savefig(temporary, dpi=110, format="png")


def _words(trait: Trait, level: int) -> str:
    return f"{_NUMBERS.get(trait.name, '')} {trait.levels[level]}".strip().replace("_", " ")


def _columns(cells: Cells) -> int:
    """As many panels side by side as the last trait has levels, if they fit."""
    return min(len(cells.traits[-1].levels), _MOST_COLUMNS) if len(cells.traits) > 1 else 1


def _draw_panel(axes: Axes, real: Index, synthetic: Index, wanted: Array, possible: Mask) -> None:
    places = np.arange(len(real))
    axes.barh(places, real, color=_REAL, height=0.72)
    axes.barh(places, synthetic, left=real, color=_SYNTHETIC, height=0.72)
    asked = wanted > 0
    axes.vlines(wanted[asked], places[asked] - 0.42, places[asked] + 0.42, colors=_LEVEL, linewidth=1.2)
    crosses = axes.plot(np.zeros((~possible).sum()), places[~possible], "x", color=_CROSS, markersize=5, clip_on=False)
    crosses[0].set_in_layout(False)
    axes.tick_params(axis="x", labelsize=8)
    axes.margins(x=0.03)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
