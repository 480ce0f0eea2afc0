"""Who is cross-checked: people of the corpus's own families, each healthy and with bodies of patients that a planar model can have.

Two things differ from the corpus. Both legs are affected, so that half a cycle tells all: cards of one-sided conditions are read as if both
sides had them, and both legs get the mean of their draws. What the planar body does not have is as in the healthy body, in both
tiers: spasticity, pain, torsions, joint limits out of the plane, and whatever concerns hip abductors and adductors.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from engine.cohort.subject_file import subject_record
from engine.core.conventions import LEG_COORDINATES, MUSCLE_GROUPS
from engine.gait.records import MusculoskeletalParameters, Proposal, Subject
from engine.musculoskeletal.mechanisms import with_body_mechanisms
from engine.people.burdens import Burden
from engine.people.conditions import ConditionCard, available_cards, load_card
from engine.roles.adapter import same_parameters
from engine.tools.prediction.lumps import PLANAR_LEG
from engine.tools.prediction.reference import balanced, symmetrised
from generative.corpus_run import MEMBERS
from generative.feet import leg_geometry
from generative.gait_batch import MUSCLE_FIELDS, GaitBatch
from generative.sources.atlas import healthy_atlas
from generative.sources.condition_effects import impair
from generative.sources.families import Family, draw_family

_OUT_OF_PLANE_GROUPS = [list(MUSCLE_GROUPS).index(name) for name in ("hip_abductors", "hip_adductors")]
_OUT_OF_PLANE_JOINTS = [j for j, name in enumerate(LEG_COORDINATES) if name not in PLANAR_LEG]
LEAST_SEVERITY = 0.25
"""Milder patients are left out: nothing much would change in either tier."""

_ABSENT = ("spasticity", "leg_pain", "knee_pain", "femoral_anteversion", "tibial_torsion")


@dataclass(frozen=True)
class Walker:
    """One body of a family, ``number`` 0 being the healthy one."""

    number: int
    subject: Subject
    parameters: MusculoskeletalParameters


@dataclass(frozen=True)
class Household:
    """A family, the gait of its person before physics has seen it, and the bodies that walk, the healthy one first."""

    family: Family
    drawn: Proposal
    walkers: tuple[Walker, ...]

    @property
    def name(self) -> str:
        return self.family.name

    def fingerprint(self, walker: Walker) -> str:
        """Of all that a walker's gaits are made from, settings aside."""
        cycle = self.drawn.cycle
        origin = {
            "subject": subject_record(walker.subject)["subject"],
            "parameters": [self.walkers[0].parameters.to_dict(), walker.parameters.to_dict()],
            "gait": [cycle.coefficients.round(9).tolist(), cycle.speed_mps, cycle.duration_s],
        }
        return hashlib.sha256(json.dumps(origin, sort_keys=True).encode()).hexdigest()[:16]


def two_sided(card: ConditionCard) -> ConditionCard:
    """The card as if both sides had the condition."""
    return card.model_copy(update={"demographics": card.demographics.model_copy(update={"side": "both"})})


def households(seed: int) -> Iterator[Household]:
    """Without end: families of every condition with mechanisms in turn, those left out in which no body can be told from the healthy."""
    cards = [two_sided(load_card(name)) for name in available_cards()]
    leaders = [card for card in cards if card.role == "condition" and card.mechanisms]
    for number in count():
        for leader in leaders:
            found = household(draw_family(cards, leader, number, seed, MEMBERS))
            if len(found.walkers) > 1:
                yield found


def household(family: Family) -> Household:
    """The healthy walk of a family, made symmetric, and its bodies."""
    rng = np.random.default_rng([*family.seed, 1])
    people, legs = family.people(None), leg_geometry([family.body])
    size = float(people.hip_height[0])
    drawn = healthy_atlas().sample(people, legs, np.array([family.speed]), rng).proposal(0, family.person, size)
    healthy = balanced(drawn.parameters)
    drawn = replace(drawn, parameters=healthy, cycle=symmetrised(drawn.cycle))
    walkers = [Walker(0, family.person, healthy)]
    for number, patient in enumerate(family.patients):
        if patient.severity < LEAST_SEVERITY:
            continue
        parameters = _patient(family, patient, drawn, number)
        if not same_parameters(parameters, healthy):
            walkers.append(Walker(number + 1, family.subject(patient), parameters))
    return Household(family, drawn, tuple(walkers))


def _patient(family: Family, patient: Burden, drawn: Proposal, number: int) -> MusculoskeletalParameters:
    """What the mechanisms of a patient, drawn as in the corpus, leave of the healthy body in the plane."""
    size, subject = family.body.lengths_m["hip_height"], family.subject(patient)
    told = [(burden.card, np.array([burden.severity])) for burden in subject.burdens]
    rng = np.random.default_rng([*family.seed, 2 + number])
    impaired = impair(GaitBatch.of([drawn], [size]), told, np.array([subject.side]), rng).proposal(0, subject, size)
    parameters = with_body_mechanisms(impaired.parameters, subject.burdens, subject.side)
    return in_the_plane(balanced(parameters), drawn.parameters)


def in_the_plane(
    parameters: MusculoskeletalParameters, healthy: MusculoskeletalParameters
) -> MusculoskeletalParameters:
    """The parameters with everything that the planar body lacks as in ``healthy``."""
    kept = {name: getattr(parameters, name).copy() for name in (*MUSCLE_FIELDS, "joint_range")}
    for name in MUSCLE_FIELDS:
        kept[name][:, _OUT_OF_PLANE_GROUPS] = getattr(healthy, name)[:, _OUT_OF_PLANE_GROUPS]
    kept["joint_range"][:, _OUT_OF_PLANE_JOINTS] = healthy.joint_range[:, _OUT_OF_PLANE_JOINTS]
    return replace(parameters, **{**kept, **{name: getattr(healthy, name) for name in _ABSENT}})


def first(seed: int, bodies: int) -> Sequence[Household]:
    """The first families with ``bodies`` bodies in all, the last one cut short; the same for a seed, and more bodies only add to them."""
    found: list[Household] = []
    for one in households(seed):
        room = bodies - sum(len(each.walkers) for each in found)
        if room < 2:
            break
        found.append(replace(one, walkers=one.walkers[:room]))
    return found
