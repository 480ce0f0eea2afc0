"""The stage that lets a changed body change its gait."""

from dataclasses import replace

import numpy as np

from engine.conditions import available_cards, load_card
from engine.conventions import SIDES
from engine.growth import typical_strength
from engine.mechanisms import mechanism_parameters
from engine.physics.adaptation import Adaptation, adapt
from engine.physics.adaptation_settings import AdaptationSettings
from engine.physics.body import PhysicalBody
from engine.physics.embodied import Embodied, embody
from engine.physics.plausible import implausible
from engine.physics.settings import Settings
from engine.records import BodyShape, MusculoskeletalParameters, Proposal, Subject

_FACTORS = ("optimal_fibre_length", "tendon_slack_length", "passive_stiffness")


def unimpaired(subject: Subject, parameters: MusculoskeletalParameters) -> MusculoskeletalParameters:
    """The same person without their condition: muscles divided by what its card makes of an average patient's, nothing stiff, painful or
    twisted. Of a condition without a card of ours nothing is known: strength is then the usual one at the age."""
    usual = np.tile(typical_strength(subject.age_years), (len(SIDES), 1))
    if subject.condition not in available_cards():
        return MusculoskeletalParameters(max_isometric_force=usual, segment_mass=parameters.segment_mass)
    card = mechanism_parameters(load_card(subject.condition), subject.severity, subject.side)
    own = {name: getattr(parameters, name) / getattr(card, name) for name in ("joint_stiffness", *_FACTORS)}
    lost = card.max_isometric_force <= 0
    strength = np.divide(parameters.max_isometric_force, card.max_isometric_force, out=usual, where=~lost)
    return MusculoskeletalParameters(max_isometric_force=strength, segment_mass=parameters.segment_mass, **own)


class EffortAdapter:
    """Fills the role of `engine.stages.Adapter` by least effort (`engine.physics.adaptation`)."""

    def __init__(self) -> None:
        self._settings, self._adaptation = Settings(), AdaptationSettings()
        self._before: Embodied | None = None

    def adapt(self, proposal: Proposal, body: BodyShape, baseline: MusculoskeletalParameters | None = None) -> Proposal:
        """The proposal with what its own body changes in a gait that was meant for one with ``baseline``.

        Left out, the baseline is the same person without impairments (`unimpaired`). The gait in the proposal is taken to be that of
        the baseline: one that shows a condition's effects already would show them twice. A proposal that is no human walk comes back as
        it was; the enforcer refuses it by name.
        """
        baseline = unimpaired(proposal.subject, proposal.parameters) if baseline is None else baseline
        before = self._body_before(proposal, body, baseline)
        if same_parameters(baseline, proposal.parameters) or implausible(proposal.cycle, before) is not None:
            return proposal
        return replace(proposal, cycle=self.adaptation(proposal, body, baseline).changed)

    def adaptation(self, proposal: Proposal, body: BodyShape, baseline: MusculoskeletalParameters) -> Adaptation:
        """All four gaits of the adaptation."""
        before, after = self._body_before(proposal, body, baseline), embody(proposal, body).body
        return adapt(proposal.cycle, before, after, self._settings, self._adaptation)

    def _body_before(self, proposal: Proposal, body: BodyShape, baseline: MusculoskeletalParameters) -> PhysicalBody:
        before = replace(proposal, parameters=baseline)
        if self._before is None or not self._before.fits(before, body):
            self._before = embody(before, body)
        return self._before.body


def same_parameters(one: MusculoskeletalParameters, other: MusculoskeletalParameters) -> bool:
    """Whether two sets of parameters describe the same body."""
    return all(np.array_equal(value, getattr(other, name)) for name, value in vars(one).items())
