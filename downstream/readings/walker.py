"""Who walks in a recording, as far as it is told, and what of the norms follows from it."""

from dataclasses import dataclass

import numpy as np

from downstream.readings.gait_reading import Number
from engine.cohort.walk_data import HIP_HEIGHT_PER_STATURE
from engine.core.conventions import Sex
from engine.gait.norms import dimensionless_speed
from engine.people.growth import typical_size

_SEXES: tuple[Sex, ...] = ("female", "male")


@dataclass(frozen=True)
class Walker:
    """What is not known is None."""

    age_years: float | None = None
    sex: Sex | None = None
    height_m: float | None = None


@dataclass(frozen=True)
class Peers:
    """Healthy people to compare with: of an age and a stature, at a dimensionless ``speed`` that is sure within ``speed_sd``."""

    age_years: float
    height_m: float
    speed: float
    speed_sd: float


def peers(walker: Walker, speed_mps: Number | None) -> Peers | str:
    """Whom the walker is compared with, or the reason why nobody. Where stature is not told it is that typical of the age."""
    if walker.age_years is None:
        return "the age is not told, and healthy people walk differently at different ages"
    if speed_mps is None or speed_mps.value is None or speed_mps.sd is None:
        return "the speed is not read, and healthy people walk differently at different speeds"
    age = walker.age_years
    sexes = _SEXES if walker.sex is None else (walker.sex,)
    height = walker.height_m or float(np.mean([typical_size(age, sex).height_m for sex in sexes]))
    unit = dimensionless_speed(1.0, HIP_HEIGHT_PER_STATURE * height)
    return Peers(age, height, speed_mps.value * unit, speed_mps.sd * unit)
