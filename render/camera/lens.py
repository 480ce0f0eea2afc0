"""How a lens bends a picture: the radial and tangential polynomial of Brown (1966) in the order of OpenCV, k1 k2 p1 p2 k3.

Works on points of the plane at unit depth. The polynomial means nothing beyond the circle where it stops growing outwards: points from
there would fold back into the picture. Beyond that circle (`valid_radius2`) the lens is continued so that what lies outside stays outside:
the magnification and the tangential shift stay what they are at the circle, in the direction of the point.
"""

from functools import lru_cache

import numpy as np

from engine.core.arrays import Array

WIDEST_RADIUS2 = 9.0
"""No picture reaches further than three times its focal length from the middle (71° off the axis)."""
_NEWTON_STEPS = 8


def valid_radius2(distortion: Array) -> float:
    """Squared radius up to which the polynomial grows outwards, at most `WIDEST_RADIUS2`."""
    k1, k2, _, _, k3 = (float(k) for k in distortion)
    return _valid_radius2(k1, k2, k3)


@lru_cache
def _valid_radius2(k1: float, k2: float, k3: float) -> float:
    roots = np.roots([7 * k3, 5 * k2, 3 * k1, 1.0])
    turning = [root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 0]
    return float(min([*turning, WIDEST_RADIUS2]))


def distort(points: Array, distortion: Array) -> Array:
    """Where the lens puts ``points (…, 2)`` of the plane at unit depth: ``(…, 2)`` in the same plane."""
    return _bend(points, distortion)


def undistort(points: Array, distortion: Array) -> Array:
    """The inverse of `distort`, by Newton's method."""
    guess = points.copy()
    for _ in range(_NEWTON_STEPS):
        miss, slope = points - _bend(guess, distortion), _slope(guess, distortion)
        off, first, second = slope[..., 1], slope[..., 0], slope[..., 2]
        step = np.stack(
            [second * miss[..., 0] - off * miss[..., 1], first * miss[..., 1] - off * miss[..., 0]], axis=-1
        )
        guess = guess + step / (first * second - off**2)[..., None]
    return guess


def _bend(points: Array, distortion: Array) -> Array:
    k1, k2, p1, p2, k3 = (float(k) for k in distortion)
    x, y = points[..., 0], points[..., 1]
    radius2, inside, share = _reach(x, y, distortion)
    radial = 1 + inside * (k1 + inside * (k2 + inside * k3))
    bent = np.empty(points.shape, np.result_type(points, np.float32))
    bent[..., 0] = x * radial + share * (2 * p1 * x * y + p2 * (radius2 + 2 * x * x))
    bent[..., 1] = y * radial + share * (2 * p2 * x * y + p1 * (radius2 + 2 * y * y))
    return bent


def _slope(points: Array, distortion: Array) -> Array:
    """How bent points move with the points inside the valid circle: entries xx, xy, yy ``(…, 3)`` of a symmetric matrix."""
    k1, k2, p1, p2, k3 = (float(k) for k in distortion)
    x, y = points[..., 0], points[..., 1]
    radius2, inside, share = _reach(x, y, distortion)
    radial = 1 + inside * (k1 + inside * (k2 + inside * k3))
    growth = np.where(radius2 > inside, 0.0, k1 + inside * (2 * k2 + 3 * k3 * inside))
    slope = [
        radial + 2 * x * x * growth + share * (2 * p1 * y + 6 * p2 * x),
        2 * x * y * growth + share * (2 * p1 * x + 2 * p2 * y),
        radial + 2 * y * y * growth + share * (6 * p1 * y + 2 * p2 * x),
    ]
    return np.stack(slope, axis=-1)


def _reach(x: Array, y: Array, distortion: Array) -> tuple[Array, Array, Array]:
    """Squared radius, the same but at most that of the valid circle, and the share of the second in the first."""
    radius2 = x * x + y * y
    inside = np.minimum(radius2, valid_radius2(distortion))
    return radius2, inside, np.divide(inside, radius2, out=np.ones_like(radius2), where=radius2 > inside)
