"""Whether labels agree with pictures and with the body: what share of visible points lies on the person's mask, and how far a point that is
projected again from ``smplx.npz`` lies from its label."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from render.export.sources import FilmedWalk, find_walks, pose_seen
from render.film.refilm import read_body_walk
from render.labels import read_labels, track_body
from render.labels.camera_labels import CameraLabels, project_path
from render.labels.keypoint_sets import SetName
from render.labels.pictures import MaskTrack


@dataclass(frozen=True)
class LabelFigures:
    """Over ``points`` visible points: shares on the mask and at most one pixel beside it; largest and mean distance, px, of all points
    that are projected again."""

    points: int
    on_mask: float
    beside_mask: float
    reprojection_max_px: float
    reprojection_mean_px: float

    def row(self, name: str) -> str:
        """A line of a Markdown table."""
        return (
            f"| {name} | {self.points} | {100 * self.on_mask:.2f} | {100 * self.beside_mask:.2f} | "
            f"{self.reprojection_max_px:.4f} | {self.reprojection_mean_px:.4f} |"
        )


HEADING = (
    "| points | visible | on the mask, % | or one pixel beside, % | reprojection, largest, px | mean, px |\n"
    "|---|---|---|---|---|---|"
)


def measure_labels(source: Path) -> dict[SetName, LabelFigures]:
    """Figures of each set of points over all cameras, of a walk or cohort at ``source``, whose masks were kept."""
    found: dict[SetName, list[tuple[Array, Array]]] = {}
    for walk in find_walks(source):
        for view in walk.views:
            labels, masks = read_labels(view.labels), view.masks()
            if masks is None:
                continue
            again = _projected_again(walk, labels)
            for name, seen in labels.seen.items():
                beside = _distance_to_mask(seen.pixels, seen.visible, masks)
                found.setdefault(name, []).append((beside, np.linalg.norm(again[name] - seen.pixels, axis=-1).ravel()))
    return {name: _figures(*map(np.concatenate, zip(*parts, strict=True))) for name, parts in found.items()}


def _figures(beside: Array, apart: Array) -> LabelFigures:
    return LabelFigures(
        points=len(beside),
        on_mask=float((beside == 0).mean()),
        beside_mask=float((beside <= 1).mean()),
        reprojection_max_px=float(apart.max()),
        reprojection_mean_px=float(apart.mean()),
    )


def _projected_again(walk: FilmedWalk, labels: CameraLabels) -> dict[SetName, Array]:
    """Pixels of all points by the body and the camera alone."""
    recorded = read_body_walk(walk.folder)
    track = track_body(recorded.model, recorded.body.betas, pose_seen(recorded, walk, labels))
    return {name: project_path(labels.cameras, points, labels.fps)[0] for name, points in track.sets.items()}


def _distance_to_mask(pixels: Array, visible: Array, masks: MaskTrack) -> Array:
    """How many pixels each visible point lies beside the mask, 0 on it; counted up to 2."""
    distances = []
    for k, (points, seen) in enumerate(zip(pixels, visible, strict=True)):
        mask = np.pad(masks.mask(k), 1)
        grown = np.max([np.roll(mask, shift, axis=(0, 1)) for shift in np.ndindex(3, 3)], axis=0)
        grown = np.roll(grown, (-1, -1), axis=(0, 1))
        column, row = np.rint(points[seen]).astype(int).T + 1
        distances.append(np.where(mask[row, column], 0, np.where(grown[row, column], 1, 2)))
    return np.concatenate(distances)
