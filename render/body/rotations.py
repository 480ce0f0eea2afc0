"""Rotation matrices that a skeleton needs, for whole stacks at once."""

import numpy as np

from engine.core.arrays import Array


def rotation_between(start: Array, end: Array) -> Array:
    """Shortest rotations ``(…, 3, 3)`` that take the directions ``start`` to ``end``, ``(…, 3)`` each (not opposite)."""
    a = start / np.linalg.norm(start, axis=-1, keepdims=True)
    b = end / np.linalg.norm(end, axis=-1, keepdims=True)
    a, b = np.broadcast_arrays(a, b)
    k = cross_matrix(np.cross(a, b))
    return np.eye(3) + k + k @ k / (1.0 + (a * b).sum(-1))[..., None, None]


def rotation_about(axis: int, angle: Array | float) -> Array:
    """Rotations ``(…, 3, 3)`` about coordinate axis 0, 1 or 2 by ``angle (…)`` rad (right-handed)."""
    angle = np.asarray(angle, float)
    c, s = np.cos(angle), np.sin(angle)
    j, k = (axis + 1) % 3, (axis + 2) % 3
    out = np.zeros((*angle.shape, 3, 3))
    out[..., axis, axis] = 1.0
    out[..., j, j] = out[..., k, k] = c
    out[..., k, j] = s
    out[..., j, k] = -s
    return out


def cross_matrix(v: Array) -> Array:
    """Matrices ``(…, 3, 3)`` with ``K @ x == cross(v, x)``."""
    out = np.zeros((*v.shape, 3))
    out[..., 2, 1], out[..., 0, 2], out[..., 1, 0] = v[..., 0], v[..., 1], v[..., 2]
    return out - np.swapaxes(out, -1, -2)


def rotations_round(axes: Array, angle: Array) -> Array:
    """Rotations ``(n, 3, 3)`` about unit vectors ``axes (n, 3)`` by ``angle (n,)`` rad (Rodrigues)."""
    k = cross_matrix(axes)
    angle = np.asarray(angle)[:, None, None]
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k
