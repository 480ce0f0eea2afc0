"""How our healthy people of an age walk at a speed: mean curves, in what people differ, and how far the healthy are from the mean.

Curves are the eight of the nine of Baker et al. 2009 and Schwartz & Rozumalski 2008 that a reading has (`ANGLES`; foot progression is
not among them), degrees over a leg's stride, each as 17 Fourier coefficients that are *evened*: harmonics over √2, so that the length of
a vector of coefficients is the root mean square over the cycle. ``healthy_gait.json`` is made by ``python -m benchmarks.healthy_gait_fit``
from gaits of the corpus that physics has solved: the mean by regression on `healthy_features`, in the healthy; the features that hold 98 %
of what all people, patients too, differ from it; mean and standard deviation of the logarithm of the distance of healthy people, in the
features and in the curves themselves, by the same regressors.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import GAIT_ANGLES
from engine.core.frozen import frozen
from engine.gait.cycle import COEFFICIENTS, fit_coefficients
from engine.gait.norms import SPEED_RANGE, Normal, maturation

ANGLES = GAIT_ANGLES
"""The eight curves: three of the pelvis, three of the hip, knee and ankle."""
PELVIS = len([name for name in ANGLES if name.startswith("pelvis")])
"""So many of them, the first, both legs share."""
HEALTHY_GAIT_FILE = Path(__file__).with_suffix(".json")


@frozen
class HealthyGait:
    """``mean (7, 136)`` by regressor and ``features (k, 136)`` of unit length, over 8 curves of 17 evened coefficients (degrees);
    ``feature_log (7,)`` and ``whole_log (7,)`` give the mean logarithm of a healthy distance, in features and in the root mean square of
    all curves, ``…_sd`` their standard deviations."""

    mean: Array
    features: Array
    feature_log: Array
    feature_log_sd: float
    whole_log: Array
    whole_log_sd: float

    def mean_curves(self, age_years: float, speed: float) -> Array:
        """Evened coefficients ``(8, 17)`` of people of that age at a dimensionless ``speed``."""
        return (healthy_features(age_years, speed) @ self.mean).reshape(len(ANGLES), COEFFICIENTS)

    def profile_score(self, age_years: float, speed: float) -> Normal:
        """The root mean square of the differences of healthy people from the mean, degrees."""
        mean, spread = healthy_features(age_years, speed) @ self.whole_log, self.whole_log_sd
        middle = float(np.exp(mean + spread**2 / 2))
        return Normal(middle, middle * float(np.sqrt(np.expm1(spread**2))))


@cache
def healthy_gait() -> HealthyGait:
    """What is stored beside this file."""
    stored = json.loads(HEALTHY_GAIT_FILE.read_text(encoding="utf-8"))
    arrays = {name: np.array(value) for name, value in stored.items() if isinstance(value, list)}
    return HealthyGait(**arrays, **{name: value for name, value in stored.items() if name not in arrays})


def healthy_features(age_years: float, speed: float) -> Array:
    """Regressors ``(7,)``: one; dimensionless speed and its square; maturity (10 to 18 years), alone and by speed; toddler (5 to 2 years);
    old age (from 60 on, per 20 years)."""
    v, grown = float(np.clip(speed, *SPEED_RANGE)), float(maturation(age_years))
    toddler, old = np.clip((5 - age_years) / 3, 0, 1), np.clip((age_years - 60) / 20, 0, 1.5)
    return np.array([1.0, v, v**2, grown, grown * v, toddler, old])


def evened_coefficients(curves: Array) -> Array:
    """Evened coefficients ``(8, 17)`` of curves ``(8, frames)`` over a stride, both its ends among the frames."""
    coefficients = fit_coefficients(curves[:, :-1].T).T
    return np.concatenate([coefficients[:, :1], coefficients[:, 1:] / np.sqrt(2)], axis=1)


class LogDistance(NamedTuple):
    """Logarithm of a distance, and what it is in the healthy."""

    value: float
    healthy: Normal

    @property
    def z(self) -> float:
        return self.healthy.z(self.value)


def log_distance(healthy: HealthyGait, coefficients: Array, age_years: float, speed: float) -> LogDistance:
    """Of ``coefficients (136,)`` from the mean of the same age and speed, among the features (Schwartz & Rozumalski 2008, eq. 3)."""
    design = healthy_features(age_years, speed)
    length = float(np.linalg.norm(healthy.features @ (coefficients - design @ healthy.mean)))
    norm = Normal(float(design @ healthy.feature_log), healthy.feature_log_sd)
    return LogDistance(float(np.log(max(length, np.finfo(float).tiny))), norm)
