"""Lengths of a body's muscles in any pose, from its bones and the geometry of its paths, without OpenSim."""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, SIDES
from engine.musculoskeletal.multibody import Multibody
from engine.musculoskeletal.muscle_paths import LEG_INDICES, LengthMeter
from engine.musculoskeletal.path_geometry import PathGeometry
from engine.physics.kernels.rigid_body import Points, point_positions, writable


def path_meter(bones: Multibody, paths: PathGeometry) -> LengthMeter:
    """Measures ``paths`` on ``bones``.

    Raises:
        DataError: a path runs over a body that the bones lack.
    """
    index = {name: bones.body(name) for name in set(paths.bodies)}
    bodies = np.array([index[name] for name in paths.bodies])
    anchors = Points(bodies, writable(paths.places), np.zeros(len(bodies)))

    def lengths(poses: Array) -> Array:
        q = np.zeros((len(poses), len(COORDINATES)))
        q[:, LEG_INDICES] = np.tile(poses, (1, len(SIDES)))
        return paths.lengths(point_positions(bones.tree, anchors, q))

    return lengths
