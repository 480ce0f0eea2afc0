"""A reading as tidy tables: one row for each value."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from downstream.readings.gait_reading import Curve, GaitReading, Number
from downstream.readings.quantities import CURVES, NUMBERS
from downstream.readings.walker import Walker
from downstream.reports.number_norms import number_norms
from engine.core.arrays import Array
from engine.core.conventions import SIDES

CURVE_COLUMNS = ("time_s", "quantity", "part", "side", "value", "sd", "unit")
NUMBER_COLUMNS = ("quantity", "value", "sd", "low_95", "high_95", "unit", "healthy_mean", "healthy_sd", "why_missing")
EVENT_COLUMNS = ("side", "event", "time_s", "sd_s")


def curve_table(reading: GaitReading) -> pd.DataFrame:
    """A row for each quantity, part, side and frame; part and side are empty where a quantity has none."""
    tables = [_of_curve(name, reading) for name in CURVES if name in reading.curves]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(CURVE_COLUMNS))


def _of_curve(name: str, reading: GaitReading) -> pd.DataFrame:
    curve, quantity = reading.curves[name], CURVES[name]
    sides, parts = SIDES if quantity.sided else ("",), quantity.parts or ("",)
    frames = len(reading.time)
    values, sds = _flat(curve, (frames, len(sides), len(parts)))
    each = len(sides) * len(parts)
    columns = {
        "time_s": np.repeat(reading.time, each),
        "quantity": name,
        "part": np.tile(parts, frames * len(sides)),
        "side": np.tile(np.repeat(sides, len(parts)), frames),
        "value": values,
        "sd": sds,
        "unit": quantity.unit,
    }
    return pd.DataFrame(columns, columns=list(CURVE_COLUMNS))


def _flat(curve: Curve, shape: tuple[int, ...]) -> tuple[Array, Array]:
    return curve.values.reshape(shape).ravel(), curve.sd.reshape(shape).ravel()


def number_table(numbers: Mapping[str, Number], walker: Walker) -> pd.DataFrame:
    """A row for each number; those that could not be read say why."""
    norms = number_norms(walker, numbers)
    rows = []
    for name in NUMBERS:
        if name in numbers:
            number, norm = numbers[name], norms.get(name)
            low, high = NUMBERS[name].interval(number) or (None, None)
            healthy = (norm.mean, norm.sd) if norm else (None, None)
            rows.append((name, number.value, number.sd, low, high, NUMBERS[name].unit, *healthy, number.why))
    return pd.DataFrame(rows, columns=list(NUMBER_COLUMNS))


def event_table(reading: GaitReading) -> pd.DataFrame:
    """A row for each foot strike and toe off, in the order of time."""
    kinds = {"heel_strike": reading.events.heel_strikes, "toe_off": reading.events.toe_offs}
    rows = [
        (side, kind, float(time), reading.event_sd_s)
        for kind, feet in kinds.items()
        for side, times in zip(SIDES, feet, strict=True)
        for time in times
    ]
    return pd.DataFrame(sorted(rows, key=lambda row: row[2]), columns=list(EVENT_COLUMNS))
