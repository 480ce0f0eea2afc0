"""The corpus that the generator learns from: people, their gaits, and where each gait comes from.

A corpus is a frozen record and one ``.npz`` file. Every row has a ``provenance``: this module makes ``atlas`` (healthy) and
``card_effects`` (atlas changed by a card). Gaits of other provenance, such as those that physics has solved, join them with
`Corpus.joined`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array, Index, Mask
from engine.core.conventions import Sex
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.gait.records import HEIGHT_RANGE_M, MASS_RANGE_KG, BodyShape, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.burdens import Burden, size_factors
from engine.people.conditions import ConditionCard
from engine.people.growth import draw_size
from generative.feet import LegGeometry, leg_geometry
from generative.gait_batch import SEXES, GaitBatch, People, Rows, modifiers_of
from generative.sources.atlas import healthy_atlas
from generative.sources.condition_effects import GroupBurden, apply_card, impair, own_speed_factor, show_effects

FORMAT = 2
SOLVED, MEASURED = "solved", "measured"
"""How the provenance of gaits begins that physics has accepted: those of ours, and those of people's recordings."""

SPEED_RANGE = (0.06, 0.72)
"""Dimensionless speeds that the corpus covers: from shuffling to just below the walk-run transition."""

MODIFIED_SHARE = 0.25
"""Of the people at an age at which people have a modifier."""

_HEALTHY_SHARE = 0.25
_CHILD_SHARE, _CHILD_YEARS, _ADULT_YEARS = 0.4, (2.0, 18.0), (18.0, 95.0)
_SWEPT_SHARE = 0.3  # people whose speed is drawn evenly over the range instead of around their own
_EVEN_AGE_SHARE = 0.5  # patients whose age is drawn evenly over the card's range instead of by its mean and SD
_END_SHARE, _END_WIDTH = 0.15, 0.1  # extra severities at each end, which a learnt model otherwise shrinks away from
_CHUNK = 500


@frozen
class Corpus:
    """``people`` and ``gaits`` row by row; ``free_speed`` says that a person chose the speed; ``provenance`` where the gait comes from;
    ``family`` numbers people who are one person with different bodies (each row its own where nothing is shared).

    ``cards`` maps each condition to the fingerprint of the card that shaped it.
    """

    people: People
    gaits: GaitBatch
    free_speed: Mask
    provenance: NDArray[np.str_]
    family: Index
    cards: dict[str, str]

    def __len__(self) -> int:
        return len(self.people)

    def take(self, rows: Rows) -> "Corpus":
        """The rows at ``rows`` (indices or a mask)."""
        rows = np.asarray(rows)
        return Corpus(
            self.people.take(rows),
            self.gaits.take(rows),
            self.free_speed[rows],
            self.provenance[rows],
            self.family[rows],
            self.cards,
        )

    def of_cards(self, marks: Mapping[str, str]) -> "Corpus":
        """The rows of people whose conditions and modifiers are all as ``marks`` (fingerprints by name) say."""
        alike = {name for name, mark in self.cards.items() if marks.get(name) == mark}
        people = self.people
        had = [
            {str(condition), *modifiers_of(str(text))}
            for condition, text in zip(people.condition, people.modifiers, strict=True)
        ]
        return replace(
            self.take([names <= alike for names in had]), cards={name: marks[name] for name in sorted(alike)}
        )

    @property
    def solved(self) -> Mask:
        """Which rows have passed physics, ``(n,)``."""
        return np.char.startswith(self.provenance, SOLVED) | np.char.startswith(self.provenance, MEASURED)

    @classmethod
    def joined(cls, parts: Sequence["Corpus"]) -> "Corpus":
        """All rows of all parts, in order; families of different parts are different people."""
        first = np.cumsum([0, *(int(p.family.max(initial=-1)) + 1 for p in parts)])
        return cls(
            People.joined([p.people for p in parts]),
            GaitBatch.joined([p.gaits for p in parts]),
            np.concatenate([p.free_speed for p in parts]),
            np.concatenate([p.provenance for p in parts]),
            np.concatenate([p.family + start for p, start in zip(parts, first[:-1], strict=True)]),
            {name: mark for part in parts for name, mark in part.cards.items()},
        )


def card_fingerprint(card: ConditionCard) -> str:
    """Changes when, and only when, something on the card changes that shapes gaits or bodies."""
    names = {"name", "mechanisms", "spatiotemporal", "motion"}
    names |= {name for name in ("size", "rhythm", "spread") if getattr(card, name) is not None}
    parts = card.model_dump(mode="json", include=names)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def draw_ages(card: ConditionCard, n: int, rng: np.random.Generator) -> Array:
    """Ages of ``n`` people with the condition, the whole range of the card well covered."""
    if card.is_healthy:
        child = rng.random(n) < _CHILD_SHARE
        return np.where(child, rng.uniform(*_CHILD_YEARS, n), rng.uniform(*_ADULT_YEARS, n))
    mean, deviation, least, most = card.demographics.age_years
    usual = np.clip(rng.normal(mean, deviation, n), least, most)
    return np.where(rng.random(n) < _EVEN_AGE_SHARE, rng.uniform(least, most, n), usual)


def draw_severities(card: ConditionCard, n: int, rng: np.random.Generator) -> Array:
    """Severities of ``n`` people: even, with more at both ends; 0 on the healthy card."""
    if card.is_healthy:
        return np.zeros(n)
    lot, even = rng.random(n), rng.random(n)
    low, high = even * _END_WIDTH, 1 - even * _END_WIDTH
    return np.where(lot < _END_SHARE, low, np.where(lot > 1 - _END_SHARE, high, even))


def draw_people(
    card: ConditionCard, n: int, rng: np.random.Generator, modifiers: Sequence[ConditionCard] = ()
) -> tuple[People, LegGeometry]:
    """``n`` random people with the condition and their legs, some of whom have one of ``modifiers`` too. Who has one affected side has the
    right one: left is its mirror image."""
    side = "right" if card.demographics.side == "one" else card.demographics.side
    ages, severities = draw_ages(card, n, rng), draw_severities(card, n, rng)
    subjects: list[Subject] = []
    bodies: list[BodyShape] = []
    for number in range(n):
        age, sex, severity = float(ages[number]), SEXES[int(rng.integers(2))], float(severities[number])
        modifier = _draw_modifier(modifiers, age, rng)
        height, mass = draw_size_with((Burden(card, severity), *modifier), age, sex, rng)
        subjects.append(Subject(f"{number}", age, sex, height, mass, card, severity, side, modifiers=modifier))
        bodies.append(anthropometric_body(age, sex, height))
    return People.of(subjects, [body.lengths_m["hip_height"] for body in bodies]), leg_geometry(bodies)


def _draw_modifier(modifiers: Sequence[ConditionCard], age: float, rng: np.random.Generator) -> tuple[Burden, ...]:
    able = [card for card in modifiers if has_age(card, age)]
    if not able or rng.random() > MODIFIED_SHARE:
        return ()
    card = able[int(rng.integers(len(able)))]
    return (Burden(card, float(draw_severities(card, 1, rng)[0])),)


def has_age(card: ConditionCard, age: float) -> bool:
    """Whether people of this age have the condition."""
    _, _, least, most = card.demographics.age_years
    return least <= age <= most


def draw_size_with(burdens: Sequence[Burden], age: float, sex: Sex, rng: np.random.Generator) -> tuple[float, float]:
    """Stature (m) and mass (kg) of a random person with ``burdens``."""
    size = draw_size(age, sex, rng)
    tall, heavy = size_factors(burdens)
    height = float(np.clip(size.height_m * tall, *HEIGHT_RANGE_M))
    return height, float(np.clip(size.mass_kg * tall**2 * heavy, *MASS_RANGE_KG))


def draw_speeds(people: People, burdens: Sequence[GroupBurden], rng: np.random.Generator) -> tuple[Array, Mask]:
    """Dimensionless speeds ``(n,)`` and whether each is the person's own choice."""
    n = len(people)
    usual, spread = healthy_atlas().free_speed(people.age), healthy_atlas().free_speed_spread(people.age)
    for card, severity in burdens:
        usual = usual * own_speed_factor(card, severity, spread, rng)
    own = np.clip(usual * np.exp(spread * rng.standard_normal(n)), *SPEED_RANGE)
    swept = rng.random(n) < _SWEPT_SHARE
    return np.where(swept, rng.uniform(*SPEED_RANGE, n), own), ~swept


def make_gaits(
    people: People, legs: LegGeometry, card: ConditionCard, speed: Array, rng: np.random.Generator
) -> GaitBatch:
    """Gaits of people with the card's condition at dimensionless ``speed (n,)``: atlas, then the card's effects."""
    batch = healthy_atlas().sample(people, legs, speed, rng)
    return batch if card.is_healthy else apply_card(batch, card, people.severity, people.side, legs, rng)


def _draw_part(card: ConditionCard, modifiers: Sequence[ConditionCard], n: int, rng: np.random.Generator) -> Corpus:
    people, legs = draw_people(card, n, rng, modifiers)
    burdens = [(card, people.severity), *((also, _severity_of(also, people)) for also in modifiers)]
    speed, free = draw_speeds(people, burdens, rng)
    chunks = [np.arange(start, min(start + _CHUNK, n)) for start in range(0, n, _CHUNK)]
    gaits = [_draw_gaits(people, legs, burdens, speed, rows, rng) for rows in chunks]
    provenance = np.full(n, "atlas" if card.is_healthy else "card_effects", dtype="<U32")
    marks = {known.name: card_fingerprint(known) for known in (card, *modifiers)}
    return Corpus(people, GaitBatch.joined(gaits), free, provenance, np.arange(n), marks)


def _draw_gaits(
    people: People,
    legs: LegGeometry,
    burdens: Sequence[GroupBurden],
    speed: Array,
    rows: NDArray[np.intp],
    rng: np.random.Generator,
) -> GaitBatch:
    """Who does not have a burden has it at severity 0, which changes nothing."""
    own = [(card, severity[rows]) for card, severity in burdens if severity[rows].any()]
    some, legs = people.take(rows), legs.take(rows)
    batch = healthy_atlas().sample(some, legs, speed[rows], rng)
    return show_effects(impair(batch, own, some.side, rng), own, some.side, legs, rng) if own else batch


def _severity_of(modifier: ConditionCard, people: People) -> Array:
    return np.array([modifiers_of(str(text)).get(modifier.name, 0.0) for text in people.modifiers])


def build_corpus(cards: Sequence[ConditionCard], size: int, seed: int) -> Corpus:
    """About ``size`` gaits of healthy people and of those with each of ``cards``; the same arguments give the same corpus."""
    modifiers = sorted((card for card in cards if card.role == "modifier"), key=lambda card: card.name)
    conditions = sorted((card for card in cards if card.role == "condition"), key=lambda card: card.name)
    patients = sum(not card.is_healthy for card in conditions)
    parts = []
    for card in conditions:
        share = _HEALTHY_SHARE if card.is_healthy else (1 - _HEALTHY_SHARE) / max(patients, 1)
        name = int.from_bytes(hashlib.sha256(card.name.encode()).digest()[:4])
        rng = np.random.default_rng([seed, name])
        parts.append(_draw_part(card, modifiers, max(round(share * size), 2), rng))
    return Corpus.joined(parts)


def save_corpus(corpus: Corpus, file: Path) -> None:
    """Writes the corpus as a compressed ``.npz``."""
    arrays = {f"people.{f.name}": getattr(corpus.people, f.name) for f in fields(People)}
    for item in fields(GaitBatch):
        arrays[f"gaits.{item.name}"] = getattr(corpus.gaits, item.name).astype(np.float32)
    np.savez_compressed(
        file,
        format=np.array(FORMAT),
        free_speed=corpus.free_speed,
        provenance=corpus.provenance,
        family=corpus.family,
        cards=np.array(json.dumps(corpus.cards)),
        **arrays,
    )


def load_corpus(file: Path) -> Corpus:
    """The corpus in a file.

    Raises:
        DataError: the file is missing, damaged, or of another format.
    """
    try:
        with np.load(file, allow_pickle=False) as data:
            if int(data["format"]) != FORMAT:
                raise DataError(f"{file}: format {int(data['format'])}, this version reads {FORMAT}; rebuild it")
            people = People(**{f.name: data[f"people.{f.name}"] for f in fields(People)})
            gaits = GaitBatch(**{f.name: data[f"gaits.{f.name}"].astype(float) for f in fields(GaitBatch)})
            return Corpus(
                people=people,
                gaits=gaits,
                free_speed=data["free_speed"],
                provenance=data["provenance"],
                family=data["family"],
                cards=json.loads(str(data["cards"])),
            )
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{file}: not a readable corpus ({error}); `gaitforge corpus` builds one") from error
