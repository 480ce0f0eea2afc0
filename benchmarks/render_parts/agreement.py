"""How well found keypoints agree with labels."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.conventions import COCO_KEYPOINTS

_WITHIN = 0.2
"""PCK@0.2: a keypoint is right within this share of the torso's length in the picture (shoulders' middle to hips' middle)."""
_APART = 0.3
"""Left and right can be told apart where their labels lie this share of the torso apart."""
_ELSEWHERE = 1.0
"""A person whose keypoints lie this many torso lengths (median) from the labels is somebody or something else."""
_SIDED = [
    (COCO_KEYPOINTS.index(f"left_{name}"), COCO_KEYPOINTS.index(f"right_{name}"))
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]


@dataclass(frozen=True)
class Agreement:
    """``found`` share of frames in which a person was found where the label says; ``elsewhere`` share in which one was found somewhere
    else; ``pck`` share of visible keypoints of found frames that are right, ``unsided`` if pairs that lie nearer to each other's labels
    are exchanged before; ``swapped`` share of such pairs of those that can be told apart. NaN: nothing to count."""

    frames: int
    found: float
    elsewhere: float
    pck: float
    unsided: float
    swapped: float


@dataclass(frozen=True)
class Offset:
    """Where one keypoint is found from its label, torso lengths: ``up`` along the torso, ``out`` across it, towards the keypoint's own side
    (NaN for the nose); ``spread`` is the root mean square distance from that mean."""

    up: float
    out: float
    spread: float


def agree(found: Array, keypoints: Array, visible: Mask) -> Agreement:
    """``found (F, 17, 2)`` with NaN where nobody was found, ``keypoints (F, 17, 2)`` the labels, ``visible (F, 17)``."""
    here = found_here(found, keypoints)
    somebody = np.isfinite(found).all(axis=(1, 2))
    found, keypoints, visible = found[here], keypoints[here], visible[here]
    pairs = [_swaps(found, keypoints, left, other) for left, other in _SIDED]
    tellable, swapped = (np.stack(column) for column in zip(*pairs, strict=True))
    return Agreement(
        frames=len(here),
        found=_share(here),
        elsewhere=_share(somebody & ~here),
        pck=_share(right_points(found, keypoints)[visible]),
        unsided=_share(right_points(_exchanged(found, swapped), keypoints)[visible]),
        swapped=_share(swapped[tellable]),
    )


def found_here(found: Array, keypoints: Array) -> Mask:
    """In which frames ``(F,)`` a person was found where the label says."""
    away = np.linalg.norm(found - keypoints, axis=-1) / torso_lengths(keypoints)[:, None]
    return np.isfinite(found).all(axis=(1, 2)) & (np.median(np.nan_to_num(away, nan=np.inf), axis=1) <= _ELSEWHERE)


def right_points(found: Array, keypoints: Array) -> Mask:
    """Which keypoints ``(F, 17)`` lie where the label says."""
    return np.linalg.norm(found - keypoints, axis=-1) <= _WITHIN * torso_lengths(keypoints)[:, None]


def torso_lengths(keypoints: Array) -> Array:
    """Pixels ``(F,)``."""
    return np.linalg.norm(_middle(keypoints, "shoulder") - _middle(keypoints, "hip"), axis=-1)


def offsets(found: Array, keypoints: Array, visible: Mask) -> dict[str, Offset]:
    """Mean offsets of each keypoint over the frames in which it is visible and a person was found. The ``out`` direction is only known
    where the shoulders are seen apart, so it is a mean over those."""
    here = found_here(found, keypoints)
    found, keypoints, visible = found[here], keypoints[here], visible[here]
    torso = torso_lengths(keypoints)[:, None]
    up = (_middle(keypoints, "shoulder") - _middle(keypoints, "hip")) / torso
    breadth = np.subtract(*(keypoints[:, COCO_KEYPOINTS.index(f"{side}_shoulder")] for side in ("left", "right")))
    across = np.stack([-up[:, 1], up[:, 0]], axis=1)
    leftward = np.einsum("fc,fc->f", breadth, across)
    facing = np.abs(leftward) > _APART * torso[:, 0]
    away = (found - keypoints) / torso[..., None]
    rise = np.einsum("fkc,fc->fk", away, up)
    aside = np.einsum("fkc,fc->fk", away, across * np.sign(leftward)[:, None])
    return {
        name: _offset(name, rise[seen, k], aside[seen & facing, k], away[seen, k])
        for k, (name, seen) in enumerate(zip(COCO_KEYPOINTS, visible.T, strict=True))
        if seen.any()
    }


def _offset(name: str, rise: Array, leftward: Array, away: Array) -> Offset:
    sense = {"l": 1.0, "r": -1.0}.get(name[0], np.nan)
    spread = np.sqrt(((away - away.mean(axis=0)) ** 2).sum(axis=1).mean())
    return Offset(float(rise.mean()), sense * float(leftward.mean()) if len(leftward) else float("nan"), float(spread))


def _share(counted: Mask) -> float:
    return float(counted.mean()) if len(counted) else float("nan")


def _middle(keypoints: Array, name: str) -> Array:
    left, right = (COCO_KEYPOINTS.index(f"{side}_{name}") for side in ("left", "right"))
    return 0.5 * (keypoints[:, left] + keypoints[:, right])


def _exchanged(found: Array, swapped: Mask) -> Array:
    """``found (F, 17, 2)`` with the ``swapped (6, F)`` pairs the other way round."""
    found = found.copy()
    for (left, other), where in zip(_SIDED, swapped, strict=True):
        found[np.ix_(where, [left, other])] = found[np.ix_(where, [other, left])]
    return found


def _swaps(found: Array, keypoints: Array, left: int, right: int) -> tuple[Mask, Mask]:
    def distance(of: int, to: int) -> Array:
        return np.linalg.norm(found[:, of] - keypoints[:, to], axis=-1)

    apart = np.linalg.norm(keypoints[:, left] - keypoints[:, right], axis=-1)
    tellable = apart > _APART * torso_lengths(keypoints)
    return tellable, distance(left, right) + distance(right, left) < distance(left, left) + distance(right, right)
