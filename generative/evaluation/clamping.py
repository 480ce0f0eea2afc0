"""What patients keep of a condition's effects when some of their variables are clamped to what they were before the condition."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.people.conditions import ConditionCard
from generative.batch_measures import FORCE_MEASURES
from generative.clamp import Clamp
from generative.evaluation.effects import CERTAIN, effect_figure
from generative.evaluation.groups import Group, draw_patients, measured, sample
from generative.gait_batch import GaitBatch, at_speed
from generative.pipeline import GaitPipeline


@dataclass(frozen=True)
class KeptFigure:
    """Share of an expected effect on ``measure`` that is left when ``names`` are clamped: 1 is all of it."""

    names: tuple[str, ...]
    measure: str
    share: float


def kept_share(free: Array, clamped: Array, controls: Array) -> float:
    """Mean of (clamped − controls) over mean of (free − controls), body by body the same."""
    return float(np.mean(clamped - controls) / np.mean(free - controls))


def kept_effects(
    pipeline: GaitPipeline, card: ConditionCard, severity: float, names: Sequence[tuple[str, ...]], n: int, seed: int
) -> list[KeptFigure]:
    """Expected effects (those that free patients show beyond sampling error) under each clamp of ``names``.

    Free patients, clamped patients and healthy people of the same bodies walk at the same speeds; the clamped variables are those of the
    healthy people.
    """
    patients = draw_patients(card, severity, n, np.random.default_rng([seed, n]))
    free = sample(pipeline, patients.people, None, seed)
    healthy = sample(pipeline, patients.healthy().people, free.speed, seed)
    before, own = (_standing(gaits, patients, free.speed) for gaits in (healthy, free))
    shown = [
        effect.measure
        for effect in card.expected
        if effect.measure not in (*FORCE_MEASURES, "speed_mps")
        and (figure := effect_figure(effect, severity, own[effect.measure], before[effect.measure])).sign_holds
        and abs(figure.difference) > CERTAIN * figure.error
    ]
    figures = []
    for kept in names:
        clamped = sample(pipeline, patients.people, free.speed, seed, Clamp(healthy, kept))
        under = _standing(clamped, patients, free.speed)
        figures += [KeptFigure(kept, name, kept_share(own[name], under[name], before[name])) for name in shown]
    return figures


def _standing(gaits: GaitBatch, group: Group, speed: Array) -> dict[str, Array]:
    return measured(at_speed(gaits, speed), group)
