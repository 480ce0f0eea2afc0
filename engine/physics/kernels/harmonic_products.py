"""A sum over frames of products of Fourier series, from the harmonics of what is summed. Compiled.

Frames hold matrices ``H`` between coordinates, speeds and accelerations, and unknowns are the coefficients of cosines and sines of ``x``
times the phase. A product of two of these has harmonics ``x + y`` and ``x - y`` only: with ``H_m = sum_k exp(i m angle_k) H(k)``, and a
derivative that multiplies by ``i x rate``,

    P = sum_st (i x rate)^s (i y rate)^t H_(x+y)[s, t],      M = sum_st (i x rate)^s (-i y rate)^t H_(x-y)[s, t]

give the blocks cosine-cosine ``Re(P + M) / 2``, cosine-sine ``Im(P - M) / 2``, sine-cosine ``Im(P + M) / 2``, sine-sine ``Re(M - P) / 2``.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.vector3 import jit

_ORDERS = 3


class HarmonicSums:
    """For ``frames`` even in phase and series up to ``harmonics``, whose coefficients stand as constant, cosines, sines."""

    def __init__(self, frames: int, harmonics: int) -> None:
        angle = 2 * np.pi * np.outer(np.arange(2 * harmonics + 1), np.arange(frames) / frames)
        self._analysis = np.concatenate([np.cos(angle), np.sin(angle)])
        self._harmonics = harmonics

    def products(self, hessian: Array, rate: float) -> Array:
        """``sum_k sum_st series[s, k] x series[t, k] x hessian[k, s, t]``: ``(K d, K d)`` for ``K`` series and ``hessian (n, 3 d, 3 d)``,
        symmetric; ``rate`` is the angle per second."""
        n, size, _ = hessian.shape
        transformed = (self._analysis @ hessian.reshape(n, -1)).reshape(2, -1, size, size)
        return _assemble(transformed[0], transformed[1], self._harmonics, rate)


@jit
def _weigh(cosine: Array, sine: Array, x: float, y: float, sign: float, real: Array, imaginary: Array) -> None:
    """``sum_st (i x)^s (i y)^t (cosine + i sign sine)[s, t]``: real and imaginary parts ``(d, d)``."""
    d = len(real)
    for i in range(d):
        for j in range(d):
            even = cosine[i, j] - y * y * cosine[i, j + 2 * d] - x * x * cosine[i + 2 * d, j]
            even += x * y * (x * y * cosine[i + 2 * d, j + 2 * d] - cosine[i + d, j + d])
            odd = y * cosine[i, j + d] + x * cosine[i + d, j]
            odd -= x * y * (y * cosine[i + d, j + 2 * d] + x * cosine[i + 2 * d, j + d])
            even_sine = sine[i, j] - y * y * sine[i, j + 2 * d] - x * x * sine[i + 2 * d, j]
            even_sine += x * y * (x * y * sine[i + 2 * d, j + 2 * d] - sine[i + d, j + d])
            odd_sine = y * sine[i, j + d] + x * sine[i + d, j]
            odd_sine -= x * y * (y * sine[i + d, j + 2 * d] + x * sine[i + 2 * d, j + d])
            real[i, j] = even - sign * odd_sine
            imaginary[i, j] = odd + sign * even_sine


@jit
def _put(matrix: Array, row: int, column: int, d: int, first: Array, second: Array, sign: float) -> None:
    """Half of ``first + sign second`` becomes block ``(row, column)``, and its transpose block ``(column, row)``."""
    for i in range(d):
        for j in range(d):
            value = 0.5 * (first[i, j] + sign * second[i, j])
            matrix[row * d + i, column * d + j] = value
            matrix[column * d + j, row * d + i] = value


@jit
def _assemble(cosine: Array, sine: Array, harmonics: int, rate: float) -> Array:
    d = cosine.shape[1] // _ORDERS
    matrix = np.empty(((2 * harmonics + 1) * d, (2 * harmonics + 1) * d))
    parts = np.empty((4, d, d))
    p_real, p_imaginary, m_real, m_imaginary = parts[0], parts[1], parts[2], parts[3]
    for x in range(harmonics + 1):
        for y in range(x + 1):
            _weigh(cosine[x + y], sine[x + y], rate * x, rate * y, 1.0, p_real, p_imaginary)
            _weigh(cosine[x - y], sine[x - y], rate * x, -rate * y, 1.0, m_real, m_imaginary)
            _put(matrix, x, y, d, p_real, m_real, 1.0)
            if y > 0:
                _put(matrix, x, harmonics + y, d, p_imaginary, m_imaginary, -1.0)
                _put(matrix, harmonics + x, harmonics + y, d, m_real, p_real, -1.0)
            if x > 0:
                _put(matrix, harmonics + x, y, d, p_imaginary, m_imaginary, 1.0)
    return matrix
