"""Who is in the solved corpus: families, each one person who walks at one speed with several bodies.

A family costs one healthy gait and then little more for every further body. Its first patient has the leading condition at the speed that
people with it choose; the others, of the same or of another condition, are as severe as people who walk at that speed would be. Some
families carry a modifier (frailty, obesity) as well, alone and on top of the conditions.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import HEALTHY, Side
from engine.gait.records import BodyShape, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.burdens import Burden
from engine.people.conditions import ConditionCard
from generative.corpus import MODIFIED_SHARE, SPEED_RANGE, draw_ages, draw_severities, draw_size_with, has_age
from generative.gait_batch import SEXES, People
from generative.sources.atlas import healthy_atlas
from generative.sources.condition_effects import own_speed_factor

_SWEPT_SHARE = 0.2
"""Of the healthy people: walk at any speed instead of around their own."""
_SEVERITIES = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class Family:
    """``person`` without conditions on ``body`` walks at the dimensionless ``speed``, which the first patient chose if ``own_speed``.

    ``patients`` are the conditions that the body is given in turn; ``healthy`` at 0 is one with the ``modifier`` alone, which all carry.
    ``seed`` is that of everything drawn later.
    """

    name: str
    seed: tuple[int, int, int]
    person: Subject
    body: BodyShape
    speed: float
    own_speed: bool
    patients: tuple[Burden, ...]
    modifier: Burden | None

    def people(self, patient: Burden | None) -> People:
        """The person as a patient, or without anything; who has one affected side has the right one."""
        hip_height = [self.body.lengths_m["hip_height"]]
        return People.of([self.subject(patient)], hip_height)

    def subject(self, patient: Burden | None) -> Subject:
        """As `people`, as a record."""
        person = self.person
        if patient is None:
            return person
        return Subject(
            person.id,
            person.age_years,
            person.sex,
            person.height_m,
            person.mass_kg,
            patient.card,
            patient.severity,
            learnt_side(patient.card),
            modifiers=() if self.modifier is None else (self.modifier,),
        )


def learnt_side(card: ConditionCard) -> Side:
    """The affected side of those that the network learns from; left is right in a mirror."""
    return "right" if card.demographics.side == "one" else card.demographics.side


def draw_family(cards: Sequence[ConditionCard], leader: ConditionCard, number: int, seed: int, members: int) -> Family:
    """Family ``number`` of the condition ``leader`` with ``members`` patients (one walk and no patient if the leader is healthy).

    Depends on its arguments alone.
    """
    key = (seed, int.from_bytes(hashlib.sha256(leader.name.encode()).digest()[:4]), number)
    rng = np.random.default_rng(key)
    age, sex = float(draw_ages(leader, 1, rng)[0]), SEXES[int(rng.integers(2))]
    severity = float(draw_severities(leader, 1, rng)[0])
    modifier = _draw_modifier(cards, age, rng) if not leader.is_healthy or number % 3 == 0 else None
    first = Burden(leader, severity)
    burdens = [first] if modifier is None else [first, modifier]
    height, mass = draw_size_with(burdens, age, sex, rng)
    person, body = Subject(f"{leader.name}-{number:04d}", age, sex, height, mass), anthropometric_body(age, sex, height)
    usual = float(healthy_atlas().free_speed(np.array([age]))[0])
    swept = leader.is_healthy and rng.random() < _SWEPT_SHARE
    spread = healthy_atlas().free_speed_spread(np.array([age]))
    own = usual * _factor(burdens, spread, rng) * float(np.exp(spread[0] * rng.normal()))
    speed = rng.uniform(*SPEED_RANGE) if swept else own
    speed = float(np.clip(speed, *SPEED_RANGE))
    patients = () if leader.is_healthy and modifier is None else (first,)
    if not leader.is_healthy:
        patients += tuple(
            _draw_member(cards, first, modifier, age, speed / usual, place, rng) for place in range(1, members)
        )
    return Family(person.id, key, person, body, speed, not swept, patients, modifier)


def _draw_modifier(cards: Sequence[ConditionCard], age: float, rng: np.random.Generator) -> Burden | None:
    able = [card for card in cards if card.role == "modifier" and has_age(card, age)]
    if not able or rng.random() > MODIFIED_SHARE:
        return None
    card = able[int(rng.integers(len(able)))]
    return Burden(card, float(draw_severities(card, 1, rng)[0]))


def _draw_member(
    cards: Sequence[ConditionCard],
    first: Burden,
    modifier: Burden | None,
    age: float,
    speed: float,
    place: int,
    rng: np.random.Generator,
) -> Burden:
    """Every second further patient has the leading condition again, the others any that people have at this age. ``speed`` is relative to
    that of healthy people."""
    others = [
        card
        for card in cards
        if card.role == "condition" and card.name not in (HEALTHY, first.card.name) and has_age(card, age)
    ]
    card = others[int(rng.integers(len(others)))] if others and place % 2 == 1 else first.card
    spread = healthy_atlas().free_speed_spread(np.array([age]))
    slowed = 1.0 if modifier is None else _factor([modifier], spread, rng)
    return Burden(card, _severity_at(card, speed / slowed, spread, rng))


def _factor(burdens: Sequence[Burden], spread: Array, rng: np.random.Generator) -> float:
    return float(np.prod([own_speed_factor(b.card, np.array([b.severity]), spread, rng) for b in burdens]))


def _severity_at(card: ConditionCard, speed: float, spread: Array, rng: np.random.Generator) -> float:
    """How severe somebody is who walks at ``speed`` of what healthy people choose, of whom ``spread (1,)`` is the SD of its logarithm."""
    factors = own_speed_factor(card, _SEVERITIES, spread, rng)
    aim = speed * np.exp(-spread[0] * rng.normal())
    fits = np.flatnonzero(np.abs(np.log(factors / aim)) < 0.05)
    if len(fits) == 0 or rng.random() < 0.2:
        return float(draw_severities(card, 1, rng)[0])
    return float(np.clip(_SEVERITIES[rng.choice(fits)] + rng.uniform(-0.01, 0.01), 0.0, 1.0))
