"""Lengths of muscle paths through fixed points and over cylinders, by the rules of OpenSim's GeometryPath. Compiled.

In the axes of a cylinder of radius ``r``, the straight line from ``p`` to ``s`` wraps where it passes nearer to the axis (z) than ``r``;
over a cylinder with an active side it wraps wherever that leads it past that side. Seen along the axis, the path touches at the angles

    p_angle ± acos(r / |p|),    s_angle ∓ acos(r / |s|)                        (+ and - for the way anticlockwise)

Along the axis, these two points lie in the plane through ``p``, ``s`` and the point of the cylinder nearest to their line (or opposite to
it, on the far side). A path with several cylinders meets them in turn until its length settles, and follows the shortest line on each: a
helix that leaves the cylinder at the angle at which it came. Nothing wraps whose end lies inside the cylinder, or where both touching
points lie beyond its length.
"""

from typing import NamedTuple

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array, Index
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.core.vector3 import Vector, add, dot, jit, scale, subtract, vector
from engine.musculoskeletal.description import Cylinder, ModelDescription, Muscle, Wrap

NO_SIDE = -1
"""Mark of a cylinder whose whole surface is active."""

_NONE, _INSIDE, _POSSIBLE, _MANDATORY = 0, 1, 2, 3
_ROUNDS = 8
_SETTLED_M = 0.0005
_MOST_NODES = 24
"""Of a path: its points, and two for each cylinder that it wraps over."""

_FRAME = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""Anchors that carry a cylinder: its centre, and one metre along its x and its z axis."""


class PathTable(NamedTuple):
    """Muscle ``m`` runs through points ``first_point[m]`` to ``first_point[m + 1]`` and meets wraps ``first_wrap[m]`` to
    ``first_wrap[m + 1]``; wrap ``w`` meets ``cylinder[w]`` between points ``start[w]`` and ``end[w]`` of its muscle. ``side`` is the axis
    (0, 1) along which the active side of a cylinder lies, or `NO_SIDE`; ``sign`` its direction."""

    first_point: Index
    first_wrap: Index
    cylinder: Index
    start: Index
    end: Index
    radius: Array
    half_length: Array
    side: Index
    sign: Array


@frozen
class PathGeometry:
    """Paths of a model's muscles. ``bodies`` and ``places (A, 3)``: body, and position in it, of every anchor: all path points, then
    three for each cylinder."""

    bodies: tuple[str, ...]
    places: Array
    table: PathTable

    def lengths(self, anchors: Array) -> Array:
        """Lengths ``(n, M)`` of all paths when the anchors are at ``anchors (n, A, 3)`` in the world, m."""
        return _all_lengths(self.table, np.ascontiguousarray(anchors, dtype=float))


def path_geometry(description: ModelDescription) -> PathGeometry:
    """The paths of a model's muscles, in their order.

    Raises:
        DataError: a path has more points than are provided for.
    """
    for muscle in description.muscles:
        _check_size(muscle)
    points = [point for muscle in description.muscles for point in muscle.path]
    wraps = [wrap for muscle in description.muscles for wrap in muscle.wraps]
    number = {cylinder.name: k for k, cylinder in enumerate(description.cylinders)}
    ends = [_ends(wrap, len(muscle.path)) for muscle in description.muscles for wrap in muscle.wraps]
    sides = [_active_side(cylinder) for cylinder in description.cylinders]
    frames = [_frame_anchors(cylinder) for cylinder in description.cylinders]
    table = PathTable(
        first_point=_starts([len(muscle.path) for muscle in description.muscles]),
        first_wrap=_starts([len(muscle.wraps) for muscle in description.muscles]),
        cylinder=np.array([number[wrap.cylinder] for wrap in wraps], dtype=np.int64),
        start=np.array([start for start, _ in ends], dtype=np.int64),
        end=np.array([end for _, end in ends], dtype=np.int64),
        radius=np.array([cylinder.radius for cylinder in description.cylinders]),
        half_length=np.array([cylinder.length / 2 for cylinder in description.cylinders]),
        side=np.array([axis for axis, _ in sides], dtype=np.int64),
        sign=np.array([sign for _, sign in sides]),
    )
    bodies = [point.body for point in points] + [
        cylinder.body for cylinder in description.cylinders for _ in range(len(_FRAME))
    ]
    return PathGeometry(tuple(bodies), np.concatenate([[point.position for point in points], *frames]), table)


def _check_size(muscle: Muscle) -> None:
    points, wraps = len(muscle.path), len(muscle.wraps)
    if points + 2 * wraps > _MOST_NODES:
        raise DataError(
            f"muscle {muscle.name}: {points} path points and {wraps} wraps; points and twice the wraps may be {_MOST_NODES} together"
        )


def _starts(counts: list[int]) -> Index:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _ends(wrap: Wrap, points: int) -> tuple[int, int]:
    """First and last path point, from 0, between which a wrap acts."""
    return (0 if wrap.first < 1 else wrap.first - 1, points - 1 if wrap.last < 1 else wrap.last - 1)


def _active_side(cylinder: Cylinder) -> tuple[int, float]:
    if cylinder.quadrant == "all":
        return NO_SIDE, 0.0
    return "xy".index(cylinder.quadrant[-1]), -1.0 if cylinder.quadrant.startswith("-") else 1.0


def _frame_anchors(cylinder: Cylinder) -> Array:
    return cylinder.placement.position + Rotation.from_euler("XYZ", cylinder.placement.angles).apply(_FRAME)


class _Way(NamedTuple):
    """A line over a cylinder: what came of it, length on the surface, and where it touches."""

    outcome: int
    on_surface: float
    first: Vector
    last: Vector


@jit
def _nothing(outcome: int) -> _Way:
    return _Way(outcome, 0.0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))


@jit
def _distance(v: Vector, w: Vector) -> float:
    away = subtract(v, w)
    return np.sqrt(dot(away, away))


@jit
def _meets(p: Vector, s: Vector, radius: float, side: int, sign: float) -> int:
    """Whether the line from ``p`` to ``s`` has to wrap."""
    across = (s[0] - p[0], s[1] - p[1])
    share = -(p[0] * across[0] + p[1] * across[1]) / (across[0] ** 2 + across[1] ** 2)
    near = (p[0] + share * across[0], p[1] + share * across[1])
    if 0.0 < share < 1.0 and near[0] ** 2 + near[1] ** 2 < radius**2:
        return _MANDATORY
    if side == NO_SIDE:
        return _NONE
    active_p, active_s = p[side] * sign > 0.0, s[side] * sign > 0.0
    if active_p == active_s:
        return _NONE if active_p else _POSSIBLE
    return _NONE if near[side] * sign > 0.0 else _POSSIBLE


@jit
def _goes_left(first: float, last: float, p_arc: float, s_arc: float, side: int, sign: float) -> bool:
    """Whether the path goes anticlockwise: the shorter way, or the way whose touching points lie on the active side. ``first`` and
    ``last`` are the angles of the ends, the arcs those from there to where lines touch."""
    short_way = np.sin(last - first) > 0.0
    if side == NO_SIDE:
        return short_way
    ahead = 0.5 * np.pi * side
    left_p, right_p = np.cos(first + p_arc - ahead) * sign > 0.0, np.cos(first - p_arc - ahead) * sign > 0.0
    if left_p != right_p:
        return left_p
    left_s, right_s = np.cos(last - s_arc - ahead) * sign > 0.0, np.cos(last + s_arc - ahead) * sign > 0.0
    if left_p or left_s or right_s:
        return not right_s
    return not short_way


@jit
def _in_plane(p: Vector, s: Vector, apex: Vector, x: float, y: float, other: float) -> float:
    """Height at which the plane through ``p``, ``s`` and ``apex`` meets the line at ``x``, ``y`` along the axis; that of ``p`` unless the
    point so found lies nearer to the height ``other`` than ``p``."""
    u, v = subtract(p, apex), subtract(s, apex)
    normal = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    if normal[2] == 0.0:
        return p[2]
    height = apex[2] - (normal[0] * (x - apex[0]) + normal[1] * (y - apex[1])) / normal[2]
    return height if abs(height - other) < abs(p[2] - other) else p[2]


@jit
def _apex(p: Vector, s: Vector, share: float, radius: float) -> Vector:
    """The point of the cylinder level with, and next to, the one that divides the line in this share; opposite for a negative radius."""
    middle = add(p, scale(share, subtract(s, p)))
    outward = radius / np.hypot(middle[0], middle[1])
    return outward * middle[0], outward * middle[1], middle[2]


@jit
def _over_cylinder(
    p: Vector, s: Vector, radius: float, half_length: float, side: int, sign: float, shortest: bool
) -> _Way:
    """The path from ``p`` to ``s`` over a cylinder, in its axes."""
    from_p, from_s = np.hypot(p[0], p[1]), np.hypot(s[0], s[1])
    if from_p < radius or from_s < radius:
        return _nothing(_INSIDE)
    outcome = _meets(p, s, radius, side, sign)
    if outcome == _NONE:
        return _nothing(_NONE)
    angle_p, angle_s = np.arctan2(p[1], p[0]), np.arctan2(s[1], s[0])
    p_arc, s_arc = np.arccos(radius / from_p), np.arccos(radius / from_s)
    left = _goes_left(angle_p, angle_s, p_arc, s_arc, side, sign)
    way = 1.0 if left else -1.0
    first, last = angle_p + way * p_arc, angle_s - way * s_arc
    arc = (way * (last - first)) % (2 * np.pi)
    x1, y1, x2, y2 = radius * np.cos(first), radius * np.sin(first), radius * np.cos(last), radius * np.sin(last)
    far = left != (np.sin(angle_s - angle_p) > 0.0)
    apex = _apex(p, s, from_p / (from_p + from_s), -radius if far else radius)
    z1, z2 = _in_plane(p, s, apex, x1, y1, s[2]), _in_plane(s, p, apex, x2, y2, p[2])
    if abs(z1) > half_length and abs(z2) > half_length:
        return _nothing(_NONE)
    if shortest:
        before, after = np.sqrt(from_p**2 - radius**2), np.sqrt(from_s**2 - radius**2)
        slope = (s[2] - p[2]) / (before + radius * arc + after)
        z1, z2 = p[2] + slope * before, s[2] - slope * after
    return _Way(outcome, np.hypot(radius * arc, z2 - z1), (x1, y1, z1), (x2, y2, z2))


@jit
def _into(anchors: Array, frame: int, place: Vector) -> Vector:
    """A point of the world in the axes of a cylinder."""
    centre = vector(anchors, frame)
    x, z = subtract(vector(anchors, frame + 1), centre), subtract(vector(anchors, frame + 2), centre)
    away = subtract(place, centre)
    y = (z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0])
    return dot(x, away), dot(y, away), dot(z, away)


@jit
def _out_of(anchors: Array, frame: int, place: Vector) -> Vector:
    centre = vector(anchors, frame)
    x, z = subtract(vector(anchors, frame + 1), centre), subtract(vector(anchors, frame + 2), centre)
    y = (z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0])
    return add(centre, add(scale(place[0], x), add(scale(place[1], y), scale(place[2], z))))


@jit
def _wrap(table: PathTable, w: int, frame: int, anchors: Array, p: Vector, s: Vector, shortest: bool) -> _Way:
    """The path from ``p`` to ``s`` in the world over the cylinder of wrap ``w``, whose frame has its anchors at ``frame``."""
    c: int = table.cylinder[w]
    way = _over_cylinder(
        _into(anchors, frame, p),
        _into(anchors, frame, s),
        table.radius[c],
        table.half_length[c],
        table.side[c],
        table.sign[c],
        shortest,
    )
    return _Way(way.outcome, way.on_surface, _out_of(anchors, frame, way.first), _out_of(anchors, frame, way.last))


@jit
def _best_wrap(
    table: PathTable, w: int, frame: int, anchors: Array, nodes: Array, start: int, end: int, shortest: bool
) -> tuple[int, _Way]:
    """The first part of a path, between its nodes ``start`` and ``end``, that has to wrap, or the one that costs the least length."""
    best, place, least = _nothing(_NONE), -1, np.inf
    for i in range(start, end):
        p, s = vector(nodes, i), vector(nodes, i + 1)
        way = _wrap(table, w, frame, anchors, p, s, shortest)
        if way.outcome == _MANDATORY:
            return i, way
        if way.outcome == _POSSIBLE:
            longer = _distance(p, way.first) + way.on_surface + _distance(way.last, s) - _distance(p, s)
            if longer < least:
                best, place, least = way, i, longer
    return place, best


@jit
def _take_out(nodes: Array, owner: Index, surface: Array, count: int, w: int) -> int:
    """Removes the two nodes that wrap ``w`` put in; returns how many nodes are left."""
    kept = 0
    for i in range(count):
        if owner[i] != w:
            nodes[kept], owner[kept], surface[kept] = nodes[i], owner[i], surface[i]
            kept += 1
    return kept


@jit
def _put_in(nodes: Array, owner: Index, surface: Array, count: int, after: int, w: int, way: _Way) -> int:
    for i in range(count - 1, after, -1):
        nodes[i + 2], owner[i + 2], surface[i + 2] = nodes[i], owner[i], surface[i]
    for i, touch, length in ((after + 1, way.first, 0.0), (after + 2, way.last, way.on_surface)):
        nodes[i, 0], nodes[i, 1], nodes[i, 2] = touch
        owner[i], surface[i] = w, length
    return count + 2


@jit
def _length(nodes: Array, owner: Index, surface: Array, count: int) -> float:
    total = 0.0
    for i in range(1, count):
        on_surface = owner[i] >= 0 and owner[i] == owner[i - 1]
        total += surface[i] if on_surface else _distance(vector(nodes, i - 1), vector(nodes, i))
    return total


@jit
def _index_of(marks: Index, mark: int) -> int:
    for i in range(len(marks)):
        if marks[i] == mark:
            return i
    return -1


@jit
def _path_length(table: PathTable, m: int, anchors: Array, nodes: Array, owner: Index, surface: Array) -> float:
    """Length of muscle ``m``. Nodes are owned by the wrap that put them in; path point ``i`` by ``-1 - i``."""
    first = table.first_point[m]
    count = table.first_point[m + 1] - first
    for i in range(count):
        nodes[i], owner[i], surface[i] = anchors[first + i], -1 - i, 0.0
    wraps = range(table.first_wrap[m], table.first_wrap[m + 1])
    length, several = np.inf, len(wraps) > 1
    for _ in range(_ROUNDS if several else 1):
        for w in wraps:
            count = _take_out(nodes, owner, surface, count, w)
            start, end = _index_of(owner[:count], -1 - table.start[w]), _index_of(owner[:count], -1 - table.end[w])
            frame = table.first_point[-1] + 3 * table.cylinder[w]
            after, way = _best_wrap(table, w, frame, anchors, nodes, start, end, several)
            if after >= 0:
                count = _put_in(nodes, owner, surface, count, after, w, way)
        before, length = length, _length(nodes, owner, surface, count)
        if abs(length - before) < _SETTLED_M:
            break
    return length


@jit
def _all_lengths(table: PathTable, anchors: Array) -> Array:
    n, muscles = len(anchors), len(table.first_point) - 1
    nodes, owner, surface = np.empty((_MOST_NODES, 3)), np.empty(_MOST_NODES, np.int64), np.empty(_MOST_NODES)
    lengths = np.empty((n, muscles))
    for k in range(n):
        for m in range(muscles):
            lengths[k, m] = _path_length(table, m, anchors[k], nodes, owner, surface)
    return lengths
