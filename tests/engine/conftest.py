"""Bodies, gaits and walks that the tests of physics and walks share; each is made once."""

import numpy as np
import pytest
from norm_gait import ADULT, CHILD, norm_proposal

from engine.physics.embodied import embody
from engine.roles.enforcer import OpenSimEnforcer


@pytest.fixture(scope="session")
def adult():
    return embody(*norm_proposal(ADULT))


@pytest.fixture(scope="session")
def child():
    return embody(*norm_proposal(CHILD, 0.95))


@pytest.fixture(params=["adult", "child"])
def person(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def enforcer():
    return OpenSimEnforcer()


@pytest.fixture(scope="session")
def gait(enforcer):
    """An accepted gait of the adult."""
    return enforcer.enforce(*norm_proposal(ADULT))


@pytest.fixture(scope="session")
def walk(enforcer, gait):
    """A walk of six strides of the adult."""
    return enforcer.walk(gait, 6, seed=3)


@pytest.fixture
def rng():
    return np.random.default_rng(7)
