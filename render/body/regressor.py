"""Joint centres as fixed averages of nearby vertices, as SMPL-X files store them."""

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import SMPLX_JOINTS
from render.body.smplx_joints import PARENTS

VERTICES_PER_JOINT = 300
RIDGE = 0.004
_NEAREST = 2 * VERTICES_PER_JOINT


def fit_regressor(vertices: Array, centres: Array, weights: Array, rng: np.random.Generator) -> Array:
    """Matrix ``(55, V)`` with rows that sum to one and ``J ≈ matrix @ vertices``.

    Ridge regression towards the plain mean over `VERTICES_PER_JOINT` of the vertices near each joint, on sample people
    ``vertices (n, V, 3)`` and their ``centres (n, 55, 3)``.
    """
    matrix = np.zeros((len(SMPLX_JOINTS), vertices.shape[1]))
    for joint in range(len(SMPLX_JOINTS)):
        chosen = _near(vertices[0], centres[0, joint], weights, joint)
        chosen = chosen[rng.permutation(len(chosen))[:VERTICES_PER_JOINT]]
        matrix[joint, chosen] = _ridge(vertices[:, chosen], centres[:, joint])
    return matrix


def _near(vertices: Array, centre: Array, weights: Array, joint: int) -> Index:
    distance = np.linalg.norm(vertices - centre, axis=1)
    related = (weights[:, joint] > 0.02) | (weights[:, max(PARENTS[joint], 0)] > 0.3)
    return np.argsort(np.where(related, distance, np.inf), kind="stable")[:_NEAREST]


def _ridge(vertices: Array, centre: Array) -> Array:
    """Least squares with the sum of the shares held at one (Lagrange multiplier in the last row)."""
    count = vertices.shape[1]
    rows = vertices.transpose(0, 2, 1).reshape(-1, count).astype(float)
    system = np.ones((count + 1, count + 1))
    system[:count, :count] = rows.T @ rows + RIDGE**2 * np.eye(count)
    system[count, count] = 0.0
    target = np.append(rows.T @ centre.ravel() + RIDGE**2 / count, 1.0)
    return np.asarray(np.linalg.solve(system, target)[:count], float)
