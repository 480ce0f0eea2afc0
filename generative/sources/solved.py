"""Feasible gaits of a family: the healthy one by projection, the others by adaptation to their bodies, published effects and projection.

Wherever a condition or modifier names bodily mechanisms, least effort decides first how the gait changes (`engine.roles.adapter`), under
mechanisms drawn for this one person; its published effects then add what is still missing (`show_effects`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.core.conventions import HEALTHY
from engine.gait.records import Gait, Proposal, Rejection
from engine.people.burdens import Burden
from engine.people.conditions import ConditionCard
from engine.stages import Adapter, Enforcer
from generative.corpus import SOLVED, Corpus, card_fingerprint
from generative.feet import leg_geometry
from generative.gait_batch import GaitBatch
from generative.patients import as_patient
from generative.sources.atlas import healthy_atlas
from generative.sources.families import Family


@dataclass(frozen=True)
class Attempted:
    """One body of a family: its condition, severity and modifier, and what physics said (``accepted`` or the reason)."""

    condition: str
    severity: float
    modifier: str
    outcome: str
    moved_deg: float


@dataclass(frozen=True)
class FamilyGaits:
    """The feasible gaits of a family (None if there are none), and all that was tried."""

    gaits: Corpus | None
    attempts: tuple[Attempted, ...]


def solve_family(family: Family, enforcer: Enforcer, adapter: Adapter) -> FamilyGaits:
    """Takes one to two seconds of CPU time for each body; depends on the family alone."""
    rng = np.random.default_rng([*family.seed, 1])
    people, legs = family.people(None), leg_geometry([family.body])
    drawn = healthy_atlas().sample(people, legs, np.array([family.speed]), rng)
    found = enforcer.enforce(drawn.proposal(0, family.person, float(people.hip_height[0])), family.body)
    healthy = Attempted(HEALTHY, 0.0, "", *_outcome(found))
    if not isinstance(found, Gait):
        return FamilyGaits(None, (healthy,))
    habit = _settled(found)
    rows, attempts = [], [healthy]
    if family.modifier is None:  # whose factors of mass would otherwise make an unusual healthy person
        rows.append(_row(family, None, habit, free=family.own_speed and not family.patients))
    for number, patient in enumerate(family.patients):
        result = enforcer.enforce(_patient(family, patient, habit, adapter, number), family.body)
        modifier = "" if family.modifier is None else family.modifier.card.name
        attempts.append(Attempted(patient.card.name, patient.severity, modifier, *_outcome(result)))
        if isinstance(result, Gait):
            rows.append(_row(family, patient, _settled(result), free=family.own_speed and number == 0))
    return FamilyGaits(_one_person(rows) if rows else None, tuple(attempts))


def _one_person(rows: Sequence[Corpus]) -> Corpus:
    joined = Corpus.joined(rows)
    return replace(joined, family=np.zeros(len(joined), dtype=int))


def _outcome(result: Gait | Rejection) -> tuple[str, float]:
    if isinstance(result, Gait):
        return "accepted", result.figures.motion_change_deg
    return result.reason.value, float("nan") if result.figures is None else result.figures.motion_change_deg


def _settled(gait: Gait) -> Proposal:
    """The proposal with what physics made of it."""
    return replace(gait.proposal, cycle=gait.cycle, contact=gait.contact)


def _patient(family: Family, patient: Burden, habit: Proposal, adapter: Adapter, number: int) -> Proposal:
    rng = np.random.default_rng([*family.seed, 2 + number])
    return as_patient(habit, family.subject(patient), family.body, adapter, rng)


def _row(family: Family, patient: Burden | None, proposal: Proposal, *, free: bool) -> Corpus:
    people = family.people(patient)
    members = [m for m in (patient, family.modifier if patient else None) if m is not None]
    source = "atlas" if patient is None else "effects"
    if any(member.card.mechanisms for member in members):
        source = "adapted"
    return Corpus(
        people,
        GaitBatch.of([proposal], people.hip_height.tolist()),
        np.array([free]),
        np.array([f"{SOLVED}:{source}"], dtype="<U32"),
        np.zeros(1, dtype=int),
        _fingerprints([member.card for member in members]),
    )


def _fingerprints(cards: Sequence[ConditionCard]) -> dict[str, str]:
    return {card.name: card_fingerprint(card) for card in cards}
