"""Exact derivatives of inverse dynamics and of points, with forces held on the points. Compiled.

Spatial vectors about the world's origin: a motion is (angular, linear), a wrench is (moment, force). An axis with screw ``S`` and value
``s = p(q)`` comes after the axes that lead to it, which move with velocity ``v`` and acceleration ``a`` (gravity included). With

    A = v x S,    B = a x S + v x A,    D = v x* I - I v x + (I v) x*

the wrench ``f = I a + v x* I v`` of all that an axis carries changes by (Singh, Russell & Wensing 2022, IEEE Robot Autom Lett 7:1776)

    df/ds = S x* f + I B + D A,     df/ds' = 2 I A + D S,     df/ds'' = I S

where ``I``, ``D`` and ``f`` are sums over bodies. An axis nearer to the root feels this change of wrench; one farther out feels the same
without ``S x* f``, with the sums of what it carries itself. ``D`` acts on angular parts only, as ``(E w, -2 momentum x w)``. The chain
rule for ``s = p(q)`` with slope ``p1``, curvature ``p2`` and third derivative ``p3`` then gives, for a coordinate's value and speed,

    I X + D Y + p1 S x* f,    X = p1 B + 2 p2 u A + (p3 u^2 + p2 a) S,    Y = p1 A + p2 u S,    and  2 I (p1 A + p2 u S) + D p1 S

A force ``g`` held on a point moves with it; its wrench changes by the moment ``(dx) x g``, where ``dx = linear + angular x c`` for the
centre ``c`` of the point's sphere.
"""

from typing import NamedTuple

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import GRAVITY_MPS2
from engine.core.vector3 import (
    Vector,
    add,
    cross,
    dot,
    jit,
    matrix,
    multiply,
    put,
    rotate,
    rotate_back,
    scale,
    subtract,
    vector,
)
from engine.musculoskeletal.multibody import Tree
from engine.physics.kernels.rigid_body import ROTATIONS, Points, State, move, new_state, place_points, writable

_ORDER = (3, 4, 5, 0, 1, 2)
"""A joint's translations come before its rotations."""


class _Axes(NamedTuple):
    """Moving axes ``K`` in an order in which each comes after the axis that leads to it, ``before`` (-1: none). ``last (B,)`` is the last
    axis that moves a body. ``coordinate``, ``body`` and ``place`` say which axis of the tree it is."""

    coordinate: Index
    body: Index
    place: Index
    before: Index
    last: Index


def _axes(tree: Tree) -> _Axes:
    rows, last = [], [-1]
    for b in range(1, len(tree.parent)):
        latest = last[tree.parent[b]]
        for e in _ORDER:
            if tree.coordinate[b, e] >= 0:
                rows.append((tree.coordinate[b, e], b, e, latest))
                latest = len(rows) - 1
        last.append(latest)
    coordinate, body, place, before = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return _Axes(coordinate, body, place, before, np.array(last))


class _Screws(NamedTuple):
    """Per axis, each ``(K, 2, 3)``: ``screw`` p1 S, ``bend`` p2 S, ``value`` X and ``drift`` Y."""

    screw: Array
    bend: Array
    value: Array
    drift: Array


class _Sums(NamedTuple):
    """Per body, of all that it carries: ``mass``, its first moment, ``inertia`` about the origin, ``momentum``, ``gyration`` E, and
    ``wrench (B, 2, 3)`` that it needs; of the forces on its points: their wrench ``held (B, 2, 3)`` and how their moment changes with
    rotation, ``arm (B, 3, 3)``."""

    mass: Array
    moment: Array
    inertia: Array
    momentum: Array
    gyration: Array
    wrench: Array
    held: Array
    arm: Array


@jit
def _new_sums(bodies: int) -> _Sums:
    vectors, matrices, wrenches = np.zeros((2, bodies, 3)), np.zeros((3, bodies, 3, 3)), np.zeros((2, bodies, 2, 3))
    return _Sums(
        np.zeros(bodies), vectors[0], matrices[0], vectors[1], matrices[1], wrenches[0], wrenches[1], matrices[2]
    )


@jit
def _polynomial_slopes(polynomial: Array, x: float) -> tuple[float, float, float]:
    """First three derivatives (Horner's rule)."""
    value, first, second, third = 0.0, 0.0, 0.0, 0.0
    for i in range(len(polynomial) - 1, -1, -1):
        third = third * x + second
        second = second * x + first
        first = first * x + value
        value = value * x + polynomial[i]
    return first, 2 * second, 6 * third


class _Motion(NamedTuple):
    """A spatial vector: a motion, or a wrench as (moment, force)."""

    angular: Vector
    linear: Vector


@jit
def _read(array: Array, i: int) -> _Motion:
    """Row ``i`` of an array ``(n, 2, 3)``."""
    return _Motion((array[i, 0, 0], array[i, 0, 1], array[i, 0, 2]), (array[i, 1, 0], array[i, 1, 1], array[i, 1, 2]))


@jit
def _write(array: Array, i: int, v: _Motion) -> None:
    for j in range(3):
        array[i, 0, j], array[i, 1, j] = v.angular[j], v.linear[j]


@jit
def _plus(v: _Motion, w: _Motion) -> _Motion:
    return _Motion(add(v.angular, w.angular), add(v.linear, w.linear))


@jit
def _minus(v: _Motion, w: _Motion) -> _Motion:
    return _Motion(subtract(v.angular, w.angular), subtract(v.linear, w.linear))


@jit
def _times(factor: float, v: _Motion) -> _Motion:
    return _Motion(scale(factor, v.angular), scale(factor, v.linear))


@jit
def _along(v: _Motion, w: _Motion) -> float:
    return dot(v.angular, w.angular) + dot(v.linear, w.linear)


@jit
def _crossed(v: _Motion, w: _Motion) -> _Motion:
    """``v x w``."""
    return _Motion(cross(v.angular, w.angular), add(cross(v.angular, w.linear), cross(v.linear, w.angular)))


@jit
def _crossed_wrench(v: _Motion, f: _Motion) -> _Motion:
    """``v x* f``."""
    return _Motion(add(cross(v.angular, f.angular), cross(v.linear, f.linear)), cross(v.angular, f.linear))


@jit
def _fill_screws(
    tree: Tree, axes: _Axes, state: State, q: Array, u: Array, a: Array, gravity: float, to: _Screws
) -> None:
    """Along each chain of axes, with the velocity and acceleration that it has gathered so far."""
    count = len(axes.body)
    velocities, accelerations = np.empty((count, 2, 3)), np.empty((count, 2, 3))
    nowhere = (0.0, 0.0, 0.0)
    for k in range(count):
        c: int
        b, e, c = axes.body[k], axes.place[k], axes.coordinate[k]
        p1, p2, p3 = _polynomial_slopes(tree.polynomial[b, e], q[c])
        direction = (state.direction[b, e, 0], state.direction[b, e, 1], state.direction[b, e, 2])
        screw = _Motion(nowhere, direction)
        if e < ROTATIONS:
            screw = _Motion(direction, cross(vector(state.joint_centre, b), direction))
        velocity, acceleration = _Motion(nowhere, nowhere), _Motion(nowhere, (0.0, gravity, 0.0))
        if axes.before[k] >= 0:
            velocity, acceleration = _read(velocities, axes.before[k]), _read(accelerations, axes.before[k])
        first = _crossed(velocity, screw)
        second = _plus(_crossed(acceleration, screw), _crossed(velocity, first))
        along = _plus(_times(2 * p2 * u[c], first), _times(p3 * u[c] ** 2 + p2 * a[c], screw))
        _write(to.screw, k, _times(p1, screw))
        _write(to.bend, k, _times(p2, screw))
        _write(to.value, k, _plus(_times(p1, second), along))
        _write(to.drift, k, _plus(_times(p1, first), _times(p2 * u[c], screw)))
        rate, change = p1 * u[c], p2 * u[c] ** 2 + p1 * a[c]
        _write(velocities, k, _plus(velocity, _times(rate, screw)))
        _write(accelerations, k, _plus(acceleration, _plus(_times(change, screw), _times(rate, first))))


@jit
def _add_outer(to: Array, factor: float, v: Vector, w: Vector) -> None:
    """``to += factor v w'``."""
    for i in range(3):
        for j in range(3):
            to[i, j] += factor * v[i] * w[j]


@jit
def _add_diagonal(to: Array, value: float) -> None:
    for i in range(3):
        to[i, i] += value


@jit
def _add_cross(to: Array, v: Vector) -> None:
    """``to += v x``."""
    to[0, 1] -= v[2]
    to[0, 2] += v[1]
    to[1, 0] += v[2]
    to[1, 2] -= v[0]
    to[2, 0] -= v[1]
    to[2, 1] += v[0]


@jit
def _body_sums(tree: Tree, state: State, sums: _Sums) -> None:
    """Of each body alone."""
    for b in range(len(tree.mass)):
        mass, rotation = tree.mass[b], matrix(state.rotation, b)
        spin, spin_rate = vector(state.angular_velocity, b), vector(state.angular_acceleration, b)
        lever = rotate(rotation, vector(tree.mass_centre, b))
        centre = add(vector(state.position, b), lever)
        velocity = add(vector(state.velocity, b), cross(spin, lever))
        acceleration = add(vector(state.acceleration, b), add(cross(spin_rate, lever), cross(spin, cross(spin, lever))))
        momentum, force = scale(mass, velocity), scale(mass, acceleration)
        own = multiply(multiply(rotation, matrix(tree.inertia, b)), _transposed(rotation))
        spun = rotate(own, spin)
        sums.mass[b] = mass
        put(sums.moment, b, scale(mass, centre))
        put(sums.momentum, b, momentum)
        put(sums.wrench[b], 0, add(add(rotate(own, spin_rate), cross(spin, spun)), cross(centre, force)))
        put(sums.wrench[b], 1, force)
        inertia, gyration = sums.inertia[b], sums.gyration[b]
        for i in range(3):
            for j in range(3):
                inertia[i, j] = own[i][j]
        _add_outer(inertia, -mass, centre, centre)
        _add_diagonal(inertia, mass * dot(centre, centre))
        _fill_gyration(gyration, inertia, spin)
        slide = subtract(velocity, cross(spin, centre))
        _add_outer(gyration, -mass, centre, slide)
        _add_outer(gyration, -mass, slide, centre)
        _add_diagonal(gyration, 2 * mass * dot(centre, slide))
        _add_cross(gyration, scale(-1.0, add(spun, cross(centre, momentum))))


@jit
def _transposed(m: tuple[Vector, Vector, Vector]) -> tuple[Vector, Vector, Vector]:
    return (m[0][0], m[1][0], m[2][0]), (m[0][1], m[1][1], m[2][1]), (m[0][2], m[1][2], m[2][2])


@jit
def _fill_gyration(gyration: Array, inertia: Array, spin: Vector) -> None:
    """``spin x inertia - inertia spin x``, for a symmetric inertia."""
    turned = np.empty((3, 3))
    for j in range(3):
        column = cross(spin, (inertia[0, j], inertia[1, j], inertia[2, j]))
        for i in range(3):
            turned[i, j] = column[i]
    for i in range(3):
        for j in range(3):
            gyration[i, j] = turned[i, j] + turned[j, i]


@jit
def _point_sums(points: Points, centres: Array, position: Array, applied: Array, sums: _Sums) -> None:
    """Of the forces on each body's own points."""
    sums.held[:] = 0.0
    sums.arm[:] = 0.0
    for p in range(len(points.body)):
        b, force, centre = points.body[p], vector(applied, p), vector(centres, p)
        put(sums.held[b], 0, add(vector(sums.held[b], 0), cross(vector(position, p), force)))
        put(sums.held[b], 1, add(vector(sums.held[b], 1), force))
        _add_outer(sums.arm[b], 1.0, centre, force)
        _add_diagonal(sums.arm[b], -dot(centre, force))


@jit
def _gather(tree: Tree, sums: _Sums) -> None:
    """From the leaves to the root."""
    for b in range(len(tree.parent) - 1, 0, -1):
        parent = tree.parent[b]
        sums.mass[parent] += sums.mass[b]
        for part in (sums.moment, sums.momentum):
            for i in range(3):
                part[parent, i] += part[b, i]
        for square in (sums.inertia, sums.gyration, sums.arm):
            for i in range(3):
                for j in range(3):
                    square[parent, i, j] += square[b, i, j]
        for wrench in (sums.wrench, sums.held):
            for i in range(2):
                for j in range(3):
                    wrench[parent, i, j] += wrench[b, i, j]


@jit
def _inertial(sums: _Sums, b: int, motion: _Motion) -> _Motion:
    """``I motion`` of all that body ``b`` carries, a wrench."""
    moment = vector(sums.moment, b)
    return _Motion(
        add(rotate(matrix(sums.inertia, b), motion.angular), cross(moment, motion.linear)),
        add(scale(sums.mass[b], motion.linear), cross(motion.angular, moment)),
    )


@jit
def _gyroscopic(sums: _Sums, b: int, angular: Vector) -> _Motion:
    """``D motion``."""
    return _Motion(rotate(matrix(sums.gyration, b), angular), scale(-2.0, cross(vector(sums.momentum, b), angular)))


@jit
def _gyroscopic_back(sums: _Sums, b: int, screw: _Motion) -> Vector:
    """Angular part of ``D' screw``; the linear part is zero."""
    momentum = vector(sums.momentum, b)
    return add(rotate_back(matrix(sums.gyration, b), screw.angular), scale(2.0, cross(momentum, screw.linear)))


@jit
def _turned(sums: _Sums, b: int, screw: _Motion) -> _Motion:
    """Change of the wrench that is left to axes nearer to the root: what bodies need turns along ``screw``, held forces only move."""
    moved = cross(screw.linear, vector(sums.held[b], 1))
    moved = add(moved, rotate(matrix(sums.arm, b), screw.angular))
    return _minus(_crossed_wrench(screw, _read(sums.wrench, b)), _Motion(moved, (0.0, 0.0, 0.0)))


@jit
def _held_back(sums: _Sums, b: int, screw: _Motion) -> Vector:
    """What held forces on body ``b`` and farther out do along ``screw``, by rotations of axes nearer to the root."""
    turned = _crossed_wrench(screw, _read(sums.held, b)).angular
    return scale(-1.0, add(turned, rotate_back(matrix(sums.arm, b), screw.angular)))


@jit
def _fill_forces(axes: _Axes, screws: _Screws, sums: _Sums, by_motion: Array) -> None:
    """Derivatives ``(C, 3, C)`` of the generalised forces, pair by pair of axes on one chain."""
    for k in range(len(axes.body)):
        b, c = axes.body[k], axes.coordinate[k]
        screw, value, drift = _read(screws.screw, k), _read(screws.value, k), _read(screws.drift, k)
        carried, spun, held = _inertial(sums, b, screw), _gyroscopic_back(sums, b, screw), _held_back(sums, b, screw)
        by_value = _plus(_inertial(sums, b, value), _gyroscopic(sums, b, drift.angular))
        by_value = _plus(by_value, _turned(sums, b, screw))
        by_speed = _plus(_times(2.0, _inertial(sums, b, drift)), _gyroscopic(sums, b, screw.angular))
        by_motion[c, 0, c] += _along(_read(screws.bend, k), _minus(_read(sums.wrench, b), _read(sums.held, b)))
        i = k
        while i >= 0:
            d, nearer = axes.coordinate[i], _read(screws.screw, i)
            by_motion[d, 0, c] += _along(nearer, by_value)
            by_motion[d, 1, c] += _along(nearer, by_speed)
            by_motion[d, 2, c] += _along(nearer, carried)
            if i != k:
                value, drift = _read(screws.value, i), _read(screws.drift, i)
                turning = dot(spun, drift.angular) + dot(held, nearer.angular)
                by_motion[c, 0, d] += _along(carried, value) + turning
                by_motion[c, 1, d] += 2 * _along(carried, drift) + dot(spun, nearer.angular)
                by_motion[c, 2, d] += _along(carried, nearer)
            i = axes.before[i]


@jit
def _fill_points(
    axes: _Axes,
    screws: _Screws,
    state: State,
    points: Points,
    centres: Array,
    position: Array,
    place: Array,
    slide: Array,
) -> None:
    """Derivatives ``(P, 3, C)`` of the lowest points' positions, and of the velocities there, by coordinates."""
    for p in range(len(points.body)):
        b: int
        b, centre, lowest = points.body[p], vector(centres, p), vector(position, p)
        spin = vector(state.angular_velocity, b)
        velocity = _Motion(spin, subtract(vector(state.velocity, b), cross(spin, vector(state.position, b))))
        k: int = axes.last[b]
        while k >= 0:
            c: int
            c, screw = axes.coordinate[k], _read(screws.screw, k)
            moved = add(screw.linear, cross(screw.angular, centre))
            change = _plus(_crossed(screw, velocity), _read(screws.drift, k))
            faster = add(add(change.linear, cross(change.angular, lowest)), cross(spin, moved))
            for j in range(3):
                place[p, j, c] += moved[j]
                slide[p, j, c] += faster[j]
            k = axes.before[k]


@jit
def _all_derivatives(
    tree: Tree, axes: _Axes, points: Points, q: Array, u: Array, a: Array, applied: Array, gravity: float
) -> tuple[Array, Array, Array]:
    n, coordinates = q.shape
    bodies, count, moving = len(tree.parent), len(points.body), len(axes.body)
    state, sums = new_state(bodies), _new_sums(bodies)
    vectors = np.empty((4, moving, 2, 3))
    screws = _Screws(vectors[0], vectors[1], vectors[2], vectors[3])
    by_motion = np.zeros((n, coordinates, 3, coordinates))
    place, slide = np.zeros((n, count, 3, coordinates)), np.zeros((n, count, 3, coordinates))
    position, velocity, centres = np.empty((count, 3)), np.empty((count, 3)), np.empty((count, 3))
    for k in range(n):
        move(tree, state, q[k], u[k], a[k], gravity)
        place_points(state, points, position, velocity)
        for p in range(count):
            put(centres, p, (position[p, 0], position[p, 1] + points.radius[p], position[p, 2]))
        _fill_screws(tree, axes, state, q[k], u[k], a[k], gravity, screws)
        _body_sums(tree, state, sums)
        _point_sums(points, centres, position, applied[k], sums)
        _gather(tree, sums)
        _fill_forces(axes, screws, sums, by_motion[k])
        _fill_points(axes, screws, state, points, centres, position, place[k], slide[k])
    return by_motion, place, slide


def dynamics_derivatives(
    tree: Tree, points: Points, q: Array, u: Array, a: Array, applied: Array
) -> tuple[Array, Array, Array]:
    """Derivatives of a motion ``q, u, a (n, C)`` at fixed forces ``applied (n, P, 3)`` on the points.

    Returns ``(n, C, 3, C)``: generalised forces less those of ``applied``, by coordinates, speeds, accelerations; and by coordinates,
    ``(n, P, 3, C)`` each: positions and velocities of the points.
    """
    q, u, a = writable(q), writable(u), writable(a)
    return _all_derivatives(tree, _axes(tree), points, q, u, a, applied, GRAVITY_MPS2)
