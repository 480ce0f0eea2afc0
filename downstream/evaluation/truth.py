"""What is true of a stretch of a labelled walk, in the form of a reading: so truth and reading go through the same definitions."""

import numpy as np

from downstream.network.reading_targets import CURVE_TARGETS, NUMBER_TARGETS
from downstream.readings.derived_numbers import derived_numbers
from downstream.readings.gait_reading import Curve, GaitReading, Number
from downstream.readings.walker import Walker
from downstream.walks.labelled_walk import LabelledWalk
from downstream.walks.stride_figures import strides_over
from engine.core.arrays import Array, Single
from engine.gait.records import Events

_NOT_THERE = Number(None, why="the walk does not tell it")


def true_reading(walk: LabelledWalk, instants: Array, *, begins_s: float = 0.0, overground: bool = True) -> GaitReading:
    """Curves, events and numbers of ``walk`` at ``instants (T,)`` s of its clock; the reading's own begins at ``begins_s`` of it. What the
    walk does not tell, and without ``overground`` the way that it leads, is missing."""
    read = {target.name: target.read(walk) for target in CURVE_TARGETS}
    curves = {name: _certain(walk.at(own, instants)) for name, own in read.items() if own is not None}
    numbers = _numbers(walk, instants, overground)
    reading = GaitReading(instants - begins_s, _events(walk, instants, begins_s), 0.0, curves, numbers)
    subject = walk.subject
    derived = derived_numbers(reading, Walker(subject.age_years, subject.sex, subject.height_m))
    told = {name: number for name, number in numbers.items() if number.value is not None}
    return GaitReading(reading.time, reading.events, 0.0, curves, numbers | derived | told)


def _certain(values: Single) -> Curve:
    return Curve(values.astype(float), np.zeros(values.shape))


def _events(walk: LabelledWalk, instants: Array, begins_s: float) -> Events:
    def within(events: Array) -> Array:
        return events[(events >= instants[0]) & (events <= instants[-1])] - begins_s

    strikes, offs = walk.events.heel_strikes, walk.events.toe_offs
    return Events((within(strikes[0]), within(strikes[1])), (within(offs[0]), within(offs[1])))


def _numbers(walk: LabelledWalk, instants: Array, overground: bool) -> dict[str, Number]:
    strides = strides_over(walk, float(instants[0]), float(instants[-1]))
    numbers = {target.name: _NOT_THERE for target in NUMBER_TARGETS}
    if strides is None:
        return numbers
    for target in NUMBER_TARGETS:
        value = target.read(walk, strides)
        if np.isfinite(value) and (overground or not target.overground):
            numbers[target.name] = Number(float(value), 0.0)
    return numbers
