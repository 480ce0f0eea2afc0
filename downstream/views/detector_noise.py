"""Exact keypoints made as wrong as a pose detector's.

What differs between a detector and a label stays for a whole walk (where it thinks the hip is), drifts, trembles, flips left and
right where the legs cross, and goes missing. An estimator trained without this looks better on synthetic data and worse on people.
All sizes are shares of the body's height in the picture.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import lfilter

from downstream.recordings.keypoint_recording import BODY, JOINT, MIRROR_ORDER, Recording, limb_columns
from engine.core.arrays import Array, Mask

_SPREAD_BY_PART = {
    "nose": 0.026,
    "eye": 0.025,
    "ear": 0.035,
    "shoulder": 0.079,
    "elbow": 0.072,
    "wrist": 0.062,
    "hip": 0.107,
    "knee": 0.087,
    "ankle": 0.089,
    "toe": 0.068,
    "heel": 0.066,
}
SPREAD: Array = np.array([_SPREAD_BY_PART[name.split("_")[-1]] for name in JOINT])
"""Standard deviations with which people place the COCO keypoints, relative to the square root of the person's area (COCO keypoint
evaluation, object keypoint similarity). Used for the ratios between joints; the level is set by `DetectorNoise`."""

_LIMBS = (
    ("hip", "knee", "ankle", "big_toe", "small_toe", "heel"),
    ("shoulder", "elbow", "wrist"),
)
_ANKLES = [JOINT["left_ankle"], JOINT["right_ankle"]]
_LIMBS_END = [JOINT[f"{side}_{name}"] for side in ("left", "right") for name in ("eye", "ear", "elbow", "wrist")]


@dataclass(frozen=True)
class DetectorNoise:
    """How wrong a detector is. The levels are settings, chosen to span good and poor detectors, not fitted to one.

    ``offset``, ``common_offset`` and ``jitter`` multiply `SPREAD`: with 0.22 hips of a walk are misplaced by 2.4 % of stature (SD), with
    0.12 they tremble by 1.3 %. ``common_offset`` is shared by left and right: a detector's hips are not a skeleton's. ``bands_s`` are the
    time constants of the trembling, equally strong. ``quality_sd`` (log) makes some walks better than others. ``stature_error`` is the SD
    (log) of the given height, together with that of the chain's share of it. Rates are per second. ``view_spread`` (log) is by how much the
    picture is cut or widened where the focal length is not known. A share ``without_feet`` of detectors seeks COCO-17 alone; a share
    ``dropping`` of recordings lacks ``dropped_share`` of its frames, one by one.
    """

    offset: float = 0.22
    common_offset: float = 0.0
    jitter: float = 0.12
    bands_s: tuple[float, ...] = (0.0, 0.1, 0.6)
    quality_sd: float = 0.5
    hidden_factor: float = 2.0
    stature_error: float = 0.03
    swap_rate: float = 0.25
    wild_share: float = 0.002
    wild_size: float = 0.2
    blackout_rate: float = 0.08
    blackout_s: float = 0.12
    gap_rate: float = 0.05
    gap_s: float = 0.3
    never_found: float = 0.03
    without_feet: float = 0.0
    dropping: float = 0.0
    dropped_share: float = 0.1
    forget_height: float = 0.25
    forget_focal: float = 0.4
    forget_image: float = 0.1
    view_spread: float = 0.35


def corrupt(
    sequence: Recording, visible: Mask, rng: np.random.Generator, noise: DetectorNoise | None = None
) -> Recording:
    """The sequence as a detector would have seen it. ``visible (F, J)``: False where the body itself hides a keypoint.

    What is known of height and camera is left as it is: see `forget`.
    """
    noise = noise or DetectorNoise()
    joints = BODY if rng.random() < noise.without_feet else sequence.keypoints2d.shape[1]
    points, visible = sequence.keypoints2d[:, :joints].copy(), visible[:, :joints]
    size = _picture_height(points)
    quality = float(np.exp(rng.normal(0, noise.quality_sd)))
    error = (
        _offsets(joints, rng, noise)
        + _trembling(points.shape[:2], sequence.fps, rng, noise)
        * np.where(visible, 1, noise.hidden_factor)[..., None]
        * quality
    )
    error = error + _wild(points.shape[:2], rng, noise)
    points[..., :2] += error * size[:, None, None]
    points[..., 2] *= _confidence(error, visible, rng)
    for limb in _LIMBS:
        _swap(points, limb, sequence.fps, noise.swap_rate * quality, rng)
    missing = _missing(points.shape[:2], sequence.fps, rng, noise)
    points[missing, 2] = 0.0
    return replace(sequence, keypoints2d=points)


def forget(sequence: Recording, rng: np.random.Generator, noise: DetectorNoise | None = None) -> Recording:
    """The sequence with a height as people give it, and with height, focal length or image size not known at times."""
    noise = noise or DetectorNoise()
    factor, (no_height, no_focal, no_image) = np.exp(rng.normal(0, noise.stature_error)), rng.random(3)
    other = without_focal(sequence, rng, noise)
    if no_focal >= noise.forget_focal:
        other = sequence
    elif no_image < noise.forget_image:
        other = replace(other, image_size=None)
    height = None if no_height < noise.forget_height or other.height_m is None else float(other.height_m * factor)
    return replace(other, height_m=height)


def without_focal(sequence: Recording, rng: np.random.Generator, noise: DetectorNoise | None = None) -> Recording:
    """The sequence without its focal length, its picture cut or widened about the middle at random.

    Otherwise a cohort whose cameras are all alike would teach the focal length that is said not to be known.
    """
    spread = (noise or DetectorNoise()).view_spread
    factor = np.exp(rng.uniform(-spread, spread))
    if sequence.image_size is None:
        return replace(sequence, focal_px=None)
    old = np.array(sequence.image_size)
    points = sequence.keypoints2d.copy()
    points[..., :2] += (factor - 1) * old / 2
    return replace(sequence, keypoints2d=points, image_size=(old[0] * factor, old[1] * factor), focal_px=None)


def _picture_height(points: Array) -> Array:
    """Extent top to bottom ``(F,)`` of the keypoints in each frame, pixels."""
    return np.maximum(points[..., 1].max(axis=1) - points[..., 1].min(axis=1), 1.0)


def _offsets(joints: int, rng: np.random.Generator, noise: DetectorNoise) -> Array:
    """What stays for the whole walk ``(J, 2)``: each joint's own, and what it shares with that of the other side."""
    own, common = rng.normal(size=(2, joints, 2))
    pair = np.minimum(np.arange(joints), MIRROR_ORDER[:joints])
    return (noise.offset * own + noise.common_offset * common[pair]) * SPREAD[:joints, None]


def _trembling(shape: tuple[int, int], fps: float, rng: np.random.Generator, noise: DetectorNoise) -> Array:
    """Stationary noise ``(F, J, 2)``: one first-order process per time constant, of equal variance."""
    total = np.zeros((*shape, 2))
    for seconds in noise.bands_s:
        memory = np.exp(-1 / (seconds * fps)) if seconds else 0.0
        drive = rng.normal(size=total.shape) * np.sqrt(1 - memory**2)
        drive[0] /= np.sqrt(1 - memory**2)
        total += lfilter([1.0], [1.0, -memory], drive, axis=0)
    return total * noise.jitter * SPREAD[: shape[1], None] / np.sqrt(len(noise.bands_s))


def _wild(shape: tuple[int, int], rng: np.random.Generator, noise: DetectorNoise) -> Array:
    hit = rng.random(shape) < noise.wild_share
    return rng.normal(size=(*shape, 2)) * noise.wild_size * hit[..., None]


def _confidence(error: Array, visible: Mask, rng: np.random.Generator) -> Array:
    """Confidence ``(F, J)``: falls with the error, is lower where the keypoint is hidden, and is itself unsure."""
    relative = np.linalg.norm(error, axis=-1) / SPREAD[: error.shape[1]]
    certain = np.exp(-0.5 * relative**2) * np.where(visible, 0.95, 0.65)
    return np.clip(certain + rng.normal(0, 0.05, error.shape[:2]), 0.05, 1.0)


def _bouts(frames: int, fps: float, rate: float, mean_s: float, rng: np.random.Generator) -> Mask:
    """Mask ``(F,)`` of bouts that begin at ``rate`` per second and last ``mean_s`` on average (exponential)."""
    mask = np.zeros(frames, dtype=bool)
    for start in np.flatnonzero(rng.random(frames) < rate / fps):
        mask[start : start + 1 + int(rng.exponential(mean_s) * fps)] = True
    return mask


def _swap(points: Array, limb: tuple[str, ...], fps: float, rate: float, rng: np.random.Generator) -> None:
    """Exchanges left and right of a limb in short bouts, in place, where the ankles are closest in the picture."""
    apart = np.linalg.norm(points[:, _ANKLES[0], :2] - points[:, _ANKLES[1], :2], axis=-1)
    likely = np.flatnonzero(apart <= np.quantile(apart, 0.3))
    left, right = limb_columns("left", limb, points), limb_columns("right", limb, points)
    for _ in range(rng.poisson(rate * len(points) / fps)):
        start = rng.choice(likely)
        frames = np.arange(start, min(start + 1 + rng.integers(5), len(points)))[:, None]
        points[frames, left + right] = points[frames, right + left]


def _missing(shape: tuple[int, int], fps: float, rng: np.random.Generator, noise: DetectorNoise) -> Mask:
    frames, joints = shape
    blackout = _bouts(frames, fps, noise.blackout_rate, noise.blackout_s, rng)
    gaps = np.stack([_bouts(frames, fps, noise.gap_rate, noise.gap_s, rng) for _ in range(joints)], axis=-1)
    never = np.zeros(joints, dtype=bool)
    never[_LIMBS_END] = rng.random(len(_LIMBS_END)) < noise.never_found
    dropped = (rng.random(frames) < noise.dropped_share) & (rng.random() < noise.dropping)
    return (blackout | dropped)[:, None] | gaps | never
