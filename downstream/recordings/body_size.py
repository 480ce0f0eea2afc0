"""Where a body is among its keypoints, and how large: trunk and leg, which walking neither bends much nor hides."""

import numpy as np

from downstream.recordings.keypoint_recording import JOINT
from engine.core.arrays import Array

CHAIN_TO_STATURE = 0.779
"""Ankle to shoulder along shank, thigh and trunk as a share of stature: 0.818 − 0.039 (Drillis & Contini 1966, as tabulated in
Winter, *Biomechanics and Motor Control of Human Movement*, 4th ed. 2009, fig. 4.1)."""

_LEG = ("hip", "knee", "ankle")


def chain_length(points: Array) -> Array:
    """Length ``(F,)`` of trunk and leg; ``points (F, J, D)`` in a picture or in space, in their own unit.

    Of the two legs the longer one counts in each frame, after the difference that perspective makes between near and far leg is evened out:
    seen from the front, that is the leg least foreshortened.
    """
    trunk = np.linalg.norm(middle(points, "shoulder") - middle(points, "hip"), axis=-1)
    legs = np.stack([_leg_length(points, side) for side in ("left", "right")], axis=-1)
    if np.isfinite(legs).any(axis=0).all():
        usual = np.array([np.nanmedian(leg) for leg in legs.T])
        legs = legs * np.sqrt(usual[::-1] / usual)
    return trunk + np.fmax(legs[:, 0], legs[:, 1])


def root(points: Array) -> Array:
    """Middle of the trunk ``(F, D)``: shoulders and hips together are steadier than hips alone."""
    return (middle(points, "shoulder") + middle(points, "hip")) / 2


def _leg_length(points: Array, side: str) -> Array:
    chain = points[:, [JOINT[f"{side}_{name}"] for name in _LEG]]
    return np.linalg.norm(np.diff(chain, axis=1), axis=-1).sum(axis=-1)


def middle(points: Array, name: str) -> Array:
    """Midpoint of left and right ``(F, D)``; where one is missing, the other."""
    left, right = points[:, JOINT[f"left_{name}"]], points[:, JOINT[f"right_{name}"]]
    both = (left + right) / 2
    return np.where(np.isfinite(both), both, np.where(np.isfinite(left), left, right))
