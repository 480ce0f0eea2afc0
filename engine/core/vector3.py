"""Compiled arithmetic of 3-vectors and 3 x 3 matrices as values: tuples live in registers, where array views would cost more than the sums.

A vector is a tuple of three numbers, a matrix a tuple of three rows.
"""

import numba
import numpy as np

from engine.core.arrays import Array

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

jit = numba.njit(cache=True, nogil=True, fastmath={"contract", "arcp", "nsz", "reassoc"})
"""How every kernel is compiled. Infinities and NaN keep their meaning."""

inlined = numba.njit(nogil=True, inline="always")
"""For parts of a kernel that take records of arrays: handing these to a real function costs more than most of our functions do."""


@jit
def vector(array: Array, i: int) -> Vector:
    """Row ``i`` of an array ``(n, 3)``."""
    return array[i, 0], array[i, 1], array[i, 2]


@jit
def vector_of(array: Array, i: int, j: int) -> Vector:
    """Row ``(i, j)`` of an array ``(n, m, 3)``."""
    return array[i, j, 0], array[i, j, 1], array[i, j, 2]


@jit
def matrix(array: Array, i: int) -> Matrix:
    """Matrix ``i`` of an array ``(n, 3, 3)``."""
    return (
        (array[i, 0, 0], array[i, 0, 1], array[i, 0, 2]),
        (array[i, 1, 0], array[i, 1, 1], array[i, 1, 2]),
        (array[i, 2, 0], array[i, 2, 1], array[i, 2, 2]),
    )


@jit
def put(array: Array, i: int, v: Vector) -> None:
    """Row ``i`` of an array ``(n, 3)`` becomes ``v``."""
    array[i, 0], array[i, 1], array[i, 2] = v


@jit
def put_of(array: Array, i: int, j: int, v: Vector) -> None:
    """Row ``(i, j)`` of an array ``(n, m, 3)`` becomes ``v``."""
    array[i, j, 0], array[i, j, 1], array[i, j, 2] = v


@jit
def put_matrix(array: Array, i: int, m: Matrix) -> None:
    """Matrix ``i`` of an array ``(n, 3, 3)`` becomes ``m``."""
    for row in range(3):
        for column in range(3):
            array[i, row, column] = m[row][column]


@jit
def add(v: Vector, w: Vector) -> Vector:
    return v[0] + w[0], v[1] + w[1], v[2] + w[2]


@jit
def subtract(v: Vector, w: Vector) -> Vector:
    return v[0] - w[0], v[1] - w[1], v[2] - w[2]


@jit
def scale(factor: float, v: Vector) -> Vector:
    return factor * v[0], factor * v[1], factor * v[2]


@jit
def dot(v: Vector, w: Vector) -> float:
    return v[0] * w[0] + v[1] * w[1] + v[2] * w[2]


@jit
def cross(v: Vector, w: Vector) -> Vector:
    return v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], v[0] * w[1] - v[1] * w[0]


@jit
def rotate(m: Matrix, v: Vector) -> Vector:
    """``m @ v``."""
    return dot(m[0], v), dot(m[1], v), dot(m[2], v)


@jit
def rotate_back(m: Matrix, v: Vector) -> Vector:
    """``m.T @ v``."""
    return add(add(scale(v[0], m[0]), scale(v[1], m[1])), scale(v[2], m[2]))


@jit
def multiply(left: Matrix, right: Matrix) -> Matrix:
    """``left @ right``."""
    return rotate_back(right, left[0]), rotate_back(right, left[1]), rotate_back(right, left[2])


@jit
def turn(m: Matrix, axis: Vector, angle: float) -> Matrix:
    """``m @ R(axis, angle)`` by Rodrigues' formula, for a unit ``axis``."""
    sine, cosine = np.sin(angle), np.cos(angle)
    return (
        _turn_row(m[0], axis, sine, cosine),
        _turn_row(m[1], axis, sine, cosine),
        _turn_row(m[2], axis, sine, cosine),
    )


@jit
def _turn_row(row: Vector, axis: Vector, sine: float, cosine: float) -> Vector:
    along = scale((1 - cosine) * dot(row, axis), axis)
    return add(add(scale(cosine, row), along), scale(sine, cross(row, axis)))
