"""Passive joint torques of a model: its forces given as expressions of one coordinate ``q`` and its speed ``qdot``."""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.conventions import COORDINATES
from engine.cycle import Array
from engine.errors import DataError
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
    """Value of an arithmetic expression; anything but numbers, the variables, arithmetic and a few functions is refused."""
    match node:
        case ast.Constant(value=int() | float()):
            return node.value
        case ast.Name() if node.id in variables:
            return variables[node.id]
        case ast.BinOp() if type(node.op) in _BINARY:
            return _BINARY[type(node.op)](_evaluate(node.left, variables), _evaluate(node.right, variables))
        case ast.UnaryOp() if type(node.op) in _UNARY:
            return _UNARY[type(node.op)](_evaluate(node.operand, variables))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_evaluate(argument, variables))
    raise DataError(f"model: cannot read {ast.unparse(node)!r} in the expression of a passive torque")


@dataclass(frozen=True)
class PassiveTorques:
    """Expressions by the index of their coordinate."""

    expressions: tuple[tuple[int, ast.expr], ...]

    def torque(self, q: Array, u: Array) -> Array:
        """N·m ``(n, 31)`` at coordinates ``q (n, 31)`` and speeds ``u``."""
        result = np.zeros_like(q)
        for index, expression in self.expressions:
            result[:, index] += _evaluate(expression, {"q": q[:, index], "qdot": u[:, index]})
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
