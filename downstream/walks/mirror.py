"""A walk in a mirror: as many walks again to learn from, and left and right learnt alike."""

from dataclasses import replace

import numpy as np

from downstream.walks.labelled_walk import FORCE_AXES, TRUNK_ANGLES, LabelledWalk
from engine.cohort.points_file import WalkPoints
from engine.core.arrays import Single
from engine.core.conventions import ANTISYMMETRIC_COORDINATES, Side
from engine.gait.records import Events

_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
_ACROSS = np.array([-1, 1, 1], np.float32)
TRUNK_SIGNS = np.array([-1 if name in ANTISYMMETRIC_COORDINATES else 1 for name in TRUNK_ANGLES], np.float32)
FORCE_SIGNS = np.array([-1 if name == "right" else 1 for name in FORCE_AXES], np.float32)


def mirrored(walk: LabelledWalk) -> LabelledWalk:
    """The walk with left and right exchanged, in points, labels and person."""
    points, subject = walk.points, walk.subject
    (right_strikes, left_strikes), (right_offs, left_offs) = walk.events.heel_strikes, walk.events.toe_offs
    return LabelledWalk(
        name=walk.name,
        subject=replace(subject, side=_OTHER.get(subject.side, subject.side)),
        points=WalkPoints(points.time, points.names, points.of([_opposite(name) for name in points.names]) * _ACROSS),
        events=Events((left_strikes, right_strikes), (left_offs, right_offs)),
        leg_angles=walk.leg_angles[:, ::-1],
        trunk_angles=walk.trunk_angles * TRUNK_SIGNS,
        ground_force=None if walk.ground_force is None else walk.ground_force[:, ::-1] * FORCE_SIGNS,
        moments=_swapped(walk.moments),
        ankle_power=_swapped(walk.ankle_power),
        activity=_swapped(walk.activity),
    )


def _swapped(labels: Single | None) -> Single | None:
    return None if labels is None else labels[:, ::-1]


def _opposite(name: str) -> str:
    side, _, rest = name.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, name)
