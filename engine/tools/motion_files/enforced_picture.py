"""A recorded stride before and after physics: angles, ground forces, muscle activity in one picture."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, MUSCLE_GROUPS, MUSCLES, SIDES, suffix
from engine.gait.cycle import GaitCycle
from engine.gait.records import Dynamics
from engine.musculoskeletal.muscle_paths import LEG_INDICES
from engine.physics.body import PhysicalBody

_ANGLES = (
    "pelvis_tilt",
    "pelvis_list",
    "lumbar_extension",
    "hip_flexion",
    "hip_adduction",
    "hip_rotation",
    "knee_angle",
    "ankle_angle",
)
_FORCES = ("fore-aft", "vertical", "sideways")
_COLOURS = ("#b3202c", "#1f5fa8")
_RECORDED = "0.55"
_FRAMES = 101


def draw_enforced(
    path: Path,
    recorded: GaitCycle,
    enforced: GaitCycle | None,
    dynamics: Dynamics | None,
    body: PhysicalBody,
    headline: str,
) -> None:
    """Writes the picture (PNG): recorded angles grey, enforced ones red (right) and blue (left), from right heel strike."""
    figure = Figure(figsize=(13, 11), layout="constrained")
    figure.suptitle(headline, fontsize=11)
    panels = iter(figure.subplots(5, 4, sharex=True).ravel())
    share = np.linspace(0.0, 100.0, _FRAMES)
    before = recorded.at(share / 100 + _lag(recorded, enforced))
    after = None if enforced is None else enforced.at(share / 100)
    for name in _ANGLES:
        _draw_angle(next(panels), name, share, before, after)
    _draw_forces(panels, dynamics, body.weight_n)
    for group in MUSCLE_GROUPS:
        _draw_group(next(panels), group, dynamics, body)
    for panel in panels:
        panel.set_axis_off()
    figure.supxlabel("% of the stride from right heel strike · grey: recorded · red: right · blue: left", fontsize=9)
    figure.savefig(path, dpi=90)


def _lag(recorded: GaitCycle, enforced: GaitCycle | None) -> float:
    """Phase by which the recording is later than the gait, whose first frame is where force comes."""
    if enforced is None:
        return 0.0
    phase = np.arange(_FRAMES) / _FRAMES
    target, lags = enforced.at(phase)[:, LEG_INDICES], np.linspace(-0.5, 0.5, 401)
    apart = [np.square(recorded.at(phase + lag)[:, LEG_INDICES] - target).sum() for lag in lags]
    return float(lags[int(np.argmin(apart))])


def _draw_angle(panel: Axes, name: str, share: Array, before: Array, after: Array | None) -> None:
    columns = [name] if name in COORDINATE_INDEX else [name + suffix(side) for side in SIDES]
    for column, colour, style in zip(columns, _COLOURS, ("-", "--"), strict=False):
        index = COORDINATE_INDEX[column]
        panel.plot(share, np.degrees(before[:, index]), _RECORDED, ls=style, lw=2)
        if after is not None:
            panel.plot(share, np.degrees(after[:, index]), colour, lw=1.2)
    _label(panel, f"{name.replace('_', ' ')}, °")


def _draw_forces(panels: Iterator[Axes], dynamics: Dynamics | None, weight_n: float) -> None:
    for axis, name in enumerate(_FORCES):
        panel = next(panels)
        _label(panel, f"{name} force, body weights")
        if dynamics is not None:
            for side, colour in enumerate(_COLOURS):
                panel.plot(_cycle_share(dynamics), dynamics.force[:, side, axis] / weight_n, colour, lw=1.2)


def _draw_group(panel: Axes, group: str, dynamics: Dynamics | None, body: PhysicalBody) -> None:
    """Mean activation of a muscle group, by strength."""
    _label(panel, f"{group.replace('_', ' ')}, activation")
    if dynamics is None:
        return
    strength = body.muscles.parameters.max_isometric_force
    for side, colour in zip(SIDES, _COLOURS, strict=True):
        own = [MUSCLES.index(name + suffix(side)) for name in MUSCLE_GROUPS[group]]
        mean = dynamics.activations[:, own] @ strength[own] / strength[own].sum()
        panel.plot(_cycle_share(dynamics), mean, colour, lw=1.2)
    panel.set_ylim(bottom=0.0)


def _cycle_share(dynamics: Dynamics) -> Array:
    return 100 * np.arange(len(dynamics.time)) / len(dynamics.time)


def _label(panel: Axes, title: str) -> None:
    panel.set_title(title, fontsize=9)
    panel.tick_params(labelsize=7)
