"""Measures of a trained generator against fresh draws of the source that it learnt from; ``benchmarks/bench_generator.py`` prints them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from engine.conditions import ConditionCard
from engine.conventions import COORDINATE_INDEX, TRANSLATIONS
from engine.cycle import Array, basis, phase_grid
from generative.clearance import toe_clearance
from generative.conditioning import encode_conditions
from generative.corpus import Corpus, draw_people, make_gaits
from generative.feet import LegGeometry
from generative.gait_batch import GaitBatch, People
from generative.pipeline import STEPS, GaitPipeline
from generative.proposer import stand_on
from generative.sources.atlas import healthy_atlas
from generative.sources.condition_effects import speed_factor
from generative.standing import slip_per_stance, step_width

_FRECHET_DIMENSIONS = 50
_ANGLES = [index for name, index in COORDINATE_INDEX.items() if name not in TRANSLATIONS]
_GRID = phase_grid(100)
_BASIS = basis(_GRID)


def sample(pipeline: GaitPipeline, people: People, speed: Array | None, seed: int, *, steps: int = STEPS) -> GaitBatch:
    """Raw gaits of the network for ``people`` (right side affected or both)."""
    told = encode_conditions(people, speed, pipeline.denoiser.config.conditions)
    return pipeline(told, torch.Generator().manual_seed(seed), steps=steps)


def frechet_distance(a: Array, b: Array) -> float:
    """Fréchet distance of two normal distributions fitted to vectors ``(n, d)`` (Dowson & Landau 1982, J Multivar Anal 12:450)."""
    covariance_a, covariance_b = np.cov(a.T), np.cov(b.T)
    values, directions = np.linalg.eigh(covariance_a)
    root = (directions * np.sqrt(values.clip(0))) @ directions.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ covariance_b @ root).clip(0)).sum()
    means = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum()
    return float(means + np.trace(covariance_a) + np.trace(covariance_b) - 2 * cross)


def vectors(pipeline: GaitPipeline, gaits: GaitBatch) -> Array:
    """The first whitened components, in which distances are measured ``(n, 50)``."""
    return pipeline.space.encode(gaits).numpy()[:, :_FRECHET_DIMENSIONS].astype(float)


def nearest_distances(a: Array, others: Array) -> Array:
    """Distance of each vector of ``a`` to the nearest of ``others``."""
    squares = (a**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * a @ others.T
    return np.sqrt(squares.min(axis=1).clip(0))


@dataclass(frozen=True)
class Likeness:
    """How alike generated and held-out gaits are. Each figure stands beside the same figure of another held-out draw."""

    frechet: float
    frechet_held_out: float
    diversity: float
    """Mean distance of two generated gaits over that of two held-out ones."""
    nearest: float
    nearest_held_out: float
    """Median distance to the nearest gait of the corpus: far below the held-out figure would be copying."""
    samples_per_s: float


def likeness(pipeline: GaitPipeline, corpus: Corpus, held_out: Corpus, seed: int) -> Likeness:
    """Compares as many generated gaits as ``held_out`` has rows with it; ``corpus`` is what the network learnt."""
    begin = time.process_time()
    made = sample(pipeline, held_out.people, held_out.gaits.speed, seed)
    spent = time.process_time() - begin
    generated, real, known = (vectors(pipeline, gaits) for gaits in (made, held_out.gaits, corpus.gaits))
    order = np.random.default_rng(seed).permutation(len(known))[: len(real)]
    return Likeness(
        frechet=frechet_distance(generated, real),
        frechet_held_out=frechet_distance(known[order], real),
        diversity=_spread(generated) / _spread(real),
        nearest=float(np.median(nearest_distances(generated, known))),
        nearest_held_out=float(np.median(nearest_distances(real, known))),
        samples_per_s=len(made) / spent,
    )


def _spread(points: Array) -> float:
    half = len(points) // 2
    return float(np.linalg.norm(points[:half] - points[half : 2 * half], axis=1).mean())


@dataclass(frozen=True)
class Cell:
    """People alike in everything that the network is told, and their mean speed for this condition."""

    people: People
    legs: LegGeometry
    speed: Array


def make_cell(card: ConditionCard, severity: float, n: int, seed: int) -> Cell:
    """``n`` copies of one random person with the card's condition, at the usual speed for it."""
    people, legs = draw_people(card, 1, np.random.default_rng(seed))
    people = replace(people, severity=np.array([0.0 if card.name == "healthy" else severity]))
    speed = healthy_atlas().free_speed(people.age) * speed_factor(card, people.severity)
    rows = np.zeros(n, dtype=int)
    return Cell(people.take(rows), legs.take(rows), speed[rows])


@dataclass(frozen=True)
class CellError:
    """Within one cell: RMS difference of mean angle curves (degrees), and the ratio of spreads; ``again`` for a second atlas draw."""

    condition: str
    severity: float
    mean_error_deg: float
    again_deg: float
    spread_ratio: float


def cell_error(
    pipeline: GaitPipeline, card: ConditionCard, severity: float, *, n: int = 300, seed: int = 5
) -> CellError:
    """Compares generator and source for people who are alike."""
    cell = make_cell(card, severity, n, seed)
    first, second = (
        make_gaits(cell.people, cell.legs, card, cell.speed, np.random.default_rng([seed, k])) for k in (1, 2)
    )
    made = sample(pipeline, cell.people, cell.speed, seed)
    spread = np.median(_curves(made).std(axis=0).mean(axis=0) / _curves(first).std(axis=0).mean(axis=0))
    return CellError(card.name, severity, _curve_error(made, first), _curve_error(second, first), float(spread))


def _curves(gaits: GaitBatch) -> Array:
    """Angles in degrees ``(n, 100, 28)``."""
    return np.rad2deg(_BASIS @ gaits.coefficients[..., _ANGLES])


def _curve_error(a: GaitBatch, b: GaitBatch) -> float:
    difference = _curves(a).mean(axis=0) - _curves(b).mean(axis=0)
    return float(np.sqrt((difference**2).mean(axis=0)).mean())


MEASURES: tuple[str, ...] = (
    "cadence_pct",
    "stance_pct_affected",
    "stance_pct_unaffected",
    "double_support_pct",
    "step_width_pct_leg",
    "knee_swing_peak_deg",
    "knee_stance_least_deg",
    "hip_extension_deg",
    "ankle_swing_least_deg",
    "arm_swing_deg",
    "elbow_deg",
    "trunk_lean_deg",
    "toe_clearance_pct_leg",
    "strength",
)
"""What `measures` gives; the affected side is the right one. ``cadence_pct`` is steps per sqrt(hip height / g), times 100."""


def measures(gaits: GaitBatch, legs: LegGeometry) -> dict[str, float]:
    """Means over the gaits of every one of `MEASURES`."""
    angles = np.rad2deg(_BASIS @ gaits.coefficients)

    def curve(name: str) -> Array:
        return angles[..., COORDINATE_INDEX[name]]

    stance = gaits.stance
    swing = _GRID[None] > stance[:, :1]
    knee, lean = curve("knee_angle_r"), -(curve("lumbar_extension") + curve("pelvis_tilt")).mean(axis=1)
    values = (
        200 / gaits.duration,
        100 * stance[:, 0],
        100 * stance[:, 1],
        100 * (stance.sum(axis=1) - 1),
        100 * step_width(gaits, legs),
        np.where(swing, knee, -np.inf).max(axis=1),
        np.where(swing, np.inf, knee).min(axis=1),
        -curve("hip_flexion_r").min(axis=1),
        np.where(swing, curve("ankle_angle_r"), np.inf)[:, 80:95].min(axis=1),
        np.ptp(curve("arm_flex_r"), axis=1),
        curve("elbow_flex_r").mean(axis=1),
        lean,
        100 * toe_clearance(gaits, legs)[:, 0],
        gaits.muscles[:, 0, 0].mean(axis=1),
    )
    return {name: float(np.mean(value)) for name, value in zip(MEASURES, values, strict=True)}


def speed_matched_effects(
    pipeline: GaitPipeline, card: ConditionCard, severity: float, *, n: int = 200, seed: int = 7
) -> dict[str, tuple[float, float]]:
    """`MEASURES` of generated patients and of generated healthy people of the same bodies at the same speed."""
    people, legs = draw_people(card, n, np.random.default_rng(seed))
    people = replace(people, severity=np.full(n, severity))
    speed = healthy_atlas().free_speed(people.age) * speed_factor(card, people.severity)
    healthy = people.with_condition("healthy", np.zeros(n), "none")
    patients, controls = (
        measures(stand_on(sample(pipeline, group, speed, seed), legs, speed), legs) for group in (people, healthy)
    )
    return {name: (patients[name], controls[name]) for name in MEASURES}


@dataclass(frozen=True)
class FeetFigures:
    """Before any physics, millimetres: median and 95th percentile of slip per stance, and the least toe clearance of nine in ten."""

    condition: str
    slip_median_mm: float
    slip_95_mm: float
    clearance_10_mm: float
    step_time_error_pct: float
    """How far the stride of the legs departs from the network's own stride at this speed, RMS."""


def feet_figures(pipeline: GaitPipeline, card: ConditionCard, *, n: int = 200, seed: int = 9) -> FeetFigures:
    """How nearly feasible raw proposals are."""
    people, legs = draw_people(card, n, np.random.default_rng(seed))
    raw = sample(pipeline, people, None, seed)
    gaits = stand_on(raw, legs, None)
    millimetres = 1000 * people.hip_height[:, None]
    slip, clearance = slip_per_stance(gaits, legs) * millimetres, toe_clearance(gaits, legs) * millimetres
    change = gaits.duration / raw.duration - 1
    return FeetFigures(
        card.name,
        float(np.median(slip)),
        float(np.quantile(slip, 0.95)),
        float(np.quantile(clearance, 0.1)),
        float(100 * np.sqrt(np.mean(change**2))),
    )


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for the documentation."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
