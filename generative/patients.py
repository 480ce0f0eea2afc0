"""A healthy person's gait as that of a patient: least effort with the changed body first, then what is published and still missing."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.conditions import ConditionCard
from engine.mechanisms import with_body_mechanisms
from engine.records import BodyShape, Proposal, Subject
from engine.stages import Adapter
from generative.feet import leg_geometry
from generative.gait_batch import GaitBatch
from generative.sources.condition_effects import Burden, impair, show_effects


def as_patient(
    habit: Proposal,
    subject: Subject,
    burdens: Sequence[tuple[ConditionCard, float]],
    body: BodyShape,
    adapter: Adapter,
    rng: np.random.Generator,
) -> Proposal:
    """How the person who walks like ``habit`` walks as ``subject``, with conditions and modifiers at their severities, before physics has
    seen it.

    Mechanisms and how strongly effects show are drawn from ``rng``. Where no card names a mechanism, effort changes nothing and is spared.
    """
    size, legs = body.lengths_m["hip_height"], leg_geometry([body])
    told: list[Burden] = [(card, np.array([severity])) for card, severity in burdens]
    side = np.array([subject.side])
    before = GaitBatch.of([habit], [size])
    impaired = impair(before, told, side, rng).proposal(0, subject, size)
    parameters = with_body_mechanisms(impaired.parameters, burdens, subject.side)
    changed = replace(habit, subject=subject, parameters=parameters)
    if any(card.mechanisms for card, _ in burdens):
        changed = adapter.adapt(changed, body, habit.parameters)
    shown = show_effects(GaitBatch.of([changed], [size]), told, side, legs, rng, before=before)
    return replace(shown.proposal(0, subject, size), parameters=parameters)
