"""How the soles of the rendered mesh touch the floor."""

from collections.abc import Iterator

import numpy as np

from engine.cycle import Array
from render.body.skeleton import JOINT
from render_parts.walks import DrawnWalk

_NEAR_MM = 5.0
_SOLE_SHARE = 0.06
"""Vertices of a foot that lie lower in the rest pose, in statures, are its sole."""


def contact(walks: Iterator[DrawnWalk]) -> Iterator[str]:
    """Per walk: heights of each standing foot's lowest point, and how far the soles slip while they stand."""
    yield "| walk | stances | lowest sole point, mm (1 to 99 %) | within 5 mm | slip per stance, median, mm | largest |"
    yield "|---|---|---|---|---|---|"
    for walk in walks:
        soles = {side: _sole(walk, side) for side in ("right", "left")}
        paths = [soles[side][first : last + 1] for side, first, last in walk.stances]
        heights = 1e3 * np.concatenate([path[..., 1].min(axis=1) for path in paths])
        slips = 1e3 * np.array([slip(path) for path in paths])
        low, high = np.percentile(heights, [1, 99])
        near = 100 * (np.abs(heights) <= _NEAR_MM).mean()
        name = f"{walk.subject.id}, {walk.subject.condition}"
        yield f"| {name} | {len(paths)} | {low:.1f} … {high:.1f} | {near:.0f} % | {np.median(slips):.1f} | {slips.max():.1f} |"


def slip(path: Array) -> float:
    """How far, m, the place where a sole touches the floor moves along it in one stance; ``path (F, n, 3)`` are points of the sole.

    From one frame to the next, the point that stays lowest is the one that stands.
    """
    lowest = np.argmin(path[1:, :, 1] + path[:-1, :, 1], axis=1)
    steps = np.diff(path, axis=0)[np.arange(len(lowest)), lowest]
    return float(np.linalg.norm(steps[:, [0, 2]].sum(axis=0)))


def _sole(walk: DrawnWalk, side: str) -> Array:
    """Points ``(F, n, 3)`` of one foot's sole in every frame."""
    figure = walk.figure
    foot = figure.weights[:, [JOINT[f"{side}_ankle"], JOINT[f"{side}_foot"]]].sum(axis=1) > 0.5
    height = figure.vertices[:, 1]
    low = foot & (height < height.min() + _SOLE_SHARE * np.ptp(height))
    weights = figure.weights[low]
    moved = np.einsum("nj,fjab->fnab", weights, walk.transforms, optimize=True)
    return np.einsum("fnab,nb->fna", moved[..., :3], figure.vertices[low]) + moved[..., 3]
