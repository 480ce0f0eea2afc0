"""Segment lengths from age, sex and stature, where no body is rendered: ages 2 to adult."""

import numpy as np

from engine.core.conventions import Sex
from engine.gait.records import BodyShape
from engine.musculoskeletal.published import read_table

THIGH_SHARE = 0.245 / (0.245 + 0.246)
"""Of the length from hip to ankle centre (Drillis & Contini 1966)."""


def anthropometric_body(age_years: float, sex: Sex, height_m: float) -> BodyShape:
    """Average barefoot body of that age, sex and stature, without shape coefficients.

    Children's legs are shorter by as much as their sitting height is larger than an adult's of the same sex; the rest of their sitting
    height is head, so trunk, arms, hands and feet keep their share of stature.
    """
    share = {row["length"]: float(row[sex]) for row in read_table("proportions")}
    share["hip_height"] += _sitting_height(np.inf, sex) - _sitting_height(age_years, sex)
    leg = share["hip_height"] - share["ankle_height"]
    share |= {"thigh": THIGH_SHARE * leg, "shank": (1 - THIGH_SHARE) * leg}
    return BodyShape(betas=np.zeros(0), lengths_m={name: fraction * height_m for name, fraction in share.items()})


def _sitting_height(age_years: float, sex: Sex) -> float:
    rows = read_table("sitting_height")
    ages = [float(row["age_years"]) for row in rows]
    return float(np.interp(age_years, ages, [float(row[sex]) for row in rows]))
