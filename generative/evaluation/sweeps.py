"""The path of one person from no severity to the greatest: whether measures move steadily, and how far."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.gait.records import Subject
from engine.people.card_parts import ExpectedEffect
from engine.people.conditions import ConditionCard
from engine.people.growth import typical_size
from engine.people.ramps import at_severity
from generative.batch_measures import FORCE_MEASURES
from generative.corpus import SPEED_RANGE
from generative.evaluation.groups import Group, measured, sample, walk
from generative.gait_batch import GaitBatch, at_speed
from generative.pipeline import GaitPipeline
from generative.sources.atlas import healthy_atlas
from generative.sources.condition_effects import speed_factor

STEPS = 11
SEVERITIES = np.linspace(0.0, 1.0, STEPS)
RETREAT_LIMIT = 0.05
"""Share of its whole change by which a monotone path may fall back."""

_MATCHED_SEVERITY = 0.6


@dataclass(frozen=True)
class SweepFigure:
    """A measure along a path: its mean at both ends over several noises, and the largest way back as a share of the change."""

    effect: ExpectedEffect
    start: float
    end: float
    retreat: float
    own_retreat: float
    """Median over single paths, each one person with one noise."""

    @property
    def holds(self) -> bool:
        """Whether the mean path moves in the expected direction without falling back."""
        sign = 1.0 if self.effect.direction == "increases" else -1.0
        return sign * (self.end - self.start) > 0 and self.retreat <= RETREAT_LIMIT


def retreat(path: Array) -> float:
    """Largest way back along ``path (t,)`` against the direction from its first to its last value, as a share of their difference."""
    change = path[-1] - path[0]
    if change == 0:
        return np.inf if np.ptp(path) else 0.0
    forward = path * np.sign(change)
    return float((np.maximum.accumulate(forward) - forward).max() / abs(change))


def one_person(card: ConditionCard, n: int) -> Group:
    """``n`` times the same healthy person, of the card's mean age."""
    size = typical_size(card.demographics.age_years[0], "female")
    return Group.of([Subject("one", card.demographics.age_years[0], "female", size.height_m, size.mass_kg)] * n)


def sweep(
    pipeline: GaitPipeline, card: ConditionCard, noises: int, seed: int, *, speed: Array | None
) -> dict[str, Array]:
    """Every measure ``(STEPS, noises)`` of one person at growing severity; along a column the noise is the same."""
    person = one_person(card, noises)
    patients = [person.at_severity(card, float(severity)) for severity in SEVERITIES]
    raw = GaitBatch.joined([sample(pipeline, patient.people, speed, seed) for patient in patients])
    everybody = Group.joined(patients)
    gaits = at_speed(raw, None if speed is None else np.tile(speed, STEPS))
    return {name: values.reshape(STEPS, noises) for name, values in measured(gaits, everybody).items()}


def card_sweeps(pipeline: GaitPipeline, card: ConditionCard, noises: int, seed: int) -> list[SweepFigure]:
    """Every effect that the card expects to grow or shrink: at one speed where it is expected at matched speed, else at the own speed."""
    effects = [e for e in card.expected if e.measure not in FORCE_MEASURES and e.direction != "unchanged"]
    paths = {
        kind: sweep(pipeline, card, noises, seed, speed=_usual_speed(card, noises) if kind == "speed_matched" else None)
        for kind in {effect.compared_with for effect in effects}
    }
    return [_figure(effect, paths[effect.compared_with][effect.measure]) for effect in effects]


def _usual_speed(card: ConditionCard, n: int) -> Array:
    usual = healthy_atlas().free_speed(np.full(n, card.demographics.age_years[0]))
    return np.clip(usual * speed_factor(card, np.full(n, _MATCHED_SEVERITY)), *SPEED_RANGE)


def _figure(effect: ExpectedEffect, paths: Array) -> SweepFigure:
    mean = paths.mean(axis=1)
    own = float(np.median([retreat(path) for path in paths.T]))
    return SweepFigure(effect, float(mean[0]), float(mean[-1]), retreat(mean), own)


_LEAST_MEASURE = {"knee_angle": "knee_flexion_stance_min_deg"}


@dataclass(frozen=True)
class EndFigure:
    """A least angle that the card demands at severity 1, and what is reached."""

    measure: str
    wanted: float
    reached: float


def card_ends(pipeline: GaitPipeline, card: ConditionCard, noises: int, seed: int) -> list[EndFigure]:
    """Of every least angle on the card that is a measure, the mean that patients of severity 1 reach at their own speed."""
    effects = [e for e in card.motion if e.kind == "minimum" and e.coordinate in _LEAST_MEASURE]
    if not effects:
        return []
    patient = one_person(card, noises).at_severity(card, 1.0)
    found = measured(walk(pipeline, patient, None, seed), patient)
    return [
        EndFigure(name, at_severity(effect.amount, 1.0, effect.neutral), float(found[name].mean()))
        for effect in effects
        for name in (_LEAST_MEASURE[effect.coordinate],)
    ]
