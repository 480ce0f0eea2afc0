"""The person's skeleton in the sagittal plane: eight rigid segments and ten coordinates, taken from the whole-body description.

Arms hang from the trunk and move with it, the patella is part of the shank, and the foot is one piece. Joint centres, masses,
mass centres and passive joint torques are those of the whole body; coordinates keep their names and signs.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, SIDES, suffix
from engine.musculoskeletal.description import Axis, Joint, ModelDescription, Placement, RigidBody
from engine.musculoskeletal.foot_contact import SolePoints

PLANAR_COORDINATES: tuple[str, ...] = (
    "pelvis_tilt",
    "pelvis_tx",
    "pelvis_ty",
    "hip_flexion_r",
    "knee_angle_r",
    "ankle_angle_r",
    "hip_flexion_l",
    "knee_angle_l",
    "ankle_angle_l",
    "lumbar_extension",
)
"""Order of every axis of planar coordinates."""

PLANAR_INDICES = np.array([COORDINATE_INDEX[name] for name in PLANAR_COORDINATES])
"""Where they stand among all coordinates."""

LUMBAR_TORQUE_NM = 25.0
"""Of a unit of control, for an adult of 75 kg; in proportion to mass times trunk length for others."""

_REFERENCE_KG_M = 75.0 * 0.5
_X, _Y, _Z = np.eye(3)
_STILL = tuple(Axis(direction) for direction in np.eye(3))
_BACKWARD = -_Z
"""A knee flexes backward: its positive turn is opposite to that of the other joints."""


def _segments(side: str) -> dict[str, tuple[str, ...]]:
    return {
        f"femur{side}": (f"femur{side}",),
        f"tibia{side}": (f"tibia{side}", f"patella{side}"),
        f"calcn{side}": (f"talus{side}", f"calcn{side}", f"toes{side}"),
    }


_ARMS = tuple(f"{bone}{side}" for side in map(suffix, SIDES) for bone in ("humerus", "ulna", "radius", "hand"))
SEGMENT_PARTS: dict[str, tuple[str, ...]] = {
    "pelvis": ("pelvis",),
    "torso": ("torso", *_ARMS),
    **_segments(suffix("right")),
    **_segments(suffix("left")),
}
"""Bodies of the whole skeleton that make up each planar segment, which has the frame of the body it is named after."""


def body_origins(description: ModelDescription) -> dict[str, Array]:
    """Origin ``(3,)`` of every body in the neutral pose, from the pelvis. All frames are parallel there."""
    origins = {"ground": np.zeros(3)}
    for joint in description.joints:
        origins[joint.child] = origins[joint.parent] + joint.in_parent.position - joint.in_child.position
    return origins


def planar_skeleton(description: ModelDescription) -> ModelDescription:
    """Segments, joints, passive torques and the trunk's torque; no muscles."""
    origins = body_origins(description)
    bodies = {body.name: body for body in description.bodies}
    coordinates = {coordinate.name: coordinate for coordinate in description.coordinates}
    torso = origins["torso"] - origins["pelvis"]
    trunk_m = float(np.hypot(*(torso + bodies["torso"].mass_centre)[:2]))
    return ModelDescription(
        name=f"{description.name}_planar",
        bodies=tuple(_merge(name, [bodies[part] for part in parts], origins) for name, parts in SEGMENT_PARTS.items()),
        joints=_joints({joint.name: joint for joint in description.joints}),
        coordinates=tuple(coordinates[name] for name in PLANAR_COORDINATES),
        cylinders=(),
        muscles=(),
        actuators={"lumbar_extension": LUMBAR_TORQUE_NM * description.mass * trunk_m / _REFERENCE_KG_M},
    )


def _merge(name: str, parts: Sequence[RigidBody], origins: Mapping[str, Array]) -> RigidBody:
    """One rigid body of several, in the frame of the one called ``name``; only what turns about z matters, products are left out."""
    frame = origins[name]
    mass = sum(part.mass for part in parts)
    centres = [origins[part.name] + part.mass_centre - frame for part in parts]
    centre = sum((part.mass * place for part, place in zip(parts, centres, strict=True)), np.zeros(3)) / mass
    inertia = np.zeros(3)
    for part, place in zip(parts, centres, strict=True):
        away = place - centre
        inertia += part.inertia + part.mass * (away @ away - away**2)
    own = next(part for part in parts if part.name == name)
    return RigidBody(name, own.segment, mass, centre, inertia)


def _turn(joint: Joint, coordinate: str, direction: Array, parent: Array, child: Array, child_body: str) -> Joint:
    axes = (Axis(direction, coordinate), Axis(_Y), Axis(_X), *_STILL)
    return Joint(joint.name, joint.parent, child_body, "custom", Placement(parent), Placement(child), None, axes)


def _joints(of: Mapping[str, Joint]) -> tuple[Joint, ...]:
    root, back = of["ground_pelvis"], of["back"]
    axes = (Axis(_Z, "pelvis_tilt"), Axis(_X), Axis(_Y), Axis(_X, "pelvis_tx"), Axis(_Y, "pelvis_ty"), Axis(_Z))
    made = [Joint(root.name, "ground", "pelvis", "custom", Placement(), Placement(), None, axes)]
    made.append(_turn(back, "lumbar_extension", _Z, back.in_parent.position, back.in_child.position, "torso"))
    for side in map(suffix, SIDES):
        hip, knee, ankle, heel = (of[f"{name}{side}"] for name in ("hip", "knee", "ankle", "subtalar"))
        for joint, coordinate, direction in ((hip, "hip_flexion", _Z), (knee, "knee_angle", _BACKWARD)):
            ends = joint.in_parent.position, joint.in_child.position
            made.append(_turn(joint, coordinate + side, direction, *ends, joint.child))
        in_foot = ankle.in_child.position + heel.in_child.position - heel.in_parent.position
        made.append(_turn(ankle, f"ankle_angle{side}", _Z, ankle.in_parent.position, in_foot, f"calcn{side}"))
    return tuple(made)


def planar_soles(soles: SolePoints, description: ModelDescription) -> SolePoints:
    """The same spheres, those of the toes fixed to the one-piece foot."""
    origins = body_origins(description)
    feet = tuple(f"calcn_{body[-1]}" for body in soles.bodies)
    moved = [origins[body] - origins[foot] for body, foot in zip(soles.bodies, feet, strict=True)]
    return SolePoints(feet, soles.centres + np.array(moved), soles.radii)
