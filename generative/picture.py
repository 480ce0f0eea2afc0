"""Draws a proposal: joint angles of both legs over the published norm at the same speed."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from engine.conventions import COORDINATE_INDEX, GRAVITY_MPS2, SIDES, suffix
from engine.cycle import basis
from engine.norms import band, quantities
from engine.records import BodyShape, Proposal

_PHASE = np.linspace(0, 1, 101)
_SHOWN = ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "hip_flexion", "hip_adduction", "knee_angle", "ankle_angle")
_ARMS_AND_TRUNK = ("lumbar_extension", "lumbar_bending", "arm_flex", "elbow_flex", "mtp_angle")
_COLOUR = {"right": "tab:red", "left": "tab:blue"}


def draw_proposal(proposal: Proposal, body: BodyShape, file: Path) -> None:
    """Writes the picture to ``file``; its ending chooses the format."""
    figure, axes = plt.subplots(3, 4, figsize=(13, 8), sharex=True, layout="constrained")
    for axis, name in zip(axes.flat, (*_SHOWN, *_ARMS_AND_TRUNK), strict=True):
        _draw_angle(axis, proposal, name, body.lengths_m["hip_height"])
    subject, cycle = proposal.subject, proposal.cycle
    figure.suptitle(
        f"{subject.condition} {subject.severity:g}, {subject.age_years:g} years, {cycle.speed_mps:.2f} m/s: "
        "right red, left blue (from its own heel strike); grey: healthy at this speed, mean ± SD"
    )
    figure.savefig(file, dpi=100)
    plt.close(figure)


def _draw_angle(axis: Axes, proposal: Proposal, name: str, hip_height: float) -> None:
    speed = proposal.cycle.speed_mps / np.sqrt(GRAVITY_MPS2 * hip_height)
    if name in quantities():
        norm = band(name, speed, proposal.subject.age_years)
        low, high = np.rad2deg(norm.mean - norm.sd), np.rad2deg(norm.mean + norm.sd)
        axis.fill_between(100 * norm.phase, low, high, color="0.85")
    strikes = {"right": 0.0, "left": proposal.contact.left_heel_strike}
    sided = name not in COORDINATE_INDEX
    for side in SIDES if sided else SIDES[:1]:
        column = COORDINATE_INDEX[name + suffix(side) if sided else name]
        curve = basis(_PHASE + strikes[side]) @ proposal.cycle.coefficients[:, column]
        axis.plot(100 * _PHASE, np.rad2deg(curve), color=_COLOUR[side] if sided else "black")
    axis.set_title(name.replace("_", " "), fontsize=9)
    axis.set_xlim(0, 100)
