"""When each foot of a posed walk lands and leaves the floor."""

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from engine.core.arrays import Array, Mask
from engine.core.errors import DataError
from engine.core.frozen import frozen
from render.body.smplx_joints import JOINT
from render.people.aid import BodySide

_SMOOTHING_S = 0.05
_LEAST_STRIDE_S = 0.45
_LEAST_PROMINENCE = 0.25
"""Of the foot's excursion about the pelvis: smaller waves are not steps."""
_USUAL_SWING = 0.38
"""Share of the stride, where a walk is too short to show it."""


@frozen
class Swings:
    """One foot's swings, as many as cover the walk and one more on either side: ``lifts (k,)`` and ``landings (k,)`` are frame numbers,
    beyond the walk's ends where its rhythm is carried on; ``stride`` is its length in frames; ``seen (k,)`` true where the landing lies in
    the walk."""

    lifts: Array
    landings: Array
    stride: float
    seen: Mask


def foot_swings(joints: Array, side: BodySide, fps: float) -> Swings:
    """Swings of one foot from joint centres ``joints (F, 55, 3)`` of a walk along z.

    A foot lands when it is farthest ahead of the pelvis and leaves the floor when it is farthest behind (Zeni et al. 2008, Gait Posture
    27:710).

    Raises:
        DataError: the walk shows no landing and no lift of that foot.
    """
    ahead = joints[:, JOINT[f"{side}_ankle"], 2] - joints[:, 0, 2]
    ahead = gaussian_filter1d(ahead, _SMOOTHING_S * fps, mode="nearest")
    landings, lifts = _peaks(ahead, fps), _peaks(-ahead, fps)
    if not len(landings) or not len(lifts):
        raise DataError(
            f"the walk of {len(joints)} frames shows no whole step of the {side} foot; aids need at least a stride"
        )
    gaps = np.concatenate([np.diff(landings), np.diff(lifts)])
    swing = _swing_frames(landings, lifts)
    stride = float(np.median(gaps)) if len(gaps) else swing / _USUAL_SWING
    starts, ends = _paired(landings, lifts, swing)
    before = np.arange(np.ceil(ends[0] / stride) + 1, 0, -1) * stride
    after = np.arange(1, np.ceil((len(joints) - starts[-1]) / stride) + 2) * stride
    starts = np.concatenate([starts[0] - before, starts, starts[-1] + after])
    ends = np.concatenate([ends[0] - before, ends, ends[-1] + after])
    return Swings(starts, ends, stride, np.isin(ends, landings))


def _peaks(course: Array, fps: float) -> Array:
    found, _ = find_peaks(course, distance=_LEAST_STRIDE_S * fps, prominence=_LEAST_PROMINENCE * np.ptp(course))
    return found.astype(float)


def _swing_frames(landings: Array, lifts: Array) -> float:
    """Usual length of a swing: from a lift to the next landing."""
    nexts = [landings[landings > lift] for lift in lifts]
    spans = [after[0] - lift for after, lift in zip(nexts, lifts, strict=True) if len(after)]
    if spans:
        return float(np.median(spans))
    return float(_USUAL_SWING / (1 - _USUAL_SWING) * (lifts[0] - landings[-1]))


def _paired(landings: Array, lifts: Array, swing: float) -> tuple[Array, Array]:
    """Every swing that is seen at least in part, with what is not seen put a usual swing away."""
    starts, ends = [], []
    for landing in landings:
        since = lifts[(lifts < landing) & (lifts > landing - 2 * swing)]
        starts.append(since[-1] if len(since) else landing - swing)
        ends.append(landing)
    if lifts[-1] > ends[-1]:
        starts.append(lifts[-1])
        ends.append(lifts[-1] + swing)
    return np.array(starts), np.array(ends)
