"""Stick figures that walk, with labels that follow from their walk: enough to learn from."""

import numpy as np
from made_folder import SOMEBODY, stick_points

from benchmarks.stick_walks import STANCE, StickWalk
from downstream.walks.labelled_walk import LabelledWalk
from engine.gait.records import Events


def labelled(walk: StickWalk) -> LabelledWalk:
    """Events are those of the figure; every curve is a rhythm of its own leg, whose strength follows the speed."""
    points = stick_points(walk)
    time, stride_s = points.time, 120 / walk.cadence_spm
    strikes = [_every(stride_s, -(walk.phase + lag) * stride_s, time[-1]) for lag in (0.0, 0.5)]
    offs = [own + STANCE * stride_s for own in strikes]
    cycle = (time[:, None] / stride_s + walk.phase + np.array([0.0, 0.5])) % 1
    swing = np.sin(2 * np.pi * cycle).astype(np.float32)
    load = np.where(cycle < STANCE, np.sin(np.pi * cycle / STANCE), 0).astype(np.float32)

    def legs(parts: int, size: float, curve: np.ndarray) -> np.ndarray:
        return np.repeat((size * curve)[..., None], parts, axis=-1)

    across = swing[:, :1] - swing[:, 1:]
    return LabelledWalk(
        name="stick/w00",
        subject=SOMEBODY,
        points=points,
        events=Events((strikes[0], strikes[1]), (offs[0], offs[1])),
        leg_angles=legs(6, 0.4 * walk.speed_mps, swing),
        trunk_angles=np.concatenate(
            [0 * across, np.repeat(0.05 * across, 2, 1), 0 * across, np.repeat(0.05 * across, 2, 1)], 1
        ),
        ground_force=np.stack([0 * load, load, 0 * load], axis=-1),
        moments=legs(4, 0.5, load),
        ankle_power=2 * load,
        activity=legs(10, 0.3, load),
    )


def _every(step: float, first: float, last: float) -> np.ndarray:
    return np.arange(first, last + step, step)
