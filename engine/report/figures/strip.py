"""A walk as a strip of stick figures seen from the right, with the forces of the floor."""

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from engine.cohort.walk_data import WalkData
from engine.core.arrays import Array
from engine.core.conventions import GRAVITY_MPS2
from engine.gait.records import BodyShape
from engine.gait.strides import complete_strides, curves_at
from engine.report.figures.svg import INK, LEFT, MUTED, RIGHT, Margins, Sheet
from engine.walk.bone_motion import point_positions, skeleton

POSES = 8
SPACING = 0.47
"""Way from pose to pose as a share of stature."""
METRES_PER_BODY_WEIGHT = 0.5
LEAST_FORCE = 0.06
"""Forces below this share of body weight are too short an arrow to draw."""
_MARGINS = Margins(left=0.02, right=0.02, bottom=0.02, top=0.02)
_TOE = (0.06, 0.0, 0.0)
_BODIES = (
    "pelvis",
    "torso",
    "torso",
    *(f"{name}_{side}" for side in "rl" for name in ("femur", "tibia", "talus", "calcn", "toes", "toes")),
    *(f"{name}_{side}" for side in "rl" for name in ("humerus", "ulna", "hand")),
)
_MIDLINE = ((0, 1), (1, 2))
_LEGS = tuple(((0, k), *((k + i, k + i + 1) for i in range(5))) for k in (3, 9))
_ARMS = tuple(((2, k), (k, k + 1), (k + 1, k + 2)) for k in (15, 18))
_NECK, _HEAD = 2, 1.35


def strip_figure(walk: WalkData) -> Markup | None:
    """Eight poses of the first complete right stride and their ground forces; None if the body's lengths are not told."""
    strides = complete_strides(walk.events)[0]
    if walk.body is None or not strides:
        return None
    share = np.linspace(0, 1, POSES, endpoint=False)
    instants = strides[0].heel_strike + share * strides[0].duration
    points = _points(walk, walk.body, instants)
    spacing = SPACING * walk.row["height_m"]
    with Sheet(f"strip {walk.name}", 1, 1, width=7.4, height=2.35, margins=_MARGINS) as sheet:
        axes = sheet.axes[0, 0]
        for k, pose in enumerate(points):
            shift = k * spacing - pose[0, 0]
            _draw_pose(axes, pose + np.array([shift, 0, 0]))
            _draw_forces(axes, walk, instants[k], shift)
            axes.text(
                k * spacing,
                -0.05 * walk.row["height_m"],
                f"{100 * share[k]:.0f} %",
                ha="center",
                va="top",
                fontsize=7,
                color=MUTED,
            )
        axes.axhline(0, color=MUTED, linewidth=0.9)
        axes.set_aspect("equal")
        axes.set_axis_off()
        axes.set_xlim(-0.75 * spacing, (POSES - 0.3) * spacing)
        axes.set_ylim(-0.13 * walk.row["height_m"], 1.03 * walk.row["height_m"])
    return sheet.svg


def _points(walk: WalkData, body: BodyShape, instants: Array) -> Array:
    """Joints ``(poses, points, 3)``."""
    q = curves_at(walk.time, walk.q, instants)
    places = np.zeros((len(_BODIES), 3))
    lengths = body.lengths_m
    places[2] = [0.0, 0.72 * lengths["trunk"], 0.0]
    for k in (8, 14):
        places[k] = _TOE
    return point_positions(skeleton(body), _BODIES, places, q)


def _draw_pose(axes: Axes, pose: Array) -> None:
    for bones, colour in ((_ARMS[1], LEFT), (_LEGS[1], LEFT), (_MIDLINE, INK), (_LEGS[0], RIGHT), (_ARMS[0], RIGHT)):
        lines = [pose[list(bone)][:, :2] for bone in bones]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=1.8, capstyle="round"))
    spine = pose[_NECK] - pose[1]
    head = pose[1] + _HEAD * spine
    axes.plot(*head[:2], "o", color=INK, markersize=6.5)


def _draw_forces(axes: Axes, walk: WalkData, instant: float, shift: float) -> None:
    if walk.force is None or walk.pressure_centre is None:
        return
    k = int(np.argmin(np.abs(walk.time - instant)))
    scale = METRES_PER_BODY_WEIGHT / (walk.row["mass_kg"] * GRAVITY_MPS2)
    for side, colour in enumerate((RIGHT, LEFT)):
        force = walk.force[k, side]
        if force[1] * scale < LEAST_FORCE * METRES_PER_BODY_WEIGHT:
            continue
        foot = walk.pressure_centre[k, side]
        tip = (foot[0] + shift + scale * force[0], foot[1] + scale * force[1])
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.1, "alpha": 0.75, "mutation_scale": 7}
        axes.annotate("", xy=tip, xytext=(foot[0] + shift, foot[1]), arrowprops=arrow)
