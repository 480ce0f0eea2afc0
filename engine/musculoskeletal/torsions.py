"""Bones of another shape: legs of unequal length, femoral anteversion, tibial torsion.

A torsion twists a bone about its long axis, the more the farther from the end that stays (Modenese et al. 2021, Gait Posture 88:318),
and takes muscle paths and wrap surfaces along. What stays is the knee: its axis tells hip rotation in gait analysis, so that angles
keep their meaning. An anteverted neck therefore points forward in the thigh, and with it the hip's own range of rotation moves inward; a
tibia that is twisted outward turns the foot out.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from engine.core.conventions import SIDES, suffix
from engine.gait.records import MusculoskeletalParameters
from engine.musculoskeletal.description import (
    Coordinate,
    Cylinder,
    Joint,
    ModelDescription,
    Muscle,
    PathPoint,
    Placement,
    RigidBody,
)
from engine.musculoskeletal.scale import scale_bodies

Twist = Callable[[Array], float]
"""Angle (about the bone's y axis, rad) by which a bone is twisted at a point of it."""

_INWARD = (1.0, -1.0)
"""Sense about the upward axis in which each leg (`SIDES`) turns inward."""


def twist_bones(description: ModelDescription, parameters: MusculoskeletalParameters) -> ModelDescription:
    """The model with the torsions of the parameters. Fibre and tendon lengths stay: they suit the neck in its usual place in the hip."""
    shaped = description
    for side, name in enumerate(SIDES):
        end = suffix(name)
        if parameters.femoral_anteversion[side]:
            angle = _INWARD[side] * float(parameters.femoral_anteversion[side])
            knee = _joint(shaped, f"knee{end}").in_parent.position[1]
            shaped = _twisted(shaped, f"femur{end}", np.zeros(3), _profile(-angle, 0.0, knee, from_top=True))
            shaped = _turned_hip(shaped, f"hip_rotation{end}", float(parameters.femoral_anteversion[side]))
        if parameters.tibial_torsion[side]:
            angle = -_INWARD[side] * float(parameters.tibial_torsion[side])
            ankle = _joint(shaped, f"ankle{end}").in_parent.position
            shaped = _twisted(shaped, f"tibia{end}", ankle, _profile(angle, 0.0, ankle[1], from_top=False))
            shaped = replace(shaped, joints=tuple(_turned_joint(j, f"ankle{end}", angle) for j in shaped.joints))
    return shaped


def _joint(description: ModelDescription, name: str) -> Joint:
    return next(joint for joint in description.joints if joint.name == name)


def unequal_lengths(description: ModelDescription, parameters: MusculoskeletalParameters) -> ModelDescription:
    """Thigh and shank of each side scaled in all directions, as limbs are; total mass stays."""
    factors = {}
    for side, name in enumerate(SIDES):
        factors |= {f"{bone}{suffix(name)}": float(parameters.thigh_length[side]) for bone in ("femur", "patella")}
        factors[f"tibia{suffix(name)}"] = float(parameters.shank_length[side])
    if all(factor == 1.0 for factor in factors.values()):
        return description
    shaped = scale_bodies(description, {name: np.full(3, factor) for name, factor in factors.items()})
    bodies = [_resized(body, factors.get(body.name, 1.0)) for body in shaped.bodies]
    normal = description.mass / sum(body.mass for body in bodies)
    return replace(
        shaped,
        bodies=tuple(replace(body, mass=body.mass * normal, inertia=body.inertia * normal) for body in bodies),
    )


def _resized(body: RigidBody, factor: float) -> RigidBody:
    """Longer and as thick: mass in proportion to length, inertia to mass times length squared."""
    return replace(
        body, mass=body.mass * factor, mass_centre=body.mass_centre * factor, inertia=body.inertia * factor**3
    )


def _profile(angle: float, start: float, end: float, *, from_top: bool) -> Twist:
    """Twist that grows evenly between two heights of the bone, to ``angle`` at its top or at its bottom."""

    def twist(position: Array) -> float:
        share = float(np.clip((position[1] - start) / (end - start), 0.0, 1.0))
        return angle * (1.0 - share if from_top else share)

    return twist


def _about_y(angle: float) -> Rotation:
    return Rotation.from_euler("y", angle)


def _twisted(description: ModelDescription, bone: str, axis: Array, twist: Twist) -> ModelDescription:
    """Muscle paths and wrap surfaces of one bone turned about the vertical line of the bone through ``axis``."""
    pivot = np.array([axis[0], 0.0, axis[2]])

    def moved(position: Array) -> Array:
        return pivot + _about_y(twist(position)).apply(position - pivot)

    def muscle(item: Muscle) -> Muscle:
        if all(point.body != bone for point in item.path):
            return item
        path = tuple(PathPoint(p.body, moved(p.position)) if p.body == bone else p for p in item.path)
        return replace(item, path=path)

    def cylinder(item: Cylinder) -> Cylinder:
        if item.body != bone:
            return item
        place = item.placement
        turned = _turned_angles(place.angles, twist(place.position))
        return replace(item, placement=Placement(moved(place.position), turned))

    return replace(
        description,
        muscles=tuple(muscle(item) for item in description.muscles),
        cylinders=tuple(cylinder(item) for item in description.cylinders),
    )


def _turned_angles(angles: Array, angle: float) -> Array:
    """Body-fixed x-y-z angles of a frame that was turned about the y axis of its parent."""
    return (_about_y(angle) * Rotation.from_euler("XYZ", angles)).as_euler("XYZ")


def _turned_joint(joint: Joint, name: str, angle: float) -> Joint:
    if joint.name != name:
        return joint
    place = joint.in_parent
    return replace(joint, in_parent=Placement(place.position, _turned_angles(place.angles, angle)))


def _turned_hip(description: ModelDescription, name: str, anteversion: float) -> ModelDescription:
    """The capsule belongs to the neck: where its torques begin moves with it."""

    def coordinate(item: Coordinate) -> Coordinate:
        if item.name != name:
            return item
        passive = item.passive
        return replace(
            item,
            passive=replace(
                passive,
                lower_angle=passive.lower_angle + anteversion,
                upper_angle=passive.upper_angle + anteversion,
            ),
        )

    return replace(description, coordinates=tuple(coordinate(item) for item in description.coordinates))
