"""Models that the tests of this folder share."""

import pytest
from posed_model import ADULT, ADULT_BODY, HEALTHY, Posed

from benchmarks.reference_folder import reference_folder
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.subject_model import describe_subject


@pytest.fixture(scope="session")
def adult_description():
    return describe_subject(ADULT, ADULT_BODY, HEALTHY)


@pytest.fixture(scope="session")
def adult_model(adult_description):
    return build_model(adult_description)


@pytest.fixture(scope="session")
def adult(adult_model):
    return Posed(adult_model.clone())


@pytest.fixture(scope="session")
def measured():
    """Folder of a measured walk."""
    folder = reference_folder() / "opensim_walk"
    if not folder.is_dir():
        pytest.skip("reference data are not here (GAITFORGE_REFERENCE)")
    return folder
