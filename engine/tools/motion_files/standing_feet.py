"""What standing feet tell of a recording: feet that slide or hover all along are a sign of a wrong speed, stature or unit.

Physics alone does not say so: it moves any motion until feet stand, and accepts the result.
"""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import COORDINATE_INDEX, SIDES
from engine.gait.cycle import phase_grid
from engine.physics.body import PhysicalBody
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.tools.motion_files.walking import WalkingStride

_FRAMES = 200
_FLAT = (0.2, 0.6)
"""Shares of a stance between which the foot is flat: the other leg swings past, heel and ball are down."""


@dataclass(frozen=True)
class StandingFeet:
    """Of the feet while they stand flat: ``slide_mps`` how fast they go forward over the floor (each instant's lowest point, median),
    ``same_way`` the share of instants at which they slide that way, ``height_m`` of that point above the floor (median) and
    ``pelvis_m`` that of the pelvis."""

    slide_mps: float
    same_way: float
    height_m: float
    pelvis_m: float


def standing_feet(stride: WalkingStride, body: PhysicalBody) -> StandingFeet:
    """How a stride's feet stand, before anything is repaired."""
    motion = stride.cycle.motion(_FRAMES)
    points = rigid_body_motion(body.multibody.tree, body.points, motion.q, motion.u, motion.a)
    slides, heights, pelvis = [], [], []
    for side, (strike, off) in enumerate(_stances(stride)):
        progress = ((phase_grid(_FRAMES) - strike) % 1.0) / ((off - strike) % 1.0)
        flat = (progress > _FLAT[0]) & (progress < _FLAT[1])
        own = body.point_side == side
        lowest = points.position[flat][:, own, 1].argmin(axis=1)
        slides.append(_of_each(points.velocity[flat][:, own, 0], lowest))
        heights.append(_of_each(points.position[flat][:, own, 1], lowest))
        pelvis.append(motion.q[flat, COORDINATE_INDEX["pelvis_ty"]])
    slide = np.concatenate(slides)
    middle = float(np.median(slide))
    return StandingFeet(
        slide_mps=middle,
        same_way=float((np.sign(slide) == np.sign(middle)).mean()),
        height_m=float(np.median(np.concatenate(heights))),
        pelvis_m=float(np.median(np.concatenate(pelvis))),
    )


def _stances(stride: WalkingStride) -> list[tuple[float, float]]:
    """Phases of strike and off of each foot, in the order of `SIDES`."""
    contact = stride.contact
    found = [(0.0, contact.right_toe_off), (contact.left_heel_strike, contact.left_toe_off)]
    return found[: len(SIDES)]


def _of_each(values: Array, column: Index) -> Array:
    """Of values ``(n, P)`` one from each row."""
    return values[np.arange(len(values)), column]
