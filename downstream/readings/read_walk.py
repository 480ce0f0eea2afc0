"""From a recording's bout of straight walking to all that is read of it."""

from dataclasses import replace

import numpy as np

from downstream.geometry.walk_geometry import GeometricGait, measure
from downstream.network.curve_network import CurveNetwork
from downstream.network.frame_signals import frame_signals
from downstream.network.prediction import Prediction, predict
from downstream.network.reading_targets import NUMBER_TARGETS, NumberTarget, split_curves
from downstream.network.view_kinds import VIEW_KINDS, view_kind
from downstream.readings.derived_numbers import derived_numbers
from downstream.readings.gait_reading import Curve, GaitReading, Number
from downstream.readings.pick_events import pick_events
from downstream.readings.quantities import NUMBERS
from downstream.readings.rhythm_agreement import RhythmAgreement, agreement
from downstream.readings.walker import Walker
from downstream.recordings.cleaning import CleanWalk, clean
from downstream.recordings.keypoint_recording import Recording
from downstream.recordings.walking_bouts import Bout
from engine.core.arrays import Array
from engine.core.conventions import Sex
from engine.core.frozen import frozen

NO_WAY = "the camera moves with the walker, or the walk is on a treadmill: how far it leads is not seen"
NO_SCALE = "lengths need a scale: the person's height is not known"
_OVERGROUND = 0.5


@frozen
class WalkRead:
    """The ``reading`` of one bout of a ``walker``, and what it rests on: the clean ``walk``, what geometry measured of it, whether strikes
    and spectrum agree with the cadence, from where it is seen (one of `VIEW_KINDS`), and how likely it leads ``overground`` before a camera
    that stands, 0 to 1."""

    reading: GaitReading
    walker: Walker
    walk: CleanWalk
    geometry: GeometricGait
    agreement: RhythmAgreement
    view: str
    overground: float

    @property
    def keypoints(self) -> Array:
        """Clean keypoints ``(F, J, 2)`` at the instants of the reading, pixels, NaN where missing."""
        time = self.reading.time
        frames = np.round((time - time[0]) * self.walk.sequence.fps).astype(int)
        return self.walk.points[frames]


def read_walk(
    network: CurveNetwork, recording: Recording, bout: Bout, age_years: float | None = None, sex: Sex | None = None
) -> WalkRead:
    """Curves, events and numbers of one bout of somebody of whom more or less is told; instants on the clock of ``recording``. Numbers that
    the network tells and that follow from the events as well are the network's.

    Raises:
        DataError: too little of a walking person is seen.
    """
    walker = Walker(age_years, sex, recording.height_m)
    walk = clean(recording.frames(bout.start, bout.stop))
    geometry = measure(walk)
    signals = frame_signals(walk, geometry)
    (told,) = predict(network, [signals])
    learnt = _reading(told, signals.time + bout.start / recording.fps, recording.height_m)
    reading = replace(learnt, numbers=derived_numbers(learnt, walker) | learnt.numbers)
    return WalkRead(
        reading=reading,
        walker=walker,
        walk=walk,
        geometry=geometry,
        agreement=agreement(geometry.cadence_spm, reading.events, signals),
        view=VIEW_KINDS[view_kind(signals)],
        overground=told.overground,
    )


def _reading(told: Prediction, time: Array, height_m: float | None) -> GaitReading:
    """What the network itself tells."""
    events, event_sd_s = pick_events(told.events, time)
    numbers = learnt_numbers(told, height_m)
    return GaitReading(time, events, event_sd_s * told.event_factor, _curves(told), numbers)


def _curves(told: Prediction) -> dict[str, Curve]:
    values, sds = split_curves(told.curves), split_curves(told.curve_sds)
    return {name: Curve(values[name], sds[name]) for name in values}


def learnt_numbers(told: Prediction, height_m: float | None) -> dict[str, Number]:
    """The numbers of `NUMBER_TARGETS`, and the stride time of the cadence among them; no value where the input cannot tell it."""
    numbers = {target.name: _number(target, told, index, height_m) for index, target in enumerate(NUMBER_TARGETS)}
    return numbers | {"stride_time_s": _stride_time(numbers["cadence_spm"])}


def _stride_time(cadence: Number) -> Number:
    if cadence.value is None or cadence.sd is None:
        return cadence
    seconds = 120 / cadence.value
    return Number(seconds, max(seconds * cadence.sd / cadence.value, NUMBERS["stride_time_s"].least))


def _number(target: NumberTarget, told: Prediction, index: int, height_m: float | None) -> Number:
    if target.overground and told.overground < _OVERGROUND:
        return Number(None, why=NO_WAY)
    if target.per_height and height_m is None:
        return Number(None, why=NO_SCALE)
    value, sd = target.told(float(told.numbers[index]), float(told.number_sds[index]), height_m or 1.0)
    return Number(value, max(sd, NUMBERS[target.name].least))
