"""Models that the tests of this folder share."""

import os
from pathlib import Path

import pytest
from posed_model import ADULT, ADULT_BODY, HEALTHY, Posed

from engine.musculoskeletal.build import build_model
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
def reference_folder():
    default = Path(__file__).parents[4] / "shared" / "reference"
    folder = Path(os.environ.get("GAITFORGE_REFERENCE", default))
    if not (folder / "opensim_walk").is_dir():
        pytest.skip("reference data are not here (GAITFORGE_REFERENCE)")
    return folder
