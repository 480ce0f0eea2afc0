"""How well found keypoints agree with labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.conventions import COCO_KEYPOINTS
from engine.cycle import Array

_WITHIN = 0.2
"""PCK@0.2: a keypoint is right within this share of the torso's length in the picture (shoulders' middle to hips' middle)."""
_APART = 0.3
"""Left and right can be told apart where their labels lie this share of the torso apart."""
_SIDED = [
    (COCO_KEYPOINTS.index(f"left_{name}"), COCO_KEYPOINTS.index(f"right_{name}"))
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]


@dataclass(frozen=True)
class Agreement:
    """``found`` share of frames; ``pck`` share of visible keypoints of found frames that are right; ``swapped`` share of pairs, of those
    that can be told apart, that lie nearer to each other's labels than to their own."""

    frames: int
    found: float
    pck: float
    swapped: float


def agree(found: Array, keypoints: Array, visible: NDArray[np.bool_]) -> Agreement:
    """``found (F, 17, 2)`` with NaN where nobody was found, ``keypoints (F, 17, 2)`` the labels, ``visible (F, 17)``."""
    seen = np.isfinite(found).all(axis=(1, 2))
    found, keypoints, visible = found[seen], keypoints[seen], visible[seen]
    torso = np.linalg.norm(_middle(keypoints, "shoulder") - _middle(keypoints, "hip"), axis=-1)
    right = np.linalg.norm(found - keypoints, axis=-1) <= _WITHIN * torso[:, None]
    pairs = [_swaps(found, keypoints, torso, left, other) for left, other in _SIDED]
    tellable, swapped = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return Agreement(
        frames=len(seen),
        found=float(seen.mean()),
        pck=float(right[visible].mean()) if visible.any() else float("nan"),
        swapped=float(swapped[tellable].mean()) if tellable.any() else float("nan"),
    )


def _middle(keypoints: Array, name: str) -> Array:
    left, right = (COCO_KEYPOINTS.index(f"{side}_{name}") for side in ("left", "right"))
    return 0.5 * (keypoints[:, left] + keypoints[:, right])


def _swaps(
    found: Array, keypoints: Array, torso: Array, left: int, right: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    def distance(of: int, to: int) -> Array:
        return np.linalg.norm(found[:, of] - keypoints[:, to], axis=-1)

    tellable = np.linalg.norm(keypoints[:, left] - keypoints[:, right], axis=-1) > _APART * torso
    return tellable, distance(left, right) + distance(right, left) < distance(left, left) + distance(right, right)
