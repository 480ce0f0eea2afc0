"""Whether generated patients differ from generated healthy people as the cards expect.

"speed_matched" compares with the same bodies without the condition at the patients' own speeds, "healthy" with them at the speeds that they
choose themselves: low speed alone mimics many conditions.
"""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.people.card_parts import ExpectedEffect
from engine.people.conditions import ConditionCard
from generative.batch_measures import FORCE_MEASURES
from generative.evaluation.groups import Group, draw_patients, measured, walk
from generative.pipeline import GaitPipeline

CERTAIN = 2.0
"""Standard errors by which a difference must exceed zero to have a sign."""

UNCHANGED_SD = 0.5
"""Of what a card expects unchanged without an interval: largest difference, in SD of the healthy people."""


@dataclass(frozen=True)
class EffectFigure:
    """An expected effect and the generated difference (patients − controls), with its standard error and the controls' SD."""

    effect: ExpectedEffect
    severity: float
    difference: float
    error: float
    control_sd: float

    @property
    def sign_holds(self) -> bool:
        """Whether the difference has the expected direction beyond its sampling error."""
        if self.effect.direction == "unchanged":
            low, high = self.effect.interval or (-UNCHANGED_SD * self.control_sd, UNCHANGED_SD * self.control_sd)
            return low <= self.difference <= high
        sign = 1.0 if self.effect.direction == "increases" else -1.0
        return sign * self.difference > CERTAIN * self.error

    @property
    def size_holds(self) -> bool | None:
        """Whether the difference lies in the published interval; None where there is none."""
        if self.effect.interval is None:
            return None
        low, high = self.effect.interval
        return low <= self.difference <= high


def effect_figure(effect: ExpectedEffect, severity: float, patients: Array, controls: Array) -> EffectFigure:
    """From the measure in patients ``(n,)`` and controls ``(n,)``, body by body the same."""
    difference = patients - controls
    error = float(difference.std(ddof=1) / np.sqrt(len(difference)))
    return EffectFigure(effect, severity, float(difference.mean()), error, float(controls.std(ddof=1)))


def card_effects(pipeline: GaitPipeline, card: ConditionCard, severity: float, n: int, seed: int) -> list[EffectFigure]:
    """Every expected effect of ``card`` that needs no forces, in ``n`` generated patients."""
    effects = [effect for effect in card.expected if effect.measure not in FORCE_MEASURES]
    if not effects:
        return []
    patients = draw_patients(card, severity, n, np.random.default_rng([seed, n]))
    gaits = walk(pipeline, patients, None, seed)
    found = measured(gaits, patients)
    controls = {
        kind: _controls(pipeline, patients, gaits.speed if kind == "speed_matched" else None, seed)
        for kind in {effect.compared_with for effect in effects}
    }
    return [
        effect_figure(effect, severity, found[effect.measure], controls[effect.compared_with][effect.measure])
        for effect in effects
    ]


def _controls(pipeline: GaitPipeline, patients: Group, speed: Array | None, seed: int) -> dict[str, Array]:
    healthy = patients.healthy()
    return measured(walk(pipeline, healthy, speed, seed + 1), healthy, like=patients)
