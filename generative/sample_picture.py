"""Draws sampled gaits: joint angles of both legs over the published norm at the same speed, dashed as physics moved them."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2, SIDES, suffix
from engine.gait.cycle import GaitCycle, basis
from engine.gait.norms import band, quantities
from engine.gait.records import BodyShape, ContactPhases, Gait, Proposal, Rejection, Subject

_PHASE = np.linspace(0, 1, 101)
_SHOWN = ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "hip_flexion", "hip_adduction", "knee_angle", "ankle_angle")
_ARMS_AND_TRUNK = ("lumbar_extension", "lumbar_bending", "arm_flex", "elbow_flex", "mtp_angle")
_COLOUR = {"right": "tab:red", "left": "tab:blue"}


def draw_proposals(
    proposals: Sequence[Proposal], results: Sequence[Gait | Rejection], body: BodyShape, file: Path
) -> None:
    """Writes the picture to ``file``; its ending chooses the format. ``results`` is empty where physics was not asked."""
    figure, axes = plt.subplots(3, 4, figsize=(13, 8), sharex=True, layout="constrained")
    for axis, name in zip(axes.flat, (*_SHOWN, *_ARMS_AND_TRUNK), strict=True):
        _draw_norm(axis, proposals, name, body.lengths_m["hip_height"])
        for proposal in proposals:
            _draw_angle(axis, proposal.cycle, proposal.contact, name, "-")
        for result in results:
            if isinstance(result, Gait):
                _draw_angle(axis, result.cycle, result.contact, name, "--")
        axis.set_title(name.replace("_", " "), fontsize=9)
        axis.set_xlim(0, 100)
    subject = proposals[0].subject
    speed = np.mean([proposal.cycle.speed_mps for proposal in proposals])
    also = ", dashed: after physics" if results else ""
    figure.suptitle(
        f"{health_words(subject)}, {subject.age_years:g} years, {speed:.2f} m/s: "
        f"right red, left blue (from its own heel strike){also}; grey: healthy at this speed, mean ± SD"
    )
    figure.savefig(file, dpi=100)
    plt.close(figure)


def health_words(subject: Subject) -> str:
    """Condition and modifiers by the titles of their cards, with their severities."""
    condition = subject.condition.title + ("" if subject.condition.is_healthy else f", severity {subject.severity:g}")
    return ", ".join([condition, *(f"{own.card.title.lower()} {own.severity:g}" for own in subject.modifiers)])


def _draw_norm(axis: Axes, proposals: Sequence[Proposal], name: str, hip_height: float) -> None:
    if name not in quantities():
        return
    speed = np.mean([proposal.cycle.speed_mps for proposal in proposals]) / np.sqrt(GRAVITY_MPS2 * hip_height)
    norm = band(name, float(speed), proposals[0].subject.age_years)
    low, high = np.rad2deg(norm.mean - norm.sd), np.rad2deg(norm.mean + norm.sd)
    axis.fill_between(100 * norm.phase, low, high, color="0.85")


def _draw_angle(axis: Axes, cycle: GaitCycle, contact: ContactPhases, name: str, style: str) -> None:
    strikes = {"right": 0.0, "left": contact.left_heel_strike}
    sided = name not in COORDINATE_INDEX
    for side in SIDES if sided else SIDES[:1]:
        column = COORDINATE_INDEX[name + suffix(side) if sided else name]
        curve = basis(_PHASE + strikes[side]) @ cycle.coefficients[:, column]
        axis.plot(100 * _PHASE, np.rad2deg(curve), style, lw=1, color=_COLOUR[side] if sided else "black")
