"""What views and clips are drawn from, and one view."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.core.arrays import Array

CameraKind = Literal["standing", "panning", "following", "treadmill"]
Range = tuple[float, float]
"""Least and most, drawn evenly."""
Size = tuple[int, int]


@dataclass(frozen=True)
class ViewOdds:
    """Ranges and odds; assumed, to span how people film people.

    ``kinds``: odds of cameras that stand, turn after the walker, move along, or stand before a treadmill. A share ``square`` of all
    views is from straight ahead, behind or a side, give or take ``square_sd_deg``; others are from anywhere. ``height_m`` of the lens
    above the floor; ``share`` of the picture's height that the person fills, as far as the walk lets the camera be so near;
    ``least_share``: clips before standing cameras are no longer than leaves so much. ``lens_deg`` is the field of view of the picture's
    longer side. ``aim`` is how far the person may be beside the picture's middle, as a share of half of it; ``roll_sd_deg`` how the camera
    is tilted. ``whole`` is the share of frames in which all of the person is in the picture. ``trail_s`` is the time constant with which
    a hand follows. ``seconds`` of a clip; ``fps`` and ``sizes`` (width, height) in pixels are chosen evenly.
    """

    kinds: tuple[tuple[CameraKind, float], ...] = (
        ("standing", 0.55),
        ("panning", 0.15),
        ("following", 0.12),
        ("treadmill", 0.18),
    )
    square: float = 0.5
    square_sd_deg: float = 8.0
    height_m: Range = (0.3, 2.2)
    share: Range = (0.25, 0.9)
    least_share: float = 0.12
    lens_deg: Range = (35.0, 80.0)
    aim: Range = (-0.15, 0.15)
    roll_sd_deg: float = 1.5
    whole: Range = (0.8, 1.0)
    trail_s: Range = (0.1, 0.5)
    seconds: Range = (1.5, 10.0)
    fps: tuple[float, ...] = (24.0, 25.0, 30.0, 50.0, 60.0)
    sizes: tuple[Size, ...] = (
        (1920, 1080),
        (1080, 1920),
        (1280, 720),
        (720, 1280),
        (1440, 1080),
        (640, 480),
        (480, 640),
    )


@dataclass(frozen=True)
class View:
    """One draw of `ViewOdds`, before it is fitted to a walk. ``bearing`` rad is from straight ahead of the walker (0) towards their left
    (π/2); ``aim`` shares of half the picture to the right and up; ``roll`` rad; ``focal_px`` the focal length."""

    kind: CameraKind
    bearing: float
    height_m: float
    share: float
    size: Size
    focal_px: float
    aim: tuple[float, float]
    roll: float
    whole: float
    trail_s: float
    seconds: float
    fps: float

    @property
    def slopes(self) -> Array:
        """Half width and half height of the picture at unit depth ``(2,)``."""
        return np.array(self.size) / (2 * self.focal_px)


def draw_view(odds: ViewOdds, rng: np.random.Generator) -> View:
    """A view; all of it is drawn, whatever its kind needs, so that odds of kinds change nothing else."""
    kinds, weights = zip(*odds.kinds, strict=True)
    size = odds.sizes[rng.integers(len(odds.sizes))]
    lens = np.radians(rng.uniform(*odds.lens_deg))
    return View(
        kind=kinds[rng.choice(len(kinds), p=np.array(weights) / sum(weights))],
        bearing=_draw_bearing(odds, rng),
        height_m=rng.uniform(*odds.height_m),
        share=rng.uniform(*odds.share),
        size=size,
        focal_px=float(0.5 * max(size) / np.tan(0.5 * lens)),
        aim=(rng.uniform(*odds.aim), rng.uniform(*odds.aim)),
        roll=float(np.radians(rng.normal(0, odds.roll_sd_deg))),
        whole=rng.uniform(*odds.whole),
        trail_s=rng.uniform(*odds.trail_s),
        seconds=rng.uniform(*odds.seconds),
        fps=odds.fps[rng.integers(len(odds.fps))],
    )


def _draw_bearing(odds: ViewOdds, rng: np.random.Generator) -> float:
    anywhere, quarter, off = rng.uniform(0, 2 * np.pi), rng.integers(4), rng.normal(0, np.radians(odds.square_sd_deg))
    return float((0.5 * np.pi * quarter + off) % (2 * np.pi) if rng.random() < odds.square else anywhere)
