"""One person's body in the rest pose, with the measures that clothes and hair are cut by."""

from functools import cached_property

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from engine.gait.records import BodyShape
from render.body.model import BodyModel
from render.body.smplx_joints import FINGERS, JOINT
from render.figure.mesh import Faces

_ARM = ("shoulder", "elbow", "wrist", *(f"{finger}{k}" for finger in FINGERS for k in (1, 2, 3)))
_HEAD = ("head", "jaw", "left_eye", "right_eye")


@frozen
class Anatomy:
    """``vertices (V, 3)`` and ``joints (55, 3)`` of the rest pose (x left, y up, z forward, metres), ``weights (V, 55)``, ``faces``,
    the vertex of each landmark, painted regions ``(V,)`` each."""

    vertices: Array
    joints: Array
    weights: Array
    faces: Faces
    landmarks: dict[str, int]
    regions: dict[str, Array]

    @classmethod
    def of(cls, model: BodyModel, body: BodyShape) -> "Anatomy":
        """The body of that shape."""
        vertices, joints = model.shaped(body.betas)
        return cls(vertices, joints, model.weights, model.faces, model.landmarks, model.regions)

    def joint(self, name: str) -> Array:
        """Centre ``(3,)`` of an SMPL-X joint."""
        return self.joints[JOINT[name]]

    def landmark(self, name: str) -> Array:
        """Place ``(3,)`` of one of `smplx`'s landmark vertices (``nose``, ``lear``, …)."""
        return self.vertices[self.landmarks[name]]

    def share(self, *names: str) -> Array:
        """How far each vertex follows the named joints: ``(V,)`` in [0, 1]."""
        return self.weights[:, [JOINT[name] for name in names]].sum(axis=1)

    @cached_property
    def stature(self) -> float:
        return float(np.ptp(self.vertices[:, 1]))

    @cached_property
    def floor(self) -> float:
        """Height of the bare soles."""
        return float(self.vertices[:, 1].min())

    @cached_property
    def arms(self) -> Array:
        """Share of both arms from the shoulders outward."""
        return self.share(*(f"{side}_{name}" for side in ("left", "right") for name in _ARM))

    @cached_property
    def head(self) -> Array:
        """Share of head, jaw and eyes."""
        return self.share(*_HEAD)

    @cached_property
    def ear_middle(self) -> Array:
        """Point ``(3,)`` half-way between the ears."""
        return 0.5 * (self.landmark("lear") + self.landmark("rear"))

    @cached_property
    def head_size(self) -> float:
        """Ears to nose, metres: the unit in which hair and brows are measured (0.11 in an adult)."""
        return float(self.landmark("nose")[2] - self.ear_middle[2])

    @cached_property
    def eye_height(self) -> float:
        return float(0.5 * (self.joint("left_eye")[1] + self.joint("right_eye")[1]))


def face_place(person: Anatomy) -> tuple[Array, Array, Array]:
    """|x|, height above the eyes and depth in front of the ears of each vertex ``(V,)``, unit: ears to nose; depth is −1 for all that is
    not the head."""
    offset = (person.vertices - [0.0, person.eye_height, person.ear_middle[2]]) / person.head_size
    front = np.where(person.head > 0.5, offset[:, 2], -1.0)
    return np.abs(offset[:, 0]), offset[:, 1], front
