"""Walking on a belt: the walk is moved back as fast as it goes forward."""

import numpy as np

from render.body.posing import Pose


def walk_on_belt(pose: Pose, fps: float, middle: float) -> tuple[Pose, float]:
    """The poses of a walk along z over a belt that runs at their mean speed, about z = ``middle`` m; and that speed, m/s.

    The belt's speed is the least squares slope of the pelvis; what is left of its course are the swings about it.
    """
    seconds = np.arange(len(pose)) / fps
    speed = float(np.polyfit(seconds, pose.pelvis[:, 2], 1)[0]) if len(pose) > 1 else 0.0
    on_spot = pose.pelvis[:, 2] - speed * seconds
    pelvis = pose.pelvis.copy()
    pelvis[:, 2] = on_spot - on_spot.mean() + middle
    return Pose(pose.rotations, pelvis), speed
