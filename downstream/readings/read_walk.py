"""From a recording's bout of straight walking to what is read of it."""

from downstream.network.curve_network import CurveNetwork
from downstream.network.frame_signals import frame_signals
from downstream.network.prediction import Prediction, predict
from downstream.network.reading_targets import NUMBER_TARGETS, NumberTarget, split_curves
from downstream.readings.gait_reading import Curve, GaitReading, Number
from downstream.readings.pick_events import pick_events
from downstream.readings.quantities import NUMBERS
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import Recording
from downstream.recordings.walking_bouts import Bout

NO_WAY = "the camera moves with the walker, or the walk is on a treadmill: how far it leads is not seen"
NO_SCALE = "lengths need a scale: the person's height is not known"
_OVERGROUND = 0.5


def read_walk(network: CurveNetwork, recording: Recording, bout: Bout) -> GaitReading:
    """Curves, events and the numbers that the network corrects, of one bout; instants on the clock of ``recording``.

    Raises:
        DataError: too little of a walking person is seen.
    """
    signals = frame_signals(clean(recording.frames(bout.start, bout.stop)))
    (told,) = predict(network, [signals])
    time = signals.time + bout.start / recording.fps
    events, event_sd_s = pick_events(told.events, time)
    return GaitReading(
        time=time,
        events=events,
        event_sd_s=event_sd_s * told.event_factor,
        curves=_curves(told),
        numbers=learnt_numbers(told, recording.height_m),
    )


def _curves(told: Prediction) -> dict[str, Curve]:
    values, sds = split_curves(told.curves), split_curves(told.curve_sds)
    return {name: Curve(values[name], sds[name]) for name in values}


def learnt_numbers(told: Prediction, height_m: float | None) -> dict[str, Number]:
    """The numbers of `NUMBER_TARGETS`; no value where the input cannot tell it."""
    return {target.name: _number(target, told, index, height_m) for index, target in enumerate(NUMBER_TARGETS)}


def _number(target: NumberTarget, told: Prediction, index: int, height_m: float | None) -> Number:
    if target.overground and told.overground < _OVERGROUND:
        return Number(None, why=NO_WAY)
    if target.per_height and height_m is None:
        return Number(None, why=NO_SCALE)
    value, sd = target.told(float(told.numbers[index]), float(told.number_sds[index]), height_m or 1.0)
    return Number(value, max(sd, NUMBERS[target.name].least))
