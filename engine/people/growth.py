"""Stature, mass and strength of people aged 2 to 100: the tables from which subjects are drawn, and what is usual at their age.

Ages 2–20: medians and one-SD limits of the CDC 2000 growth reference (Kuczmarski et al. 2002, Vital Health Stat 11(246)).
Adults: statures near NHANES 2015–2018 (Fryar et al. 2021, Vital Health Stat 3(46)) with the loss of stature with age of Sorkin et al.
1999 (Am J Epidemiol 150:969); body mass index rises from the CDC value at 20 to a median of 27 in middle age (rounded).

Strength: children gain torque faster than mass^(2/3) (Eek, Kroksmark & Beckung 2006, Arch Phys Med Rehabil 87:1091). Their share of an
adult's 2.8 N·m/kg of knee extension (men 2.9-3.5, women 2.1-2.7; meta-analysis cited below) is set so that children of 5-6 years have 1.6
and of 10 years 2.1 N·m/kg: an assumption, for all muscles alike. With age, knee
extension falls to 61-63 % and flexion to 57 % (meta-analysis of 13,893 people, Front Physiol 2021, doi 10.3389/fphys.2021.767941);
plantarflexors lose 7.4 % per decade (217 women, J Gerontol A 2000;55:B264) and 39 % by 70-82 years (35 men, PMID 15054662); hip
flexors 22 %, extensors 31 % (24 women, PMID 15031315), abductors 34 %, adductors 24 % (76 women, doi 10.1016/j.apmr.2003.07.022).
Values between these are assumptions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import MUSCLE_GROUPS, Sex

_CHILD_AGES = tuple(range(2, 21))
# Centimetres: median, and half the distance between the -1 SD and +1 SD curves.
_CHILD_HEIGHT = {
    "male": (
        86.5,
        95.0,
        102.2,
        108.9,
        115.4,
        121.8,
        127.9,
        133.5,
        138.6,
        143.5,
        149.1,
        156.1,
        163.8,
        169.9,
        173.5,
        175.3,
        176.2,
        176.6,
        176.8,
    ),
    "female": (
        85.0,
        93.9,
        100.8,
        107.7,
        114.7,
        121.5,
        127.6,
        132.9,
        138.0,
        144.0,
        151.2,
        157.2,
        160.4,
        161.9,
        162.5,
        162.9,
        163.1,
        163.2,
        163.3,
    ),
}
_CHILD_HEIGHT_SD = {
    "male": np.interp(_CHILD_AGES, (2, 6, 10, 12, 14, 16, 20), (3.45, 5.05, 6.75, 7.45, 8.05, 7.5, 7.15)),
    "female": np.interp(_CHILD_AGES, (2, 6, 10, 12, 14, 16, 20), (3.4, 4.95, 6.95, 7.55, 6.6, 6.5, 6.5)),
}
# Kilograms: median.
_CHILD_MASS = {
    "male": (12.7, 14.3, 16.2, 18.4, 20.7, 23.1, 25.6, 28.6, 31.9, 35.9, 40.5, 45.6, 51.0, 56.3, 60.9, 64.6, 67.2, 69.0, 70.6),
    "female": (12.1, 13.9, 15.8, 17.9, 20.2, 22.8, 25.6, 29.0, 32.9, 37.2, 41.5, 45.8, 49.4, 52.0, 53.9, 55.1, 56.2, 57.3, 58.2),
}  # fmt: skip
_ADULT_AGES = (30, 45, 60, 70, 80, 90, 100)
_ADULT_HEIGHT = {
    "male": (176.5, 176.2, 175.0, 173.7, 171.8, 169.8, 168.0),
    "female": (162.9, 162.4, 160.9, 159.2, 156.6, 154.0, 151.5),
}
_ADULT_HEIGHT_SD = {"male": 7.2, "female": 6.6}
_ADULT_BMI = (25.0, 26.8, 27.2, 26.8, 26.0, 24.8, 24.0)
# Standard deviation of the logarithm of body mass index.
_BMI_LOG_SD_AGES = (2, 6, 10, 14, 20, 30, 100)
_BMI_LOG_SD = (0.07, 0.095, 0.14, 0.155, 0.15, 0.17, 0.17)


@dataclass(frozen=True)
class Size:
    """Stature and mass."""

    height_m: float
    mass_kg: float


@dataclass(frozen=True)
class SizeNorm:
    """How people of one age and sex scatter in size: stature (normal), body mass index (log-normal about its median), in m and kg/m²."""

    height_m: float
    height_sd_m: float
    body_mass_index: float
    body_mass_index_log_sd: float


SizeReference = Callable[[float, Sex], SizeNorm]
"""The sizes of a population: norm by age in years and sex."""


def us_size(age_years: float, sex: Sex) -> SizeNorm:
    """Sizes in the United States (sources above)."""
    ages = (*_CHILD_AGES, *_ADULT_AGES)
    adult_sd = (_ADULT_HEIGHT_SD[sex],) * len(_ADULT_AGES)
    child_bmi = 1e4 * np.array(_CHILD_MASS[sex]) / np.array(_CHILD_HEIGHT[sex]) ** 2
    return SizeNorm(
        height_m=float(np.interp(age_years, ages, (*_CHILD_HEIGHT[sex], *_ADULT_HEIGHT[sex]))) / 100,
        height_sd_m=float(np.interp(age_years, ages, (*_CHILD_HEIGHT_SD[sex], *adult_sd))) / 100,
        body_mass_index=float(np.interp(age_years, ages, (*child_bmi, *_ADULT_BMI))),
        body_mass_index_log_sd=float(np.interp(age_years, _BMI_LOG_SD_AGES, _BMI_LOG_SD)),
    )


def typical_size(age_years: float, sex: Sex) -> Size:
    """Median stature and mass."""
    norm = us_size(age_years, sex)
    return Size(norm.height_m, norm.body_mass_index * norm.height_m**2)


def draw_size(age_years: float, sex: Sex, rng: np.random.Generator, reference: SizeReference = us_size) -> Size:
    """A random person's stature (normal) and mass (log-normal body mass index), both cut at 2.5 SD."""
    z = np.clip(rng.standard_normal(2), -2.5, 2.5)
    norm = reference(age_years, sex)
    height = norm.height_m + z[0] * norm.height_sd_m
    return Size(height, norm.body_mass_index * float(np.exp(z[1] * norm.body_mass_index_log_sd)) * height**2)


_STRENGTH_AGES = (2, 4, 8, 12, 16, 40, 50, 60, 70, 80, 90)
_GROWING = (0.50, 0.55, 0.65, 0.85, 1.0, 1.0)
_STRENGTH = {
    "hip_flexors": (*_GROWING, 0.97, 0.90, 0.79, 0.69, 0.58),
    "hip_extensors": (*_GROWING, 0.97, 0.88, 0.76, 0.65, 0.52),
    "hip_abductors": (*_GROWING, 0.96, 0.86, 0.74, 0.62, 0.50),
    "hip_adductors": (*_GROWING, 0.97, 0.88, 0.76, 0.66, 0.55),
    "quadriceps": (*_GROWING, 0.97, 0.88, 0.76, 0.65, 0.52),
    "hamstrings": (*_GROWING, 0.96, 0.86, 0.73, 0.60, 0.50),
    "plantarflexors": (*_GROWING, 0.97, 0.90, 0.78, 0.65, 0.55),
    "dorsiflexors": (*_GROWING, 1.0, 0.97, 0.93, 0.85, 0.75),
}


def typical_strength(age_years: float | Array) -> Array:
    """Strength of each muscle group (last axis, in the order of `MUSCLE_GROUPS`) relative to a healthy young adult's scaled by
    mass^(2/3): ``(8,)`` or, for ages ``(n,)``, ``(n, 8)``."""
    return np.stack([np.interp(age_years, _STRENGTH_AGES, _STRENGTH[name]) for name in MUSCLE_GROUPS], axis=-1)
