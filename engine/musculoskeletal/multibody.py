"""The rigid-body tree of any OpenSim model as plain arrays, so that compiled kernels can use it.

Each body hangs on its parent by three translations and three rotations. Each of these six is a polynomial of one free coordinate:
this covers weld, pin and custom joints, the knee whose five other motions follow its angle, and the patella tied to the knee.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import COORDINATES
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.musculoskeletal.couplings import Coupling, Function, as_callable, read_couplings
from engine.musculoskeletal.toolkit import opensim

POLYNOMIAL_DEGREE = 8
ABSENT, CONSTANT = -2, -1
"""Marks of an axis without motion and of one whose value never changes."""

_FIT_ACCURACY = 1e-7
_FIT_NODES = 60
_ROUNDING = 1e-13
_DEGREES = (0, 1, 2, 4, POLYNOMIAL_DEGREE)
_ROTATIONS = 3

_X, _Y, _Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_SIMPLE_AXES: dict[str, tuple[tuple[int, tuple[float, float, float]], ...]] = {
    "WeldJoint": (),
    "PinJoint": ((0, _Z),),
    "SliderJoint": ((3, _X),),
    "UniversalJoint": ((0, _X), (1, _Y)),
    "GimbalJoint": ((0, _X), (1, _Y), (2, _Z)),
}
"""Axes of OpenSim's joints by their place among the six, in the order of their coordinates."""
JOINT_KINDS: tuple[str, ...] = ("CustomJoint", *_SIMPLE_AXES)
"""Classes of joints that can be read."""


class Tree(NamedTuple):
    """Arrays over bodies ``B`` (0 is the ground; parents come before children) and six joint axes (rotations, then translations).

    A body's joint frame sits at ``parent_position``, ``parent_rotation`` in its parent, and the body at ``child_position``,
    ``child_rotation`` in the moved joint frame. ``value = polynomial(q[coordinate])`` along or about ``axis``. ``inertia`` is about
    the mass centre, in body axes.
    """

    parent: Index
    parent_rotation: Array
    parent_position: Array
    axis: Array
    coordinate: Index
    polynomial: Array
    child_rotation: Array
    child_position: Array
    mass: Array
    mass_centre: Array
    inertia: Array


@dataclass(frozen=True)
class Multibody:
    """A tree and the names of its bodies; its coordinates are `COORDINATES`."""

    tree: Tree
    bodies: tuple[str, ...]

    @property
    def mass_kg(self) -> float:
        return float(self.tree.mass.sum())

    def body(self, name: str) -> int:
        """Index of a body.

        Raises:
            DataError: the model has no body of that name.
        """
        if name not in self.bodies:
            raise DataError(f"model: no body is called {name!r}; there are {', '.join(self.bodies)}")
        return self.bodies.index(name)


@frozen
class _Joint:
    """How one body hangs on its parent (see `Tree`)."""

    parent: str
    body: str
    frame_in_parent: tuple[Array, Array]
    frame_in_body: tuple[Array, Array]
    axis: Array
    coordinate: Index
    polynomial: Array


def _vector(value: opensim.Vec3) -> Array:
    return np.array([value.get(i) for i in range(3)])


def _pose(transform: opensim.Transform) -> tuple[Array, Array]:
    rotation = transform.R()
    return np.array([[rotation.get(i, j) for j in range(3)] for i in range(3)]), _vector(transform.p())


def _identity(x: float) -> float:
    return x


def _fit(function: Function, bounds: tuple[float, float]) -> Array:
    """Polynomial through ``function`` on ``bounds``, of the least of a few degrees that is exact, else of the highest."""
    nodes = np.cos(np.pi * (np.arange(_FIT_NODES) + 0.5) / _FIT_NODES)
    x = 0.5 * (bounds[0] + bounds[1]) + 0.5 * (bounds[1] - bounds[0]) * nodes
    y = np.array([function(value) for value in x])
    size = np.abs(x).max()
    powers = (x[:, None] / size) ** np.arange(POLYNOMIAL_DEGREE + 1)
    for degree in _DEGREES:
        scaled = np.linalg.lstsq(powers[:, : degree + 1], y)[0]
        if np.abs(powers[:, : degree + 1] @ scaled - y).max() < _FIT_ACCURACY:
            break
    scaled[np.abs(scaled) < _ROUNDING] = 0.0
    return np.pad(scaled / size ** np.arange(degree + 1), (0, POLYNOMIAL_DEGREE - degree))


class _Coordinates:
    """Which free coordinate drives a coordinate of the model, by which function, over which range."""

    def __init__(self, model: opensim.Model) -> None:
        self._set = model.getCoordinateSet()
        self._couplings = read_couplings(model)

    def drive(self, name: str, function: Function, exact: Array | None = None) -> tuple[int, Array]:
        """Index of the free coordinate (or `CONSTANT`) and the polynomial that gives an axis its value: ``exact`` if the function is one.

        Raises:
            DataError: the coordinate is neither one of ours, nor tied to one, nor locked.
        """
        tie = self._couplings.get(name, Coupling(name, _identity))
        coordinate = self._set.get(tie.driver)
        if tie.driver == name and name in COORDINATES and exact is not None:
            return COORDINATES.index(name), exact
        if tie.driver in COORDINATES:
            bounds = coordinate.getRangeMin(), coordinate.getRangeMax()
            return COORDINATES.index(tie.driver), _fit(lambda x: function(tie.function(x)), bounds)
        if not coordinate.getDefaultLocked():
            raise DataError(f"model: coordinate {tie.driver!r} is free but unknown; lock it or weld its joint")
        return CONSTANT, _polynomial(function(tie.function(coordinate.getDefaultValue())))


def _polynomial(*ascending: float) -> Array:
    return np.pad(ascending, (0, POLYNOMIAL_DEGREE + 1 - len(ascending)))


def _exact_polynomial(function: opensim.Function) -> Array | None:
    """Coefficients of a function that is a polynomial of low degree."""
    linear = opensim.LinearFunction.safeDownCast(function)
    if linear is not None:
        return _polynomial(linear.getIntercept(), linear.getSlope())
    polynomial = opensim.PolynomialFunction.safeDownCast(function)
    if polynomial is None:
        return None
    descending = polynomial.getCoefficients().to_numpy()
    return _polynomial(*descending[::-1]) if len(descending) <= POLYNOMIAL_DEGREE + 1 else None


class _Axes:
    """Six joint axes, filled one by one; those never filled are absent."""

    def __init__(self) -> None:
        self.axis = np.zeros((6, 3))
        self.coordinate = np.full(6, ABSENT, dtype=np.int64)
        self.polynomial = np.zeros((6, POLYNOMIAL_DEGREE + 1))

    def fill(self, index: int, axis: Array, coordinate: int, polynomial: Array) -> None:
        if not polynomial[1:].any():
            coordinate = ABSENT if polynomial[0] == 0 else CONSTANT
        self.axis[index], self.coordinate[index], self.polynomial[index] = axis, coordinate, polynomial


def _custom_axes(joint: opensim.CustomJoint, coordinates: _Coordinates) -> _Axes:
    axes = _Axes()
    transform = joint.getSpatialTransform()
    for index in range(6):
        part = transform.getTransformAxis(index)
        names = part.getCoordinateNamesInArray()
        function = as_callable(part.getFunction())
        driven = CONSTANT, _polynomial(function(0.0))
        if names.size():
            driven = coordinates.drive(names.get(0), function, _exact_polynomial(part.getFunction()))
        axes.fill(index, _vector(part.getAxis()), *driven)
    return axes


def _joint_axes(joint: opensim.Joint, coordinates: _Coordinates) -> _Axes:
    kind = joint.getConcreteClassName()
    if kind == "CustomJoint":
        return _custom_axes(opensim.CustomJoint.safeDownCast(joint), coordinates)
    if kind not in _SIMPLE_AXES:
        raise DataError(f"model: joint {joint.getName()!r} is a {kind}; use one of {', '.join(JOINT_KINDS)}")
    axes = _Axes()
    for k, (index, axis) in enumerate(_SIMPLE_AXES[kind]):
        axes.fill(index, np.array(axis), *coordinates.drive(joint.get_coordinates(k).getName(), _identity))
    return axes


def _read_joint(joint: opensim.Joint, coordinates: _Coordinates) -> _Joint:
    parent, child = joint.getParentFrame(), joint.getChildFrame()
    axes = _joint_axes(joint, coordinates)
    return _Joint(
        parent=parent.findBaseFrame().getName(),
        body=child.findBaseFrame().getName(),
        frame_in_parent=_pose(parent.findTransformInBaseFrame()),
        frame_in_body=_pose(child.findTransformInBaseFrame()),
        axis=axes.axis,
        coordinate=axes.coordinate,
        polynomial=axes.polynomial,
    )


def _parents_first(joints: list[_Joint]) -> list[_Joint]:
    placed, ordered, waiting = {"ground"}, [], list(joints)
    while waiting:
        ready = [joint for joint in waiting if joint.parent in placed]
        if not ready:
            raise DataError(f"model: bodies {[joint.body for joint in waiting]} are not connected to the ground")
        ordered += ready
        placed |= {joint.body for joint in ready}
        waiting = [joint for joint in waiting if joint.body not in placed]
    return ordered


def _inertia(body: opensim.Body) -> Array:
    moments, products = _vector(body.getInertia().getMoments()), _vector(body.getInertia().getProducts())
    xy, xz, yz = products
    return np.diag(moments) + np.array([[0, xy, xz], [xy, 0, yz], [xz, yz, 0]])


def read_multibody(model: opensim.Model) -> Multibody:
    """The rigid-body tree of an initialised ``model`` (`Model.initSystem` has been called).

    Raises:
        DataError: a joint of another kind, a free coordinate that we do not know, or one of ours that is missing.
    """
    coordinates = _Coordinates(model)
    joint_set, body_set = model.getJointSet(), model.getBodySet()
    joints = _parents_first([_read_joint(joint_set.get(i), coordinates) for i in range(joint_set.getSize())])
    bodies = ("ground", *(joint.body for joint in joints))
    driven = {int(index) for joint in joints for index in joint.coordinate if index >= 0}
    missing = [name for index, name in enumerate(COORDINATES) if index not in driven]
    if missing:
        raise DataError(f"model: coordinates {missing} are missing")
    parts = [body_set.get(joint.body) for joint in joints]
    ground = np.eye(3)[None], np.zeros((1, 3))
    tree = Tree(
        parent=np.array([-1, *(bodies.index(joint.parent) for joint in joints)]),
        parent_rotation=np.concatenate([ground[0], [joint.frame_in_parent[0] for joint in joints]]),
        parent_position=np.concatenate([ground[1], [joint.frame_in_parent[1] for joint in joints]]),
        axis=np.concatenate([np.zeros((1, 6, 3)), [joint.axis for joint in joints]]),
        coordinate=np.concatenate([np.full((1, 6), ABSENT), [joint.coordinate for joint in joints]]),
        polynomial=np.concatenate([np.zeros((1, 6, POLYNOMIAL_DEGREE + 1)), [joint.polynomial for joint in joints]]),
        child_rotation=np.concatenate([ground[0], [joint.frame_in_body[0].T for joint in joints]]),
        child_position=np.concatenate(
            [ground[1], [-joint.frame_in_body[0].T @ joint.frame_in_body[1] for joint in joints]]
        ),
        mass=np.array([0.0, *(part.getMass() for part in parts)]),
        mass_centre=np.concatenate([ground[1], [_vector(part.getMassCenter()) for part in parts]]),
        inertia=np.concatenate([np.zeros((1, 3, 3)), [_inertia(part) for part in parts]]),
    )
    return Multibody(tree=Tree._make(np.ascontiguousarray(array) for array in tree), bodies=bodies)
