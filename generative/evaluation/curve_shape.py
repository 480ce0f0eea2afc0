"""Mean curves of generated people beside those of real ones: when things happen, how far joints move, how far the shapes lie apart.

Laboratories place the axes of a joint a few degrees apart, so mean levels are left out everywhere.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import GAIT_ANGLES
from engine.core.frozen import frozen
from generative.evaluation.real_people import PHASES

EVENTS: dict[str, tuple[str, tuple[float, float], int]] = {
    "knee flexion in swing": ("knee_angle", (0.55, 0.9), 1),
    "hip extension": ("hip_flexion", (0.35, 0.7), -1),
    "plantarflexion at push-off": ("ankle_angle", (0.5, 0.8), -1),
}
"""Coordinate, phases between which its extreme is looked for, and whether that is a highest (1) or lowest (-1) value."""


@frozen
class Compared:
    """One figure of real and of generated people."""

    name: str
    real: float
    made: float


def timings(real: Array, made: Array) -> list[Compared]:
    """Mean phase, % of the cycle, of each of `EVENTS` in people's curves ``(n, 8, 100)``."""
    found = []
    for name, (coordinate, (begin, end), sign) in EVENTS.items():
        inside = (begin <= PHASES) & (end >= PHASES)
        curves = (sign * group[:, GAIT_ANGLES.index(coordinate)][:, inside] for group in (real, made))
        when = [float(100 * PHASES[inside][curve.argmax(axis=1)].mean()) for curve in curves]
        found.append(Compared(name, *when))
    return found


def ranges(real: Array, made: Array) -> list[Compared]:
    """Mean over people of each angle's range over the cycle, deg."""
    sizes = [np.rad2deg(np.ptp(group, axis=2)).mean(axis=0) for group in (real, made)]
    return [Compared(name, float(sizes[0][i]), float(sizes[1][i])) for i, name in enumerate(GAIT_ANGLES)]


def mean_curve_errors(real: Array, made: Array) -> dict[str, float]:
    """RMS over the cycle between the two mean curves of each angle, levels taken off, deg."""
    means = [np.rad2deg(group.mean(axis=0)) for group in (real, made)]
    difference = means[1] - means[0]
    difference = difference - difference.mean(axis=1, keepdims=True)
    return {name: float(np.sqrt((difference[i] ** 2).mean())) for i, name in enumerate(GAIT_ANGLES)}
