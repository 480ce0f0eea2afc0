"""Draws the subjects of a cohort from its spec: who they are never depends on how many others there are workers for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from engine.conditions import ConditionCard, load_card
from engine.conventions import Sex, Side
from engine.growth import draw_size
from engine.records import HEIGHT_RANGE_M, MASS_RANGE_KG, Subject
from engine.seeds import stage_rng, stage_seed
from engine.spec import CohortSpec, Group, Numbers, Range, Split

SplitName = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class SubjectPlan:
    """One subject to be made: who, of which card file, how fast (None: the proposer decides), in which split."""

    subject: Subject
    card: str
    speed_mps: float | None
    split: SplitName


def _pick(numbers: Numbers, position: int, rng: np.random.Generator) -> float:
    if isinstance(numbers, Range):
        return float(rng.uniform(numbers.min, numbers.max))
    return float(numbers[position % len(numbers)])


def _age(group: Group, card: ConditionCard, position: int, rng: np.random.Generator) -> float:
    if group.age_years is not None:
        return _pick(group.age_years, position, rng)
    mean, deviation, least, most = card.demographics.age_years
    return float(np.clip(rng.normal(mean, deviation), least, most))


def _sex(group: Group, card: ConditionCard, position: int, rng: np.random.Generator) -> Sex:
    if group.sex is not None:
        return group.sex[position % len(group.sex)]
    return "male" if rng.random() < card.demographics.male_share else "female"


def _side(group: Group, card: ConditionCard, position: int, rng: np.random.Generator) -> Side:
    if group.side is not None:
        return group.side[position % len(group.side)]
    if card.demographics.side == "one":
        return "left" if rng.random() < 0.5 else "right"
    return card.demographics.side


def _severity(group: Group, card: ConditionCard, position: int, rng: np.random.Generator) -> float:
    if card.name == "healthy":
        return 0.0
    return _pick(group.severity or Range(min=0.1, max=1.0), position, rng)


def _draw(spec: CohortSpec, group: Group, card: ConditionCard, subject_id: str, position: int) -> SubjectPlan:
    rng = stage_rng(spec.seed, subject_id, "subject")
    age, sex = _age(group, card, position, rng), _sex(group, card, position, rng)
    size = draw_size(age, sex, rng)
    height = size.height_m if group.height_m is None else _pick(group.height_m, position, rng)
    usual_mass = size.mass_kg * (height / size.height_m) ** 2
    mass = usual_mass if group.mass_kg is None else _pick(group.mass_kg, position, rng)
    subject = Subject(
        id=subject_id,
        age_years=round(age, 2),
        sex=sex,
        height_m=round(float(np.clip(height, *HEIGHT_RANGE_M)), 3),
        mass_kg=round(float(np.clip(mass, *MASS_RANGE_KG)), 1),
        condition=card.name,
        severity=round(_severity(group, card, position, rng), 3),
        side=_side(group, card, position, rng),
        appearance_seed=stage_seed(spec.seed, subject_id, "appearance"),
    )
    speed = None if group.speed_mps is None else _pick(group.speed_mps, position, rng)
    return SubjectPlan(subject=subject, card=group.condition, speed_mps=speed, split="train")


def _assign_splits(plans: Sequence[SubjectPlan], split: Split, seed: int) -> list[SubjectPlan]:
    """Each condition spread over the splits, shares kept as closely as whole people allow."""
    names: tuple[SplitName, ...] = get_args(SplitName)
    shares = np.array([getattr(split, name) for name in names])
    shuffled = stage_rng(seed, "cohort", "split").permutation(len(plans))
    order = sorted(shuffled, key=lambda i: plans[i].subject.condition)
    counts, result = np.zeros(len(names)), list(plans)
    for taken, index in enumerate(order, start=1):
        choice = int(np.argmax(shares * taken - counts))
        counts[choice] += 1
        result[index] = replace(plans[index], split=names[choice])
    return result


def draw_subjects(spec: CohortSpec) -> list[SubjectPlan]:
    """All subjects of a cohort, in the order of the spec's groups."""
    plans: list[SubjectPlan] = []
    for group in spec.groups:
        card = load_card(group.condition)
        plans += [_draw(spec, group, card, f"s{len(plans) + i:05d}", i) for i in range(group.subjects)]
    return _assign_splits(plans, spec.split, spec.seed)
