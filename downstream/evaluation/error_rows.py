"""Errors as rows of one long table: a row for each recording and number, curve or event."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from downstream.network.reading_targets import EVENT_TARGETS
from downstream.readings.gait_reading import GaitReading, Number
from downstream.readings.quantities import CURVES
from downstream.training.set_uncertainty import WITHIN_S
from engine.core.arrays import Array
from engine.gait.records import Events

SURE = 1.96
EDGE_S = 0.1
"""Events nearer to an end of a recording than this need not be found."""


class ErrorRow(NamedTuple):
    """What ``method`` told of a ``quantity`` in a recording, and what is true; not a number where nothing is.

    Of a number ``true``, ``told`` and ``sd`` are those of the recording, ``error`` their distance, ``inside`` 1 if the 95 % interval holds
    the truth, else 0. Of an event (``quantity`` events, ``part`` its kind, seconds) the same; one that was missed has not been told, one
    that was made up is not true. Of a curve's ``part`` (both legs together) ``error``, ``sd`` and ``inside`` are means over frames, ``r``
    the correlation over time.
    """

    recording: str
    method: str
    quantity: str
    part: str
    true: float = np.nan
    told: float = np.nan
    sd: float = np.nan
    error: float = np.nan
    inside: float = np.nan
    r: float = np.nan


def number_rows(
    recording: str, method: str, truth: Mapping[str, Number], told: Mapping[str, Number]
) -> Iterator[ErrorRow]:
    """Of numbers that are true or told, those that ``method`` does not know left out."""
    for name, number in told.items():
        true = truth[name].value if name in truth else None
        if true is not None or number.value is not None:
            yield _row(recording, method, name, "", true, number.value, number.sd)


def _row(
    recording: str, method: str, quantity: str, part: str, true: float | None, told: float | None, sd: float | None
) -> ErrorRow:
    there, said, spread = (np.nan if one is None else float(one) for one in (true, told, sd))
    error = abs(said - there)
    inside = float(error <= SURE * spread) if np.isfinite(error) and np.isfinite(spread) else np.nan
    return ErrorRow(recording, method, quantity, part, there, said, spread, error, inside)


def curve_rows(recording: str, method: str, truth: GaitReading, told: GaitReading) -> Iterator[ErrorRow]:
    """Of curves that both have; both at the same instants."""
    for name, curve in told.curves.items():
        if name not in truth.curves:
            continue
        for place, part in enumerate(CURVES[name].parts or ("",)):
            true, said, sd = (
                _legs(values, place, name) for values in (truth.curves[name].values, curve.values, curve.sd)
            )
            error = np.abs(said - true)
            yield ErrorRow(
                recording,
                method,
                name,
                part,
                sd=float(sd.mean()),
                error=float(error.mean()),
                inside=float((error <= SURE * sd).mean()) if np.isfinite(sd).all() else np.nan,
                r=float(np.nanmean([_pearson(*pair) for pair in zip(true.T, said.T, strict=True)] or [np.nan])),
            )


def _legs(values: Array, place: int, name: str) -> Array:
    """``(T, 2)``, or ``(T, 1)`` of what has no sides."""
    own = values[..., place] if CURVES[name].parts else values
    return own.reshape(len(values), -1)


def _pearson(one: Array, other: Array) -> float:
    """0 where one does not change: it tells nothing of the other."""
    if np.ptp(one) < 1e-9 or np.ptp(other) < 1e-9:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def event_rows(recording: str, method: str, truth: GaitReading, told: GaitReading) -> Iterator[ErrorRow]:
    """An event is found if one of its kind is told within `WITHIN_S`; none is asked for within `EDGE_S` of the ends."""
    first, last = truth.time[[0, -1]] + (EDGE_S, -EDGE_S)
    for kind, true, found in zip(EVENT_TARGETS, _kinds(truth.events), _kinds(told.events), strict=True):
        for instant in true[(true >= first) & (true <= last)]:
            near = _nearest(found, instant)
            yield _row(
                recording, method, "events", kind, float(instant), near, None if near is None else told.event_sd_s
            )
        for instant in found:
            if first <= instant <= last and _nearest(true, instant) is None:
                yield _row(recording, method, "events", kind, None, float(instant), told.event_sd_s)


def _kinds(events: Events) -> tuple[Array, ...]:
    return (*events.heel_strikes, *events.toe_offs)


def _nearest(instants: Array, instant: float) -> float | None:
    near = instants[np.abs(instants - instant) <= WITHIN_S]
    return float(near[np.abs(near - instant).argmin()]) if len(near) else None
