"""One person's OpenSim model together with all that the physics reads out of it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from engine.core.conventions import MUSCLES
from engine.gait.records import BodyShape, MusculoskeletalParameters, Proposal, Subject
from engine.musculoskeletal.build_model import build_bones, build_model
from engine.musculoskeletal.foot_contact import sole_points
from engine.musculoskeletal.impair import MUSCLE_PLACE
from engine.musculoskeletal.replay import InverseDynamics
from engine.musculoskeletal.subject_model import describe_subject
from engine.musculoskeletal.toolkit import opensim
from engine.physics.body import PhysicalBody, described_body


@dataclass(frozen=True)
class Embodied:
    """Made for ``subject`` with ``parameters`` on ``shape``; ``judge`` is OpenSim's inverse dynamics of the same bones."""

    subject: Subject
    parameters: MusculoskeletalParameters
    shape: BodyShape
    body: PhysicalBody
    judge: InverseDynamics
    make_model: Callable[[], opensim.Model]

    @cached_property
    def model(self) -> opensim.Model:
        """The whole OpenSim model, muscles included, built when it is first asked for."""
        return self.make_model()

    def fits(self, proposal: Proposal, shape: BodyShape) -> bool:
        """Whether it is the very body that a proposal means."""
        return self.subject == proposal.subject and self.parameters is proposal.parameters and self.shape is shape


_SIZE = ("age_years", "sex", "height_m", "mass_kg")


class RecentBodies:
    """`embody` that remembers the latest bodies, for stages that look at the same people one after another.

    Who a person is beyond age, sex and size makes no other body.
    """

    def __init__(self, kept: int = 2) -> None:
        self._recent: deque[Embodied] = deque(maxlen=kept)

    def __call__(self, proposal: Proposal, shape: BodyShape) -> Embodied:
        for known in self._recent:
            if same_body(known, proposal, shape):
                return known
        made = embody(proposal, shape)
        self._recent.append(made)
        return made


def same_body(known: Embodied, proposal: Proposal, shape: BodyShape) -> bool:
    """Whether ``known`` has the bones and muscles that a proposal means, whoever it was made for."""
    size = all(getattr(known.subject, name) == getattr(proposal.subject, name) for name in _SIZE)
    return size and known.parameters is proposal.parameters and known.shape is shape


def embody(proposal: Proposal, shape: BodyShape) -> Embodied:
    """Builds the body of a proposal (about a seventh of a second)."""
    return embody_person(proposal.subject, shape, proposal.parameters)


def embody_person(subject: Subject, shape: BodyShape, parameters: MusculoskeletalParameters) -> Embodied:
    """Builds a person's body."""
    description = describe_subject(subject, shape, parameters)
    bones = build_bones(description)
    body = with_mechanisms(described_body(description, bones, sole_points(description, shape)), parameters)
    return Embodied(subject, parameters, shape, body, InverseDynamics(bones), partial(build_model, description))


def with_mechanisms(body: PhysicalBody, parameters: MusculoskeletalParameters) -> PhysicalBody:
    """The body with the mechanisms that no OpenSim model holds: reflexes, limits of joints, pain."""
    return replace(
        body,
        spasticity=np.array([parameters.spasticity[MUSCLE_PLACE[name]] for name in MUSCLES]),
        joint_range=parameters.joint_range.reshape(-1, 2),
        leg_pain=parameters.leg_pain,
        knee_pain=parameters.knee_pain,
    )
