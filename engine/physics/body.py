"""All that the physics needs of one person, read once from an OpenSim model."""

from collections.abc import Sequence
from dataclasses import field
from functools import cached_property

import numpy as np

from engine.core.arrays import Array, Index, Mask
from engine.core.conventions import COORDINATES, GRAVITY_MPS2, MUSCLES, SIDES
from engine.core.frozen import frozen
from engine.gait.records import UNLIMITED_RAD
from engine.musculoskeletal.description import ModelDescription
from engine.musculoskeletal.foot_contact import SolePoints
from engine.musculoskeletal.multibody import Multibody, read_multibody
from engine.musculoskeletal.muscle_paths import (
    LEG_INDICES,
    MuscleModel,
    described_parameters,
    fit_muscle_model,
    fit_paths,
)
from engine.musculoskeletal.passive_torques import PassiveTorques, described_torques, read_passive_torques
from engine.musculoskeletal.path_geometry import path_geometry
from engine.musculoskeletal.toolkit import opensim
from engine.physics.kernels.rigid_body import Points, rigid_body_motion, writable
from engine.physics.path_meter import path_meter

REFERENCE_WEIGHT_N = 836.0
REFERENCE_LEG_M = 0.86
"""Body weight and hip-to-ankle length of the adult for whom tolerances are given; they scale with both."""


@frozen
class PhysicalBody:
    """``points`` under the feet, ``point_side (P,)`` 0 right, 1 left; ``spasticity (80,)`` of every muscle, in units of
    `engine.physics.loads.SPASTIC_UNIT`; ``joint_range (12, 2)`` rad of the legs' coordinates (`LEG_INDICES`); ``leg_pain (2,)``,
    ``knee_pain (2,)`` by side."""

    multibody: Multibody
    muscles: MuscleModel
    passive: PassiveTorques
    points: Points
    point_side: Index
    spasticity: Array = field(default_factory=lambda: np.zeros(len(MUSCLES)))
    joint_range: Array = field(default_factory=lambda: np.tile(UNLIMITED_RAD, (len(LEG_INDICES), 1)))
    leg_pain: Array = field(default_factory=lambda: np.zeros(len(SIDES)))
    knee_pain: Array = field(default_factory=lambda: np.zeros(len(SIDES)))

    @property
    def weight_n(self) -> float:
        return self.multibody.mass_kg * GRAVITY_MPS2

    @property
    def force_scale(self) -> float:
        """Body weight over the reference adult's."""
        return self.weight_n / REFERENCE_WEIGHT_N

    @property
    def length_scale(self) -> float:
        """Leg length over the reference adult's."""
        return self.leg_length_m / REFERENCE_LEG_M

    @cached_property
    def leg_length_m(self) -> float:
        """From hip to ankle centre on a straight leg, mean of both."""
        heights = self._joint_heights("femur_r", "talus_r", "femur_l", "talus_l")
        return float((heights[::2] - heights[1::2]).mean())

    @cached_property
    def standing_height_m(self) -> float:
        """Height of ``pelvis_ty`` at which the neutral pose stands on the floor."""
        still = np.zeros((1, len(COORDINATES)))
        return -float(rigid_body_motion(self.multibody.tree, self.points, still, still, still).position[0, :, 1].min())

    @cached_property
    def on_toes(self) -> Mask:
        """Points ``(P,)`` beyond a toe joint: of each foot those that are not on the same body as its first."""
        heel = self.points.body[[int(np.flatnonzero(self.point_side == side)[0]) for side in range(len(SIDES))]]
        return self.points.body != heel[self.point_side]

    @cached_property
    def ball(self) -> Index:
        """For each point ``(P,)`` the one under the ball of its foot, where the sole bends: the last before the toes."""
        last = [np.flatnonzero((self.point_side == side) & ~self.on_toes)[-1] for side in range(len(SIDES))]
        return np.array(last)[self.point_side]

    def _joint_heights(self, *bodies: str) -> Array:
        indices = np.array([self.multibody.body(name) for name in bodies])
        origins = Points(indices, np.zeros((len(bodies), 3)), np.zeros(len(bodies)))
        still = np.zeros((1, len(COORDINATES)))
        return rigid_body_motion(self.multibody.tree, origins, still, still, still).position[0, :, 1]


def read_body(
    model: opensim.Model,
    point_bodies: Sequence[str],
    centres: Array,
    radii: Array,
) -> PhysicalBody:
    """Reads any model and fits its muscle paths (half a second).

    ``point_bodies`` names, per sphere under the feet, the body that carries it; left ones end in ``_l``.

    Raises:
        DataError: the model lacks a coordinate, a muscle or a body, or has a joint that the physics does not know.
    """
    model.initSystem()
    multibody = read_multibody(model)
    points, side = _points(multibody, point_bodies, centres, radii)
    return PhysicalBody(
        multibody=multibody,
        muscles=fit_muscle_model(model),
        passive=read_passive_torques(model),
        points=points,
        point_side=side,
    )


def described_body(description: ModelDescription, bones: opensim.Model, soles: SolePoints) -> PhysicalBody:
    """The body that one of our own models describes; ``bones`` are its bodies and joints in OpenSim (a tenth of a second)."""
    bones.initSystem()
    multibody = read_multibody(bones)
    points, side = _points(multibody, soles.bodies, soles.centres, soles.radii)
    return PhysicalBody(
        multibody=multibody,
        muscles=fit_paths(described_parameters(description), path_meter(multibody, path_geometry(description))),
        passive=described_torques(description),
        points=points,
        point_side=side,
    )


def _points(multibody: Multibody, bodies: Sequence[str], centres: Array, radii: Array) -> tuple[Points, Index]:
    points = Points(
        np.array([multibody.body(name) for name in bodies]),
        writable(centres),
        writable(radii),
    )
    return points, np.array([int(name.endswith("_l")) for name in bodies])
