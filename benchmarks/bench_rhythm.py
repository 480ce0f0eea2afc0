"""Measures the rhythm of drawn strides against that of published people: ``python -m benchmarks.bench_rhythm``.

People are the atlas' with their card's effects, as the corpus draws them. Each walks once as long as in the studies and once as in a clip.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import kurtosis

from benchmarks.generator_parts.bench import table as markdown_table
from engine.core.arrays import Array
from engine.gait.records import Proposal, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.conditions import ConditionCard, load_card
from engine.people.growth import typical_size
from engine.walk.variation import draw_strides
from generative.feet import leg_geometry
from generative.gait_batch import People
from generative.sources.atlas import healthy_atlas
from generative.sources.condition_effects import apply_card, speed_factor

PEOPLE, STUDY_STRIDES, CLIP_STRIDES = 400, 300, 8
WINDOWS = range(10, 21)
"""Lengths of the windows of detrended fluctuation analysis, as in Hausdorff et al."""


@dataclass(frozen=True)
class Group:
    """People of a study: ages and severities that they have from least to most, and what is published."""

    name: str
    condition: str
    ages: tuple[float, float]
    severities: tuple[float, float]
    published_cv: str
    published_alpha: str


GROUPS = (
    Group("children of 3 to 5", "healthy", (3.3, 5.0), (0, 0), "6.2 (5.8), clip 3.8", "0.86 to 0.90"),
    Group("children of 6 to 8", "healthy", (6.0, 8.5), (0, 0), "3.5 (3.3), clip 2.2", "0.93 to 0.97"),
    Group("children of 10 to 13", "healthy", (10.7, 13.6), (0, 0), "2.4 (2.3), clip 1.5", "0.88 to 0.90"),
    Group("young adults", "healthy", (20, 30), (0, 0), "1.3", "0.87"),
    Group("old adults", "healthy", (65, 80), (0, 0), "1.94 ± 0.36", "0.68 to 0.85"),
    Group("Parkinson's disease, stages 2 to 2.5", "parkinson", (55, 75), (0.35, 0.6), "2.24 ± 0.74", "0.82"),
    Group("Parkinson's disease, stages 2 to 4", "parkinson", (55, 80), (0.4, 1), "5.2 ± 2.7 (4.0) with turns", "0.82"),
    Group(
        "Huntington's disease",
        "huntington",
        (30, 65),
        (0.3, 0.9),
        "4.5 ± 1.6 on 10 m; 8.7 ± 5.9 (6.8) with turns",
        "0.60",
    ),
    Group("amyotrophic lateral sclerosis", "als", (45, 75), (0.3, 1), "5.1 ± 2.2 (4.7) with turns", "0.74"),
)


def dfa_alpha(strides: Array) -> float:
    """Exponent of detrended fluctuation analysis of a series (Peng et al. 1994)."""
    walk = np.cumsum(strides - strides.mean())
    sizes = [_fluctuation(walk, window) for window in WINDOWS]
    return float(np.polyfit(np.log(WINDOWS), np.log(sizes), 1)[0])


def _fluctuation(walk: Array, window: int) -> float:
    """Root mean square of ``walk`` about a straight line in each window."""
    parts = walk[: len(walk) // window * window].reshape(-1, window).T
    line = np.vander(np.arange(window), 2)
    return float(np.sqrt(((parts - line @ np.linalg.lstsq(line, parts, rcond=None)[0]) ** 2).mean()))


def _subject(card: ConditionCard, age: float, severity: float) -> Subject:
    size, side = typical_size(age, "male"), "right" if card.demographics.side == "one" else "none"
    return Subject("anybody", age, "male", size.height_m, size.mass_kg, card, severity, side)


def proposals(group: Group, count: int, rng: np.random.Generator) -> list[Proposal]:
    """People of the group, not seen by physics."""
    card, ages, severities = (
        load_card(group.condition),
        rng.uniform(*group.ages, count),
        rng.uniform(*group.severities, count),
    )
    subjects = [_subject(card, float(age), float(severity)) for age, severity in zip(ages, severities, strict=True)]
    bodies = [anthropometric_body(s.age_years, s.sex, s.height_m) for s in subjects]
    sizes = [body.lengths_m["hip_height"] for body in bodies]
    people, legs, atlas = People.of(subjects, sizes), leg_geometry(bodies), healthy_atlas()
    speed = atlas.free_speed(people.age) * speed_factor(card, severities)
    gaits = apply_card(atlas.sample(people, legs, speed, rng), card, severities, people.side, legs, rng)
    return [gaits.proposal(row, subject, sizes[row]) for row, subject in enumerate(subjects)]


def durations(people: list[Proposal], strides: int, rng: np.random.Generator) -> Array:
    """Factors of stride time ``(people, strides)`` of a walk of each."""
    return np.array([draw_strides(one.variability, strides, rng).duration[1:-1] for one in people])


def _cv(walks: Array) -> str:
    cv = 100 * walks.std(axis=1, ddof=1) / walks.mean(axis=1)
    return f"{cv.mean():.1f} ± {cv.std():.1f} ({np.median(cv):.1f})"


def row(group: Group, rng: np.random.Generator) -> list[str]:
    """The group's line of the table."""
    people = proposals(group, PEOPLE, rng)
    study, clip = durations(people, STUDY_STRIDES, rng), durations(people, CLIP_STRIDES, rng)
    alpha, tails = np.mean([dfa_alpha(one) for one in study]), np.median(kurtosis(study, axis=1))
    return [
        group.name,
        group.published_cv,
        _cv(study),
        _cv(clip),
        group.published_alpha,
        f"{alpha:.2f}",
        f"{tails:.1f}",
    ]


def main() -> None:
    rng = np.random.default_rng(0)
    header = (
        "",
        "CV published, %",
        f"{STUDY_STRIDES} strides",
        f"{CLIP_STRIDES} strides",
        "α published",
        "α",
        "kurtosis",
    )
    print(markdown_table(header, [row(group, rng) for group in GROUPS]))


if __name__ == "__main__":
    main()
