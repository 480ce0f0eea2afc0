"""A reading as JSON: everything that is read, with units, and back again.

Keys are stable: those of `NUMBERS` and `CURVES`, sides ``right`` and ``left``. Standard deviations and 95 % intervals stand beside values;
what could not be read is null and says ``why``.
"""

from typing import Any

import numpy as np

from downstream.readings.gait_reading import Curve, GaitReading, Number
from downstream.readings.quantities import CURVES, NUMBERS
from downstream.reports.number_norms import number_norms
from downstream.reports.recording_facts import RecordingFacts
from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.core.errors import DataError
from engine.gait.norms import Normal
from engine.gait.records import Events

FORMAT = 1
USE = "for research use; not a medical device, and no diagnosis"
ALWAYS_MIND = "the model has learnt from synthetic walks alone; its uncertainties are those of synthetic validation"
_FIGURES = 6
"""Significant figures of what is stored for each frame."""


def reading_json(reading: GaitReading, facts: RecordingFacts) -> dict[str, Any]:
    """What `reading_of_json` reads, and the facts of the recording."""
    norms = number_norms(facts.walker, reading.numbers)
    return {
        "format": FORMAT,
        "use": USE,
        "file": facts.file,
        "person": vars(facts.walker),
        "recording": {
            "frames": facts.frames,
            "fps": facts.fps,
            "seconds": facts.seconds,
            "image_size": facts.image_size,
            "focal_px": facts.focal_px,
            "pose_detector": facts.pose_detector,
            "walking_s": facts.walking_s,
            "read_s": facts.read_s,
            "chosen_and_put_right": facts.put_right,
            "repairs": facts.repairs,
        },
        "model": facts.model,
        "mind": (*facts.mind, ALWAYS_MIND),
        "numbers": {name: _number(name, reading.numbers[name], norms.get(name)) for name in _told(reading)},
        "events": {"unit": "s", "sd": reading.event_sd_s, **reading.events.to_dict()},
        "time_s": reading.time.tolist(),
        "curves": {name: _curve(name, reading.curves[name]) for name in CURVES if name in reading.curves},
    }


def reading_of_json(data: dict[str, Any]) -> GaitReading:
    """The inverse of `reading_json`.

    Raises:
        DataError: a key is missing, or what it holds is no reading.
    """
    try:
        events = data["events"]
        feet = [[np.array(events[side][kind], float) for side in SIDES] for kind in ("heel_strikes", "toe_offs")]
        return GaitReading(
            time=np.array(data["time_s"], float),
            events=Events((feet[0][0], feet[0][1]), (feet[1][0], feet[1][1])),
            event_sd_s=events["sd"],
            curves={
                name: Curve(np.array(curve["values"], float), np.array(curve["sd"], float))
                for name, curve in data["curves"].items()
            },
            numbers={
                name: Number(number["value"], number["sd"], number["why"]) for name, number in data["numbers"].items()
            },
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"not a reading as `gaitforge analyze` writes it ({error!r}); read the recording again"
        ) from error


def _told(reading: GaitReading) -> list[str]:
    return [name for name in NUMBERS if name in reading.numbers]


def _number(name: str, number: Number, norm: Normal | None) -> dict[str, Any]:
    return {
        "title": NUMBERS[name].title,
        "unit": NUMBERS[name].unit,
        "value": number.value,
        "sd": number.sd,
        "interval_95": NUMBERS[name].interval(number),
        "why": number.why,
        "healthy": None if norm is None else {"mean": norm.mean, "sd": norm.sd},
    }


def _curve(name: str, curve: Curve) -> dict[str, Any]:
    quantity = CURVES[name]
    axes = ["frame", *(["side"] if quantity.sided else []), *(["part"] if quantity.parts else [])]
    return {
        "title": quantity.title,
        "unit": quantity.unit,
        "axes": axes,
        "sides": SIDES if quantity.sided else None,
        "parts": quantity.parts or None,
        "values": _short(curve.values),
        "sd": _short(curve.sd),
    }


def _short(values: Array) -> list[Any]:
    """Nested lists of `_FIGURES` significant figures."""
    size = np.floor(np.log10(np.maximum(np.abs(values), np.finfo(float).tiny)))
    scale = 10.0 ** np.clip(_FIGURES - 1 - size, -_FIGURES, 2 * _FIGURES)
    return (np.round(values * scale) / scale).tolist()
