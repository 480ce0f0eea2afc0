"""Whether the gaits that the generator learns from show what the cards expect.

Patients of the solved corpus are compared with the healthy gait of the very same person at the same speed.
"""

from collections.abc import Sequence

import numpy as np

from engine.core.conventions import HEALTHY
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.conditions import ConditionCard
from generative.batch_measures import FORCE_MEASURES, measure
from generative.corpus import Corpus
from generative.evaluation.effects import EffectFigure, effect_figure
from generative.feet import leg_geometry

LEAST_SEVERITY = 0.4
FEWEST_PAIRS = 4


def corpus_effects(corpus: Corpus, cards: Sequence[ConditionCard]) -> dict[str, list[EffectFigure]]:
    """Expected effects at matched speed, by card, over patients of at least `LEAST_SEVERITY` without modifiers."""
    people = corpus.people
    bodies = [
        anthropometric_body(float(age), sex, float(height))
        for age, sex, height in zip(people.age, people.sex.tolist(), people.height, strict=True)
    ]
    plain = people.modifiers == ""
    healthy = {int(corpus.family[row]): row for row in np.flatnonzero(plain & (people.condition == HEALTHY))}
    legs, found = leg_geometry(bodies), {}
    for card in cards:
        effects = [e for e in card.expected if e.compared_with == "speed_matched" and e.measure not in FORCE_MEASURES]
        own = plain & (people.condition == card.name) & (people.severity >= LEAST_SEVERITY)
        rows = np.array([row for row in np.flatnonzero(own) if int(corpus.family[row]) in healthy], np.int64)
        if not effects or len(rows) < FEWEST_PAIRS:
            continue
        before = np.array([healthy[int(corpus.family[row])] for row in rows])
        same_side = people.take(rows)
        patients = measure(corpus.gaits.take(rows), legs.take(rows), same_side)
        controls = measure(corpus.gaits.take(before), legs.take(before), same_side)
        severity = float(people.severity[rows].mean())
        found[card.name] = [effect_figure(e, severity, patients[e.measure], controls[e.measure]) for e in effects]
    return found
