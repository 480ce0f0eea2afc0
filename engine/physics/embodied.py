"""One person's OpenSim model together with all that the physics reads out of it."""

from dataclasses import dataclass, replace

import numpy as np

from engine.conventions import MUSCLES
from engine.musculoskeletal.build import build_model
from engine.musculoskeletal.foot_contact import sole_points
from engine.musculoskeletal.impair import MUSCLE_PLACE
from engine.musculoskeletal.path_geometry import path_geometry
from engine.musculoskeletal.subject_model import describe_subject
from engine.musculoskeletal.toolkit import opensim
from engine.physics.body import PhysicalBody, read_body
from engine.records import BodyShape, MusculoskeletalParameters, Proposal, Subject


@dataclass(frozen=True)
class Embodied:
    """Made for ``subject`` with ``parameters`` on ``shape``."""

    subject: Subject
    parameters: MusculoskeletalParameters
    shape: BodyShape
    model: opensim.Model
    body: PhysicalBody

    def fits(self, proposal: Proposal, shape: BodyShape) -> bool:
        """Whether it is the very body that a proposal means."""
        return self.subject == proposal.subject and self.parameters is proposal.parameters and self.shape is shape


def embody(proposal: Proposal, shape: BodyShape) -> Embodied:
    """Builds the model of a proposal and reads it (about a second)."""
    return embody_person(proposal.subject, shape, proposal.parameters)


def embody_person(subject: Subject, shape: BodyShape, parameters: MusculoskeletalParameters) -> Embodied:
    """Builds a person's model and reads it."""
    description = describe_subject(subject, shape, parameters)
    model, soles = build_model(description), sole_points(description, shape)
    bare = read_body(model, soles.bodies, soles.centres, soles.radii, path_geometry(description))
    return Embodied(subject, parameters, shape, model, with_mechanisms(bare, parameters))


def with_mechanisms(body: PhysicalBody, parameters: MusculoskeletalParameters) -> PhysicalBody:
    """The body with the mechanisms that no OpenSim model holds: reflexes, limits of joints, pain."""
    return replace(
        body,
        spasticity=np.array([parameters.spasticity[MUSCLE_PLACE[name]] for name in MUSCLES]),
        joint_range=parameters.joint_range.reshape(-1, 2),
        leg_pain=parameters.leg_pain,
        knee_pain=parameters.knee_pain,
    )
