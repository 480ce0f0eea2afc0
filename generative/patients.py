"""A healthy person's gait as that of a patient: least effort with the changed body first, then what is published and still missing."""

from dataclasses import replace

import numpy as np

from engine.gait.records import BodyShape, Proposal, Subject
from engine.musculoskeletal.mechanisms import with_body_mechanisms
from engine.stages import Adapter
from generative.feet import leg_geometry
from generative.gait_batch import GaitBatch
from generative.sources.condition_effects import impair, show_effects


def as_patient(
    habit: Proposal,
    subject: Subject,
    body: BodyShape,
    adapter: Adapter,
    rng: np.random.Generator,
) -> Proposal:
    """How the person who walks like ``habit`` walks as ``subject``, with condition and modifiers, before physics has seen it.

    Mechanisms and how strongly effects show are drawn from ``rng``. Where no card names a mechanism, effort changes nothing and is spared.
    """
    size, legs = body.lengths_m["hip_height"], leg_geometry([body])
    told = [(burden.card, np.array([burden.severity])) for burden in subject.burdens]
    side = np.array([subject.side])
    before = GaitBatch.of([habit], [size])
    impaired = impair(before, told, side, rng).proposal(0, subject, size)
    parameters = with_body_mechanisms(impaired.parameters, subject.burdens, subject.side)
    changed = replace(habit, subject=subject, parameters=parameters)
    if any(burden.card.mechanisms for burden in subject.burdens):
        changed = adapter.adapt(changed, body, habit.parameters)
    shown = show_effects(GaitBatch.of([changed], [size]), told, side, legs, rng, before=before)
    return replace(shown.proposal(0, subject, size), parameters=parameters)
