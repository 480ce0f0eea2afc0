"""Which curves make a gait differ from that of healthy people: the Movement Analysis Profile."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from downstream.readings.gait_reading import Number
from downstream.readings.gait_scores import VariableScore
from downstream.readings.healthy_gait import ANGLES
from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.gait.norms import Normal
from engine.report.figures.curves import PANELS
from engine.report.figures.svg import BAND, INK, LEFT, MUTED, RIGHT, Margins, Sheet

_MARGINS = Margins(left=0.42, right=0.06, bottom=0.3, top=0.26)
_WIDTH = 0.34


def deviation_figure(scores: Sequence[VariableScore], overall: Number, healthy: Normal) -> Markup:
    """A bar for the Gait Variable Score of each curve and side with its 95 % interval, at the right the Gait Profile Score over what
    healthy people have (mean ± 1 SD, and ± 2 paler)."""
    places = [*range(len(ANGLES)), len(ANGLES) + 0.3]
    with Sheet("deviation", 1, 1, width=10.6, height=2.3, margins=_MARGINS) as sheet:
        axes = sheet.axes[0, 0]
        for side, colour in enumerate((RIGHT, LEFT)):
            own = [score.score for score in scores if score.side == side]
            at = np.arange(len(own), dtype=np.float64) + _WIDTH * (side - (len(SIDES) - 1) / 2)
            axes.bar(at, [number.value or 0.0 for number in own], 0.9 * _WIDTH, color=colour, alpha=0.85)
            _whiskers(axes, at, own)
        for width, alpha in ((2, 0.25), (1, 0.45)):
            low, high = max(healthy.mean - width * healthy.sd, 0), healthy.mean + width * healthy.sd
            axes.fill_between([places[-1] - 0.42, places[-1] + 0.42], low, high, color=BAND, alpha=alpha, linewidth=0)
        axes.bar(places[-1:], [overall.value or 0.0], 0.9 * _WIDTH, color=MUTED)
        _whiskers(axes, np.array(places[-1:]), [overall])
        axes.set_xticks(places, [*(PANELS[name].title for name in ANGLES), "Gait Profile Score"])
        axes.set_title("Difference from the healthy mean, deg")
        axes.set_xlim(-0.6, places[-1] + 0.6)
        axes.set_ylim(bottom=0)
        axes.tick_params(axis="x", length=0)
    return sheet.svg


def _whiskers(axes: Axes, at: Array, numbers: Sequence[Number]) -> None:
    for x, number in zip(at, numbers, strict=True):
        if number.interval:
            axes.vlines(x, max(number.interval[0], 0), number.interval[1], color=INK, linewidth=0.9)
