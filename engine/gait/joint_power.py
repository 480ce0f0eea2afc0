"""Powers of the leg's joints as gait laboratories report them: net moment times angular velocity, of all rotations of a joint together.

Sums over a joint's coordinates are exact: generalised force times generalised speed is work whatever the axes (the three-dimensional
power of Schwartz et al. 2008, J Biomech 41:1639, whose hip power is not that of flexion alone).
"""

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, suffix

JOINT_COORDINATES: dict[str, tuple[str, ...]] = {
    "hip": ("hip_flexion", "hip_adduction", "hip_rotation"),
    "knee": ("knee_angle",),
    "ankle": ("ankle_angle",),
}
"""The coordinates of a leg's joints, without their side."""


def joint_power(moments: Array, speeds: Array, joint: str, side: str) -> Array:
    """Power ``(n,)`` W of a joint, positive is generated, from net moments and coordinate speeds ``(n, 31)``; ``side`` as in `SIDES`."""
    columns = [COORDINATE_INDEX[name + suffix(side)] for name in JOINT_COORDINATES[joint]]
    return (moments[:, columns] * speeds[:, columns]).sum(axis=1)
