"""Spheres under the feet, through which the floor pushes."""

from dataclasses import dataclass

import numpy as np

from engine.cycle import Array
from engine.musculoskeletal.description import ModelDescription
from engine.musculoskeletal.lengths import FOOT_LENGTH_M, HEEL_BACK_M, joint_centres
from engine.musculoskeletal.published import read_table
from engine.records import BodyShape

_MIRROR = np.array([1.0, 1.0, -1.0])


@dataclass(frozen=True)
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
    rows = read_table("sole_points")
    foot = body.lengths_m["foot"]
    centres_of = joint_centres(description)
    heel_bone = centres_of["subtalar_r"]
    origin = {"calcn": heel_bone, "toes": centres_of["mtp_r"]}
    floor = centres_of["ankle_r"][1] - body.lengths_m["ankle_height"]
    heel_back = heel_bone[0] + HEEL_BACK_M * foot / FOOT_LENGTH_M
    centres, radii = [], []
    for row in rows:
        radius = float(row["radius"]) * foot
        forward = heel_back + float(row["forward"]) * foot
        outward = heel_bone[2] + float(row["outward"]) * foot
        centres.append(np.array([forward, floor + radius, outward]) - origin[row["body"]])
        radii.append(radius)
    right = np.array(centres)
    return SolePoints(
        bodies=tuple(f"{row['body']}_{side}" for side in "rl" for row in rows),
        centres=np.concatenate([right, right * _MIRROR]),
        radii=np.array(radii * 2),
    )
