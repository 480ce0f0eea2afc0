"""Recordings that readers are judged by: the same for everybody, whatever is judged."""

from collections.abc import Iterator
from pathlib import Path

from downstream.evaluation.judged_groups import Facts, facts_of
from downstream.evaluation.truth import true_reading
from downstream.geometry.walk_geometry import GeometricGait, measure
from downstream.network.frame_signals import FrameSignals, frame_signals
from downstream.readings.gait_reading import GaitReading
from downstream.readings.walker import Walker
from downstream.recordings.cleaning import CleanWalk, clean
from downstream.recordings.keypoint_recording import Recording
from downstream.training.draw_example import ExampleOdds, draw_recording
from downstream.walks.labelled_walk import LabelledWalk
from downstream.walks.read_folder import read_folder
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.core.seeds import stage_rng

_SEED = 14
ODDS = ExampleOdds()
"""All views, a detector's noise; height and focal length are known for half."""


@frozen
class JudgedRecording:
    """A ``recording`` of a walk as a detector saw it, cleaned, measured by ``geometry``, as ``signals``, and its ``truth`` at the instants
    of the signals; ``walker`` is who walks, as far as it is told."""

    name: str
    facts: Facts
    recording: Recording
    cleaned: CleanWalk
    geometry: GeometricGait
    signals: FrameSignals
    walker: Walker
    truth: GaitReading


def judged_recordings(folder: Path, clips: int, odds: ExampleOdds = ODDS) -> Iterator[JudgedRecording | None]:
    """``clips`` recordings of the walk in ``folder``, None for each in which too little of a walking person is seen. They follow from the
    walk's name alone.

    Raises:
        DataError: the walk cannot be read.
    """
    walk = read_folder(folder, needed=())
    for clip in range(clips):
        yield judged_recording(walk, clip, odds)


def judged_recording(walk: LabelledWalk, number: int, odds: ExampleOdds = ODDS) -> JudgedRecording | None:
    """The recording of this ``number``."""
    name = f"{walk.name}/{number}"
    clip, recording = draw_recording(walk, stage_rng(_SEED, name, "evaluation"), odds)
    try:
        cleaned = clean(recording)
        geometry = measure(cleaned)
        signals = frame_signals(cleaned, geometry)
    except DataError:
        return None
    began = float(clip.time[0])
    truth = true_reading(walk, began + signals.time, begins_s=began, overground=clip.kind == "standing")
    walker = Walker(walk.subject.age_years, walk.subject.sex, recording.height_m)
    return JudgedRecording(name, facts_of(walk, clip, recording), recording, cleaned, geometry, signals, walker, truth)
