"""Before and after a change of the body, side by side: angles, ground forces, muscle activity, and the figures of the gait."""

from dataclasses import fields
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.core.arrays import Array
from engine.core.conventions import (
    ANTISYMMETRIC_COORDINATES,
    COORDINATE_INDEX,
    GRAVITY_MPS2,
    MUSCLE_GROUPS,
    MUSCLES,
    SIDES,
    suffix,
)
from engine.core.measures import MEASURES, Measure
from engine.gait.gait_parameters import SideParameters, side_parameters
from engine.gait.records import Rejection, Walk
from engine.gait.strides import complete_strides, stride_curves

_ANGLES = ("hip_flexion", "knee_angle", "ankle_angle", "hip_adduction", "pelvis_tilt", "pelvis_list", "lumbar_bending")
_FORCES = {"vertical": 1, "fore-aft": 0}
_BEFORE, _AFTER = "0.6", ("#b3202c", "#1f5fa8")
_SHARE = np.linspace(0.0, 100.0, 101)


def draw_whatif(path: Path, before: Walk, after: Walk | Rejection, changes: str) -> None:
    """Writes the picture (PNG): every leg's mean stride, before in grey, after in red (right, first of each pair of columns) and blue."""
    rows = len(_ANGLES) + len(_FORCES)
    figure = Figure(figsize=(14, 15), layout="constrained")
    panels = figure.subplots(rows, 4)
    outcome = f"rejected: {after.reason.value}" if isinstance(after, Rejection) else "accepted"
    figure.suptitle(f"What if {changes}?   {before.subject.id}: {outcome}", fontsize=12)
    walks = [before] if isinstance(after, Rejection) else [before, after]
    for side in range(len(SIDES)):
        _draw_leg(panels[:, side], walks, side)
        _draw_muscles(panels[: len(MUSCLE_GROUPS), 2 + side], walks, side)
    _draw_figures(panels[len(MUSCLE_GROUPS) :, 2:], walks)
    figure.supxlabel(
        "% of the stride from heel strike · grey: before · red: right leg after · blue: left leg after", fontsize=9
    )
    figure.savefig(path, dpi=80)


def _draw_leg(panels: list[Axes], walks: list[Walk], side: int) -> None:
    for panel, name in zip(panels, _ANGLES, strict=False):
        _draw(panel, f"{SIDES[side]} {name.replace('_', ' ')}, °", [_angle(walk, name, side) for walk in walks], side)
    for panel, (name, axis) in zip(panels[len(_ANGLES) :], _FORCES.items(), strict=True):
        curves = [_mean(walk, walk.dynamics.force[:, side, axis], side) / _weight(walk) for walk in walks]
        _draw(panel, f"{SIDES[side]} {name} force, body weights", curves, side)


def _draw_muscles(panels: list[Axes], walks: list[Walk], side: int) -> None:
    for panel, (group, muscles) in zip(panels, MUSCLE_GROUPS.items(), strict=True):
        own = [MUSCLES.index(name + suffix(SIDES[side])) for name in muscles]
        curves = [_mean(walk, walk.dynamics.activations[:, own].mean(axis=1), side) for walk in walks]
        _draw(panel, f"{SIDES[side]} {group.replace('_', ' ')}, activation", curves, side)
        panel.set_ylim(0.0, max(0.2, 1.1 * max(curve.max() for curve in curves)))


def _draw_figures(panels: np.ndarray, walks: list[Walk]) -> None:
    """A small table in place of the last two panels."""
    for panel in panels.ravel():
        panel.set_axis_off()
    head = [f"{side} {when}" for side in SIDES for when in ("before", "after")[: len(walks)]]
    sides = [side_parameters(walk) for walk in walks]
    rows = [("", *head), *(_row(MEASURES[field.name], sides) for field in fields(SideParameters))]
    text = "\n".join(f"{name:30}" + "".join(f"{value:>13}" for value in values) for name, *values in rows)
    shown = panels.ravel()[0].text(0.0, 1.0, text, family="monospace", fontsize=7.5, va="top")
    shown.set_in_layout(False)


def _row(measure: Measure, walks: list[tuple[SideParameters, SideParameters]]) -> tuple[str, ...]:
    values = [getattr(of_walk[side], measure.name) for side in range(len(SIDES)) for of_walk in walks]
    return measure.heading, *(measure.text(value) for value in values)


def _draw(panel: Axes, title: str, curves: list[Array], side: int) -> None:
    panel.plot(_SHARE, curves[0], _BEFORE, lw=2.5)
    for curve in curves[1:]:
        panel.plot(_SHARE, curve, _AFTER[side], lw=1.4)
    panel.set_title(title, fontsize=8)
    panel.tick_params(labelsize=7)


def _angle(walk: Walk, name: str, side: int) -> Array:
    """Degrees; midline coordinates count as for a right leg."""
    column = name if name in COORDINATE_INDEX else name + suffix(SIDES[side])
    sign = -1.0 if side == 1 and name in ANTISYMMETRIC_COORDINATES else 1.0
    return np.rad2deg(sign * _mean(walk, walk.dynamics.q[:, COORDINATE_INDEX[column]], side))


def _mean(walk: Walk, values: Array, side: int) -> Array:
    strides = complete_strides(walk.events)[side]
    return stride_curves(walk.dynamics.time, values, strides).mean(axis=0)


def _weight(walk: Walk) -> float:
    return walk.subject.mass_kg * GRAVITY_MPS2
