"""A person's body in the sagittal plane as an OpenSim model that Moco can walk with: 18 lumped muscles, soft spheres under the feet."""

from dataclasses import dataclass, replace

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import GRAVITY_MPS2, LEG_COORDINATES, SIDES, suffix
from engine.gait.records import BodyShape, MusculoskeletalParameters, Subject
from engine.musculoskeletal.build_model import MAX_CONTRACTION_VELOCITY, build_model
from engine.musculoskeletal.description import ModelDescription
from engine.musculoskeletal.foot_contact import SolePoints, sole_points
from engine.musculoskeletal.subject_model import describe_subject
from engine.musculoskeletal.toolkit import opensim, vec3, vector
from engine.physics.body import PhysicalBody
from engine.physics.embodied import embody_person
from engine.tools.prediction.lumps import PLANAR_LEG, Lump, lump_muscles
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES, planar_skeleton, planar_soles

STANDING_PENETRATION = 0.0043 / 0.26
"""How deep spheres sink under a person who stands on both feet, in foot lengths; walking, 10 to 20 mm, as heel pad and sole do."""

LEAST_CONTROL = 0.01
"""Muscles are never quite silent; De Groote's activation dynamics needs a positive activation."""

LUMBAR_ACTUATOR = "torque_lumbar_extension"
LUMBAR_CONTROL = 6.0
_HERTZ = 4 / 3 * 0.5**1.5
_CONTACT_AT_REST, _HERTZ_SMOOTHING = 1e-5, 300.0
"""Constants of OpenSim's smooth contact and its defaults (m², 1/m)."""

_DISSIPATION, _FRICTION, _VISCOUS_FRICTION, _TRANSITION_MPS = 2.0, 0.8, 0.5, 0.2
"""As in OpenSim Moco's planar walking example (Dembia et al. 2020, PLoS Comput Biol 16:e1008493)."""


@dataclass(frozen=True)
class PlanarBody:
    """``whole`` body it was taken from, ``skeleton`` without muscles, the lumps of both legs, spheres fixed to the heel bones, their
    stiffness in N/m², and what stiff joints leave of their range (rad)."""

    whole: PhysicalBody
    skeleton: ModelDescription
    lumps: tuple[Lump, ...]
    soles: SolePoints
    stiffness: float
    foot_length_m: float
    joint_range: dict[str, tuple[float, float]]

    @property
    def weight_n(self) -> float:
        return self.skeleton.mass * GRAVITY_MPS2


def planar_body(subject: Subject, shape: BodyShape, parameters: MusculoskeletalParameters) -> PlanarBody:
    """The sagittal plane of the person that `describe_subject` describes, impairments included (about a second).

    Spasticity is a reflex, which this model does not have.
    """
    weak = describe_subject(subject, shape, parameters)
    full = np.ones_like(parameters.max_isometric_force)
    strong = describe_subject(subject, shape, replace(parameters, max_isometric_force=full))
    soles, skeleton = planar_soles(sole_points(weak, shape), weak), planar_skeleton(weak)
    sunk = STANDING_PENETRATION * shape.lengths_m["foot"]
    stiffness = skeleton.mass * GRAVITY_MPS2 / float(_load_per_stiffness(soles.radii, np.array(sunk)).sum())
    ranges = {
        name + suffix(side): (float(limits[0]), float(limits[1]))
        for side, of_leg in zip(SIDES, parameters.joint_range, strict=True)
        for name, limits in zip(LEG_COORDINATES, of_leg, strict=True)
        if name in PLANAR_LEG
    }
    whole = embody_person(subject, shape, parameters).body
    return PlanarBody(
        whole,
        skeleton,
        lump_muscles(weak, strong, whole.muscles),
        soles,
        float(stiffness),
        shape.lengths_m["foot"],
        ranges,
    )


def sphere_loads(body: PlanarBody, depth: Array) -> Array:
    """Vertical force ``(n, P)`` N of spheres that rest ``depth (n, P)`` m in the floor (negative: above it)."""
    return body.stiffness * _load_per_stiffness(body.soles.radii, depth)


def _load_per_stiffness(radii: Array, depth: Array) -> Array:
    """OpenSim's SmoothSphereHalfSpaceForce without damping (Serrancolí et al. 2019, IEEE Trans Neural Syst Rehabil Eng 27:1597)."""
    smooth = 0.5 * (1 + np.tanh(_HERTZ_SMOOTHING * depth))
    return _HERTZ * np.sqrt(radii) * (depth**2 + _CONTACT_AT_REST) ** 0.75 * smooth


def build_planar_model(body: PlanarBody) -> opensim.Model:
    """The model with muscles and contact, its connections made. Keep a reference to it while its states live."""
    model = build_model(body.skeleton)
    for lump in body.lumps:
        model.addForce(_muscle(lump))
    lumbar = opensim.CoordinateActuator.safeDownCast(model.updForceSet().get(LUMBAR_ACTUATOR))
    lumbar.setMinControl(-LUMBAR_CONTROL)
    lumbar.setMaxControl(LUMBAR_CONTROL)
    _add_contact(model, body)
    model.finalizeConnections()
    return model


def coordinate_paths(model: opensim.Model) -> dict[str, str]:
    """Absolute path of each planar coordinate."""
    found = model.getCoordinateSet()
    return {name: found.get(name).getAbsolutePathString() for name in PLANAR_COORDINATES}


def _muscle(lump: Lump) -> opensim.DeGrooteFregly2016Muscle:
    unit = opensim.DeGrooteFregly2016Muscle()
    unit.setName(lump.name)
    path = opensim.FunctionBasedPath()
    path.setCoordinatePaths(opensim.StdVectorString([_coordinate_path(name) for name in lump.length.coordinates]))
    variables = len(lump.length.coordinates)
    path.setLengthFunction(
        opensim.MultivariatePolynomialFunction(vector(lump.length.coefficients), variables, lump.length.order)
    )
    unit.set_path(path)
    unit.set_max_isometric_force(lump.strength)
    unit.set_optimal_fiber_length(lump.optimal_fibre_length)
    unit.set_tendon_slack_length(lump.tendon_slack_length)
    unit.set_pennation_angle_at_optimal(lump.pennation)
    unit.set_max_contraction_velocity(MAX_CONTRACTION_VELOCITY)
    unit.set_passive_fiber_strain_at_one_norm_force(lump.passive_strain)
    unit.set_ignore_tendon_compliance(True)
    unit.set_ignore_activation_dynamics(False)
    unit.setMinControl(max(lump.min_control, LEAST_CONTROL))
    return unit


def _coordinate_path(name: str) -> str:
    joint = {"hip_flexion": "hip", "knee_angle": "knee", "ankle_angle": "ankle"}[name[:-2]]
    return f"/jointset/{joint}{name[-2:]}/{name}"


def contact_names(body: PlanarBody, side: str) -> list[str]:
    """Names of the contact forces under one foot, heel first."""
    return [f"contact_{k}_{foot[-1]}" for k, foot in enumerate(body.soles.bodies) if foot.endswith(side[0])]


def _add_contact(model: opensim.Model, body: PlanarBody) -> None:
    zero = opensim.Vec3(0.0)
    floor = opensim.ContactHalfSpace(zero, opensim.Vec3(0.0, 0.0, -np.pi / 2), model.getGround(), "floor")
    model.addContactGeometry(floor)
    for k, (foot, centre, radius) in enumerate(
        zip(body.soles.bodies, body.soles.centres, body.soles.radii, strict=True)
    ):
        name = f"{k}_{foot[-1]}"
        bone = model.getBodySet().get(foot)
        sphere = opensim.ContactSphere(float(radius), vec3(centre), bone, f"sphere_{name}")
        model.addContactGeometry(sphere)
        force = opensim.SmoothSphereHalfSpaceForce(f"contact_{name}", sphere, floor)
        force.set_stiffness(body.stiffness)
        force.set_dissipation(_DISSIPATION)
        force.set_static_friction(_FRICTION)
        force.set_dynamic_friction(_FRICTION)
        force.set_viscous_friction(_VISCOUS_FRICTION)
        force.set_transition_velocity(_TRANSITION_MPS)
        model.addForce(force)
