"""What is read of one walk: curves over time, foot events, and numbers, each with its uncertainty or the reason why it is missing."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from engine.gait.records import Events


@dataclass(frozen=True)
class Number:
    """A figure of the whole walk with its standard deviation, in the unit of its quantity; or no ``value``, and ``why`` not."""

    value: float | None
    sd: float | None = None
    why: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != (self.sd is None) or (self.value is None) != bool(self.why):
            raise ValueError("a number has a value and a standard deviation, or neither and a reason")

    @property
    def interval(self) -> tuple[float, float] | None:
        """What holds the true value 95 times in 100."""
        if self.value is None or self.sd is None:
            return None
        return self.value - 1.96 * self.sd, self.value + 1.96 * self.sd


@frozen
class Curve:
    """A quantity in every frame: ``values (F, …)`` in its unit, ``sd`` of the same shape. Where there are two sides they come first after
    the frames, right before left."""

    values: Array
    sd: Array

    def __post_init__(self) -> None:
        if self.values.shape != self.sd.shape:
            raise ValueError(f"values {self.values.shape} and sd {self.sd.shape} must have one shape")


@frozen
class GaitReading:
    """Everything read of one straight walk. ``time (F,)`` s on the clock of the recording; ``curves`` and ``numbers`` by the names of
    `downstream.readings.quantities`; ``event_sd_s`` is the standard deviation of an event's time."""

    time: Array
    events: Events
    event_sd_s: float
    curves: dict[str, Curve]
    numbers: dict[str, Number]

    def __post_init__(self) -> None:
        for name, curve in self.curves.items():
            if len(curve.values) != len(self.time):
                raise ValueError(f"{name}: {len(curve.values)} frames, the reading has {len(self.time)}")
        if np.any(np.diff(self.time) <= 0):
            raise ValueError("time must increase")
