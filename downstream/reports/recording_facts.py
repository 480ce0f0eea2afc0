"""What a report tells beside the reading: where it comes from, what was done to the keypoints, and what to mind."""

from dataclasses import field
from typing import Any

from downstream.readings.walker import Walker
from engine.core.arrays import Array
from engine.core.frozen import frozen

Span = tuple[float, float]
"""From and to, seconds on the recording's clock."""


@frozen
class RecordingFacts:
    """``file`` as a person knows it; ``put_right`` says in words what was chosen and put right when it was read, ``repairs`` counts what
    was changed in keypoints (`downstream.recordings.cleaning.Repairs`); ``walking_s`` are all spans of straight walking, ``read_s`` the one
    that was read; ``mind`` says what makes the reading less sure than it looks, ``model`` tells of the weights (for JSON).

    ``keypoints (F, J, 2)`` are those of the reading's frames, u to the right and v down in pixels, NaN where missing.
    """

    file: str
    walker: Walker
    frames: int
    fps: float
    image_size: tuple[float, float] | None
    focal_px: float | None
    pose_detector: str
    walking_s: tuple[Span, ...]
    read_s: Span
    put_right: tuple[str, ...]
    repairs: dict[str, int]
    mind: tuple[str, ...]
    model: dict[str, Any]
    keypoints: Array | None = field(default=None, repr=False)

    @property
    def seconds(self) -> float:
        """Length of the whole recording."""
        return self.frames / self.fps
