"""What a reader has to beat without a network: geometry, a spectrum, a regression and the mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from downstream.evaluation.judged_recordings import JudgedRecording
from downstream.evaluation.truth import true_reading
from downstream.readings.gait_reading import Curve, GaitReading, Number
from downstream.recordings.keypoint_recording import JOINT
from downstream.walks.read_folder import read_folder
from engine.core.arrays import Array
from engine.core.frozen import frozen

FITTED_WALKS = 400
"""So many walks, evenly spaced among those of training, give means and regressions."""

STEP_HZ_RANGE = (0.6, 3.8)
_REGRESSED = ("speed_mps", "step_length_m", "step_width_m", "stance_pct", "double_support_pct")


class Baseline(Protocol):
    """Reads numbers of a recording, without a standard deviation."""

    @property
    def name(self) -> str: ...

    def numbers(self, judged: JudgedRecording) -> dict[str, float]:
        """By the names of `downstream.readings.quantities.NUMBERS`."""
        ...


@dataclass(frozen=True)
class Geometry:
    """Geometry alone: `downstream.geometry.walk_geometry.measure`."""

    name: str = "geometry"

    def numbers(self, judged: JudgedRecording) -> dict[str, float]:
        gait = judged.geometry
        return {
            "speed_mps": gait.speed_mps,
            "cadence_spm": gait.cadence_spm,
            "step_length_m": gait.step_length_m,
            "stride_time_s": 120 / gait.cadence_spm,
        }


@dataclass(frozen=True)
class Spectrum:
    """Cadence by the highest peak of the spectrum of the ankles' distance."""

    name: str = "spectrum"

    def numbers(self, judged: JudgedRecording) -> dict[str, float]:
        return {"cadence_spm": ankle_spectrum_spm(judged.cleaned.points, judged.cleaned.sequence.fps)}


def ankle_spectrum_spm(points: Array, fps: float) -> float:
    """Steps/min by the ankles' distance in ``points (F, J, 2)``, a straight line where not a number."""
    apart = np.linalg.norm(points[:, JOINT["left_ankle"]] - points[:, JOINT["right_ankle"]], axis=-1)
    known = np.flatnonzero(np.isfinite(apart))
    apart = np.interp(np.arange(len(apart)), known, apart[known])
    power = np.abs(np.fft.rfft(apart - apart.mean(), n=4096)) ** 2
    steps_hz = np.fft.rfftfreq(4096, 1 / fps)
    inside = (steps_hz > STEP_HZ_RANGE[0]) & (steps_hz < STEP_HZ_RANGE[1])
    return float(60 * steps_hz[inside][power[inside].argmax()])


@frozen
class Regression:
    """Numbers as a linear function of height and geometry's cadence; ``weights`` are those of 1, height and cadence. ``height_m`` is taken
    where the height is not known."""

    weights: Mapping[str, Array]
    height_m: float
    name: str = "regression"

    def numbers(self, judged: JudgedRecording) -> dict[str, float]:
        seen = np.array([1.0, judged.recording.height_m or self.height_m, judged.geometry.cadence_spm])
        return {name: float(weights @ seen) for name, weights in self.weights.items()}


@frozen
class TrainingMean:
    """For everybody the mean of the walks that were learnt from: ``means`` of numbers, ``curves`` over time too."""

    means: Mapping[str, float]
    curves: Mapping[str, Array]
    name: str = "mean"

    def numbers(self, judged: JudgedRecording) -> dict[str, float]:  # noqa: ARG002 - whoever walks
        return dict(self.means)

    def reading(self, judged: JudgedRecording) -> GaitReading:
        """Curves that do not change."""
        time = judged.truth.time
        curves = {name: np.broadcast_to(mean, (len(time), *mean.shape)) for name, mean in self.curves.items()}
        unsure = {name: Curve(values, np.full(values.shape, np.nan)) for name, values in curves.items()}
        return GaitReading(time, judged.truth.events, np.nan, unsure, {})


def fit_baselines(walks: Sequence[Path]) -> tuple[TrainingMean, Regression]:
    """Mean and regression of walks that were learnt from."""
    chosen = [walks[index] for index in np.unique(np.linspace(0, len(walks) - 1, FITTED_WALKS).astype(int))]
    heights, readings = [], []
    for folder in chosen:
        walk = read_folder(folder, needed=())
        heights.append(walk.subject.height_m)
        readings.append(true_reading(walk, walk.time))
    return _mean(readings), _regression(np.array(heights), readings)


def _mean(readings: Sequence[GaitReading]) -> TrainingMean:
    names = {name for reading in readings for name in reading.curves}
    curves = {
        name: np.mean([one.curves[name].values.mean(axis=0) for one in readings if name in one.curves], axis=0)
        for name in sorted(names)
    }
    table = {name: _values(readings, name) for name in readings[0].numbers}
    return TrainingMean({name: float(np.nanmean(own)) for name, own in table.items() if np.isfinite(own).any()}, curves)


def _regression(heights: Array, readings: Sequence[GaitReading]) -> Regression:
    seen = np.column_stack([np.ones(len(heights)), heights, _values(readings, "cadence_spm")])
    weights = {}
    for name in _REGRESSED:
        wanted = _values(readings, name)
        known = np.isfinite(wanted) & np.isfinite(seen).all(axis=1)
        weights[name] = np.linalg.lstsq(seen[known], wanted[known], rcond=None)[0]
    return Regression(weights, float(heights.mean()))


def _values(readings: Sequence[GaitReading], name: str) -> Array:
    values = [reading.numbers[name].value for reading in readings]
    return np.array([np.nan if value is None else value for value in values])


def unsure(numbers: Mapping[str, float]) -> dict[str, Number]:
    """Numbers whose uncertainty nobody tells."""
    return {name: Number(value, float("nan")) for name, value in numbers.items()}
