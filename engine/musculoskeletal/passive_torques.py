"""Passive joint torques of a model: its forces given as expressions of one coordinate ``q`` and its speed ``qdot``."""

import ast
import operator
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import COORDINATES
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.musculoskeletal.build_model import passive_expression
from engine.musculoskeletal.description import ModelDescription
from engine.musculoskeletal.toolkit import opensim

_BINARY: dict[type, Callable[[Array, Array], Array]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY: dict[type, Callable[[Array], Array]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "sin": np.sin,
    "cos": np.cos,
    "sqrt": np.sqrt,
    "abs": np.abs,
}


def _evaluate(node: ast.expr, variables: dict[str, Array]) -> Array:
    """Value of an arithmetic expression; anything but the variables, arithmetic and a few functions is refused."""
    match node:
        case ast.Name() if node.id in variables:
            return variables[node.id]
        case ast.BinOp() if type(node.op) in _BINARY:
            return _BINARY[type(node.op)](_evaluate(node.left, variables), _evaluate(node.right, variables))
        case ast.UnaryOp() if type(node.op) in _UNARY:
            return _UNARY[type(node.op)](_evaluate(node.operand, variables))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_evaluate(argument, variables))
    raise DataError(f"model: cannot read {ast.unparse(node)!r} in the expression of a passive torque")


def _renumbered(node: ast.expr, number: Callable[[float], ast.expr]) -> ast.expr:
    """The expression with ``number`` of each of its numbers, from left to right, in their places.

    A negative number is a number, so that its sign does not make another form.
    """
    match node:
        case ast.Constant(value=int() | float() as value):
            return number(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return number(-value)
        case ast.BinOp():
            return ast.BinOp(_renumbered(node.left, number), node.op, _renumbered(node.right, number))
        case ast.UnaryOp():
            return ast.UnaryOp(node.op, _renumbered(node.operand, number))
        case ast.Call():
            return ast.Call(node.func, [_renumbered(argument, number) for argument in node.args], node.keywords)
    return node


@frozen
class _Form:
    """One expression for the coordinates ``indices (k,)``; its ``numbers``, by name, are arrays ``(k,)``."""

    indices: Index
    expression: ast.expr
    numbers: dict[str, Array]


def _forms(expressions: tuple[tuple[int, ast.expr], ...]) -> Iterator[_Form]:
    """Expressions that differ in their numbers only are evaluated together."""
    alike: dict[str, list[tuple[int, list[float], ast.expr]]] = defaultdict(list)
    for index, expression in expressions:
        numbers: list[float] = []
        bare = _renumbered(expression, lambda value, found=numbers: found.append(value) or ast.Constant(0.0))
        alike[ast.dump(bare)].append((index, numbers, expression))
    for members in alike.values():
        columns = zip(*(numbers for _, numbers, _ in members), strict=True)
        named = {f"number_{k}": np.array(column) for k, column in enumerate(columns)}
        names = iter(named)
        joint = _renumbered(members[0][2], lambda _, names=names: ast.Name(next(names)))
        yield _Form(np.array([index for index, _, _ in members]), joint, named)


@dataclass(frozen=True)
class PassiveTorques:
    """Expressions by the index of their coordinate."""

    expressions: tuple[tuple[int, ast.expr], ...]

    @cached_property
    def _forms(self) -> tuple[_Form, ...]:
        return tuple(_forms(self.expressions))

    def torque(self, q: Array, u: Array) -> Array:
        """N·m ``(n, 31)`` at coordinates ``q (n, 31)`` and speeds ``u``."""
        result = np.zeros_like(q)
        for form in self._forms:
            own = form.indices
            found = _evaluate(form.expression, {"q": q[:, own], "qdot": u[:, own], **form.numbers})
            np.add.at(result.T, own, found.T)
        return result


def read_passive_torques(model: opensim.Model) -> PassiveTorques:
    """All forces of class ExpressionBasedCoordinateForce.

    Raises:
        DataError: an expression cannot be read, or acts on a coordinate that we do not know.
    """
    forces = model.getForceSet()
    found = []
    for i in range(forces.getSize()):
        force = opensim.ExpressionBasedCoordinateForce.safeDownCast(forces.get(i))
        if force is None:
            continue
        name, text = force.get_coordinate(), force.get_expression().replace("^", "**")
        if name not in COORDINATES:
            raise DataError(f"model: force {force.getName()!r} acts on {name!r}, which is not one of our coordinates")
        try:
            found.append((COORDINATES.index(name), ast.parse(text, mode="eval").body))
        except SyntaxError as error:
            raise DataError(f"model: force {force.getName()!r} has the expression {text!r}: {error}") from error
    return PassiveTorques(tuple(found))


def described_torques(description: ModelDescription) -> PassiveTorques:
    """The same from a description."""
    found = []
    for coordinate in description.coordinates:
        text = passive_expression(coordinate.passive)
        if text:
            found.append((COORDINATES.index(coordinate.name), ast.parse(text, mode="eval").body))
    return PassiveTorques(tuple(found))
