"""Turns healthy gaits into gaits of a health condition, by its card alone (`engine.people.conditions.ConditionCard`).

The healthy gait must already walk at the patient's speed (`speed_factor`): everything else on a card is relative to healthy people of the
same speed, and a target: what a gait shows already, since its body adapted, is not added again. After the effects the body is put back on
its feet: the legs fit the stride, the root follows the standing feet, the step width is the asked one, and swinging toes clear the
floor.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array
from engine.core.conventions import MUSCLE_GROUPS, SIDES
from engine.musculoskeletal.mechanisms import FIELD_OF_MUSCLE_KIND
from engine.people.card_effects import Mechanism
from engine.people.card_parts import Spread
from engine.people.conditions import ConditionCard
from engine.people.ramps import at_severity
from generative.clearance import clear_toes
from generative.feet import LegGeometry
from generative.gait_batch import MUSCLE_FIELDS, GaitBatch
from generative.sources.atlas import healthy_atlas
from generative.sources.motion_effects import apply_motion_effects, missing, reached_sides
from generative.standing import fit_step_width, fit_stride, ground, step_width
from generative.timing import delay_left, move_toe_off

_STANCE_RANGE = (0.5, 0.85)
# How differently people of one severity show the effects of a card that publishes no spread (an assumption). A person shows all motion
# effects more or all less, since they belong together (a crouched leg bends at hip, knee and ankle); single effects differ little.
_SD_PERSON, _SD_EFFECT, _SD_LEG, _MOST_SD = 0.2, 0.06, 0.0, 3.0
_SD_MECHANISM = 0.15


GroupBurden = tuple[ConditionCard, Array]
"""A condition or modifier and the severity ``(n,)`` at which each person of a group has it."""


def speed_factor(card: ConditionCard, severity: Array) -> Array:
    """Patients' speed over that of healthy people of the same age, sex and size ``(n,)``."""
    return np.array([card.spatiotemporal.factor("speed", float(s)) for s in severity])


def own_speed_factor(card: ConditionCard, severity: Array, spread: Array, rng: np.random.Generator) -> Array:
    """The same of single patients, who differ by as much more than healthy people do as the card publishes. ``spread (n,)`` is the
    standard deviation of the logarithm of healthy people's speed at their age."""
    factor = speed_factor(card, severity)
    if card.spread is None or card.spread.speed is None:
        return factor
    healthy = np.sqrt(np.expm1(np.broadcast_to(spread, len(severity)) ** 2))
    pairs = zip(severity, healthy, strict=True)
    variation = np.array([at_severity(card.spread.speed, float(s), float(own)) for s, own in pairs])
    further = np.sqrt(np.maximum(np.log1p(variation**2) - np.log1p(healthy**2), 0.0))
    return factor * np.exp(further * rng.standard_normal(len(severity)))


def apply_card(
    batch: GaitBatch,
    card: ConditionCard,
    severity: Array,
    side: np.ndarray,
    legs: LegGeometry,
    rng: np.random.Generator | None = None,
) -> GaitBatch:
    """Healthy gaits with body and motion of ``card`` at each person's ``severity (n,)`` and affected ``side (n,)``.

    With ``rng`` people show each effect more or less; without, exactly as the card says.
    """
    impaired = impair(batch, [(card, severity)], side, rng)
    return show_effects(impaired, [(card, severity)], side, legs, rng)


def impair(
    batch: GaitBatch, burdens: Sequence[GroupBurden], side: np.ndarray, rng: np.random.Generator | None = None
) -> GaitBatch:
    """The same gaits with bodies that have the mechanisms of all ``burdens``; joints, bones and pain are no part of a batch
    (`engine.musculoskeletal.mechanisms.with_body_mechanisms` sets them)."""

    def change(part: GaitBatch, rows: NDArray[np.intp], bilateral: bool) -> GaitBatch:
        for card, severity in burdens:
            part = _mechanisms(part, card.mechanisms, severity[rows], bilateral, rng)
        return part

    return _by_side(batch, side, change)


def show_effects(
    batch: GaitBatch,
    burdens: Sequence[GroupBurden],
    side: np.ndarray,
    legs: LegGeometry,
    rng: np.random.Generator | None = None,
    *,
    before: GaitBatch | None = None,
) -> GaitBatch:
    """The gaits moved on to all published effects of ``burdens``, as far as they do not show them yet.

    ``before`` are healthy gaits of the same people at the same speed, from which effects count; left out, ``batch`` is healthy.
    """

    def change(part: GaitBatch, rows: NDArray[np.intp], bilateral: bool) -> GaitBatch:
        healthy = part if before is None else before.take(rows)
        if before is not None and side[rows[0]] == "left":
            healthy = healthy.mirrored()
        own = [(card, severity[rows]) for card, severity in burdens]
        return _show(part, healthy, own, legs.take(rows), bilateral, rng)

    return _by_side(batch, side, change)


def _by_side(
    batch: GaitBatch, side: np.ndarray, change: Callable[[GaitBatch, NDArray[np.intp], bool], GaitBatch]
) -> GaitBatch:
    """What ``change`` makes of people whose right side is affected, of the mirror image of those whose left is, and of the others."""
    order, parts = [], []
    for name in ("right", "left", "both"):
        rows = np.flatnonzero(side == name if name != "both" else (side == "both") | (side == "none"))
        if len(rows) == 0:
            continue
        part = batch.take(rows)
        part = change(part.mirrored() if name == "left" else part, rows, name == "both")
        parts.append(part.mirrored() if name == "left" else part)
        order.append(rows)
    return GaitBatch.joined(parts).take(np.argsort(np.concatenate(order)))


def _show(
    batch: GaitBatch,
    healthy: GaitBatch,
    burdens: Sequence[GroupBurden],
    legs: LegGeometry,
    bilateral: bool,
    rng: np.random.Generator | None,
) -> GaitBatch:
    expressions = [_expression(card, len(batch), rng) for card, _ in burdens]
    width = step_width(healthy, legs) * _factors(burdens, "step_width")
    batch = _timing(batch, healthy, burdens, bilateral, _own_cadence(burdens, rng))
    reference = _in_time_with(batch, healthy)
    coefficients = batch.coefficients
    for (card, severity), expression in zip(burdens, expressions, strict=True):
        coefficients, reference = apply_motion_effects(
            coefficients,
            batch.contact[:, 1],
            card.motion,
            severity,
            bilateral=bilateral,
            expression=expression,
            reference=reference,
        )
    batch = replace(batch, coefficients=coefficients, variability=_variability(batch, burdens, rng))
    batch = ground(fit_stride(batch, legs, healthy_atlas().lengthening(batch)), legs)
    return clear_toes(ground(fit_step_width(batch, legs, width), legs), legs)


def _in_time_with(batch: GaitBatch, healthy: GaitBatch) -> Array:
    """The healthy curves retimed to the events of ``batch``, so that both can be compared phase by phase."""
    moved = delay_left(healthy, batch.contact[:, 1] - healthy.contact[:, 1])
    return move_toe_off(replace(moved, contact=batch.contact), moved.stance).coefficients


def _expression(card: ConditionCard, people: int, rng: np.random.Generator | None) -> Array:
    """How strongly each person shows each motion effect on each side, ``(people, effects, 2)``; 1 is what the card says."""
    shape = (people, len(card.motion), len(SIDES))
    if rng is None:
        return np.ones(shape)
    of_person, of_leg = _deviations(card.spread)
    person, single = rng.standard_normal((people, 1, 1)), rng.standard_normal((*shape[:2], 1))
    shown = np.broadcast_to(1 + of_person * person + _SD_EFFECT * single, shape)
    if of_leg > 0:
        shown = shown + of_leg * rng.standard_normal((people, 1, 1)) * np.array([1.0, -1.0])
    most = _MOST_SD * np.hypot(of_person, of_leg)
    return np.clip(shown, max(1 - most, 0.0), 1 + most)


def _deviations(spread: Spread | None) -> tuple[float, float]:
    """Of how strongly people show a card's motion, and of each leg about its person."""
    if spread is None:
        return _SD_PERSON, _SD_LEG
    return (
        _SD_PERSON if spread.effects is None else spread.effects,
        _SD_LEG if spread.sides is None else spread.sides,
    )


def _own_cadence(burdens: Sequence[GroupBurden], rng: np.random.Generator | None) -> Array:
    """How far each person's cadence lies beside that of the cards ``(n,)``, a logarithm."""
    own = np.zeros(len(burdens[0][1]))
    for card, severity in burdens:
        if rng is None or card.spread is None or card.spread.cadence is None:
            continue
        deviation = np.array([at_severity(card.spread.cadence, float(s), 0.0) for s in severity])
        own += deviation * rng.standard_normal(len(severity))
    return own


def _factors(burdens: Sequence[GroupBurden], name: str) -> Array:
    """Product of the burdens' factors called ``name``."""
    each = [[card.spatiotemporal.factor(name, float(s)) for s in severity] for card, severity in burdens]
    return np.prod(np.array(each), axis=0)


def _amounts(burdens: Sequence[GroupBurden], name: str) -> Array:
    """Sum of the burdens' amounts called ``name``."""
    each = [[card.spatiotemporal.amount(name, float(s)) for s in severity] for card, severity in burdens]
    return np.sum(np.array(each), axis=0)


def _timing(
    batch: GaitBatch, healthy: GaitBatch, burdens: Sequence[GroupBurden], bilateral: bool, own_cadence: Array
) -> GaitBatch:
    """Cadence, the delay of the unaffected (left) side, and stance shares with the leg curves that belong to them."""
    quicker = np.log(_factors(burdens, "cadence")) + own_cadence
    rest = missing(quicker, np.log(healthy.duration / batch.duration))
    batch = replace(batch, duration=batch.duration * np.exp(-rest))
    if not bilateral:
        already = batch.contact[:, 1] - healthy.contact[:, 1]
        batch = delay_left(batch, missing(_amounts(burdens, "left_right_shift"), already))
    affected = _amounts(burdens, "stance_pct_affected") / 100
    other = affected if bilateral else _amounts(burdens, "stance_pct_unaffected") / 100
    before = batch.stance
    rest = missing(np.stack([affected, other], axis=1), before - healthy.stance)
    stance = np.clip(before + rest, *_STANCE_RANGE)
    contact = batch.contact.copy()
    contact[:, 0] = stance[:, 0]
    contact[:, 2] = (contact[:, 1] + stance[:, 1]) % 1.0
    return move_toe_off(replace(batch, contact=contact), before)


def _variability(batch: GaitBatch, burdens: Sequence[GroupBurden], rng: np.random.Generator | None) -> Array:
    names = ("stride_time_cv", "stride_length_cv", "step_width_sd")
    variability = batch.variability * np.stack([_factors(burdens, name) for name in names], axis=1)
    if rng is not None:
        variability[:, :2] *= np.exp(_cv_spread(burdens) * rng.standard_normal(len(batch)))[:, None]
    return variability


def _cv_spread(burdens: Sequence[GroupBurden]) -> Array:
    """Standard deviation of what each person's log coefficients of variation have beyond the card's."""
    each = [
        [card.rhythm.amount("cv_spread", float(s)) for s in severity]
        for card, severity in burdens
        if card.rhythm is not None
    ]
    return np.sqrt(np.sum(np.square(each), axis=0))


def _mechanisms(
    batch: GaitBatch,
    mechanisms: tuple[Mechanism, ...],
    severity: Array,
    bilateral: bool,
    rng: np.random.Generator | None,
) -> GaitBatch:
    muscles, stiffness = batch.muscles.copy(), batch.joint_stiffness.copy()
    for mechanism in mechanisms:
        if mechanism.kind not in ("joint_stiffness", *FIELD_OF_MUSCLE_KIND):
            continue  # joints, bones and pain are no part of a batch: `engine.musculoskeletal.mechanisms.with_body_mechanisms` sets them
        value = np.array([at_severity(mechanism.amount, float(s), mechanism.neutral) for s in severity])
        shown = (
            np.ones(len(batch)) if rng is None else np.maximum(1 + _SD_MECHANISM * rng.standard_normal(len(batch)), 0)
        )
        if mechanism.kind == "joint_stiffness":
            stiffness *= value**shown
            continue
        field = MUSCLE_FIELDS.index(FIELD_OF_MUSCLE_KIND[mechanism.kind])
        groups = [list(MUSCLE_GROUPS).index(name) for name in mechanism.groups]
        for side in reached_sides(mechanism.where, bilateral):
            cells = (slice(None), field, side, groups)
            if mechanism.neutral == 1.0:
                muscles[cells] *= (value**shown)[:, None]
            else:
                muscles[cells] += (value * shown)[:, None]
    return replace(batch, muscles=muscles, joint_stiffness=stiffness)
