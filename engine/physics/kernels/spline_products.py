"""Sums over frames of products of local functions, into a band. Compiled."""

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.vector3 import jit


@jit
def add_products(values: Array, first: Index, hessian: Array, band: Array) -> None:
    """Adds the quadratic model of frames to that of the coefficients of local functions.

    At frame ``k`` functions ``first[k]`` and following have ``values (3, n, functions)``: themselves and their first two derivatives.
    ``hessian (n, 3 d, 3 d)`` is symmetric, by the ``d`` curves, their speeds and accelerations. Row ``c`` of ``band`` holds column ``c``
    of the sum from its diagonal down, as LAPACK stores lower bands: unknown ``c = i d + j`` is the share of function ``i`` in curve ``j``.
    """
    _, frames, functions = values.shape
    curves = hessian.shape[1] // 3
    mixed = np.empty(3 * curves)
    for k in range(frames):
        for j in range(curves):
            position, speed, acceleration = hessian[k, j], hessian[k, curves + j], hessian[k, 2 * curves + j]
            for b in range(functions):
                p, u, a = values[0, k, b], values[1, k, b], values[2, k, b]
                for i in range(3 * curves):
                    mixed[i] = p * position[i] + u * speed[i] + a * acceleration[i]
                own = band[(first[k] + b) * curves + j]
                for c in range(b, functions):
                    # Above the diagonal of the first block nothing is stored.
                    begin = j if c == b else 0
                    to = own[(c - b) * curves + begin - j : (c - b + 1) * curves - j]
                    by_p, by_u, by_a = (
                        mixed[begin:curves],
                        mixed[curves + begin : 2 * curves],
                        mixed[2 * curves + begin : 3 * curves],
                    )
                    p, u, a = values[0, k, c], values[1, k, c], values[2, k, c]
                    for i in range(len(to)):
                        to[i] += p * by_p[i] + u * by_u[i] + a * by_a[i]
