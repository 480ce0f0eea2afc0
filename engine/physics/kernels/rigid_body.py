"""Kinematics and inverse dynamics of a rigid-body tree with points on it. Compiled; `rigid_body_derivatives` differentiates them.

World axes throughout. Motion runs from the ground outwards, forces back (recursive Newton-Euler, Featherstone 2008, Rigid Body Dynamics
Algorithms, ch. 5), with gravity as an upward acceleration of the ground.

==========  =========================================
``n``       frames
``C``       coordinates (31)
``B``       bodies, ground included
``P``       points on bodies
==========  =========================================
"""

from typing import NamedTuple

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import GRAVITY_MPS2
from engine.core.frozen import frozen
from engine.core.vector3 import (
    Matrix,
    Vector,
    add,
    cross,
    dot,
    inlined,
    jit,
    matrix,
    multiply,
    put,
    put_matrix,
    put_of,
    rotate,
    rotate_back,
    scale,
    subtract,
    turn,
    vector,
    vector_of,
)
from engine.musculoskeletal.multibody import ABSENT, Tree

ROTATIONS = 3


class Points(NamedTuple):
    """Spheres on bodies; the point of interest is always the lowest of the sphere.

    ``body (P,)``, ``centre (P, 3)`` in body axes, ``radius (P,)`` m.
    """

    body: Index
    centre: Array
    radius: Array


class State(NamedTuple):
    """Pose and motion of every body; ``direction`` is a joint axis in the world, ``slope`` the derivative of its polynomial."""

    rotation: Array
    position: Array
    joint_centre: Array
    angular_velocity: Array
    velocity: Array
    angular_acceleration: Array
    acceleration: Array
    direction: Array
    slope: Array


class _Load(NamedTuple):
    """Force on every body (all that hangs on it included) and moment about its origin."""

    force: Array
    moment: Array


@jit
def new_state(bodies: int) -> State:
    vectors = np.zeros((6, bodies, 3))
    return State(
        np.zeros((bodies, 3, 3)),
        vectors[0],
        vectors[1],
        vectors[2],
        vectors[3],
        vectors[4],
        vectors[5],
        np.zeros((bodies, 6, 3)),
        np.zeros((bodies, 6)),
    )


@jit
def _axis_motion(
    coordinate: Index, polynomial: Array, b: int, e: int, q: Array, u: Array, a: Array
) -> tuple[float, float, float, float]:
    """Value of axis ``e`` of body ``b``, its derivative by the coordinate, its rate and its acceleration (Horner's rule)."""
    c: int = coordinate[b, e]
    if c < 0:
        return polynomial[b, e, 0], 0.0, 0.0, 0.0
    value, slope, curvature = 0.0, 0.0, 0.0
    for i in range(polynomial.shape[2] - 1, -1, -1):
        curvature = curvature * q[c] + 2 * slope
        slope = slope * q[c] + value
        value = value * q[c] + polynomial[b, e, i]
    return value, slope, slope * u[c], curvature * u[c] * u[c] + slope * a[c]


@jit
def _shift(
    offset: Vector, spin: Vector, spin_rate: Vector, velocity: Vector, acceleration: Vector
) -> tuple[Vector, Vector]:
    """Velocity and acceleration of a point of a rigid body that lies ``offset`` from one where they are known."""
    relative = cross(spin, offset)
    return add(velocity, relative), add(acceleration, add(cross(spin_rate, offset), cross(spin, relative)))


@inlined
def _translate(
    axis: Array,
    coordinate: Index,
    polynomial: Array,
    directions: Array,
    slopes: Array,
    b: int,
    q: Array,
    u: Array,
    a: Array,
    frame: Matrix,
) -> tuple[Vector, Vector, Vector]:
    """Displacement, velocity and acceleration that the translations of a joint add, seen from its frame."""
    offset, rate, acceleration = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    for e in range(ROTATIONS, 6):
        if coordinate[b, e] == ABSENT:
            continue
        x, slope, x_rate, x_acceleration = _axis_motion(coordinate, polynomial, b, e, q, u, a)
        direction = rotate(frame, vector_of(axis, b, e))
        put_of(directions, b, e, direction)
        slopes[b, e] = slope
        offset = add(offset, scale(x, direction))
        rate = add(rate, scale(x_rate, direction))
        acceleration = add(acceleration, scale(x_acceleration, direction))
    return offset, rate, acceleration


@inlined
def _rotate(
    axis: Array,
    coordinate: Index,
    polynomial: Array,
    directions: Array,
    slopes: Array,
    b: int,
    q: Array,
    u: Array,
    a: Array,
    frame: Matrix,
    spin: Vector,
    spin_rate: Vector,
) -> tuple[Matrix, Vector, Vector]:
    """Frame, angular velocity and angular acceleration after the rotations of a joint, each about an axis of the frame so far."""
    for e in range(ROTATIONS):
        if coordinate[b, e] == ABSENT:
            continue
        angle, slope, rate, acceleration = _axis_motion(coordinate, polynomial, b, e, q, u, a)
        direction = rotate(frame, vector_of(axis, b, e))
        put_of(directions, b, e, direction)
        slopes[b, e] = slope
        spin_rate = add(spin_rate, add(scale(acceleration, direction), scale(rate, cross(spin, direction))))
        spin = add(spin, scale(rate, direction))
        frame = turn(frame, vector_of(axis, b, e), angle)
    return frame, spin, spin_rate


@jit
def move(tree: Tree, state: State, q: Array, u: Array, a: Array, gravity: float) -> None:
    """Fills ``state`` for one frame."""
    axis, coordinate, polynomial = tree.axis, tree.coordinate, tree.polynomial
    rotations, positions, centres = state.rotation, state.position, state.joint_centre
    directions, slopes = state.direction, state.slope
    velocities, accelerations, spins, spin_rates = (
        state.velocity,
        state.acceleration,
        state.angular_velocity,
        state.angular_acceleration,
    )
    put_matrix(rotations, 0, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    put(accelerations, 0, (0.0, gravity, 0.0))
    for b in range(1, len(tree.parent)):
        parent = tree.parent[b]
        spin, spin_rate, parent_rotation = vector(spins, parent), vector(spin_rates, parent), matrix(rotations, parent)
        frame = multiply(parent_rotation, matrix(tree.parent_rotation, b))
        offset, rate, slip = _translate(axis, coordinate, polynomial, directions, slopes, b, q, u, a, frame)
        offset = add(offset, rotate(parent_rotation, vector(tree.parent_position, b)))
        centre = add(vector(positions, parent), offset)
        velocity, acceleration = _shift(
            offset, spin, spin_rate, vector(velocities, parent), vector(accelerations, parent)
        )
        velocity = add(velocity, rate)
        acceleration = add(acceleration, add(slip, scale(2.0, cross(spin, rate))))
        frame, spin, spin_rate = _rotate(
            axis, coordinate, polynomial, directions, slopes, b, q, u, a, frame, spin, spin_rate
        )
        offset = rotate(frame, vector(tree.child_position, b))
        velocity, acceleration = _shift(offset, spin, spin_rate, velocity, acceleration)
        put_matrix(rotations, b, multiply(frame, matrix(tree.child_rotation, b)))
        put(positions, b, add(centre, offset))
        put(centres, b, centre)
        put(spins, b, spin)
        put(velocities, b, velocity)
        put(spin_rates, b, spin_rate)
        put(accelerations, b, acceleration)


@jit
def _inertial_loads(tree: Tree, state: State, load: _Load) -> None:
    """Newton's and Euler's laws for every body: force, and moment about its origin."""
    rotations, accelerations, spins, spin_rates = (
        state.rotation,
        state.acceleration,
        state.angular_velocity,
        state.angular_acceleration,
    )
    masses, centres, inertias, forces, moments = tree.mass, tree.mass_centre, tree.inertia, load.force, load.moment
    put(forces, 0, (0.0, 0.0, 0.0))
    put(moments, 0, (0.0, 0.0, 0.0))
    for b in range(1, len(masses)):
        rotation, spin, spin_rate = matrix(rotations, b), vector(spins, b), vector(spin_rates, b)
        centre = rotate(rotation, vector(centres, b))
        _, acceleration = _shift(centre, spin, spin_rate, (0.0, 0.0, 0.0), vector(accelerations, b))
        force = scale(masses[b], acceleration)
        inertia = matrix(inertias, b)
        spin, spin_rate = rotate_back(rotation, spin), rotate_back(rotation, spin_rate)
        moment = add(rotate(inertia, spin_rate), cross(spin, rotate(inertia, spin)))
        put(forces, b, force)
        put(moments, b, add(rotate(rotation, moment), cross(centre, force)))


@jit
def place_points(state: State, points: Points, position: Array, velocity: Array) -> None:
    """Lowest point of every sphere, and the velocity there of the body's matter."""
    for p in range(len(points.body)):
        b = points.body[p]
        lever = rotate(matrix(state.rotation, b), vector(points.centre, p))
        lever = (lever[0], lever[1] - points.radius[p], lever[2])
        put(position, p, add(vector(state.position, b), lever))
        put(velocity, p, add(vector(state.velocity, b), cross(vector(state.angular_velocity, b), lever)))


@jit
def _generalised_forces(tree: Tree, state: State, load: _Load, result: Array) -> None:
    """Carries loads from the leaves to the root and projects them on the joint axes."""
    parents, coordinate, directions, slopes = tree.parent, tree.coordinate, state.direction, state.slope
    origins, centres, forces, moments = state.position, state.joint_centre, load.force, load.moment
    result[:] = 0.0
    for b in range(len(parents) - 1, 0, -1):
        parent = parents[b]
        origin, force, moment = vector(origins, b), vector(forces, b), vector(moments, b)
        at_joint = add(moment, cross(subtract(origin, vector(centres, b)), force))
        for e in range(6):
            c: int = coordinate[b, e]
            if c >= 0:
                result[c] += slopes[b, e] * dot(vector_of(directions, b, e), at_joint if e < ROTATIONS else force)
        moment = add(moment, cross(subtract(origin, vector(origins, parent)), force))
        put(forces, parent, add(vector(forces, parent), force))
        put(moments, parent, add(vector(moments, parent), moment))


class _Workspace(NamedTuple):
    state: State
    load: _Load
    position: Array
    velocity: Array


@jit
def _new_workspace(tree: Tree, points: Points) -> _Workspace:
    bodies, count = len(tree.parent), len(points.body)
    load = _Load(np.zeros((bodies, 3)), np.zeros((bodies, 3)))
    return _Workspace(new_state(bodies), load, np.zeros((count, 3)), np.zeros((count, 3)))


@jit
def _frame_dynamics(
    tree: Tree,
    points: Points,
    q: Array,
    u: Array,
    a: Array,
    gravity: float,
    work: _Workspace,
    force: Array,
) -> None:
    """Generalised forces of one frame; leaves the points in ``work``."""
    state, load = work.state, work.load
    move(tree, state, q, u, a, gravity)
    place_points(state, points, work.position, work.velocity)
    _inertial_loads(tree, state, load)
    _generalised_forces(tree, state, load, force)


@jit
def _point_jacobian(tree: Tree, points: Points, state: State, position: Array, jacobian: Array) -> None:
    for p in range(len(points.body)):
        b: int = points.body[p]
        while b > 0:
            lever = subtract(vector(position, p), vector(state.joint_centre, b))
            for e in range(6):
                c: int = tree.coordinate[b, e]
                if c >= 0:
                    direction = scale(state.slope[b, e], vector_of(state.direction, b, e))
                    column = cross(direction, lever) if e < ROTATIONS else direction
                    put_of(jacobian, p, c, add(vector_of(jacobian, p, c), column))
            b = tree.parent[b]


@jit
def _all_frames(
    tree: Tree, points: Points, q: Array, u: Array, a: Array, gravity: float
) -> tuple[Array, Array, Array, Array]:
    n, coordinates, count = len(q), q.shape[1], len(points.body)
    work = _new_workspace(tree, points)
    force = np.empty((n, coordinates))
    position, velocity = np.empty((n, count, 3)), np.empty((n, count, 3))
    jacobian = np.zeros((n, count, coordinates, 3))
    for k in range(n):
        _frame_dynamics(tree, points, q[k], u[k], a[k], gravity, work, force[k])
        position[k], velocity[k] = work.position, work.velocity
        _point_jacobian(tree, points, work.state, work.position, jacobian[k])
    return force, position, velocity, jacobian


@jit
def _all_positions(tree: Tree, points: Points, q: Array) -> Array:
    n, count, rest = len(q), len(points.body), np.zeros(q.shape[1])
    state, velocity, position = new_state(len(tree.parent)), np.empty((count, 3)), np.empty((n, count, 3))
    for k in range(n):
        move(tree, state, q[k], rest, rest, 0.0)
        place_points(state, points, position[k], velocity)
    return position


@frozen
class RigidBodyMotion:
    """What a motion means for the tree, without ground forces.

    ``force (n, C)`` generalised forces that the motion needs; per point: ``position (n, P, 3)`` of its lowest point, ``velocity (n, P, 3)``
    of the matter there and ``jacobian (n, P, C, 3)``, the derivative of that velocity by the speeds.
    """

    force: Array
    position: Array
    velocity: Array
    jacobian: Array


def writable(array: Array) -> Array:
    """The array as kernels are compiled for: one that is read-only, as a record's are, would have them compiled again, and is copied."""
    return np.require(array, float, ["C", "W"])


def rigid_body_motion(tree: Tree, points: Points, q: Array, u: Array, a: Array) -> RigidBodyMotion:
    """Inverse dynamics and point kinematics of a motion ``(n, C)``."""
    return RigidBodyMotion(*_all_frames(tree, points, writable(q), writable(u), writable(a), GRAVITY_MPS2))


def point_positions(tree: Tree, points: Points, q: Array) -> Array:
    """Where the points are at coordinates ``q (n, C)``: ``(n, P, 3)``."""
    return _all_positions(tree, points, writable(q))
