"""The person as the keypoints have it, frame by frame."""

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from downstream.readings.gait_reading import GaitReading
from downstream.readings.stride_cuts import whole_strides
from downstream.recordings.keypoint_recording import JOINT
from engine.core.arrays import Array, Index
from engine.report.figures.svg import INK, LEFT, MUTED, RIGHT, Margins, Sheet

POSES = 9
_MARGINS = Margins(left=0.02, right=0.02, bottom=0.02, top=0.02)
_LIMBS = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "big_toe"),
)
_TRUNK = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    ("left_shoulder", "left_hip"),
    ("right_shoulder", "right_hip"),
)
_SPACING, _WIDEST = 0.62, 0.95
_HEAD = 9.0


def skeleton_figure(reading: GaitReading, keypoints: Array) -> Markup | None:
    """`POSES` frames over one stride of the right foot in the middle of the walk (over all of it where no stride is whole), drawn apart and
    as large as in the picture; ``keypoints (F, J, 2)`` in pixels, NaN where missing. None if nothing of them is seen."""
    frames = _frames(reading)
    poses = keypoints[frames] * (1, -1)
    seen = np.isfinite(poses).all(axis=(-1))
    if not seen.any():
        return None
    height = float(np.nanmax(np.nanmax(poses[..., 1], axis=1) - np.nanmin(poses[..., 1], axis=1)))
    with Sheet("skeleton", 1, 1, width=10.6, height=2.5, margins=_MARGINS) as sheet:
        axes = sheet.axes[0, 0]
        for k, pose in enumerate(poses / height):
            ground = np.array([np.nanmean(pose[:, 0]) - k * _SPACING, np.nanmin(pose[:, 1])])
            _draw_pose(axes, pose - ground)
            seconds = f"{reading.time[frames[k]]:.2f} s"
            axes.text(k * _SPACING, -0.05, seconds, ha="center", va="top", fontsize=7, color=MUTED)
        axes.axhline(0, color=MUTED, linewidth=0.9)
        axes.set_aspect("equal")
        axes.set_axis_off()
        axes.set_xlim(-_SPACING * _WIDEST, _SPACING * (POSES - 1 + _WIDEST))
        axes.set_ylim(-0.15, 1.06)
    return sheet.svg


def _frames(reading: GaitReading) -> Index:
    strides = whole_strides(reading)[0]
    middle = strides[len(strides) // 2] if strides else None
    start, end = (middle.heel_strike, middle.next_heel_strike) if middle else reading.time[[0, -1]]
    instants = np.linspace(start, end, POSES)
    return np.abs(reading.time[:, None] - instants).argmin(axis=0)


def _draw_pose(axes: Axes, pose: Array) -> None:
    limbs = {side: [(f"{side}_{a}", f"{side}_{b}") for a, b in _LIMBS] for side in ("left", "right")}
    for bones, colour in ((limbs["left"], LEFT), (_TRUNK, INK), (limbs["right"], RIGHT)):
        lines = [pose[[JOINT[a], JOINT[b]]] for a, b in bones if max(JOINT[a], JOINT[b]) < len(pose)]
        known = [line for line in lines if np.isfinite(line).all()]
        axes.add_collection(LineCollection(known, colors=colour, linewidths=1.8, capstyle="round"))
    head = pose[[JOINT["nose"], JOINT["left_ear"], JOINT["right_ear"]]]
    if np.isfinite(head).all(axis=1).any():
        axes.plot(*np.nanmean(head, axis=0), "o", color=INK, markersize=_HEAD)
