"""Groups of people with their bodies, and the gaits that a generator gives them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from engine.core.arrays import Array
from engine.core.conventions import Sex
from engine.gait.records import BodyShape, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.burdens import Burden
from engine.people.conditions import ConditionCard
from generative.batch_measures import measure
from generative.clamp import Clamp
from generative.conditioning import encode_conditions
from generative.corpus import draw_ages, draw_size_with
from generative.feet import LegGeometry, leg_geometry
from generative.gait_batch import GaitBatch, People, at_speed
from generative.pipeline import GaitPipeline


@dataclass(frozen=True)
class Group:
    """People and their bodies, in the same order. A one-sided condition affects the right side: left is its mirror image."""

    subjects: tuple[Subject, ...]
    bodies: tuple[BodyShape, ...]

    def __len__(self) -> int:
        return len(self.subjects)

    @classmethod
    def of(cls, subjects: Sequence[Subject]) -> "Group":
        """The people on average bodies of their size."""
        return cls(tuple(subjects), tuple(anthropometric_body(s.age_years, s.sex, s.height_m) for s in subjects))

    @classmethod
    def joined(cls, parts: Sequence["Group"]) -> "Group":
        """Everybody of all parts, in order."""
        return cls(
            tuple(subject for part in parts for subject in part.subjects),
            tuple(body for part in parts for body in part.bodies),
        )

    @cached_property
    def people(self) -> People:
        return People.of(self.subjects, [body.lengths_m["hip_height"] for body in self.bodies])

    @cached_property
    def legs(self) -> LegGeometry:
        return leg_geometry(self.bodies)

    def healthy(self) -> "Group":
        """The same bodies without any condition."""
        return Group(tuple(subject.without_burdens() for subject in self.subjects), self.bodies)

    def at_severity(self, card: ConditionCard, severity: float) -> "Group":
        """The same bodies with the condition (or modifier) of ``card``."""
        return Group(tuple(with_card(subject, card, severity) for subject in self.subjects), self.bodies)


def with_card(subject: Subject, card: ConditionCard, severity: float) -> Subject:
    """The person with the condition at ``severity``; a modifier joins what the person has."""
    if card.role == "modifier":
        return replace(subject, modifiers=(Burden(card, severity),))
    if card.is_healthy:
        return subject
    side = "right" if card.demographics.side == "one" else card.demographics.side
    return replace(subject, condition=card, severity=severity, side=side)


def draw_patients(card: ConditionCard, severity: float, n: int, rng: np.random.Generator) -> Group:
    """``n`` people with the condition: ages and sexes of its card, sizes usual for them but for what the card says of size."""
    people = []
    for number, age in enumerate(draw_ages(card, n, rng)):
        sex: Sex = "male" if rng.random() < card.demographics.male_share else "female"
        height, mass = draw_size_with((Burden(card, severity),), float(age), sex, rng)
        people.append(with_card(Subject(f"{number}", float(age), sex, height, mass), card, severity))
    return Group.of(people)


def sample(
    pipeline: GaitPipeline, people: People, speed: Array | None, seed: int, clamp: Clamp | None = None
) -> GaitBatch:
    """Raw gaits of the network; an open ``speed`` (dimensionless) means each person's own."""
    told = encode_conditions(people, speed, pipeline.denoiser.config["conditions"])
    return pipeline(told, torch.Generator().manual_seed(seed), clamp=clamp)


def walk(pipeline: GaitPipeline, group: Group, speed: Array | None, seed: int) -> GaitBatch:
    """Gaits of the network as it proposes them, at exactly the asked speed."""
    return at_speed(sample(pipeline, group.people, speed, seed), speed)


def measured(gaits: GaitBatch, group: Group, like: Group | None = None) -> dict[str, Array]:
    """`generative.batch_measures.measure` of the group's gaits, on the affected side of the same people in ``like`` if given (controls)."""
    return measure(gaits, group.legs, (like or group).people)
