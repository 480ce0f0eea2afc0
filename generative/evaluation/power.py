"""Expected effects on measures that need forces: enforced patients against enforced healthy people of the same bodies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.conventions import GRAVITY_MPS2
from engine.people.card_parts import ExpectedEffect
from engine.people.conditions import ConditionCard
from generative.batch_measures import FORCE_MEASURES
from generative.corpus import SPEED_RANGE
from generative.evaluation.effects import EffectFigure, effect_figure
from generative.evaluation.feasibility import Case, Tried
from generative.evaluation.groups import draw_patients
from generative.sources.atlas import healthy_atlas
from generative.sources.condition_effects import speed_factor

LEAST_PAIRS = 2
"""Pairs of accepted gaits without which nothing can be said."""


@dataclass(frozen=True)
class Pair:
    """A patient at the usual speed for the condition, and the same body healthy: at that speed, or at its own."""

    effect: ExpectedEffect
    patient: Case
    control: Case


def power_pairs(card: ConditionCard, severity: float, n: int, seed: int) -> list[Pair]:
    """``n`` pairs for each effect of ``card`` on a measure that needs forces."""
    effects = [effect for effect in card.expected if effect.measure in FORCE_MEASURES]
    if not effects:
        return []
    group = draw_patients(card, severity, n, np.random.default_rng([seed, n]))
    usual = healthy_atlas().free_speed(group.people.age) * speed_factor(card, np.full(n, severity))
    speeds = np.clip(usual, *SPEED_RANGE) * np.sqrt(GRAVITY_MPS2 * group.people.hip_height)
    pairs = []
    for effect in effects:
        for number, (subject, body, speed) in enumerate(zip(group.subjects, group.bodies, speeds, strict=True)):
            patient = Case(subject, body, card, float(speed), seed + number)
            without = subject.without_burdens()
            own = float(speed) if effect.compared_with == "speed_matched" else None
            pairs.append(Pair(effect, patient, Case(without, body, without.condition, own, seed + number)))
    return pairs


def power_figure(effect: ExpectedEffect, severity: float, tried: Sequence[tuple[Tried, Tried]]) -> EffectFigure | None:
    """From what became of patients and their controls; None of fewer than `LEAST_PAIRS` pairs of which both were accepted."""
    both = [
        (_power(patient), _power(control, like=patient)) for patient, control in tried if _accepted(patient, control)
    ]
    if len(both) < LEAST_PAIRS:
        return None
    patients, controls = np.array(both).T
    return effect_figure(effect, severity, patients, controls)


def _accepted(*tried: Tried) -> bool:
    return all(one.ankle_power is not None for one in tried)


def _power(tried: Tried, like: Tried | None = None) -> float:
    """Of the affected (right) leg, or the mean of both."""
    one_sided = (like or tried).case.subject.side == "right"
    powers = tried.ankle_power or (np.nan, np.nan)
    return powers[0] if one_sided else float(np.mean(powers))
