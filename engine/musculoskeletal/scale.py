"""Gives the generic model the segment lengths of a person.

Limbs scale by one factor per segment in all directions; pelvis and trunk by the trunk's length, the pelvis across by the distance
of the hip centres. The foot scales by its length: what it then lacks to the ankle height is sole (`foot_contact`). Optimal fibre
and tendon slack lengths follow the length of the path in the neutral pose, as in OpenSim's own scaling.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.core.arrays import Array
from engine.gait.records import BodyShape
from engine.musculoskeletal.description import Axis, Cylinder, Joint, ModelDescription, Muscle, PathPoint, Placement
from engine.musculoskeletal.lengths import generic_lengths, neutral_origins
from engine.musculoskeletal.path_geometry import path_geometry

FORCE_EXPONENT = 2 / 3
"""Maximal isometric force grows with muscle cross-section, so with mass to this power (geometric similarity: Jaric 2002,
Sports Med 32:615)."""


def segment_scales(body: BodyShape) -> dict[str, Array]:
    """Scale factors ``(3,)`` along the axes of each segment's bodies, relative to the generic model."""
    generic = generic_lengths()
    ratio = {name: body.lengths_m[name] / generic[name] for name in generic}
    scales = {
        name: np.full(3, ratio[name]) for name in ("trunk", "thigh", "shank", "foot", "upper_arm", "forearm", "hand")
    }
    return {**scales, "pelvis": np.array([ratio["trunk"], ratio["trunk"], ratio["pelvis"]])}


def scale_geometry(generic: ModelDescription, scales: Mapping[str, Array]) -> ModelDescription:
    """Joints, muscle paths and wrap surfaces moved with their bodies; masses and muscle properties untouched."""
    return scale_bodies(generic, {body.name: scales[body.segment] for body in generic.bodies} | _patella(scales))


def scale_bodies(description: ModelDescription, factors: Mapping[str, Array]) -> ModelDescription:
    """The same for single bodies: ``factors`` ``(3,)`` by name; bodies without one keep their size."""
    of_body = {name: np.ones(3) for name in ("ground", *(body.name for body in description.bodies))} | dict(factors)

    def joint(item: Joint) -> Joint:
        parent, child = of_body[item.parent], of_body[item.child]
        moved = tuple(_axis(axis, parent) if k >= 3 else axis for k, axis in enumerate(item.axes))
        return replace(
            item, in_parent=_place(item.in_parent, parent), in_child=_place(item.in_child, child), axes=moved
        )

    def muscle(item: Muscle) -> Muscle:
        return replace(item, path=tuple(PathPoint(p.body, p.position * of_body[p.body]) for p in item.path))

    return replace(
        description,
        joints=tuple(joint(item) for item in description.joints),
        cylinders=tuple(_cylinder(item, of_body[item.body]) for item in description.cylinders),
        muscles=tuple(muscle(item) for item in description.muscles),
    )


def _patella(scales: Mapping[str, Array]) -> dict[str, Array]:
    """The patella slides on the femur, so it grows with it."""
    return {f"patella_{side}": scales["thigh"] for side in "rl"}


def _place(place: Placement, scale: Array) -> Placement:
    return Placement(place.position * scale, place.angles)


def _axis(axis: Axis, scale: Array) -> Axis:
    if axis.curve is None:
        return axis
    return replace(axis, curve=axis.curve.times(float(np.linalg.norm(axis.direction * scale))))


def _cylinder(cylinder: Cylinder, scale: Array) -> Cylinder:
    x, y, z = (float(np.linalg.norm(axis * scale)) for axis in rotation(cylinder.placement.angles).T)
    return replace(
        cylinder,
        placement=_place(cylinder.placement, scale),
        radius=cylinder.radius * (x + y) / 2,
        length=cylinder.length * z,
    )


def rotation(angles: Array) -> Array:
    """Rotation matrix ``(3, 3)`` of body-fixed x-y-z angles."""
    (sx, sy, sz), (cx, cy, cz) = np.sin(angles), np.cos(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_x @ about_y @ about_z


def path_lengths(description: ModelDescription) -> Array:
    """Length of every muscle's path in the neutral pose, m."""
    geometry, origins = path_geometry(description), neutral_origins(description)
    return geometry.lengths(np.array([origins[body] for body in geometry.bodies])[None] + geometry.places)[0]


def scale_muscles(scaled: ModelDescription, generic_path_lengths: Array, mass_ratio: float) -> ModelDescription:
    """Optimal fibre and tendon slack lengths by path length, maximal isometric force by mass (`FORCE_EXPONENT`)."""
    ratios = path_lengths(scaled) / generic_path_lengths
    muscles = tuple(
        replace(
            muscle,
            max_isometric_force=muscle.max_isometric_force * mass_ratio**FORCE_EXPONENT,
            optimal_fibre_length=muscle.optimal_fibre_length * ratio,
            tendon_slack_length=muscle.tendon_slack_length * ratio,
        )
        for muscle, ratio in zip(scaled.muscles, ratios, strict=True)
    )
    return replace(scaled, muscles=muscles)
