"""Generated healthy people against published norms: spatiotemporal by age, sex and pace, joint angles and swing knee flexion by speed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GAIT_ANGLES, GRAVITY_MPS2, Sex
from engine.gait.cycle import basis, phase_grid
from engine.gait.norms import Normal, band
from engine.gait.records import Subject
from engine.people.growth import draw_size, typical_size
from generative.corpus import SPEED_RANGE
from generative.evaluation.groups import Group, measured, walk
from generative.gait_batch import SEXES
from generative.pipeline import GaitPipeline
from generative.sources.atlas import healthy_atlas

MEAN_LIMIT_SD, SPREAD_LIMITS = 0.5, (0.7, 1.3)
BAND_SHARE = 0.8
_GRID = phase_grid(100)
_CHILD_YEARS = 10.0


@dataclass(frozen=True)
class NormBin:
    """People of one sex, of ``ages`` from the first to below the second, at one pace. Their speeds are normal about ``speed`` and cut at
    ``speed_limits`` (m/s); ``norms`` maps measures to what is published of them."""

    sex: Sex
    ages: tuple[float, float]
    pace: str
    speed: Normal
    speed_limits: tuple[float, float]
    norms: dict[str, Normal]

    @property
    def name(self) -> str:
        return f"{self.sex} {self.ages[0]:g}–{self.ages[1]:g} {self.pace.lower()}"


@dataclass(frozen=True)
class NormFigure:
    """One measure in one bin: how far the generated mean is from the norm's, in the norm's SD, and the generated SD over the norm's."""

    bin: NormBin
    measure: str
    error_sd: float
    spread: float

    @property
    def mean_holds(self) -> bool:
        return abs(self.error_sd) <= MEAN_LIMIT_SD

    @property
    def spread_holds(self) -> bool:
        return SPREAD_LIMITS[0] <= self.spread <= SPREAD_LIMITS[1]


def draw_bin(bin_: NormBin, n: int, rng: np.random.Generator) -> tuple[Group, Array]:
    """``n`` healthy people of a bin, and their dimensionless speeds."""
    people = []
    for number, age in enumerate(rng.uniform(*bin_.ages, n)):
        size = draw_size(float(age), bin_.sex, rng)
        people.append(Subject(f"{number}", float(age), bin_.sex, size.height_m, size.mass_kg))
    group = Group.of(people)
    metres = np.clip(rng.normal(bin_.speed.mean, bin_.speed.sd, n), *bin_.speed_limits)
    return group, np.clip(metres / np.sqrt(GRAVITY_MPS2 * group.people.hip_height), *SPEED_RANGE)


def norm_figures(pipeline: GaitPipeline, bin_: NormBin, n: int, seed: int) -> list[NormFigure]:
    """``n`` generated people of a bin at the speeds of the norm's people, measured."""
    group, speed = draw_bin(bin_, n, np.random.default_rng(seed))
    found = measured(walk(pipeline, group, speed, seed), group)
    return [
        NormFigure(bin_, name, norm.z(float(found[name].mean())), float(found[name].std(ddof=1)) / norm.sd)
        for name, norm in bin_.norms.items()
    ]


def _typical(age: float, n: int) -> Group:
    """People of the median size of both sexes in turn."""
    people = []
    for number in range(n):
        sex = SEXES[number % 2]
        size = typical_size(age, sex)
        people.append(Subject(f"{number}", age, sex, size.height_m, size.mass_kg))
    return Group.of(people)


@dataclass(frozen=True)
class BandFigure:
    """Of one coordinate at an age and a dimensionless speed: share of the cycle in which the generated mean curve lies within one SD of
    the norm's, and generated spread over the norm's (RMS over the cycle)."""

    age: float
    speed: float
    coordinate: str
    inside: float
    spread: float


def band_figures(pipeline: GaitPipeline, age: float, pace: float, n: int, seed: int) -> list[BandFigure]:
    """``n`` generated people who walk ``pace`` times as fast as people of ``age`` usually do, right leg."""
    group = _typical(age, n)
    speed = pace * healthy_atlas().free_speed(group.people.age)
    coefficients = walk(pipeline, group, speed, seed).coefficients
    figures = []
    for name in GAIT_ANGLES:
        column = COORDINATE_INDEX[name if name in COORDINATE_INDEX else f"{name}_r"]
        curves, norm = coefficients[..., column] @ basis(_GRID).T, band(name, float(speed[0]), age, phase=_GRID)
        inside = float(np.mean(np.abs(norm.z(curves.mean(axis=0))) <= 1))
        spread = float(np.sqrt(curves.var(axis=0, ddof=1).mean() / (norm.sd**2).mean()))
        figures.append(BandFigure(age, float(speed[0]), name, inside, spread))
    return figures


@dataclass(frozen=True)
class KneeFigure:
    """Peak of the mean knee curve in swing at a dimensionless speed, generated and norm, deg."""

    speed: float
    peak_deg: float
    norm_deg: float


def knee_figures(pipeline: GaitPipeline, speeds: Sequence[float], n: int, seed: int) -> list[KneeFigure]:
    """Ten-year-olds at the speeds of the children's norms."""
    group, figures = _typical(_CHILD_YEARS, n), []
    for speed in speeds:
        gaits = walk(pipeline, group, np.full(n, speed), seed)
        curve = (gaits.coefficients[..., COORDINATE_INDEX["knee_angle_r"]] @ basis(_GRID).T).mean(axis=0)
        norm = band("knee_angle", speed, _CHILD_YEARS, phase=_GRID).mean
        figures.append(KneeFigure(speed, float(np.rad2deg(curve.max())), float(np.rad2deg(norm.max()))))
    return figures
