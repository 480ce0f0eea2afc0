"""A shoemaker's last: one foot and the leg above it in axes of its own."""

from functools import cached_property

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.frozen import frozen
from render.body.footwear import sole_thickness_m
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy
from render.figure.loft import boundary, outline

_TOE_BREAK = 0.14
"""Length over which a shoe bends at the ball, share of foot length."""
_FEWEST = 40
_ANKLE_BEND = 0.35
"""Height over which a shaft passes from foot to shank, in ankle heights."""


@frozen
class Last:
    """Axes of the foot, metres: x to the body's left, y up from the bare sole, z from under the ankle towards the ball. ``foot (n, 3)`` and
    ``leg (m, 3)`` are vertices of the foot, and of foot and shank; ``near (m,)`` are the leg's numbers in the body."""

    side: str
    origin: Array
    axes: Array
    foot: Array
    leg: Array
    near: Index
    ankle_height: float
    ball: float
    thickness: float

    @classmethod
    def of(cls, person: Anatomy, side: str) -> "Last":
        """The last of one foot (``side`` left or right)."""
        ankle, ball = person.joint(f"{side}_ankle"), person.joint(f"{side}_foot")
        forward = (ball - ankle) * [1.0, 0.0, 1.0]
        forward /= np.linalg.norm(forward)
        axes = np.stack([np.cross([0.0, 1.0, 0.0], forward), [0.0, 1.0, 0.0], forward])
        origin = np.array([ankle[0], person.floor, ankle[2]])
        foot = person.share(f"{side}_ankle", f"{side}_foot")
        leg = np.flatnonzero(foot + person.share(f"{side}_knee") > 0.5)
        return cls(
            side=side,
            origin=origin,
            axes=axes,
            foot=(person.vertices[foot > 0.5] - origin) @ axes.T,
            leg=(person.vertices[leg] - origin) @ axes.T,
            near=leg,
            ankle_height=float(ankle[1] - person.floor),
            ball=float((ball - ankle) @ forward),
            thickness=sole_thickness_m(person.stature),
        )

    @cached_property
    def heel(self) -> float:
        return float(self.foot[:, 2].min())

    @cached_property
    def toe(self) -> float:
        return float(self.foot[:, 2].max())

    @cached_property
    def length(self) -> float:
        return self.toe - self.heel

    def in_body(self, points: Array) -> Array:
        """``points (n, 3)`` of these axes in those of the rest pose."""
        return points @ self.axes + self.origin

    def weights(self, points: Array, joints: int) -> Array:
        """Skinning weights ``(n, joints)`` of what is worn at ``points (n, 3)``: bends at the ball, and above the ankle goes with the
        shank."""
        toes = np.clip(0.5 + (points[:, 2] - self.ball) / (_TOE_BREAK * self.length), 0, 1)
        shank = np.clip((points[:, 1] / self.ankle_height - 1.05) / _ANKLE_BEND, 0, 1)
        weights = np.zeros((len(points), joints))
        weights[:, JOINT[f"{self.side}_foot"]] = toes * (1 - shank)
        weights[:, JOINT[f"{self.side}_ankle"]] = (1 - toes) * (1 - shank)
        weights[:, JOINT[f"{self.side}_knee"]] = shank
        return weights

    def tread(self, room: float, toe_room: float, toe_width: float) -> Array:
        """Outline ``(k, 2)`` (x, z) of a sole ``room`` wider than the foot and ``toe_room`` longer, ``toe_width`` wide there; metres."""
        low = self.foot[self.foot[:, 1] < 0.5 * self.ankle_height][:, [0, 2]]
        front = low[low[:, 1] > self.toe - 0.1 * self.length]
        across = np.linspace(-0.5, 0.5, 5) * toe_width + front[:, 0].mean()
        tip = np.stack([across, np.full(5, self.toe + toe_room - room)], axis=1)
        return boundary(*outline(np.concatenate([low, tip]), room, 0.1))

    def girth(self, height: float, band: float, room: float) -> Array:
        """Outline ``(k, 2)`` (x, z) of the leg within ``band`` of ``height``, ``room`` wider; metres. Where the body's vertices lie
        further apart, of the `_FEWEST` nearest."""
        off = np.abs(self.leg[:, 1] - height)
        near = self.leg[off <= max(band, np.partition(off, _FEWEST)[_FEWEST])][:, [0, 2]]
        return boundary(*outline(near, room, 0.12))
