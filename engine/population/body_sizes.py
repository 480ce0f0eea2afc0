"""Body sizes of populations, by name.

``us``: `engine.people.growth`. ``japan``, from age 5 to 17: means of stature and mass of the School Health Statistics Survey 2017
(Statistics Bureau of Japan, Japan Statistical Yearbook 70, table 24-2) with the standard deviations of the national table of the same
survey some ten years earlier (as published by Aomori prefecture, opendata.pref.aomori.lg.jp, dataset dataland-116, resource 2730); from 1
to 4: means and standard deviations of the National Health and Nutrition Survey (Ministry of Health, Labour and Welfare, table 11 of a
year with an enlarged sample); adults: 25th, 50th and 75th percentiles of the National Health and Nutrition Surveys 2018 and 2019 (Dietary
Reference Intakes for Japanese 2025, reference tables 1 and 2).

Assumptions: means of children stand for medians; each figure belongs to the middle of its age group; stature and body mass index are
uncorrelated, so that what scatter of mass stature does not explain is that of the index (at least `LEAST_INDEX_LOG_SD`: in the smallest
children stature explains all).
"""

from dataclasses import dataclass

import numpy as np

from engine.core.conventions import Sex
from engine.people.growth import SizeNorm, SizeReference, us_size

QUARTILES_PER_SD = 1.349
"""Distance between the quartiles of a normal distribution, in standard deviations."""
LEAST_INDEX_LOG_SD = 0.05


@dataclass(frozen=True)
class _Table:
    """By age group: statures in cm, masses in kg, their middles and standard deviations."""

    height: tuple[float, ...]
    height_sd: tuple[float, ...]
    mass: tuple[float, ...]
    mass_sd: tuple[float, ...]


_CHILD_AGES = tuple(age + 0.5 for age in range(1, 18))
_CHILDREN = {
    "male": _Table(
        (
            78.8,
            89.1,
            95.3,
            103.2,
            110.3,
            116.5,
            122.5,
            128.2,
            133.5,
            139.0,
            145.0,
            152.8,
            160.0,
            165.3,
            168.2,
            169.9,
            170.6,
        ),
        (4.3, 4.9, 4.0, 4.2, 4.73, 4.96, 5.19, 5.38, 5.74, 6.2, 7.14, 8.08, 7.69, 6.73, 5.95, 5.79, 5.81),
        (10.4, 12.8, 14.2, 16.5, 18.9, 21.4, 24.1, 27.2, 30.5, 34.2, 38.2, 44.0, 49.0, 53.9, 58.9, 60.6, 62.6),
        (1.0, 1.5, 1.5, 2.1, 2.72, 3.6, 4.26, 5.37, 6.56, 7.55, 8.83, 10.48, 10.53, 10.62, 11.27, 10.81, 11.04),
    ),
    "female": _Table(
        (
            78.7,
            87.3,
            95.2,
            102.3,
            109.3,
            115.7,
            121.5,
            127.3,
            133.4,
            140.1,
            146.7,
            151.8,
            154.9,
            156.5,
            157.1,
            157.6,
            157.8,
        ),
        (5.3, 4.4, 4.0, 4.0, 4.72, 4.9, 5.17, 5.51, 6.18, 6.79, 6.76, 5.96, 5.42, 5.32, 5.29, 5.33, 5.36),
        (10.0, 12.1, 13.8, 15.8, 18.5, 21.0, 23.5, 26.4, 29.9, 34.0, 39.0, 43.6, 47.2, 50.0, 51.6, 52.6, 53.0),
        (1.0, 1.3, 1.5, 1.8, 2.63, 3.29, 4.02, 4.89, 6.01, 7.14, 8.15, 8.45, 8.2, 8.03, 8.21, 8.22, 8.32),
    ),
}
_ADULT_AGES = (23.5, 40.0, 57.5, 70.0, 81.0)
# Quartiles of stature (cm) and of mass (kg): 18-29, 30-49, 50-64, 65-74 years, 75 and over.
_ADULT_HEIGHT = {
    "male": ((167.7, 172.0, 175.0), (168.0, 171.8, 175.5), (165.9, 169.7, 173.5), (161.8, 165.3, 169.8), (157.6, 162.0, 166.0)),
    "female": ((154.0, 158.0, 162.0), (154.8, 158.5, 162.0), (153.0, 156.4, 160.0), (148.3, 152.2, 156.0), (143.8, 148.3, 152.2)),
}  # fmt: skip
_ADULT_MASS = {
    "male": ((58.0, 63.0, 71.0), (63.0, 70.0, 78.0), (62.4, 69.1, 76.4), (59.0, 64.4, 70.3), (55.0, 61.0, 67.6)),
    "female": ((46.4, 51.0, 55.7), (48.3, 53.3, 59.7), (48.6, 54.0, 60.5), (47.7, 52.6, 58.6), (44.0, 49.3, 55.1)),
}


def japanese_size(age_years: float, sex: Sex) -> SizeNorm:
    """Sizes in Japan (sources above)."""
    ages, child = (*_CHILD_AGES, *_ADULT_AGES), _CHILDREN[sex]
    adult_height, adult_mass = np.array(_ADULT_HEIGHT[sex]), np.array(_ADULT_MASS[sex])
    height = np.array([*child.height, *adult_height[:, 1]]) / 100
    mass = np.array([*child.mass, *adult_mass[:, 1]])
    adult_sd = (adult_height[:, 2] - adult_height[:, 0]) / QUARTILES_PER_SD
    height_sd = np.array([*child.height_sd, *adult_sd]) / 100
    adult_log_sd = np.log(adult_mass[:, 2] / adult_mass[:, 0]) / QUARTILES_PER_SD
    mass_log_sd = np.array([*(np.array(child.mass_sd) / child.mass), *adult_log_sd])
    # At a given index, mass goes with the square of stature.
    index_log_sd = np.sqrt(np.maximum(mass_log_sd**2 - (2 * height_sd / height) ** 2, LEAST_INDEX_LOG_SD**2))
    norm = (height, height_sd, mass / height**2, index_log_sd)
    return SizeNorm(*(float(np.interp(age_years, ages, values)) for values in norm))


BODY_SIZES: dict[str, SizeReference] = {"us": us_size, "japan": japanese_size}
"""Reference populations of `draw_size`."""
