"""Forward kinematics and linear blend skinning of a body in SMPL-X format, over many frames."""

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.body.smplx_joints import PARENTS


@frozen
class Pose:
    """``n`` poses of one body: ``rotations (n, 55, 3, 3)`` of every joint's frame in the world (identity in the rest pose) and
    ``pelvis (n, 3)`` m, the place of the root joint."""

    rotations: Array
    pelvis: Array

    def __len__(self) -> int:
        return len(self.pelvis)

    def joints(self, rest: Array) -> Array:
        """Joint centres ``(n, 55, 3)`` of the body with rest joints ``rest (55, 3)``."""
        placed = np.empty((len(self), *rest.shape))
        placed[:, 0] = self.pelvis
        for k, parent in enumerate(PARENTS[1:], start=1):
            placed[:, k] = placed[:, parent] + self.rotations[:, parent] @ (rest[k] - rest[parent])
        return placed

    def transforms(self, rest: Array) -> Array:
        """Matrices ``(n, 55, 3, 4)`` that move points of the rest pose with each joint."""
        shift = self.joints(rest) - np.einsum("njab,jb->nja", self.rotations, rest)
        return np.concatenate([self.rotations, shift[..., None]], axis=-1)

    def local_rotations(self) -> Array:
        """Rotations ``(n, 55, 3, 3)`` of each joint relative to its parent."""
        parents = np.array([0, *PARENTS[1:]])
        local = np.swapaxes(self.rotations[:, parents], -1, -2) @ self.rotations
        local[:, 0] = self.rotations[:, 0]
        return local

    def axis_angles(self) -> Array:
        """SMPL-X pose vectors ``(n, 165)``."""
        local = self.local_rotations()
        return Rotation.from_matrix(local.reshape(-1, 3, 3)).as_rotvec().reshape(len(self), -1)

    @classmethod
    def from_axis_angles(cls, poses: Array, trans: Array, rest: Array) -> "Pose":
        """The inverse of `axis_angles`; ``trans (n, 3)`` as SMPL-X defines it: the place of the root less its rest place."""
        local = Rotation.from_rotvec(poses.reshape(-1, 3)).as_matrix().reshape(len(poses), -1, 3, 3)
        world = local.copy()
        for k, parent in enumerate(PARENTS[1:], start=1):
            world[:, k] = world[:, parent] @ local[:, k]
        return cls(rotations=world, pelvis=trans + rest[0])

    def frame(self, index: int) -> "Pose":
        """One of the poses."""
        return Pose(self.rotations[index : index + 1], self.pelvis[index : index + 1])


def skin(points: Array, weights: Array, transforms: Array) -> Array:
    """Points ``(n, P, 3)``: the rest pose's ``points (P, 3)`` with ``weights (P, 55)``, moved by ``transforms (n, 55, 3, 4)``."""
    blended = np.einsum("pj,nja->npa", weights, transforms.reshape(*transforms.shape[:2], 12), optimize=True)
    blended = blended.reshape(*blended.shape[:2], 3, 4)
    return np.einsum("npab,pb->npa", blended[..., :3], points, optimize=True) + blended[..., 3]
