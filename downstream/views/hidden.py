"""Which points the body itself hides from a camera: limbs, trunk and head as capsules."""

import numpy as np

from downstream.views.camera_course import CameraCourse
from engine.core.arrays import Mask, Single
from engine.core.conventions import COCO_KEYPOINTS

BODY_POINTS = COCO_KEYPOINTS[3:]
"""Ends of the capsules, beside the middle of the head."""
_ENDS_OF = (*BODY_POINTS, "head")


def _capsules() -> list[tuple[str, str, float]]:
    parts = [("head", "head", 0.07), ("left_hip", "right_hip", 0.08)]
    for side, other in (("left", "right"), ("right", "left")):
        limbs = (
            ("shoulder", "elbow", 0.045),
            ("elbow", "wrist", 0.035),
            ("hip", "knee", 0.07),
            ("knee", "ankle", 0.05),
        )
        parts += [(f"{side}_{start}", f"{side}_{end}", radius) for start, end, radius in limbs]
        parts += [(f"{side}_shoulder", f"{side}_hip", 0.09), (f"{side}_shoulder", f"{other}_hip", 0.09)]
    return parts


_CAPSULES = _capsules()
_ENDS = np.array([[_ENDS_OF.index(start), _ENDS_OF.index(end)] for start, end, _ in _CAPSULES])
_RADII = np.array([radius for *_, radius in _CAPSULES])
"""Shares of stature, clothes included: of a few that were tried, those that agree most with drawn pictures (docs/estimators.md)."""
_EARS, _ANKLES = ([BODY_POINTS.index(f"{side}_{part}") for side in ("left", "right")] for part in ("ear", "ankle"))
_ANKLES_TO_EARS = 0.89
"""Share of stature (Drillis & Contini 1966, in Winter 2009, fig. 4.1)."""
_BEHIND = np.array([0.012 if start == "head" else 0.03 for start, *_ in _CAPSULES])
"""A point this much farther than the middle of a capsule, share of stature, is behind it."""


def hidden_points(course: CameraCourse, places: Single, body: Single) -> Mask:
    """Which of points ``places (F, P, 3)`` the body hides from the camera ``(F, P)``, whose `BODY_POINTS` are ``body (F, 14, 3)``, m."""
    seen, stature = course.in_camera(places), _stature(body)
    head = body[:, _EARS].mean(axis=1, keepdims=True)
    ends = course.in_camera(np.concatenate([body, head], axis=1))
    flat, flat_ends = (one[..., :2] / one[..., 2:] for one in (seen, ends))
    start, along = flat_ends[:, _ENDS[:, 0]], flat_ends[:, _ENDS[:, 1]] - flat_ends[:, _ENDS[:, 0]]
    right, down = (flat[:, None, :, k] - start[:, :, None, k] for k in (0, 1))
    x, y = (along[:, :, None, k] for k in (0, 1))
    share = np.clip((right * x + down * y) / np.maximum(x**2 + y**2, 1e-12), 0, 1)
    near, far = (ends[..., 2][:, _ENDS[:, k], None] for k in (0, 1))
    depth = near + share * (far - near)
    covers = np.hypot(right - share * x, down - share * y) * depth < _RADII[:, None] * stature
    return np.any(covers & (depth < seen[:, None, :, 2] - _BEHIND[:, None] * stature), axis=1)


def _stature(body: Single) -> float:
    """Of somebody who walks, from the ankles to the ears."""
    return float((body[:, _EARS, 1].mean(axis=1) - body[:, _ANKLES, 1].min(axis=1)).mean()) / _ANKLES_TO_EARS
