"""Where the tip of a cane or crutch is: still on the floor while its leg stands, swung forward through the air with it."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from engine.core.arrays import Array, Mask
from engine.core.frozen import frozen
from render.aids.steps import Swings

EARLY_LIFTS = (0.08, 0.14, 0.2, 0.26)
"""Shares of the stride by which the tip leaves the floor before the foot does: arms swing an aid more slowly than legs their feet, and
must take it up the sooner the faster the body moves away from it."""
LIFT_HEIGHT = 0.018
"""Height of the tip over the floor in mid swing, share of stature."""
_PATH_SMOOTHING_S = 0.4


@frozen
class TipMotion:
    """``place (F, 3)`` m of the tip, and ``planted (F,)`` true where it rests on the floor."""

    place: Array
    planted: Mask


def body_path(track: Array, fps: float) -> Array:
    """The even course ``(F, d)`` of a body point: a straight line, and slow departures from it."""
    frames = np.arange(len(track))
    if len(track) < 2:
        return track
    line = np.empty(track.shape)
    for k, course in enumerate(track.T):
        line[:, k] = np.polyval(np.polyfit(frames, course, 1), frames)
    return line + gaussian_filter1d(track - line, _PATH_SMOOTHING_S * fps, axis=0, mode="nearest")


def swing_tip(swings: Swings, path: Array, offset: Array, height: float, early: float) -> TipMotion:
    """A tip that lands with a foot, ``offset (2,)`` m (left, forward) from the body's floor ``path (F, 2)``, and swings with the foot,
    taken up ``early`` (share of the stride) before it, to ``height`` m.

    The tip crosses the floor on the path of least jerk (Flash & Hogan 1985, J Neurosci 5:1688), which starts and ends at rest.
    """
    frames = np.arange(len(path), dtype=float)
    lifts = swings.lifts - early * swings.stride
    spots = _carried_on(path, swings.landings) + offset
    last = np.searchsorted(swings.landings, frames, side="right") - 1
    share = np.clip((frames - lifts[last + 1]) / (swings.landings[last + 1] - lifts[last + 1]), 0.0, 1.0)
    glide = share**3 * (10 - 15 * share + 6 * share**2)
    floor = spots[last] + glide[:, None] * (spots[last + 1] - spots[last])
    up = height * (4 * glide * (1 - glide)) ** 1.5
    return TipMotion(np.stack([floor[:, 0], up, floor[:, 1]], axis=1), share == 0.0)


def _carried_on(path: Array, at: Array) -> Array:
    """The path at frame numbers ``at (k,)``, beyond its ends along its mean direction."""
    frames = np.arange(len(path))
    inside = np.clip(at, 0, len(path) - 1)
    places = np.stack([np.interp(inside, frames, path[:, k]) for k in range(path.shape[1])], axis=1)
    return places + (at - inside)[:, None] * (path[-1] - path[0]) / (len(path) - 1)
