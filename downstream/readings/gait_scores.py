"""How far a gait is from that of healthy people of the same age and speed, in one number.

*Gait Profile Score* (Baker et al. 2009, Gait Posture 30:265): root mean square over curves and cycle of the difference from the healthy
mean, degrees; of one curve it is the Gait Variable Score. Pelvis curves count once, those of both legs beside them. *Gait Deviation Index*
(Schwartz & Rozumalski 2008, Gait Posture 28:351): the distance of a leg's curves from the healthy mean among the features in which
people differ, its logarithm scaled so that healthy people have 100 ± 10; mean of both legs. Both rest on the curves of
`downstream.readings.healthy_gait.ANGLES`: foot progression, the ninth of the papers, is not read.

Uncertainty. The error of a curve with root mean square ``σ_k`` over the cycle is taken as alike in all strides, as independent of other
curves, and as shaped like the curve's own difference, at which it counts most: a score ``S = sqrt(Σ w_k g_k²)`` is then sure within
``sqrt(Σ (w_k g_k σ_k)²) / S``. The standard deviation of speed adds half the difference between the scores at speed ± SD.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from downstream.readings.gait_reading import GaitReading, Number
from downstream.readings.healthy_gait import (
    ANGLES,
    PELVIS,
    evened_coefficients,
    healthy_gait,
    log_distance,
)
from downstream.readings.stride_cuts import cut_curves, cut_deviations
from downstream.readings.walker import Peers
from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.core.frozen import frozen

BEST_INDEX = 130.0
"""No healthy person of ours is so near the mean that the index is higher."""


@frozen
class LegGait:
    """Evened coefficients ``(8, 17)`` of a leg's mean curves, and the root mean square ``sd (8,)`` of their uncertainty; degrees."""

    coefficients: Array
    sd: Array


@dataclass(frozen=True)
class VariableScore:
    """The Gait Variable Score of one curve of one side, degrees."""

    angle: str
    side: int
    score: Number


class _Score(NamedTuple):
    value: float
    sd: float


def leg_gaits(reading: GaitReading) -> tuple[LegGait, LegGait] | str:
    """Mean curves of right and left leg, or the reason why scores cannot be had of them."""
    legs, deviations = cut_curves(reading), cut_deviations(reading)
    if not all(leg.strides for leg in legs):
        return "a complete stride of each foot is needed"
    if any(name not in legs[0].curves for name in ANGLES):
        return "joint angles are not read"
    right, left = (
        LegGait(
            evened_coefficients(np.rad2deg([leg.curves[name].mean(axis=0) for name in ANGLES])),
            np.sqrt(np.mean(np.rad2deg([own[name] for name in ANGLES]) ** 2, axis=1)),
        )
        for leg, own in zip(legs, deviations, strict=True)
    )
    return right, left


def variable_scores(legs: tuple[LegGait, LegGait], peers: Peers) -> list[VariableScore]:
    """The Movement Analysis Profile: the score of every curve of either side."""
    return [
        VariableScore(name, side, Number(float(_differences(leg, peers, peers.speed)[k]), float(leg.sd[k])))
        for k, name in enumerate(ANGLES)
        for side, leg in enumerate(legs)
    ]


def gait_profile_score(legs: tuple[LegGait, LegGait], peers: Peers) -> Number:
    """Over both sides, degrees."""
    sds = np.concatenate([leg.sd for leg in legs])
    weights = np.tile(np.where(np.arange(len(ANGLES)) < PELVIS, 1 / len(SIDES), 1.0), len(SIDES))
    weights /= weights.sum()

    def at(speed: float) -> _Score:
        return _weighed(np.concatenate([_differences(leg, peers, speed) for leg in legs]), sds, weights)

    return _with_speed(at, peers)


def gait_deviation_index(legs: tuple[LegGait, LegGait], peers: Peers) -> Number:
    """Mean of both legs, at most `BEST_INDEX`."""

    def at(speed: float) -> _Score:
        values, sds = np.array([_index(leg, peers, speed) for leg in legs]).T
        return _Score(float(values.mean()), float(np.linalg.norm(sds) / len(legs)))

    return _with_speed(at, peers)


def _differences(leg: LegGait, peers: Peers, speed: float) -> Array:
    """Root mean square ``(8,)`` of each curve's difference from the healthy mean."""
    return np.linalg.norm(leg.coefficients - healthy_gait().mean_curves(peers.age_years, speed), axis=1)


def _weighed(differences: Array, sds: Array, weights: Array) -> _Score:
    score = float(np.sqrt(np.sum(weights * differences**2)))
    share = differences / score if score > 0 else np.ones_like(differences)
    return _Score(score, float(np.linalg.norm(weights * share * sds)))


def _index(leg: LegGait, peers: Peers, speed: float) -> _Score:
    healthy, age = healthy_gait(), peers.age_years
    log = log_distance(healthy, leg.coefficients.ravel(), age, speed)
    value = min(100 - 10 * log.z, BEST_INDEX)
    apart = healthy.features @ (leg.coefficients - healthy.mean_curves(age, speed)).ravel()
    along = np.linalg.norm((apart @ healthy.features).reshape(len(ANGLES), -1), axis=1)
    distance = max(float(np.linalg.norm(apart)), _distance_of(BEST_INDEX, log.healthy.mean, log.healthy.sd))
    return _Score(value, 10 / log.healthy.sd * float(np.linalg.norm(along * leg.sd)) / distance**2)


def _distance_of(index: float, mean: float, sd: float) -> float:
    return float(np.exp(mean + sd * (100 - index) / 10))


def _with_speed(at: Callable[[float], _Score], peers: Peers) -> Number:
    here = at(peers.speed)
    below, above = (at(peers.speed + step).value for step in (-peers.speed_sd, peers.speed_sd))
    return Number(here.value, float(np.hypot(here.sd, (above - below) / 2)))
