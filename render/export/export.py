"""One way in to all forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from render.export.amass import export_amass
from render.export.bedlam import export_bedlam
from render.export.coco import export_coco
from render.export.sources import FilmedWalk
from render.labels.keypoint_sets import SetName

Form = Literal["coco", "amass", "bedlam"]


@dataclass(frozen=True)
class ExportChoice:
    """``keypoints`` is a set for COCO; ``every`` takes one of so many frames and ``images`` writes them, for COCO and BEDLAM."""

    form: Form
    keypoints: SetName = "coco17"
    every: int = 1
    images: bool = True

    def steps(self, walks: Sequence[FilmedWalk]) -> int:
        """How often `export_walks` reports."""
        return len(walks) if self.form == "amass" else sum(len(walk.views) for walk in walks)


def export_walks(
    walks: Sequence[FilmedWalk], output: Path, choice: ExportChoice, on_step: Callable[[], None] = lambda: None
) -> list[Path]:
    """Writes the walks into the folder ``output``; returns the label files.

    Raises:
        DataError: a file is missing or broken, or there is nothing to write.
    """
    if choice.form == "amass":
        return export_amass(walks, output, on_walk=on_step)
    frames = {"every": choice.every, "images": choice.images, "on_view": on_step}
    if choice.form == "bedlam":
        return export_bedlam(walks, output, **frames)
    return export_coco(walks, output, keypoints=choice.keypoints, **frames)
