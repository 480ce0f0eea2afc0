"""Pictures drawn by matplotlib's objects, turned into small inline SVG that follows the page's light or dark colours."""

import io
import re
from types import TracebackType
from typing import Any, NamedTuple

import matplotlib as mpl
from cycler import cycler
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#102030"
BAND = "#a1b2c3"
GRID = "#d0d1d2"
MUTED = "#708090"
RIGHT = "#00857c"
LEFT = "#d4483b"
"""Left is red as on ships and in gait laboratories; left curves are also dashed, for those who do not see the difference."""

CONDITION_COLOURS = (
    "#3b76c4",
    "#e08a1e",
    "#7a54b8",
    "#2f9e6e",
    "#c94f7c",
    "#8a6d3b",
    "#4aa3b8",
    "#6b7a3a",
    "#b0413e",
    "#5b6c8f",
)
_PAGE_COLOURS = {INK: "currentColor", BAND: "var(--band)", GRID: "var(--grid)", MUTED: "var(--muted)"}

_RASTER_DPI = 160
_STYLE = {
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.labelsize": 8,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 5,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=CONDITION_COLOURS),
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "text.color": INK,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "lines.linewidth": 1.6,
    "svg.fonttype": "none",
    "image.composite_image": False,
}


class Margins(NamedTuple):
    """Inches around the axes (the top one includes titles), and between them sideways and upward."""

    left: float
    right: float
    bottom: float
    top: float
    sideways: float = 0.0
    upward: float = 0.0


class Sheet:
    """A figure with rows and columns of axes in the house style. Matplotlib's settings are changed only while it draws.

    ``with Sheet(…) as sheet:`` draw on ``sheet.axes (rows, columns)``; afterwards `svg` gives the picture. Fixed ``margins`` halve
    the time that drawing takes; without them matplotlib finds the room that labels need.
    """

    def __init__(
        self,
        name: str,
        rows: int,
        columns: int,
        *,
        width: float,
        height: float,
        margins: Margins | None = None,
        **grid: Any,
    ) -> None:
        self._name, self._margins = name, margins
        style: dict[Any, Any] = {**_STYLE, "svg.hashsalt": name}
        self._context = mpl.rc_context(style)
        self._shape, self._size, self._grid = (rows, columns), (width, height), grid

    def __enter__(self) -> "Sheet":
        self._context.__enter__()
        self.figure = Figure(figsize=self._size, layout=None if self._margins else "constrained")
        self.axes = self.figure.subplots(*self._shape, squeeze=False, **self._grid)
        if self._margins:
            self._adjust(self._margins)
        return self

    def _adjust(self, room: Margins) -> None:
        (rows, columns), (width, height) = self._shape, self._size
        across = (width - room.left - room.right - (columns - 1) * room.sideways) / columns
        up = (height - room.bottom - room.top - (rows - 1) * room.upward) / rows
        self.figure.subplots_adjust(
            left=room.left / width,
            right=1 - room.right / width,
            bottom=room.bottom / height,
            top=1 - room.top / height,
            wspace=room.sideways / across,
            hspace=room.upward / up,
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                buffer = io.StringIO()
                self.figure.savefig(
                    buffer, format="svg", transparent=True, dpi=_RASTER_DPI, metadata={"Date": None, "Creator": None}
                )
                self.svg = _inline(buffer.getvalue(), self._name)
        finally:
            self._context.__exit__(kind, error, trace)


def _inline(document: str, name: str) -> Markup:
    """The ``<svg>`` element alone, scaled to the width of its place, numbers short, colours those of the page."""
    picture = document[document.index("<svg") :]
    picture = re.sub(r"<metadata>.*?</metadata>", "", picture, flags=re.DOTALL)
    picture = re.sub(r"<!--.*?-->", "", picture, flags=re.DOTALL)
    picture = re.sub(r' width="[\d.]+pt" height="[\d.]+pt"', "", picture, count=1)
    picture = picture.replace("<svg ", '<svg role="img" class="plot" ', 1)
    picture = re.sub(r'<g id="[^"]*"', "<g", picture)
    picture = re.sub(r"font: ([\d.]+px|[^;\"]*?[\d.]+px) [^;\"]*", r"font: \1 var(--font)", picture)
    for colour, variable in _PAGE_COLOURS.items():
        picture = picture.replace(colour, variable)
    picture = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), picture)
    picture = re.sub(r"\s*\n\s*", "\n", picture)
    prefix = re.sub(r"\W", "-", name)
    picture = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{prefix}-", picture)
    return Markup(picture)


def percent_axis(axes: Axes, *, label: bool = True) -> None:
    """The x axis of a curve over the gait cycle."""
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 20, 40, 60, 80, 100], [])
    if label:
        axes.set_xticklabels(["0", "", "40", "", "80", ""])
        axes.set_xlabel("% of gait cycle")
