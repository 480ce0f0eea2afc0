"""Whether a picture still shows what its labels say: how far outline and keypoints have moved against the picture as it was drawn.

Nothing is detected; both pictures are compared at places that are known. Along the known outline the step in colour across it is looked
for again (mean profiles of short pieces). Around each visible keypoint the person's edges are looked for again by orientation
correlation, which heeds directions of edges and neither brightness nor sign (Fitch et al. 2002, BMVC, 133).
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter, map_coordinates

from engine.core.arrays import Array, Index, Mask
from render.core.frame import Image

Edges = NDArray[np.complex128]
"""How steep a picture is, and by their angle which way."""

_SMOOTHING = 1.0
_REACH, _LEAST_REACH = 0.04, 6
"""How far a thing is looked for, as a share of the person's height in the picture, and in pixels at least."""
_PATCH, _LEAST_PATCH = 0.06, 10
_PIECE_PIXELS, _LEAST_POINTS = 12, 5
"""Boundary points in one cell of this size that face the same quarter make a piece of outline."""
_CLEAR = 2.0
"""An edge is one if its peak is this many times the median of its profile."""
_LIKE = 0.3
"""Least correlation at which a patch counts as found again."""


@dataclass(frozen=True)
class DriftBounds:
    """What is still true enough. Shares ``found`` of the outline's clear pieces and of the visible keypoints that must be found again;
    drifts as shares of the person's height in the picture: of 90 % of the ``outline``, of every ``keypoint``. 0.025 of the
    height is 4 cm, less than half of what PCK@0.2 of the torso forgives."""

    found: float = 0.6
    outline: float = 0.015
    keypoint: float = 0.025


@dataclass(frozen=True)
class Drift:
    """``outline_found`` share of clear pieces found again, ``outline`` 90th percentile of their drift, ``keypoints_found`` share of visible
    keypoints, ``keypoint`` the largest drift of those; drifts as shares of the person's height."""

    outline_found: float
    outline: float
    keypoints_found: float
    keypoint: float

    def reason(self, bounds: DriftBounds) -> str | None:
        """Why the picture is refused; ``None`` if it is not."""
        if min(self.outline_found, self.keypoints_found) < bounds.found:
            return f"only {self.outline_found:.0%} of the outline and {self.keypoints_found:.0%} of the keypoints found again"
        if self.outline > bounds.outline:
            return f"outline moved by {self.outline:.1%} of the person's height"
        if self.keypoint > bounds.keypoint:
            return f"a keypoint moved by {self.keypoint:.1%} of the person's height"
        return None


def measure_drift(drawn: Image, changed: Image, person: Mask, keypoints: Array, visible: Mask) -> Drift:
    """Compares ``changed`` with ``drawn (height, width, 3)``.

    ``person (height, width)`` is where the person was drawn, ``keypoints (n, 2)`` pixels, ``visible (n,)``. A picture without a person has
    not drifted.
    """
    if not person.any():
        return Drift(1.0, 0.0, 1.0, 0.0)
    height = float(np.ptp(np.nonzero(person)[0]) + 1)
    outline_found, outline = _outline_drift(drawn, changed, person, height)
    moved = _keypoint_drifts(drawn, changed, person, keypoints[visible], height)
    found = np.isfinite(moved)
    return Drift(
        outline_found=outline_found,
        outline=outline / height,
        keypoints_found=float(found.mean()) if len(found) else 1.0,
        keypoint=float(moved[found].max()) / height if found.any() else 0.0,
    )


def _outline_drift(drawn: Image, changed: Image, person: Mask, height: float) -> tuple[float, float]:
    points, normals = _outline(person)
    reach = int(max(_LEAST_REACH, _REACH * height))
    offsets = np.arange(-2 * reach, 2 * reach + 1) / 2.0
    piece = _pieces(points, normals)
    before, after = (_profiles(image, points, normals, offsets, piece) for image in (drawn, changed))
    at_before, clear_before = _peak(before, offsets)
    at_after, clear_after = _peak(after, offsets)
    clear = clear_before & (np.abs(at_before) <= 1.5)
    if not clear.any():
        return 0.0, 0.0
    again = clear & clear_after
    drift = float(np.percentile(np.abs(at_after - at_before)[again], 90)) if again.any() else 0.0
    return float(again.sum() / clear.sum()), drift


def _outline(person: Mask) -> tuple[Array, Array]:
    """Points ``(n, 2)`` row and column of the person's border inside the picture, and unit normals ``(n, 2)`` there."""
    soft = gaussian_filter(np.pad(person.astype(float), 8, mode="edge"), 1.5)[8:-8, 8:-8]
    down, right = np.gradient(soft)
    slope = np.stack([down, right], axis=-1)
    border = person & binary_dilation(~person)
    border[[0, -1]] = border[:, [0, -1]] = False
    points = np.argwhere(border)
    normals = slope[border]
    steepness = np.linalg.norm(normals, axis=1)
    kept = steepness > 0.05
    return points[kept].astype(float), normals[kept] / steepness[kept, None]


def _pieces(points: Array, normals: Array) -> Index:
    """Number of the piece of outline that each point belongs to ``(n,)``, −1 for pieces too short to tell."""
    cell = (points // _PIECE_PIXELS).astype(int)
    quarter = np.floor(np.arctan2(normals[:, 0], normals[:, 1]) / (np.pi / 2) + 0.5).astype(int) % 4
    _, piece, count = np.unique(np.column_stack([cell, quarter]), axis=0, return_inverse=True, return_counts=True)
    piece = piece.ravel()
    long = count >= _LEAST_POINTS
    return np.where(long[piece], np.cumsum(long)[piece] - 1, -1)


def _profiles(image: Image, points: Array, normals: Array, offsets: Array, piece: Index) -> Array:
    """Mean steepness of colour across the outline in each piece: ``(pieces, offsets)``."""
    at = points[:, None, :] + offsets[:, None] * normals[:, None, :]
    channels = [gaussian_filter(image[..., k].astype(float), _SMOOTHING) for k in range(3)]
    values = [map_coordinates(channel, np.moveaxis(at, -1, 0), order=1, mode="nearest") for channel in channels]
    steep = np.sum([np.abs(np.gradient(value, axis=1)) for value in values], axis=0)
    inside = piece >= 0
    total = np.zeros((piece.max(initial=-1) + 1, len(offsets)))
    np.add.at(total, piece[inside], steep[inside])
    return total / np.bincount(piece[inside], minlength=len(total))[:, None]


def _peak(profiles: Array, offsets: Array) -> tuple[Array, Mask]:
    """Where each profile is highest ``(pieces,)``, and whether it is clearly so."""
    if not len(profiles):
        return np.zeros(0), np.zeros(0, bool)
    highest = profiles.max(axis=1)
    clear = highest > np.maximum(_CLEAR * np.median(profiles, axis=1), 1.0)
    return offsets[profiles.argmax(axis=1)], clear


def _keypoint_drifts(drawn: Image, changed: Image, person: Mask, keypoints: Array, height: float) -> Array:
    """Pixels that the surroundings of each keypoint have moved ``(n,)``; NaN where they were not found again."""
    half, reach = int(max(_LEAST_PATCH, _PATCH * height)), int(max(_LEAST_REACH, _REACH * height))
    near_person = binary_dilation(person, iterations=2)
    border = half + reach
    before = np.pad(_directions(drawn) * near_person, border)
    after = np.pad(_directions(changed), border)
    drifts = np.full(len(keypoints), np.nan)
    for k, (column, row) in enumerate(np.rint(keypoints).astype(int)):
        if not (0 <= row < person.shape[0] and 0 <= column < person.shape[1]):
            continue
        patch = before[row + reach : row + reach + 2 * half + 1, column + reach : column + reach + 2 * half + 1]
        field = after[row : row + 2 * border + 1, column : column + 2 * border + 1]
        drifts[k] = _shift(patch, field, reach)
    return drifts


def _directions(image: Image) -> Edges:
    """Edges as complex numbers ``(height, width)``: their angle doubled, so that dark-to-bright and bright-to-dark agree."""
    grey = gaussian_filter(image.mean(axis=2), _SMOOTHING)
    down, right = np.gradient(grey)
    edge = right + 1j * down
    return edge**2 / np.maximum(np.abs(edge), 1.0)


def _shift(patch: Edges, field: Edges, reach: int) -> float:
    """How far ``patch`` lies from the middle of ``field``; NaN if it is not in there."""
    windows = sliding_window_view(field, patch.shape)
    weight = np.abs(patch) > 0
    product = np.einsum("abij,ij->ab", windows, patch.conj()).real
    energy = np.einsum("abij,ij->ab", np.abs(windows) ** 2, weight.astype(float))
    likeness = product / np.sqrt(np.maximum(energy * (np.abs(patch) ** 2).sum(), 1e-9))
    best = np.unravel_index(likeness.argmax(), likeness.shape)
    if likeness[best] < _LIKE:
        return np.nan
    return float(np.hypot(*(np.array(best) - reach)))
