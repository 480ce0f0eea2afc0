"""What follows from the events and curves of a reading: numbers of the whole walk, each with what the uncertainty of its sources leaves."""

from collections.abc import Mapping

import numpy as np

from downstream.readings.gait_reading import GaitReading, Number
from downstream.readings.gait_scores import gait_deviation_index, gait_profile_score, leg_gaits
from downstream.readings.quantities import NUMBERS
from downstream.readings.stride_cuts import cut_curves, cut_deviations
from downstream.readings.stride_timing import timing_numbers
from downstream.readings.walker import Walker, peers
from engine.cohort.walk_data import LegCurves
from engine.core.arrays import Array


def derived_numbers(reading: GaitReading, walker: Walker) -> dict[str, Number]:
    """Numbers of `NUMBERS` that rest on events and curves. Scores need ``speed_mps`` among the reading's numbers, and the walker's age. No
    standard deviation is told that is smaller than the least of its quantity."""
    numbers = timing_numbers(reading.events, reading.event_sd_s)
    numbers["knee_at_extension_deg"] = knee_at_extension(reading)
    numbers |= _scores(reading, walker)
    return {name: _told(number, NUMBERS[name].least) for name, number in numbers.items()}


def knee_at_extension(reading: GaitReading) -> Number:
    """Least knee flexion in stance, degrees: mean of the strides of each leg and of both legs. Errors are taken as alike in all strides of
    a leg and independent between legs, so that ``sd² = Σ sd_leg² / legs²``, ``sd_leg`` that of the mean curve where it is least."""
    legs = list(zip(cut_curves(reading), cut_deviations(reading), strict=True))
    least = [_least_knee(leg, own) for leg, own in legs if "knee_angle" in leg.curves]
    if not least:
        whole = any(leg.strides for leg, _ in legs)
        return Number(None, why="joint angles are not read" if whole else "no complete stride is seen")
    values, sds = np.rad2deg(least).T
    return Number(float(values.mean()), float(np.linalg.norm(sds) / len(least)))


def _least_knee(leg: LegCurves, deviations: Mapping[str, Array]) -> tuple[float, float]:
    knee, share = leg.curves["knee_angle"], np.linspace(0, 1, leg.curves["knee_angle"].shape[1])
    stands = share <= np.array([stride.stance_share for stride in leg.strides])[:, None]
    standing = np.where(stands, knee, np.inf)
    return float(standing.min(axis=1).mean()), float(deviations["knee_angle"][standing.mean(axis=0).argmin()])


def _scores(reading: GaitReading, walker: Walker) -> dict[str, Number]:
    scores = {"gait_deviation_index": gait_deviation_index, "gait_profile_score_deg": gait_profile_score}
    legs, others = leg_gaits(reading), peers(walker, reading.numbers.get("speed_mps"))
    if isinstance(legs, str) or isinstance(others, str):
        reason = legs if isinstance(legs, str) else str(others)
        return {name: Number(None, why=reason) for name in scores}
    return {name: score(legs, others) for name, score in scores.items()}


def _told(number: Number, least: float) -> Number:
    return number if number.value is None else Number(number.value, max(number.sd or 0.0, least))
