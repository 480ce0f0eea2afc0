"""Where a walk may begin and end: a reader who differentiates its samples should find the same accelerations as we do.

OpenSim's inverse-dynamics tool lays natural quintic splines through the samples, whose third and fourth derivatives vanish at the ends.
Where those of the motion do not, the tool finds moments at the pelvis that are not there. So a walk ends where this matters least.
"""

import numpy as np
from scipy.interpolate import make_interp_spline

from engine.core.arrays import Array
from engine.physics.body import PhysicalBody
from engine.physics.figures import ROOT_MOMENTS
from engine.physics.frame_costs import DOFS
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.physics.spline_basis import SplineBasis

RATE_HZ = 120.0

TRIM_FRAMES, SPLINE_FRAMES, EDGE_FRAMES = 16, 40, 6
"""At either end: how many frames may be left out, through how many a spline is laid, and on how many it is judged."""

_NATURAL = tuple([(order, np.zeros(DOFS)) for order in (3, 4)] for _ in range(2))


def quiet_times(basis: SplineBasis, x: Array, body: PhysicalBody) -> Array:
    """Even times at `RATE_HZ` over almost all of a walk."""
    first, last = basis.time[[0, -1]]
    time = first + np.arange(int((last - first) * RATE_HZ)) / RATE_HZ
    start = _frames_to_leave_out(basis, x, body, time)
    end = len(time) - _frames_to_leave_out(basis, x, body, time[::-1])
    return time[start:end]


def _frames_to_leave_out(basis: SplineBasis, x: Array, body: PhysicalBody, time: Array) -> int:
    """Of the first of ``time``, which may run backwards."""
    exact = basis.at(x, time[: TRIM_FRAMES + SPLINE_FRAMES])
    false_moments = []
    for skip in range(TRIM_FRAMES):
        own, edge = slice(skip, skip + SPLINE_FRAMES), slice(skip, skip + EDGE_FRAMES)
        order = np.argsort(exact.time[own])
        spline = make_interp_spline(exact.time[own][order], exact.q[own][order], k=5, bc_type=_NATURAL)
        error = spline(exact.time[edge], 2) - exact.a[edge]
        false_moments.append(_moment_at_pelvis(body, exact.q[edge], error))
    return int(np.argmin(false_moments))


def _moment_at_pelvis(body: PhysicalBody, q: Array, a: Array) -> float:
    """Largest moment that accelerations ``a (n, 31)`` alone need at ``q``."""
    tree, points, still = body.multibody.tree, body.points, np.zeros_like(q)
    moved, at_rest = (rigid_body_motion(tree, points, q, still, x).force[:, ROOT_MOMENTS] for x in (a, still))
    return float(np.linalg.norm(moved - at_rest, axis=1).max())
