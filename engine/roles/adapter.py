"""The stage that lets a changed body change its gait."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.core.conventions import SIDES
from engine.core.yaml_files import STRICT
from engine.gait.cycle import GaitCycle
from engine.gait.records import BodyShape, ContactPhases, MusculoskeletalParameters, Proposal, Subject
from engine.musculoskeletal.mechanisms import mechanism_parameters
from engine.people.conditions import CHANGED
from engine.people.growth import typical_strength
from engine.physics.adaptation.adaptation import Baseline, change_body, settle_baseline
from engine.physics.bases import CycleBasis
from engine.physics.body import PhysicalBody
from engine.physics.dynamics import as_dynamics
from engine.physics.embodied import Embodied, embody, same_body
from engine.physics.events import cycle_phases
from engine.physics.plausible import implausible
from engine.physics.projection import FRAMES, explain_standing
from engine.physics.settings import Settings

_FACTORS = ("optimal_fibre_length", "tendon_slack_length", "passive_stiffness")


def unimpaired(subject: Subject, parameters: MusculoskeletalParameters) -> MusculoskeletalParameters:
    """The same person without their condition: muscles divided by what its card makes of an average patient's, nothing stiff, painful or
    twisted. No card tells what a change by hand does: strength is then the usual one at the age."""
    usual = np.tile(typical_strength(subject.age_years), (len(SIDES), 1))
    if subject.condition.name == CHANGED:
        return MusculoskeletalParameters(max_isometric_force=usual, segment_mass=parameters.segment_mass)
    card = mechanism_parameters(subject.condition, subject.severity, subject.side)
    own = {name: getattr(parameters, name) / getattr(card, name) for name in ("joint_stiffness", *_FACTORS)}
    lost = card.max_isometric_force <= 0
    strength = np.divide(parameters.max_isometric_force, card.max_isometric_force, out=usual, where=~lost)
    return MusculoskeletalParameters(max_isometric_force=strength, segment_mass=parameters.segment_mass, **own)


@dataclass(frozen=True)
class _Person:
    """Someone before they change, and when their feet stand."""

    embodied: Embodied
    baseline: Baseline
    phases: ContactPhases | None

    def is_of(self, proposal: Proposal, shape: BodyShape) -> bool:
        same_gait = np.array_equal(self.baseline.proposal.coefficients, proposal.cycle.coefficients)
        same_time = self.baseline.proposal.duration_s == proposal.cycle.duration_s
        return same_gait and same_time and same_body(self.embodied, proposal, shape)


@dataclass(frozen=True)
class EffortSettings:
    """``keep_speed``: a changed body walks as fast as it did before. ``feasible_habit``: the gaits that come in obey physics already."""

    __pydantic_config__ = STRICT

    keep_speed: bool = False
    feasible_habit: bool = False


class EffortAdapter:
    """Fills the role of `engine.stages.Adapter` by least effort (`engine.physics.adaptation.adaptation`).

    With ``keep_speed`` a changed body walks as fast as it did before. With ``feasible_habit`` the gaits that come in have passed physics
    already. The baseline of the latest person is kept: further changes of the same proposal take half the time. ``embodiment`` builds
    bodies.
    """

    Settings = EffortSettings

    def __init__(
        self,
        *,
        keep_speed: bool = False,
        feasible_habit: bool = False,
        embodiment: Callable[[Proposal, BodyShape], Embodied] = embody,
    ) -> None:
        self._keep_speed, self._feasible_habit, self._embody = keep_speed, feasible_habit, embodiment
        self._person: _Person | None = None

    def adapt(self, proposal: Proposal, body: BodyShape, baseline: MusculoskeletalParameters | None = None) -> Proposal:
        """The proposal with what its own body changes in a gait that was meant for one with ``baseline``.

        Left out, the baseline is the same person without impairments (`unimpaired`). The gait in the proposal is taken to be that of
        the baseline: one that shows a condition's effects already would show them twice. A proposal that is no human walk comes back as
        it was; the enforcer refuses it by name.
        """
        baseline = unimpaired(proposal.subject, proposal.parameters) if baseline is None else baseline
        if same_parameters(baseline, proposal.parameters):
            return proposal
        person = self._before(replace(proposal, parameters=baseline), body)
        if person is None:
            return proposal
        after = self._embody(proposal, body).body
        found = change_body(person.baseline, after, keep_speed=self._keep_speed)
        contact = _later(proposal.contact, person.phases, _phases(found.after, after))
        return replace(proposal, cycle=found.changed, contact=contact)

    def _before(self, before: Proposal, body: BodyShape) -> _Person | None:
        """The person of a proposal for the body before; None if it is no human walk."""
        if self._person is None or not self._person.is_of(before, body):
            embodied = self._embody(before, body)
            if implausible(before.cycle, embodied.body) is not None:
                return None
            baseline = settle_baseline(before.cycle, embodied.body, feasible=self._feasible_habit)
            chosen = CycleBasis.unpack(baseline.chosen)
            self._person = _Person(embodied, baseline, _phases(chosen, embodied.body))
        return self._person


def _phases(cycle: GaitCycle, body: PhysicalBody) -> ContactPhases | None:
    """When the feet of a settled gait stand; None if one does not stand just once."""
    motion = cycle.motion(FRAMES)
    frames, _ = explain_standing(body, Settings().force, motion)
    found = cycle_phases(as_dynamics(body, motion.time, frames).force[:, :, 1], body.weight_n)
    return None if found is None else found[1]


def _later(contact: ContactPhases, before: ContactPhases | None, after: ContactPhases | None) -> ContactPhases:
    """The proposed phases moved by what they differ after from before."""
    if before is None or after is None:
        return contact
    told = {
        name: (getattr(contact, name) + (value - getattr(before, name) + 0.5) % 1.0 - 0.5) % 1.0
        for name, value in vars(after).items()
    }
    return ContactPhases(**told)


def same_parameters(one: MusculoskeletalParameters, other: MusculoskeletalParameters) -> bool:
    """Whether two sets of parameters describe the same body."""
    return all(np.array_equal(value, getattr(other, name)) for name, value in vars(one).items())
