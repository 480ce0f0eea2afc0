"""What a body stands on: the tread of shoes as thick as `footwear` says, or the skin of bare feet."""

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.conventions import SIDES
from engine.core.frozen import frozen
from render.body.footwear import sole_thickness_m
from render.body.model import BodyModel
from render.body.posing import skin
from render.body.smplx_joints import JOINT
from render.body.solid import stature

_BARE_DEPTH, _TREAD_DEPTH = 0.008, 0.016
"""Vertices of the foot within this share of stature above the lowest one touch the floor, or lie above the tread of a shoe."""
_SPRING, _SPRING_FROM = 0.022, 0.84
_BEVEL, _BEVEL_TO = 0.012, 0.06
"""How far a tread is turned up at its tip and bevelled at the heel, and where that begins: shares of foot length, as shoes are drawn."""
_TOE_BREAK = 0.14
"""Length over which a shoe bends at the ball, share of foot length."""


@frozen
class Sole:
    """What one foot stands on: ``points (P, 3)`` of the rest pose and their skinning ``weights (P, 55)``."""

    points: Array
    weights: Array

    def path(self, transforms: Array) -> Array:
        """The points ``(n, P, 3)`` in poses with ``transforms (n, 55, 3, 4)``."""
        return skin(self.points, self.weights, transforms)


def soles_of(model: BodyModel, vertices: Array, joints: Array, *, shod: bool) -> tuple[Sole, Sole]:
    """Both soles, in the order of `SIDES`, of a body with rest ``vertices (V, 3)`` and ``joints (55, 3)``."""
    right, left = (_tread(model, vertices, joints, side) if shod else _skin(model, vertices, side) for side in SIDES)
    return right, left


def _skin(model: BodyModel, vertices: Array, side: str) -> Sole:
    foot = _foot(model, side)
    low = foot & (vertices[:, 1] < vertices[foot, 1].min() + _BARE_DEPTH * float(stature(vertices)))
    return Sole(vertices[low], model.weights[low])


def _tread(model: BodyModel, vertices: Array, joints: Array, side: str) -> Sole:
    height, foot = float(stature(vertices)), _foot(model, side)
    floor = vertices[:, 1].min()
    ankle, ball = joints[JOINT[f"{side}_ankle"]], joints[JOINT[f"{side}_foot"]]
    forward = (ball - ankle) * [1.0, 0.0, 1.0]
    forward /= np.linalg.norm(forward)
    heel, length = (vertices[foot] @ forward).min(), np.ptp(vertices[foot] @ forward)
    points = vertices[foot & (vertices[:, 1] < floor + _TREAD_DEPTH * height)].copy()
    share = (points @ forward - heel) / length
    spring = _SPRING * np.clip((share - _SPRING_FROM) / 0.2, 0, 1.2) ** 2
    bevel = _BEVEL * np.clip((_BEVEL_TO - share) / 0.08, 0, 1) ** 2
    points[:, 1] = floor - sole_thickness_m(height) + (spring + bevel) * length
    toes = np.clip(0.5 + (points - ball) @ forward / (_TOE_BREAK * length), 0, 1)
    weights = np.zeros((len(points), len(joints)))
    weights[:, JOINT[f"{side}_foot"]], weights[:, JOINT[f"{side}_ankle"]] = toes, 1 - toes
    return Sole(points, weights)


def _foot(model: BodyModel, side: str) -> Mask:
    return model.weights[:, [JOINT[f"{side}_ankle"], JOINT[f"{side}_foot"]]].sum(axis=1) > 0.5
