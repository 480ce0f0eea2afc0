"""Legs and trunk as capsules: they keep light from all around off the limb beside them, so that one leg stands out against the other."""

import numpy as np

from engine.core.arrays import Array, Labels, Single
from render.body.smplx_joints import JOINT
from render.figure.body_parts import PARTS
from render.people.figure import Figure
from render.raster.programs import Uniforms

_LEGS = {side: (PARTS.index(f"{side}_thigh"), PARTS.index(f"{side}_foot")) for side in ("left", "right")}
_ARMS = {side: (PARTS.index(f"{side}_upper_arm"), PARTS.index(f"{side}_hand")) for side in ("left", "right")}
_LIMBS = (
    *(
        ("left_hip", "left_knee", "left_thigh", _LEGS["right"]),
        ("left_knee", "left_ankle", "left_shank", _LEGS["right"]),
    ),
    *(
        ("right_hip", "right_knee", "right_thigh", _LEGS["left"]),
        ("right_knee", "right_ankle", "right_shank", _LEGS["left"]),
    ),
    *(("pelvis", "spine3", "torso", _ARMS["left"]), ("pelvis", "spine3", "torso", _ARMS["right"])),
)
"""Joints at both ends, the part whose girth it has, and the first and last part that it shades."""
LIMBS = len(_LIMBS)
_THICKEST = 0.08
"""Share of stature: skirts belong to the thighs, but are no thigh."""


class Limbs:
    """The limbs of one figure, whose vertices belong to ``parts (n,)``."""

    def __init__(self, figure: Figure, parts: Labels, stature: float) -> None:
        self._ends = np.array([[JOINT[name] for name in limb[:2]] for limb in _LIMBS])
        self._rest = figure.joints[self._ends]
        girths = {part: np.flatnonzero(parts == PARTS.index(part)) for _, _, part, _ in _LIMBS}
        radii = [
            min(_girth(figure.vertices[girths[limb[2]]], *ends), _THICKEST * stature)
            for limb, ends in zip(_LIMBS, self._rest, strict=True)
        ]
        self._kind = np.array([[radius, *limb[3]] for radius, limb in zip(radii, _LIMBS, strict=True)])

    def posed(self, transforms: Array) -> Uniforms:
        """For ``shaders/limbs.glsl``, of a body posed by ``transforms (55, 3, 4)``."""
        matrices = transforms[self._ends]
        ends = np.einsum("keab,keb->kea", matrices[..., :3], self._rest) + matrices[..., 3]
        return {"limb_from": ends[:, 0].copy(), "limb_to": ends[:, 1].copy(), "limb_kind": self._kind}


def _girth(points: Single, start: Array, end: Array) -> float:
    """Median distance of ``points (n, 3)`` from the straight line between two ends, 0 for none."""
    if not len(points):
        return 0.0
    along = (end - start) / max(np.linalg.norm(end - start), 1e-9)
    off = points - start
    return float(np.median(np.linalg.norm(off - (off @ along)[:, None] * along, axis=1)))
