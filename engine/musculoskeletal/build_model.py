"""Turns a `ModelDescription` into an OpenSim model.

Muscles are of class DeGrooteFregly2016Muscle with a rigid tendon (De Groote et al. 2016, Ann Biomed Eng 44:2922): the force curves
that the physics uses. Its passive curve takes the strain of each muscle from the tables.
"""

from dataclasses import replace

from engine.musculoskeletal.description import (
    Axis,
    Coordinate,
    Cylinder,
    Joint,
    ModelDescription,
    Muscle,
    PassiveTorque,
    RigidBody,
)
from engine.musculoskeletal.toolkit import opensim, vec3

MAX_CONTRACTION_VELOCITY = 10.0
"""Optimal fibre lengths per second, the same for all muscles (Rajagopal et al. 2016)."""

PATELLA = "_beta"
"""Ending of the coordinate that makes the patella follow the knee."""


def build_model(description: ModelDescription) -> opensim.Model:
    """The model, its connections made. Call ``initSystem`` for a state; keep a reference to the model as long as the state lives."""
    model = opensim.Model()
    model.setName(description.name)
    model.set_gravity(opensim.Vec3(0.0, -9.80665, 0.0))
    for body in description.bodies:
        model.addBody(_body(body))
    for joint in description.joints:
        model.addJoint(_joint(model, joint))
    model.finalizeConnections()
    for coordinate in description.coordinates:
        _set_coordinate(model, coordinate)
    for joint in description.joints:
        for name in sorted({name for axis in joint.axes if (name := axis.coordinate or "").endswith(PATELLA)}):
            model.addConstraint(_patella_coupling(name))
    cylinders = {cylinder.name: _add_cylinder(model, cylinder) for cylinder in description.cylinders}
    forces = model.updForceSet()
    for muscle in description.muscles:
        forces.adoptAndAppend(_muscle(model, muscle, cylinders))
    for coordinate in description.coordinates:
        expression = passive_expression(coordinate.passive)
        if expression:
            forces.adoptAndAppend(_passive(coordinate.name, expression))
    for name, optimal_force in description.actuators.items():
        forces.adoptAndAppend(_actuator(model, name, optimal_force))
    model.finalizeConnections()
    return model


def build_bones(description: ModelDescription) -> opensim.Model:
    """Bodies and joints alone, which inverse dynamics needs: a fifth of the work."""
    still = PassiveTorque(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    coordinates = tuple(replace(coordinate, passive=still) for coordinate in description.coordinates)
    return build_model(replace(description, coordinates=coordinates, cylinders=(), muscles=(), actuators={}))


def _body(body: RigidBody) -> opensim.Body:
    return opensim.Body(body.name, body.mass, vec3(body.mass_centre), opensim.Inertia(*map(float, body.inertia)))


def _frame(model: opensim.Model, name: str) -> opensim.PhysicalFrame:
    return model.getGround() if name == "ground" else model.getBodySet().get(name)


def _joint(model: opensim.Model, joint: Joint) -> opensim.Joint:
    ends = [
        argument
        for body, place in ((joint.parent, joint.in_parent), (joint.child, joint.in_child))
        for argument in (_frame(model, body), vec3(place.position), vec3(place.angles))
    ]
    if joint.kind == "weld":
        return opensim.WeldJoint(joint.name, *ends)
    if joint.kind == "hinge":
        hinge = opensim.PinJoint(joint.name, *ends)
        hinge.updCoordinate().setName(joint.coordinate)
        return hinge
    return opensim.CustomJoint(joint.name, *ends, _spatial_transform(joint))


def _spatial_transform(joint: Joint) -> opensim.SpatialTransform:
    transform = opensim.SpatialTransform()
    names = ("rotation1", "rotation2", "rotation3", "translation1", "translation2", "translation3")
    for name, axis in zip(names, joint.axes, strict=True):
        slot = getattr(transform, f"upd_{name}")()
        slot.setAxis(vec3(axis.direction))
        if axis.coordinate is not None:
            slot.setCoordinateNames(opensim.ArrayStr(axis.coordinate, 1))
        slot.set_function(_function(axis))
    return transform


def _function(axis: Axis) -> opensim.Function:
    if axis.coordinate is None:
        return opensim.Constant(0.0)
    if axis.curve is None:
        return opensim.LinearFunction(1.0, 0.0)
    if axis.curve.coefficients:
        descending = opensim.Vector(len(axis.curve.coefficients), 0.0)
        for k, coefficient in enumerate(reversed(axis.curve.coefficients)):
            descending.set(k, coefficient)
        return opensim.PolynomialFunction(descending)
    spline = opensim.SimmSpline()
    for knot, value in zip(axis.curve.knots, axis.curve.values, strict=True):
        spline.addPoint(knot, value)
    return spline


def _set_coordinate(model: opensim.Model, coordinate: Coordinate) -> None:
    target = model.updCoordinateSet().get(coordinate.name)
    target.setRangeMin(coordinate.lower)
    target.setRangeMax(coordinate.upper)
    target.setDefaultValue(coordinate.default)
    target.set_clamped(False)


def _patella_coupling(name: str) -> opensim.CoordinateCouplerConstraint:
    coupling = opensim.CoordinateCouplerConstraint()
    knee = name.removesuffix(PATELLA)
    coupling.setName(f"patellofemoral_{knee}")
    coupling.setIndependentCoordinateNames(opensim.ArrayStr(knee, 1))
    coupling.setDependentCoordinateName(name)
    coupling.setFunction(opensim.LinearFunction(1.0, 0.0))
    return coupling


def _add_cylinder(model: opensim.Model, cylinder: Cylinder) -> opensim.WrapCylinder:
    surface = opensim.WrapCylinder()
    surface.setName(cylinder.name)
    surface.set_translation(vec3(cylinder.placement.position))
    surface.set_xyz_body_rotation(vec3(cylinder.placement.angles))
    surface.set_radius(cylinder.radius)
    surface.set_length(cylinder.length)
    surface.set_quadrant(cylinder.quadrant)
    _frame(model, cylinder.body).addWrapObject(surface)
    return surface


def _muscle(
    model: opensim.Model, muscle: Muscle, cylinders: dict[str, opensim.WrapCylinder]
) -> opensim.DeGrooteFregly2016Muscle:
    unit = opensim.DeGrooteFregly2016Muscle()
    unit.setName(muscle.name)
    for number, point in enumerate(muscle.path, start=1):
        unit.addNewPathPoint(f"{muscle.name}-P{number}", _frame(model, point.body), vec3(point.position))
    path = unit.updGeometryPath()
    for index, wrap in enumerate(muscle.wraps):
        path.addPathWrap(cylinders[wrap.cylinder])
        encounter = path.updWrapSet().get(index)
        encounter.set_method(wrap.method)
        encounter.set_range(0, wrap.first)
        encounter.set_range(1, wrap.last)
    unit.set_max_isometric_force(muscle.max_isometric_force)
    unit.set_optimal_fiber_length(muscle.optimal_fibre_length)
    unit.set_tendon_slack_length(muscle.tendon_slack_length)
    unit.set_pennation_angle_at_optimal(muscle.pennation)
    unit.set_max_contraction_velocity(MAX_CONTRACTION_VELOCITY)
    unit.set_passive_fiber_strain_at_one_norm_force(muscle.passive_strain)
    unit.set_ignore_tendon_compliance(True)
    unit.setMinControl(muscle.min_control)
    return unit


def passive_expression(passive: PassiveTorque) -> str:
    """The torque as OpenSim's expression in ``q`` and ``qdot``; empty where there is none."""
    terms = []
    if passive.lower_torque:
        terms.append(f"{passive.lower_torque:.9g}*exp(-{passive.lower_rate:.9g}*(q-({passive.lower_angle:.9g})))")
    if passive.upper_torque:
        terms.append(f"-{passive.upper_torque:.9g}*exp({passive.upper_rate:.9g}*(q-({passive.upper_angle:.9g})))")
    if passive.stiffness:
        terms.append(f"-{passive.stiffness:.9g}*q")
    if passive.damping:
        terms.append(f"-{passive.damping:.9g}*qdot")
    return "+".join(terms).replace("+-", "-")


def _passive(coordinate: str, expression: str) -> opensim.ExpressionBasedCoordinateForce:
    force = opensim.ExpressionBasedCoordinateForce(coordinate, expression)
    force.setName(f"passive_{coordinate}")
    return force


def _actuator(model: opensim.Model, coordinate: str, optimal_force: float) -> opensim.CoordinateActuator:
    actuator = opensim.CoordinateActuator(coordinate)
    actuator.setName(f"torque_{coordinate}")
    actuator.setOptimalForce(optimal_force)
    actuator.setCoordinate(model.updCoordinateSet().get(coordinate))
    return actuator
