"""Turns healthy gaits into gaits of a health condition, by its card alone (`engine.conditions.ConditionCard`).

The healthy gait must already walk at the patient's speed (`speed_factor`): everything else on a card is relative to healthy people of the
same speed. After the effects the body is put back on its feet: hip excursion fits the stride, the root follows the standing feet, the
step width is the asked one, and swinging toes clear the floor.
"""

from dataclasses import replace

import numpy as np

from engine.conditions import ConditionCard, Mechanism, SpatiotemporalEffects, at_severity
from engine.conventions import MUSCLE_GROUPS
from engine.cycle import Array
from generative.clearance import clear_toes
from generative.feet import LegGeometry
from generative.gait_batch import MUSCLE_FIELDS, GaitBatch
from generative.sources.motion_effects import apply_motion_effects, reached_sides
from generative.standing import fit_step_width, fit_stride, ground, step_width
from generative.timing import delay_left, move_toe_off

_FIELD_OF_KIND = {
    "strength": "max_isometric_force",
    "fibre_length": "optimal_fibre_length",
    "tendon_slack": "tendon_slack_length",
    "passive_stiffness": "passive_stiffness",
    "spasticity": "spasticity",
    "co_contraction": "control_min",
}
_STANCE_RANGE = (0.5, 0.85)
# How differently people of one severity show the effects of a card, which gives means only (an assumption). A person shows all motion
# effects more or all less, since they belong together (a crouched leg bends at hip, knee and ankle); single effects differ little.
_SD_PERSON, _SD_EFFECT, _EXPRESSION_RANGE = 0.2, 0.06, (0.4, 1.6)
_SD_MECHANISM = 0.15


def speed_factor(card: ConditionCard, severity: Array) -> Array:
    """Patients' speed over that of healthy people of the same age, sex and size ``(n,)``."""
    return np.array([card.spatiotemporal.factor("speed", float(s)) for s in severity])


def apply_card(
    batch: GaitBatch,
    card: ConditionCard,
    severity: Array,
    side: np.ndarray,
    legs: LegGeometry,
    rng: np.random.Generator | None = None,
) -> GaitBatch:
    """The gaits with every effect of ``card`` at each person's ``severity (n,)`` and affected ``side (n,)``.

    With ``rng`` people show each effect more or less; without, exactly as the card says.
    """
    order, parts = [], []
    for name in ("right", "left", "both"):
        rows = np.flatnonzero(side == name if name != "both" else (side == "both") | (side == "none"))
        if len(rows) == 0:
            continue
        part = batch.take(rows)
        part = part.mirrored() if name == "left" else part
        part = _apply(part, card, severity[rows], legs.take(rows), name == "both", rng)
        parts.append(part.mirrored() if name == "left" else part)
        order.append(rows)
    return GaitBatch.joined(parts).take(np.argsort(np.concatenate(order)))


def _apply(
    batch: GaitBatch,
    card: ConditionCard,
    severity: Array,
    legs: LegGeometry,
    bilateral: bool,
    rng: np.random.Generator | None,
) -> GaitBatch:
    expression = _expression(len(batch), len(card.motion), rng)
    effects = card.spatiotemporal
    width = step_width(batch, legs) * _factors(effects, "step_width", severity)
    batch = _timing(batch, effects, severity, bilateral)
    coefficients = apply_motion_effects(
        batch.coefficients, batch.contact[:, 1], card.motion, severity, bilateral=bilateral, expression=expression
    )
    batch = replace(batch, coefficients=coefficients, variability=_variability(batch, effects, severity))
    batch = _mechanisms(batch, card.mechanisms, severity, bilateral, rng)
    batch = ground(fit_stride(batch, legs), legs)
    return clear_toes(ground(fit_step_width(batch, legs, width), legs), legs)


def _expression(people: int, effects: int, rng: np.random.Generator | None) -> Array:
    """How strongly each person shows each motion effect, ``(people, effects)``; 1 is what the card says."""
    if rng is None:
        return np.ones((people, effects))
    person, single = rng.standard_normal((people, 1)), rng.standard_normal((people, effects))
    return np.clip(1 + _SD_PERSON * person + _SD_EFFECT * single, *_EXPRESSION_RANGE)


def _factors(effects: SpatiotemporalEffects, name: str, severity: Array) -> Array:
    return np.array([effects.factor(name, float(s)) for s in severity])


def _amounts(effects: SpatiotemporalEffects, name: str, severity: Array) -> Array:
    return np.array([effects.amount(name, float(s)) for s in severity])


def _timing(batch: GaitBatch, effects: SpatiotemporalEffects, severity: Array, bilateral: bool) -> GaitBatch:
    """Cadence, the delay of the unaffected (left) side, and stance shares with the leg curves that belong to them."""
    batch = replace(batch, duration=batch.duration / _factors(effects, "cadence", severity))
    if not bilateral:
        batch = delay_left(batch, _amounts(effects, "left_right_shift", severity))
    affected = _amounts(effects, "stance_pct_affected", severity) / 100
    other = affected if bilateral else _amounts(effects, "stance_pct_unaffected", severity) / 100
    before = batch.stance
    stance = np.clip(before + np.stack([affected, other], axis=1), *_STANCE_RANGE)
    contact = batch.contact.copy()
    contact[:, 0] = stance[:, 0]
    contact[:, 2] = (contact[:, 1] + stance[:, 1]) % 1.0
    return move_toe_off(replace(batch, contact=contact), before)


def _variability(batch: GaitBatch, effects: SpatiotemporalEffects, severity: Array) -> Array:
    names = ("stride_time_cv", "stride_length_cv", "step_width_sd")
    return batch.variability * np.stack([_factors(effects, name, severity) for name in names], axis=1)


def _mechanisms(
    batch: GaitBatch,
    mechanisms: tuple[Mechanism, ...],
    severity: Array,
    bilateral: bool,
    rng: np.random.Generator | None,
) -> GaitBatch:
    muscles, stiffness = batch.muscles.copy(), batch.joint_stiffness.copy()
    for mechanism in mechanisms:
        if mechanism.kind not in ("joint_stiffness", *_FIELD_OF_KIND):
            continue  # joints, bones and pain are no part of a batch: `engine.mechanisms.with_body_mechanisms` sets them
        value = np.array([at_severity(mechanism.amount, float(s), mechanism.neutral) for s in severity])
        shown = (
            np.ones(len(batch)) if rng is None else np.maximum(1 + _SD_MECHANISM * rng.standard_normal(len(batch)), 0)
        )
        if mechanism.kind == "joint_stiffness":
            stiffness *= value**shown
            continue
        field = MUSCLE_FIELDS.index(_FIELD_OF_KIND[mechanism.kind])
        groups = [list(MUSCLE_GROUPS).index(name) for name in mechanism.groups]
        for side in reached_sides(mechanism.where, bilateral):
            cells = (slice(None), field, side, groups)
            if mechanism.neutral == 1.0:
                muscles[cells] *= (value**shown)[:, None]
            else:
                muscles[cells] += (value * shown)[:, None]
    return replace(batch, muscles=muscles, joint_stiffness=stiffness)
