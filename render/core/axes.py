"""The one change of axes between physics and pictures.

Physics: X forward, Y up, Z to the right (OpenSim's ground). Pictures, labels and ``smplx.npz``: x to the walker's left, y up,
z forward (SMPL-X's own file frame), metres, the floor at y = 0, the same origin.
"""

import numpy as np

from engine.core.arrays import Array

RENDER_FROM_PHYSICS: Array = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
"""``p_render = RENDER_FROM_PHYSICS @ p_physics``; a rotation, so left stays left."""


def points_to_render(points: Array) -> Array:
    """Points ``(…, 3)`` of physics in the render world."""
    return points @ RENDER_FROM_PHYSICS.T


def rotations_to_render(rotations: Array) -> Array:
    """Rotation matrices ``(…, 3, 3)`` that turn vectors of the physics world, for vectors of the render world."""
    return RENDER_FROM_PHYSICS @ rotations @ RENDER_FROM_PHYSICS.T
