"""The corpus that the generator learns from: people, their gaits, and where each gait comes from.

A corpus is a frozen record and one ``.npz`` file. Every row has a ``provenance``: this module makes ``atlas`` (healthy) and
``card_effects`` (atlas changed by a card). Gaits of other provenance, such as those that physics has solved, join them with
`Corpus.joined`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.conditions import ConditionCard
from engine.cycle import Array
from engine.errors import DataError
from engine.growth import draw_size
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.records import BodyShape, Subject
from generative.feet import LegGeometry, leg_geometry
from generative.gait_batch import SEXES, GaitBatch, People
from generative.sources.atlas import SPEED_LOG_SD, healthy_atlas
from generative.sources.condition_effects import apply_card, speed_factor

FORMAT = 2
SOLVED, MEASURED = "solved", "measured"
"""How the provenance of gaits begins that physics has accepted: those of ours, and those of people's recordings."""

SPEED_RANGE = (0.06, 0.72)
"""Dimensionless speeds that the corpus covers: from shuffling to just below the walk-run transition."""

_HEALTHY_SHARE = 0.35
_CHILD_SHARE, _CHILD_YEARS, _ADULT_YEARS = 0.4, (2.0, 18.0), (18.0, 95.0)
_SWEPT_SHARE = 0.3  # people whose speed is drawn evenly over the range instead of around their own
_EVEN_AGE_SHARE = 0.5  # patients whose age is drawn evenly over the card's range instead of by its mean and SD
_END_SHARE, _END_WIDTH = 0.15, 0.1  # extra severities at each end, which a learnt model otherwise shrinks away from
_CHUNK = 500


@dataclass(frozen=True)
class Corpus:
    """``people`` and ``gaits`` row by row; ``free_speed`` says that a person chose the speed; ``provenance`` where the gait comes from;
    ``family`` numbers people who are one person with different bodies (each row its own where nothing is shared).

    ``cards`` maps each condition to the fingerprint of the card that shaped it.
    """

    people: People
    gaits: GaitBatch
    free_speed: NDArray[np.bool_]
    provenance: NDArray[np.str_]
    family: NDArray[np.int64]
    cards: dict[str, str]

    def __len__(self) -> int:
        return len(self.people)

    def take(self, rows: NDArray[np.generic]) -> "Corpus":
        """The rows at ``rows``."""
        return Corpus(
            self.people.take(rows),
            self.gaits.take(rows),
            self.free_speed[rows],
            self.provenance[rows],
            self.family[rows],
            self.cards,
        )

    @property
    def solved(self) -> NDArray[np.bool_]:
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
    names = {"name", "mechanisms", "spatiotemporal", "motion"} | ({"size"} if card.size is not None else set())
    parts = card.model_dump(mode="json", include=names)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def draw_ages(card: ConditionCard, n: int, rng: np.random.Generator) -> Array:
    """Ages of ``n`` people with the condition, the whole range of the card well covered."""
    if card.name == "healthy":
        child = rng.random(n) < _CHILD_SHARE
        return np.where(child, rng.uniform(*_CHILD_YEARS, n), rng.uniform(*_ADULT_YEARS, n))
    mean, deviation, least, most = card.demographics.age_years
    usual = np.clip(rng.normal(mean, deviation, n), least, most)
    return np.where(rng.random(n) < _EVEN_AGE_SHARE, rng.uniform(least, most, n), usual)


def draw_severities(card: ConditionCard, n: int, rng: np.random.Generator) -> Array:
    """Severities of ``n`` people: even, with more at both ends; 0 on the healthy card."""
    if card.name == "healthy":
        return np.zeros(n)
    lot, even = rng.random(n), rng.random(n)
    low, high = even * _END_WIDTH, 1 - even * _END_WIDTH
    return np.where(lot < _END_SHARE, low, np.where(lot > 1 - _END_SHARE, high, even))


def draw_people(card: ConditionCard, n: int, rng: np.random.Generator) -> tuple[People, LegGeometry]:
    """``n`` random people with the condition and their legs. Who has one affected side has the right one: left is its mirror image."""
    side = "right" if card.demographics.side == "one" else card.demographics.side
    ages, severities = draw_ages(card, n, rng), draw_severities(card, n, rng)
    subjects: list[Subject] = []
    bodies: list[BodyShape] = []
    for number in range(n):
        age, sex = float(ages[number]), SEXES[int(rng.integers(2))]
        size = draw_size(age, sex, rng)
        severity = float(severities[number])
        subjects.append(Subject(f"{number}", age, sex, size.height_m, size.mass_kg, card.name, severity, side))
        bodies.append(anthropometric_body(age, sex, size.height_m))
    return People.of(subjects, [body.lengths_m["hip_height"] for body in bodies]), leg_geometry(bodies)


def draw_speeds(people: People, card: ConditionCard, rng: np.random.Generator) -> tuple[Array, NDArray[np.bool_]]:
    """Dimensionless speeds ``(n,)`` and whether each is the person's own choice."""
    n = len(people)
    usual = healthy_atlas().free_speed(people.age) * speed_factor(card, people.severity)
    own = np.clip(usual * np.exp(SPEED_LOG_SD * rng.standard_normal(n)), *SPEED_RANGE)
    swept = rng.random(n) < _SWEPT_SHARE
    return np.where(swept, rng.uniform(*SPEED_RANGE, n), own), ~swept


def make_gaits(
    people: People, legs: LegGeometry, card: ConditionCard, speed: Array, rng: np.random.Generator
) -> GaitBatch:
    """Gaits of people with the card's condition at dimensionless ``speed (n,)``: atlas, then the card's effects."""
    batch = healthy_atlas().sample(people, legs, speed, rng)
    return batch if card.name == "healthy" else apply_card(batch, card, people.severity, people.side, legs, rng)


def _draw_part(card: ConditionCard, n: int, rng: np.random.Generator) -> Corpus:
    people, legs = draw_people(card, n, rng)
    speed, free = draw_speeds(people, card, rng)
    chunks = [np.arange(start, min(start + _CHUNK, n)) for start in range(0, n, _CHUNK)]
    gaits = [make_gaits(people.take(rows), legs.take(rows), card, speed[rows], rng) for rows in chunks]
    provenance = np.full(n, "atlas" if card.name == "healthy" else "card_effects", dtype="<U32")
    return Corpus(people, GaitBatch.joined(gaits), free, provenance, np.arange(n), {card.name: card_fingerprint(card)})


def build_corpus(cards: Sequence[ConditionCard], size: int, seed: int) -> Corpus:
    """About ``size`` gaits of healthy people and of those with each of ``cards``; the same arguments give the same corpus."""
    patients = sum(card.name != "healthy" for card in cards)
    parts = []
    for card in sorted(cards, key=lambda card: card.name):
        share = _HEALTHY_SHARE if card.name == "healthy" else (1 - _HEALTHY_SHARE) / max(patients, 1)
        name = int.from_bytes(hashlib.sha256(card.name.encode()).digest()[:4])
        parts.append(_draw_part(card, max(round(share * size), 2), np.random.default_rng([seed, name])))
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
            own = (data[name] for name in ("free_speed", "provenance", "family"))
            return Corpus(people, gaits, *own, json.loads(str(data["cards"])))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{file}: not a readable corpus ({error}); `gaitforge corpus` builds one") from error
