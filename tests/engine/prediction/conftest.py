"""A body in the plane and the reference of its norm gait, made once."""

import pytest
from norm_gait import ADULT, norm_proposal

from engine.musculoskeletal.subject_model import describe_subject
from engine.tools.prediction.planar_model import planar_body
from engine.tools.prediction.reference import reference


@pytest.fixture(scope="session")
def walker():
    """A proposal and the body that it is for."""
    return norm_proposal(ADULT)


@pytest.fixture(scope="session")
def whole(walker):
    """The whole-body description."""
    proposal, shape = walker
    return describe_subject(proposal.subject, shape, proposal.parameters)


@pytest.fixture(scope="session")
def planar(walker):
    proposal, shape = walker
    return planar_body(proposal.subject, shape, proposal.parameters)


@pytest.fixture(scope="session")
def target(walker, planar):
    return reference(walker[0].cycle, planar, symmetric=True)
