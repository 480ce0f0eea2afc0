"""Muscle activity over the gait cycle beside the windows in which muscles are usually active."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from engine.cohort.muscle_timing import MUSCLE_TIMINGS
from engine.cohort.walk_data import LegCurves
from engine.core.arrays import Array
from engine.core.conventions import LEG_MUSCLES
from engine.report.figures.svg import INK, LEFT, RIGHT, Margins, Sheet, percent_axis

_HEAT = LinearSegmentedColormap.from_list(
    "activity", [(0.45, 0.55, 0.65, 0.06), "#f6c667", "#e8743b", "#a52a4a", "#3f1650"]
)
_ROW = 0.177
_WINDOW_HEIGHT = 0.16
_MARGINS = Margins(left=1.6, right=0.62, bottom=0.46, top=0.28, sideways=0.2)


def muscle_figure(name: str, legs: tuple[LegCurves, LegCurves]) -> Markup | None:
    """Mean activation of each leg as a heat map, one row per muscle; bars are the usual windows. None without activations."""
    right, left = (leg.activations for leg in legs)
    if right is None or left is None:
        return None
    windows = {timing.title: timing.active_pct for timing in MUSCLE_TIMINGS}
    return activity_figure(f"muscles {name}", windows, (_rows(right), _rows(left)))


def activity_figure(
    name: str, windows: Mapping[str, Sequence[tuple[float, float]]], maps: tuple[Array, Array]
) -> Markup:
    """Activity ``(muscles, n)`` over the stride of right and left leg as heat maps. ``windows`` tell the title of each muscle and when, in
    % of the stride, it is usually active."""
    top = max(0.3, float(max(rows.max() for rows in maps)))
    height = _ROW * len(windows) + _MARGINS.bottom + _MARGINS.top
    with Sheet(name, 1, 2, width=10.6, height=height, margins=_MARGINS, sharey=True) as sheet:
        for axes, rows, title, colour in zip(
            sheet.axes[0], maps, ("Right leg", "Left leg"), (RIGHT, LEFT), strict=True
        ):
            edges = np.linspace(0, 100, rows.shape[1] + 1)
            image = axes.pcolormesh(
                edges, np.arange(len(rows) + 1) - 0.5, rows, cmap=_HEAT, vmin=0, vmax=top, rasterized=True
            )
            _draw_windows(axes, windows.values())
            axes.set_title(title, color=colour)
            percent_axis(axes)
        axes = sheet.axes[0, 0]
        axes.set_yticks(range(len(windows)), list(windows))
        axes.set_ylim(len(windows) - 0.5, -0.5)
        bar = sheet.figure.colorbar(image, cax=sheet.figure.add_axes((0.955, 0.16, 0.008, 0.74)))
        bar.set_label("activation (0 to 1)")
        bar.outline.set_visible(False)
    return sheet.svg


def _rows(activations: Array) -> Array:
    """Mean activation ``(muscles, 100)``: of the strides, of the parts of each muscle."""
    mean = activations[:, :-1].mean(0)
    parts = [[LEG_MUSCLES.index(name) for name in timing.muscles] for timing in MUSCLE_TIMINGS]
    return np.stack([mean[:, part].mean(1) for part in parts])


def _draw_windows(axes: Axes, windows: Iterable[Sequence[tuple[float, float]]]) -> None:
    for row, active_pct in enumerate(windows):
        spans = [(start, end - start) for start, end in active_pct]
        axes.broken_barh(spans, (row + 0.42 - _WINDOW_HEIGHT, _WINDOW_HEIGHT), color=INK, alpha=0.85, linewidth=0)
        axes.axhline(row + 0.5, color=INK, linewidth=0.6, alpha=0.25)
