"""Draws the subjects of a cohort from its spec: who they are never depends on how many others there are workers for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from engine.core.conventions import Sex, Side, SplitName
from engine.core.seeds import stage_rng, stage_seed
from engine.gait.records import HEIGHT_RANGE_M, MASS_RANGE_KG, SKIN_TONE_RANGE, Subject
from engine.people.burdens import Burden, size_factors
from engine.people.conditions import ConditionCard
from engine.people.growth import draw_size
from engine.population.body_sizes import BODY_SIZES
from engine.population.distributions import Distribution, Mix, Normal, Part, Range, choose_part
from engine.population.fields import Grades, SexShares
from engine.population.pyramid import AgePyramid
from engine.population.quotas import Parts, balanced_parts
from engine.population.spec import CohortSpec, Group, Split


@dataclass(frozen=True)
class SubjectPlan:
    """One subject to be made: who, how fast (None: the proposer decides), how many walks, in which split."""

    subject: Subject
    speed_mps: float | None
    walks: int
    split: SplitName


@dataclass(frozen=True)
class _Request:
    """A group, and every number that is drawn by a distribution. Sex is apart: it may depend on age."""

    group: Group
    wishes: Mapping[str, Distribution[float]]

    @classmethod
    def of(cls, group: Group) -> "_Request":
        return cls(group, _wishes(group))


def _severities(card: ConditionCard) -> Distribution[float]:
    """As common as they are published to be; evenly where nothing is."""
    if card.severity.shares is None:
        return Range(min=0.1, max=1.0)
    starts = (0.0, *card.severity.shares)
    shares = card.severity.shares.items()
    return Mix(
        mix=tuple(Part(share=share, min=low, max=high) for low, (high, share) in zip(starts, shares, strict=False))
    )


def _wishes(group: Group) -> dict[str, Distribution[float]]:
    """The group's own distributions, else the card's."""
    card = group.condition
    mean, deviation, least, most = card.demographics.age_years
    severity = group.severity.on(card) if isinstance(group.severity, Grades) else group.severity
    wishes = {
        "age_years": group.age_years or Normal(mean=mean, sd=max(deviation, 1e-6), min=least, max=most),
        "height_m": group.height_m,
        "mass_kg": group.mass_kg,
        "bmi": group.bmi,
        "severity": None if card.is_healthy else severity or _severities(card),
        "speed_mps": group.speed_mps,
        **{f"modifiers.{name}": wish.severity for name, wish in group.modifiers.items()},
        "skin_tone": group.skin_tone,
    }
    return {name: wish for name, wish in wishes.items() if wish is not None}


def _sexes(request: _Request, age_part: int) -> Distribution[Sex]:
    ages, share = request.group.age_years, request.group.condition.demographics.male_share
    if request.group.sex is not None:
        return request.group.sex
    of_pyramid = ages.sexes(age_part) if isinstance(ages, AgePyramid) else None
    return of_pyramid or SexShares(male=share, female=1 - share)


def _assigned(request: _Request, rng: np.random.Generator) -> list[dict[str, int]]:
    """Which part of each distribution each person belongs to: nothing is settled for sampled quotas."""
    n = request.group.subjects
    if request.group.quotas == "sampled":
        return [{} for _ in range(n)]
    parts: dict[str, Parts] = {}
    for name, wish in request.wishes.items():
        parts[name] = balanced_parts(np.tile(wish.shares, (n, 1)), list(parts.values()), rng)
        if name == "age_years":
            shares = np.array([_sexes(request, int(part)).shares for part in parts[name]])
            parts["sex"] = balanced_parts(shares, list(parts.values()), rng)
    return [{name: int(own[k]) for name, own in parts.items()} for k in range(n)]


@dataclass(frozen=True)
class _Lot:
    """One person's draws: from their own stream, in the parts that quotas assigned them."""

    parts: Mapping[str, int]
    position: int
    rng: np.random.Generator

    def part(self, name: str, wish: Distribution) -> int:
        return self.parts[name] if name in self.parts else choose_part(wish.shares, self.rng)

    def take(self, name: str, wish: Distribution[float]) -> float:
        return wish.draw(self.part(name, wish), self.position, self.rng)


def _side(group: Group, lot: _Lot) -> Side:
    if group.side is not None:
        return group.side[lot.position % len(group.side)]
    usual = group.condition.demographics.side
    if usual == "one":
        return "left" if lot.rng.random() < 0.5 else "right"
    return usual


def _modifiers(request: _Request, lot: _Lot) -> tuple[Burden, ...]:
    wishes = request.group.modifiers
    drawn = [Burden(wish.card, round(lot.take(f"modifiers.{name}", wish.severity), 3)) for name, wish in wishes.items()]
    return tuple(modifier for modifier in drawn if modifier.severity > 0)


def _draw(spec: CohortSpec, request: _Request, subject_id: str, lot: _Lot) -> SubjectPlan:
    wishes, rng = request.wishes, lot.rng
    age_part = lot.part("age_years", wishes["age_years"])
    age = wishes["age_years"].draw(age_part, lot.position, rng)
    sexes = _sexes(request, age_part)
    sex = sexes.draw(lot.part("sex", sexes), lot.position, rng)
    usual = draw_size(age, sex, rng, BODY_SIZES[request.group.body_size])
    asked = {name: lot.take(name, wishes[name]) for name in ("height_m", "mass_kg", "bmi") if name in wishes}
    severity = lot.take("severity", wishes["severity"]) if "severity" in wishes else 0.0
    side = _side(request.group, lot)
    speed = lot.take("speed_mps", wishes["speed_mps"]) if "speed_mps" in wishes else None
    modifiers = _modifiers(request, lot)
    height_factor, mass_factor = size_factors((Burden(request.group.condition, severity), *modifiers))
    height = asked.get("height_m", usual.height_m * height_factor)
    bmi = asked.get("bmi", usual.mass_kg / usual.height_m**2 * mass_factor)
    any_tone = float(rng.integers(*SKIN_TONE_RANGE, endpoint=True))
    tone = lot.take("skin_tone", wishes["skin_tone"]) if "skin_tone" in wishes else any_tone
    subject = Subject(
        id=subject_id,
        age_years=round(age, 2),
        sex=sex,
        height_m=round(float(np.clip(height, *HEIGHT_RANGE_M)), 3),
        mass_kg=round(float(np.clip(asked.get("mass_kg", bmi * height**2), *MASS_RANGE_KG)), 1),
        condition=request.group.condition,
        severity=round(severity, 3),
        side=side,
        appearance_seed=stage_seed(spec.seed, subject_id, "appearance"),
        modifiers=modifiers,
        skin_tone=round(float(np.clip(tone, *SKIN_TONE_RANGE))),
    )
    walks = request.group.walks or spec.walks_per_subject
    return SubjectPlan(subject=subject, speed_mps=speed, walks=walks, split="train")


def _assign_splits(plans: Sequence[SubjectPlan], split: Split, seed: int) -> list[SubjectPlan]:
    """Each condition spread over the splits, shares kept as closely as whole people allow."""
    names: tuple[SplitName, ...] = get_args(SplitName)
    shares = np.array([getattr(split, name) for name in names])
    shuffled = stage_rng(seed, "cohort", "split").permutation(len(plans))
    order = sorted(shuffled, key=lambda i: plans[i].subject.condition.name)
    counts, result = np.zeros(len(names)), list(plans)
    for taken, index in enumerate(order, start=1):
        choice = int(np.argmax(shares * taken - counts))
        counts[choice] += 1
        result[index] = replace(plans[index], split=names[choice])
    return result


def subject_ids(count: int) -> list[str]:
    """Ids of a cohort's ``count`` subjects, in the order of the spec's groups."""
    return [f"s{number:05d}" for number in range(count)]


def draw_subjects(spec: CohortSpec) -> list[SubjectPlan]:
    """All subjects of a cohort, in the order of the spec's groups."""
    plans: list[SubjectPlan] = []
    ids = subject_ids(sum(group.subjects for group in spec.groups))
    for number, group in enumerate(spec.groups):
        request = _Request.of(group)
        assigned = _assigned(request, stage_rng(spec.seed, f"group {number}", "quotas"))
        for position, parts in enumerate(assigned):
            subject_id = ids[len(plans)]
            lot = _Lot(parts, position, stage_rng(spec.seed, subject_id, "subject"))
            plans.append(_draw(spec, request, subject_id, lot))
    return _assign_splits(plans, spec.split, spec.seed)
