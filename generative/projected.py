"""Gaits moved towards what forces can explain, each on the body of the person who walks it: physics within the generator.

A few steps of the projection that enforces a gait (`engine.physics.projection`): enough to settle feet and momentum, too few to polish.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.gait.cycle import GaitCycle
from engine.gait.records import BodyShape, Proposal, Subject
from engine.musculoskeletal.mechanisms import with_body_mechanisms
from engine.physics.embodied import embody_person
from engine.physics.kernels.levenberg_marquardt import Schedule
from engine.physics.plausible import implausible
from engine.physics.projection import project
from engine.physics.settings import Settings
from generative.gait_batch import GaitBatch

SHORT = Schedule(steps=1, tolerance=0.0)
"""Steps on the soft floor, and again on the firm one."""


@dataclass(frozen=True)
class ShortProjection:
    """A correction (`generative.pipeline.Correction`) of the gaits of these people, in their order.

    A body is built for each gait that is corrected, since its muscles are part of what is generated; people's cards limit its joints and
    shape its bones (`engine.musculoskeletal.mechanisms.with_body_mechanisms`). A gait that is no human walk, or whose projection breaks
    down, stays as it is: to reject it is the enforcer's work.
    """

    subjects: Sequence[Subject]
    bodies: Sequence[BodyShape]
    soft: Schedule = SHORT
    firm: Schedule = SHORT

    def __call__(self, gaits: GaitBatch) -> GaitBatch:
        sizes = [body.lengths_m["hip_height"] for body in self.bodies]
        found = [gaits.proposal(row, subject, sizes[row]) for row, subject in enumerate(self.subjects)]
        cycles = [self._projected(row, proposal) for row, proposal in enumerate(found)]
        moved = [replace(proposal, cycle=cycle) for proposal, cycle in zip(found, cycles, strict=True)]
        return GaitBatch.of(moved, sizes)

    def _projected(self, row: int, proposal: Proposal) -> GaitCycle:
        subject = proposal.subject
        parameters = with_body_mechanisms(proposal.parameters, subject.burdens, subject.side)
        body = embody_person(subject, self.bodies[row], parameters).body
        if implausible(proposal.cycle, body) is not None:
            return proposal.cycle
        try:
            return project(proposal.cycle, body, Settings(), soft=self.soft, firm=self.firm).cycle
        except np.linalg.LinAlgError:
            return proposal.cycle
