"""Curves over the gait cycle on top of published norm bands."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from engine.cohort.walk_data import LegCurves, WalkData, leg_curves, with_foot_progression
from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.core.frozen import frozen
from engine.gait.norms import Band, band
from engine.report.figures.svg import BAND, INK, LEFT, MUTED, RIGHT, Margins, Sheet, percent_axis


@dataclass(frozen=True)
class Panel:
    """One quantity as a person reads it: title, unit, factor from the unit of `engine.gait.norms`; ``words`` say what up and down mean."""

    quantity: str
    title: str
    unit: str
    factor: float
    words: tuple[str, str]


_DEG = float(np.rad2deg(1.0))
PANELS: dict[str, Panel] = {
    panel.quantity: panel
    for panel in (
        Panel("pelvis_tilt", "Pelvic tilt", "deg", -_DEG, ("forward", "back")),
        Panel("pelvis_list", "Pelvic obliquity", "deg", -_DEG, ("up", "down")),
        Panel("pelvis_rotation", "Pelvic rotation", "deg", _DEG, ("forward", "back")),
        Panel("hip_flexion", "Hip flexion", "deg", _DEG, ("flex", "ext")),
        Panel("hip_adduction", "Hip adduction", "deg", _DEG, ("add", "abd")),
        Panel("hip_rotation", "Hip rotation", "deg", _DEG, ("in", "out")),
        Panel("knee_angle", "Knee flexion", "deg", _DEG, ("flex", "ext")),
        Panel("ankle_angle", "Ankle dorsiflexion", "deg", _DEG, ("dorsi", "plantar")),
        Panel("foot_progression", "Foot progression", "deg", _DEG, ("in", "out")),
        Panel("ground_force_vy", "Vertical force", "% BW", 100.0, ("up", "")),
        Panel("ground_force_vx", "Fore-aft force", "% BW", 100.0, ("propel", "brake")),
        Panel("hip_flexion_moment", "Hip moment", "N·m/kg", -1.0, ("ext", "flex")),
        Panel("hip_adduction_moment", "Hip abduction moment", "N·m/kg", -1.0, ("abd", "add")),
        Panel("knee_angle_moment", "Knee moment", "N·m/kg", -1.0, ("ext", "flex")),
        Panel("ankle_angle_moment", "Ankle moment", "N·m/kg", -1.0, ("plantar", "dorsi")),
        Panel("hip_power", "Hip power", "W/kg", 1.0, ("generate", "absorb")),
        Panel("knee_power", "Knee power", "W/kg", 1.0, ("generate", "absorb")),
        Panel("ankle_power", "Ankle power", "W/kg", 1.0, ("generate", "absorb")),
    )
}
PanelRow = tuple[str | None, ...]
WALK_PANELS: tuple[PanelRow, ...] = (
    ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "foot_progression"),
    ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle"),
    ("ankle_angle", "ground_force_vy", "ground_force_vx", None),
    ("hip_flexion_moment", "knee_angle_moment", "ankle_angle_moment", "hip_adduction_moment"),
    ("hip_power", "knee_power", "ankle_power", None),
)
"""Names of panels in the rows of a walk's figure; None leaves a place empty."""
GROUP_PANELS = ("pelvis_tilt", "hip_flexion", "knee_angle", "ankle_angle", "ground_force_vy", "ankle_power")
FRAMES = 51
_ROW_HEIGHT = 1.75
_WALK_MARGINS = Margins(left=0.42, right=0.06, bottom=0.46, top=0.26, sideways=0.42, upward=0.42)
_GROUP_MARGINS = Margins(left=0.9, right=0.06, bottom=0.46, top=0.28, sideways=0.36, upward=0.16)
_PERCENT = np.linspace(0, 100, FRAMES)
_STYLES = ((RIGHT, "-"), (LEFT, (0, (4, 1.6))))


def norm_of(walk: WalkData, quantity: str) -> Band:
    """The norm at the walk's speed and the subject's age, on the phases that are drawn."""
    return band(quantity, walk.speed, walk.row["age_years"], phase=_PERCENT / 100)


def both_legs(walk: WalkData) -> tuple[LegCurves, LegCurves]:
    """Curves of the right and the left leg."""
    right, left = (leg_curves(walk, side) for side in range(len(SIDES)))
    return right, left


def walk_figure(walk: WalkData, legs: tuple[LegCurves, LegCurves]) -> Markup:
    """Panels of one walk over the norms of its subject; see `panels_figure`."""
    legs = with_foot_progression(walk, legs)
    rows = [row for row in WALK_PANELS if any(name in leg.curves for name in row for leg in legs)]
    return panels_figure(f"walk {walk.name}", rows, legs, (walk.speed, walk.row["age_years"]))


def panels_figure(
    name: str, rows: Sequence[PanelRow], legs: tuple[LegCurves, LegCurves], healthy: tuple[float, float] | None
) -> Markup:
    """Rows of panels: mean of the strides of each leg (shade: their SD) over the norm band (mean ± 1 SD) of ``healthy`` people of a
    dimensionless speed and an age, none where these are not known. Where curves are missing panels stay without them.
    """
    height = _ROW_HEIGHT * len(rows) + 0.35
    with Sheet(name, len(rows), len(rows[0]), width=10.6, height=height, margins=_WALK_MARGINS) as sheet:
        for axes, quantity in zip(sheet.axes.flat, (quantity for row in rows for quantity in row), strict=True):
            if quantity is None:
                axes.set_axis_off()
                continue
            if healthy is not None:
                _draw_norm(axes, PANELS[quantity], band(quantity, *healthy, phase=_PERCENT / 100))
            for leg, (colour, dash) in zip(legs, _STYLES, strict=True):
                if quantity in leg.curves:
                    _draw_strides(axes, PANELS[quantity], leg.curves[quantity], colour, dash)
                    axes.axvline(100 * leg.stance, color=colour, linestyle=dash, linewidth=0.7, alpha=0.6)
            _dress(axes, PANELS[quantity], label=quantity in rows[-1])
    return sheet.svg


def _thin(curves: Array) -> Array:
    return curves[:, :: (curves.shape[1] - 1) // (FRAMES - 1)]


def _draw_norm(axes: Axes, panel: Panel, norm: Band) -> None:
    mean, sd = norm.mean * panel.factor, norm.sd * abs(panel.factor)
    axes.fill_between(_PERCENT, mean - sd, mean + sd, color=BAND, linewidth=0, alpha=0.45)
    axes.plot(_PERCENT, mean, color=MUTED, linewidth=0.8)


def _draw_strides(axes: Axes, panel: Panel, curves: Array, colour: str, dash: object) -> None:
    strides = _thin(curves) * panel.factor
    mean = strides.mean(0)
    if len(strides) > 1:
        spread = strides.std(0, ddof=1)
        axes.fill_between(_PERCENT, mean - spread, mean + spread, color=colour, linewidth=0, alpha=0.18)
    axes.plot(_PERCENT, mean, color=colour, linestyle=dash)


def _dress(axes: Axes, panel: Panel, *, label: bool) -> None:
    axes.set_title(f"{panel.title}, {panel.unit}")
    axes.axhline(0, color=INK, linewidth=0.5, alpha=0.35)
    axes.margins(y=0.08)
    percent_axis(axes, label=label)
    up, down = panel.words
    for text, height, align in ((up, 0.985, "top"), (down, 0.015, "bottom")):
        axes.text(0.99, height, text, transform=axes.transAxes, ha="right", va=align, fontsize=6.5, color=MUTED)


@frozen
class GroupWalk:
    """One walk of a group: mean curves of both legs and norms, ``{quantity: (51,)}``, in the units of the panels."""

    condition: str
    curves: dict[str, Array]
    norms: dict[str, tuple[Array, Array]]


def group_walk(walk: WalkData, legs: tuple[LegCurves, LegCurves]) -> GroupWalk:
    """What the figure of groups needs of a walk."""
    curves, norms = {}, {}
    for name in GROUP_PANELS:
        factor, norm = PANELS[name].factor, norm_of(walk, name)
        norms[name] = (norm.mean * factor, norm.sd * abs(factor))
        if all(name in leg.curves for leg in legs):
            curves[name] = np.mean([_thin(leg.curves[name]).mean(0) * factor for leg in legs], axis=0)
    return GroupWalk(walk.row["condition"], curves, norms)


def group_figure(walks: Sequence[GroupWalk], titles: dict[str, str], colours: dict[str, str]) -> Markup:
    """A row per condition: every walk thin, their mean thick, over the mean norm band of the same people at their own speeds."""
    conditions = [name for name in titles if any(walk.condition == name for walk in walks)]
    shape, height = (len(conditions), len(GROUP_PANELS)), 1.42 * len(conditions) + 0.6
    with Sheet("groups", *shape, width=12.6, height=height, margins=_GROUP_MARGINS, sharey="col") as sheet:
        for row, condition in zip(sheet.axes, conditions, strict=True):
            own = [walk for walk in walks if walk.condition == condition]
            for axes, name in zip(row, GROUP_PANELS, strict=True):
                _draw_group(axes, [w for w in own if name in w.curves] or own, name, colours[condition])
                percent_axis(axes, label=condition == conditions[-1])
            count = f"{len(own)} walk{'s' if len(own) > 1 else ''}"
            row[0].set_ylabel(f"{textwrap.fill(titles[condition], 18)}\n{count}", fontweight="bold", fontsize=7.5)
        for axes, name in zip(sheet.axes[0], GROUP_PANELS, strict=True):
            axes.set_title(f"{PANELS[name].title}, {PANELS[name].unit}")
        sheet.figure.align_ylabels(sheet.axes[:, 0])
    return sheet.svg


def _draw_group(axes: Axes, walks: Sequence[GroupWalk], name: str, colour: str) -> None:
    mean = np.mean([walk.norms[name][0] for walk in walks], axis=0)
    sd = np.mean([walk.norms[name][1] for walk in walks], axis=0)
    axes.fill_between(_PERCENT, mean - sd, mean + sd, color=BAND, linewidth=0, alpha=0.45)
    curves = [walk.curves[name] for walk in walks if name in walk.curves]
    for curve in curves if len(curves) <= _THIN_LINES else ():
        axes.plot(_PERCENT, curve, color=colour, linewidth=0.7, alpha=0.45)
    if curves:
        axes.plot(_PERCENT, np.mean(curves, axis=0), color=colour, linewidth=2)
    if len(curves) > _THIN_LINES:
        spread = np.std(curves, axis=0, ddof=1)
        middle = np.mean(curves, axis=0)
        axes.fill_between(_PERCENT, middle - spread, middle + spread, color=colour, linewidth=0, alpha=0.25)
    axes.axhline(0, color=INK, linewidth=0.5, alpha=0.35)


_THIN_LINES = 24
"""More walks than this are drawn as mean ± SD."""
