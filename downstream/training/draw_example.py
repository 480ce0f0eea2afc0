"""One example to learn from: a walk before a camera drawn anew, as a detector saw it, and what is to be read of it at the same instants."""

from dataclasses import dataclass, field

import numpy as np

from downstream.geometry.walk_geometry import measure
from downstream.network.frame_signals import FrameSignals, frame_signals
from downstream.network.reading_targets import (
    CURVE_SCALES,
    CURVE_TARGETS,
    EVENT_SPREAD_S,
    MIRRORED_EVENTS,
    NUMBER_SIGNS,
    NUMBER_TARGETS,
    CurveTarget,
    join_curves,
    mirrored_curves,
)
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import JOINT, Recording
from downstream.views.detector_noise import DetectorNoise, corrupt, forget
from downstream.views.draw_clip import Clip, draw_clip
from downstream.views.view_odds import ViewOdds
from downstream.walks.labelled_walk import LabelledWalk
from downstream.walks.stride_figures import strides_over
from engine.core.arrays import Array
from engine.core.conventions import COCO_KEYPOINTS
from engine.core.errors import DataError
from engine.core.frozen import frozen

_TRIES = 4


READER_NOISE = DetectorNoise(
    offset=0.15,
    common_offset=0.2,
    forget_height=0.5,
    forget_focal=0.5,
    forget_image=0.2,
    without_feet=0.5,
    dropping=0.15,
)
"""Height and focal length are known for half of examples; half of detectors do not seek feet."""


@dataclass(frozen=True)
class ExampleOdds:
    """What examples are drawn from. A share ``mirrored`` is seen in a mirror."""

    view: ViewOdds = field(default_factory=ViewOdds)
    noise: DetectorNoise = READER_NOISE
    mirrored: float = 0.5


@frozen
class Example:
    """``signals`` of ``T`` frames; ``curves (T, 54)`` in `CURVE_SCALES`, not a number where the walk does not tell; ``events (T, 4)``
    0 to 1; ``numbers (8,)`` in the units of `NUMBER_TARGETS`, not a number where walk or camera do not tell; ``overground``: the camera
    stood and the walk led over ground."""

    signals: FrameSignals
    curves: Array
    events: Array
    numbers: Array
    overground: bool

    def mirrored(self) -> "Example":
        """The same in a mirror."""
        return Example(
            self.signals.mirrored(),
            mirrored_curves(self.curves),
            self.events[:, MIRRORED_EVENTS],
            self.numbers * NUMBER_SIGNS,
            self.overground,
        )


def draw_example(walk: LabelledWalk, rng: np.random.Generator, odds: ExampleOdds | None = None) -> Example | None:
    """An example of ``walk``; None if in a few tries nobody was seen for long enough."""
    odds = odds or ExampleOdds()
    for _ in range(_TRIES):
        clip, recording = draw_recording(walk, rng, odds)
        mirror = rng.random() < odds.mirrored
        try:
            clean_walk = clean(recording)
            signals = frame_signals(clean_walk, measure(clean_walk))
        except DataError:
            continue
        example = label(walk, clip, signals)
        return example.mirrored() if mirror else example
    return None


def draw_recording(walk: LabelledWalk, rng: np.random.Generator, odds: ExampleOdds) -> tuple[Clip, Recording]:
    """A clip of ``walk`` and what a detector makes of it, with as much of person and camera as is known."""
    names = tuple(JOINT) if set(JOINT) <= set(walk.points.names) else COCO_KEYPOINTS
    clip = draw_clip(walk.points, names, rng, odds.view)
    width, height = clip.camera.size
    exact = Recording(
        clip.keypoints.astype(float), clip.fps, walk.subject.height_m, (width, height), clip.camera.focal_px
    )
    return clip, forget(corrupt(exact, ~clip.hidden, rng, odds.noise), rng, odds.noise)


def label(walk: LabelledWalk, clip: Clip, signals: FrameSignals) -> Example:
    """What is to be read of ``signals`` of a ``clip``."""
    instants = clip.time[0] + signals.time
    overground = clip.kind == "standing"
    return Example(
        signals, _curves(walk, instants), _events(walk, instants), _numbers(walk, instants, overground), overground
    )


def _curves(walk: LabelledWalk, instants: Array) -> Array:
    labels = join_curves({target.name: _labels(target, walk) for target in CURVE_TARGETS})
    return walk.at(labels, instants) / CURVE_SCALES


def _labels(target: CurveTarget, walk: LabelledWalk) -> Array:
    labels = target.read(walk)
    return np.full((len(walk.time), *target.shape), np.nan) if labels is None else labels.astype(float)


def _events(walk: LabelledWalk, instants: Array) -> Array:
    """The nearest event decides."""
    kinds = (*walk.events.heel_strikes, *walk.events.toe_offs)
    return np.stack([_bells(own, instants) for own in kinds], axis=1)


def _bells(events: Array, instants: Array) -> Array:
    if not len(events):
        return np.zeros(len(instants))
    away = np.abs(instants[:, None] - events).min(axis=1)
    return np.exp(-0.5 * (away / EVENT_SPREAD_S) ** 2)


def _numbers(walk: LabelledWalk, instants: Array, overground: bool) -> Array:
    strides = strides_over(walk, float(instants[0]), float(instants[-1]))
    if strides is None:
        return np.full(len(NUMBER_TARGETS), np.nan)
    return np.array(
        [target.learnt(walk, strides) if overground or not target.overground else np.nan for target in NUMBER_TARGETS]
    )
