"""Hair that hangs from the head: ponytail, knot, braids, loose hair down the back."""

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import cKDTree

from engine.core.arrays import Array
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy
from render.figure.loft import both_sides, grid_faces, tube
from render.figure.mesh import Faces

_CLOTH = 0.012
"""Room between back and hair that clothes take, share of stature."""
_PROBE = 0.022
"""Radius within which the back is felt for, share of stature."""
_TUCKED, _MIDDLE = 0.1, 0.6
"""Loose hair starts this far below the eyes, under the cap (unit: ears to nose), and this share of its width keeps clear of the back."""
Strand = tuple[Array, Faces]


def back_of_head(person: Anatomy) -> Array:
    """Point on the skin above the nape, in the middle ``(3,)``."""
    height = person.ear_middle[1] + 0.45 * person.head_size
    near = (person.head > 0.5) & (np.abs(person.vertices[:, 1] - height) < 0.15 * person.head_size)
    return np.array([0.0, height, person.vertices[near, 2].min()])


def ponytail(person: Anatomy) -> Strand:
    """A bow from the back of the head down."""
    s = np.linspace(0, 1, 16)
    rise, back = 0.12 - 1.9 * s**1.3, 0.55 * np.sqrt(s)
    path = back_of_head(person) + person.head_size * np.stack([0 * s, rise, -back], axis=1)
    radii = person.head_size * np.interp(s, [0, 0.08, 0.3, 0.7, 1.0], [0.10, 0.14, 0.26, 0.22, 0.04])
    return tube(path, radii, 16)


def knot(person: Anatomy) -> Strand:
    """A bun at the back of the head."""
    size = person.head_size
    s = np.linspace(-1, 1, 12)
    path = back_of_head(person) + size * np.array([0.0, 0.1, -0.12]) + np.outer(s, [0.0, 0.0, -0.3 * size])
    return tube(path, 0.36 * size * np.sqrt(np.maximum(1 - s**2, 1e-3)), 16)


def braid(person: Anatomy, across: float) -> Strand:
    """A plait that starts ``across`` (unit: ears to nose) beside the nape and lies on the back."""
    size, s = person.head_size, np.linspace(0, 1, 40)
    start = back_of_head(person) + size * np.array([across, -0.5, 0.1 + 0.5 * abs(across)])
    path = start + size * np.stack([0.25 * across * s, -2.6 * s, 0 * s], axis=1)
    radius = 0.15 * size * np.interp(s, [0, 0.1, 0.85, 0.9, 1.0], [0.9, 1.0, 0.75, 0.55, 0.5])
    back = np.maximum.accumulate(path[:, 2] - _behind(person, path, path[:, 2], radius))
    path[:, 2] -= gaussian_filter1d(back * np.clip(4 * s - 0.3, 0, 1), 2.0)
    return tube(path, radius * (1 + 0.22 * np.abs(np.sin(9.5 * np.pi * s))), 10)


def loose(person: Anatomy, cap: Array, length: float) -> Strand:
    """Hair from the outer ``cap (n, 3)`` down the back to ``length`` below the eyes (unit: ears to nose); seen from both sides. Each row
    lies as far back as its widest part must to clear neck and back, and no further forward than the row above."""
    size, axis = person.head_size, person.ear_middle
    top, rows, columns = person.eye_height - _TUCKED * size, 18, 25
    turns = np.linspace(-1, 1, columns)
    offset = cap - axis
    angle, radius = np.arctan2(offset[:, 0], -offset[:, 2]), np.hypot(offset[:, 0], offset[:, 2])
    near = np.abs(cap[:, 1] - top) < 0.3 * size
    points = np.empty((rows, columns, 3))
    for k, share in enumerate(np.linspace(0, 1, rows)):
        at = turns * np.radians(np.interp(share, [0, 0.4, 1], [80.0, 58.0, 50.0]))
        reach = [radius[near & (np.abs(angle - a) < 0.3)].max(initial=0.8 * size) for a in at]
        wide = 0.97 * np.array(reach) * np.interp(share, [0, 0.4, 1.0], [0.88, 0.95, 0.9])
        lower = top - share * (length - _TUCKED) * size + 0.1 * size * share * np.abs(turns) ** 2
        points[k] = np.stack([axis[0] + wide * np.sin(at), lower, axis[2] - wide * np.cos(at)], axis=1)
    free = _behind(person, points.reshape(-1, 3), points[..., 2].ravel(), 0.0).reshape(rows, columns)
    middle = np.abs(turns) < _MIDDLE
    back = np.maximum.accumulate((points[..., 2] - free)[:, middle].max(axis=1))
    points[..., 2] -= gaussian_filter1d(back * np.clip(np.linspace(0, 3, rows) - 0.5, 0, 1), 1.0)[:, None]
    return both_sides(points.reshape(-1, 3), grid_faces(rows, columns))


def _behind(person: Anatomy, points: Array, depth: Array, room: Array | float) -> Array:
    """``depth (n,)`` (z), moved behind neck, shoulders and back where ``points (n, 3)`` would be inside, ``room`` off the cloth."""
    chest = person.joint("spine1")[1]
    body = person.vertices[(person.arms < 0.6) & (person.vertices[:, 1] > chest)]
    near = cKDTree(body[:, :2]).query_ball_point(points[:, :2], _PROBE * person.stature)
    felt = np.array([body[some, 2].min(initial=np.inf) for some in near])
    return np.minimum(depth, felt - _CLOTH * person.stature - room)


def follow(person: Anatomy, points: Array) -> Array:
    """Skinning weights ``(n, joints)`` of what hangs from the head: the lower it hangs, the more it lies on the back."""
    nape = person.joint("neck")[1]
    lies = 0.75 * np.clip(
        (person.joint("head")[1] - points[:, 1]) / (person.joint("head")[1] - nape + 0.5 * person.head_size), 0, 1
    )
    weights = np.zeros((len(points), person.weights.shape[1]))
    weights[:, JOINT["head"]] = 1 - lies
    weights[:, JOINT["spine3"]] = lies
    return weights
