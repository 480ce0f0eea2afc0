"""Spheres under the feet, through which the floor pushes."""

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from engine.gait.records import BodyShape
from engine.musculoskeletal.description import ModelDescription
from engine.musculoskeletal.lengths import FOOT_LENGTH_M, HEEL_BACK_M, joint_centres
from engine.musculoskeletal.published import read_table

_MIRROR = np.array([1.0, 1.0, -1.0])


@frozen
class SolePoints:
    """``P`` spheres, the right foot's from heel to toe first, then the left foot's in the same order.

    ``bodies``: OpenSim body of each; ``centres (P, 3)`` m in its frame; ``radii (P,)`` m. A sphere touches the floor at its lowest point.
    """

    bodies: tuple[str, ...]
    centres: Array
    radii: Array

    def __post_init__(self) -> None:
        points = len(self.bodies)
        if self.centres.shape != (points, 3) or self.radii.shape != (points,):
            raise ValueError(f"centres {self.centres.shape} and radii {self.radii.shape} do not fit {points} bodies")


def sole_points(description: ModelDescription, body: BodyShape) -> SolePoints:
    """The soles of a scaled model: all spheres touch the floor when the neutral pose stands with its ankles at ``ankle_height``."""
    centres = joint_centres(description)
    bones = FootBones(heel=centres["subtalar_r"], toes=centres["mtp_r"], ankle=centres["ankle_r"])
    right = sole_under(bones, body.lengths_m["foot"], body.lengths_m["ankle_height"])
    return both_soles(right, mirrored(right))


@frozen
class FootBones:
    """Where a right foot's bones are in the neutral pose, ``(3,)`` m each from one common origin: origins of heel bone and toes, and the
    ankle's centre. Of a left foot, in the mirror."""

    heel: Array
    toes: Array
    ankle: Array


def sole_under(bones: FootBones, foot_m: float, ankle_height_m: float) -> SolePoints:
    """The right sole: heel to toe tip ``foot_m``, with the ankle ``ankle_height_m`` above the floor."""
    rows = read_table("sole_points")
    origin = {"calcn": bones.heel, "toes": bones.toes}
    floor = bones.ankle[1] - ankle_height_m
    heel_back = bones.heel[0] + HEEL_BACK_M * foot_m / FOOT_LENGTH_M
    centres, radii = [], []
    for row in rows:
        radius = float(row["radius"]) * foot_m
        forward = heel_back + float(row["forward"]) * foot_m
        outward = bones.heel[2] + float(row["outward"]) * foot_m
        centres.append(np.array([forward, floor + radius, outward]) - origin[row["body"]])
        radii.append(radius)
    return SolePoints(tuple(f"{row['body']}_r" for row in rows), np.array(centres), np.array(radii))


def both_soles(right: SolePoints, left: SolePoints) -> SolePoints:
    """Both feet, the right one first."""
    return SolePoints(
        bodies=right.bodies + left.bodies,
        centres=np.concatenate([right.centres, left.centres]),
        radii=np.concatenate([right.radii, left.radii]),
    )


def mirrored(sole: SolePoints) -> SolePoints:
    """A right sole as the left one, and the other way round."""
    names = tuple(name[:-2] + {"_r": "_l", "_l": "_r"}[name[-2:]] for name in sole.bodies)
    return SolePoints(names, sole.centres * _MIRROR, sole.radii)
