"""Where the bones of the physics are during a motion, in render axes."""

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from engine.gait.records import BodyShape
from engine.walk.bone_motion import point_positions, skeleton
from render.core.axes import points_to_render, rotations_to_render

_LIMBS = ("femur", "tibia", "talus", "calcn", "toes", "humerus", "ulna", "hand")
BONES: tuple[str, ...] = ("pelvis", "torso", *(f"{limb}_{side}" for limb in _LIMBS for side in "rl"))
"""OpenSim bodies that pose the rendered body."""

_ORIGIN_AND_AXES = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@frozen
class BoneMotion:
    """Per OpenSim body, over ``n`` frames: ``rotation[name] (n, 3, 3)`` of its axes in the world, both expressed in render axes
    (identity in the model's neutral pose), and ``origin[name] (n, 3)`` m. Origins of femur, tibia, talus, humerus, ulna and hand are
    the centres of hip, knee, ankle, shoulder, elbow and wrist."""

    rotation: dict[str, Array]
    origin: dict[str, Array]


def bone_motion(body: BodyShape, q: Array) -> BoneMotion:
    """The bones of ``body`` for coordinates ``q (n, 31)``."""
    names = [name for name in BONES for _ in _ORIGIN_AND_AXES]
    places = np.tile(_ORIGIN_AND_AXES, (len(BONES), 1))
    points = point_positions(skeleton(body), names, places, q).reshape(len(q), len(BONES), 3, 3)
    origin, x, y = points[:, :, 0], points[:, :, 1] - points[:, :, 0], points[:, :, 2] - points[:, :, 0]
    rotation = rotations_to_render(np.stack([x, y, np.cross(x, y)], axis=-1))
    origin = points_to_render(origin)
    return BoneMotion(
        rotation={name: rotation[:, k] for k, name in enumerate(BONES)},
        origin={name: origin[:, k] for k, name in enumerate(BONES)},
    )
