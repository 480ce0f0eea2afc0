"""Pain of weight bearing: soft loads that an explanation avoids where it can.

Two things can hurt: weight on a leg (the vertical ground force), and the compression of a knee, to which the muscles across it add
their tension. Each painful load is one more equation of the inner problem, ``sensitivity * load + r = 0``: a load of one body weight
costs half the amount of pain times its weight in the settings.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import LEG_COORDINATES, MUSCLES, SIDES
from engine.core.frozen import frozen
from engine.physics.body import PhysicalBody
from engine.physics.settings import ForceSettings

_KNEE = LEG_COORDINATES.index("knee_angle")


@frozen
class PainfulLoads:
    """``K`` loads that hurt: sensitivity to the vertical force of each point ``point (K, P)`` and to the tension of each muscle ``muscle
    (K, 80)``, 1/N."""

    point: Array
    muscle: Array

    def __len__(self) -> int:
        return len(self.point)

    @property
    def of_muscles(self) -> bool:
        """Whether any load depends on muscles."""
        return bool(self.muscle.any())


def painful_loads(body: PhysicalBody, settings: ForceSettings) -> PainfulLoads:
    """The loads that hurt this body; none in most."""
    points, muscles = [], []
    for side in range(len(SIDES)):
        own = (body.point_side == side).astype(float)
        for amount, tension in (
            (settings.leg_pain * body.leg_pain[side], np.zeros(len(MUSCLES))),
            (settings.knee_pain * body.knee_pain[side], _across_knee(body, side)),
        ):
            if amount > 0:
                sensitivity = np.sqrt(amount) / body.weight_n
                points.append(sensitivity * own)
                muscles.append(sensitivity * tension)
    return PainfulLoads(np.reshape(points, (-1, len(body.point_side))), np.reshape(muscles, (-1, len(MUSCLES))))


def _across_knee(body: PhysicalBody, side: int) -> Array:
    """One for each muscle that crosses the knee of a side."""
    knee, crosses = side * len(LEG_COORDINATES) + _KNEE, np.zeros(len(MUSCLES))
    for group in body.muscles.paths:
        if knee in group.coordinates:
            crosses[group.muscles] = 1.0
    return crosses
