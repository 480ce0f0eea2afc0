"""A walk as estimators learn from it: its points and all that is to be read from them, on one time base."""

from functools import cached_property

import numpy as np

from downstream.walks.muscle_groups import ACTIVITY_GROUPS
from engine.cohort.points_file import WalkPoints
from engine.core.arrays import Array, Single
from engine.core.conventions import LEG_COORDINATES, LUMBAR_COORDINATES, ROOT_COORDINATES, SIDES
from engine.core.frozen import frozen
from engine.gait.records import Events, Subject
from engine.gait.strides import BothSides, complete_strides, curves_at

LEG_ANGLES = LEG_COORDINATES
TRUNK_ANGLES = (*ROOT_COORDINATES[:3], *LUMBAR_COORDINATES)
FORCE_AXES = ("forward", "up", "right")
LEG_MOMENTS = ("hip_flexion", "hip_adduction", "knee_angle", "ankle_angle")


@frozen
class LabelledWalk:
    """One walk over ``n`` instants, those of its ``points``. Sides are in the order of `SIDES`; signs are those of OpenSim.

    ``leg_angles (n, 2, 6)`` rad in the order of `LEG_ANGLES`, ``trunk_angles (n, 6)`` rad of `TRUNK_ANGLES` (pelvis in the room, trunk on
    the pelvis); ``events`` on the clock of the points, also those before and after them. What a folder does not hold is None:
    ``ground_force (n, 2, 3)`` on each foot in body weights, along `FORCE_AXES`; ``moments (n, 2, 4)`` N·m/kg of `LEG_MOMENTS`
    and with them ``ankle_power (n, 2)`` W/kg, positive is generated; ``activity (n, 2, 10)`` 0 to 1 of `ACTIVITY_GROUPS`.
    """

    name: str
    subject: Subject
    points: WalkPoints
    events: Events
    leg_angles: Single
    trunk_angles: Single
    ground_force: Single | None
    moments: Single | None
    ankle_power: Single | None
    activity: Single | None

    def __post_init__(self) -> None:
        for field, shape in _SHAPES.items():
            value = getattr(self, field)
            if value is not None and value.shape != (len(self.points), *shape):
                raise ValueError(f"{field}: shape {value.shape}, expected {(len(self.points), *shape)}")

    @property
    def time(self) -> Array:
        """Instants ``(n,)`` s."""
        return self.points.time

    def at(self, values: Array | Single, instants: Array) -> Single:
        """Labels ``values (n, …)`` of this walk at other ``instants (m,)`` s, the frames of a clip for instance: straight between, since
        forces and muscles begin and end at once."""
        return curves_at(self.time, values, instants).astype(np.float32)

    @property
    def seconds(self) -> float:
        return float(self.time[-1] - self.time[0])

    @cached_property
    def strides(self) -> BothSides:
        """Complete strides of each side that lie within the points."""
        start, end = self.time[[0, -1]]
        right, left = (
            tuple(one for one in own if start <= one.heel_strike and one.next_heel_strike <= end)
            for own in complete_strides(self.events)
        )
        return right, left


_SHAPES: dict[str, tuple[int, ...]] = {
    "leg_angles": (len(SIDES), len(LEG_ANGLES)),
    "trunk_angles": (len(TRUNK_ANGLES),),
    "ground_force": (len(SIDES), len(FORCE_AXES)),
    "moments": (len(SIDES), len(LEG_MOMENTS)),
    "ankle_power": (len(SIDES),),
    "activity": (len(SIDES), len(ACTIVITY_GROUPS)),
}
