import numpy as np
import pytest
import torch
from small_training import SMALL
from stick_cohort import write_cohort

from benchmarks.stick_walks import StickWalk, film
from downstream.train_estimator import train_estimator


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def side_walk():
    """A plain walk seen from the side."""
    return film(StickWalk(speed_mps=1.25, cadence_spm=112.0, height_m=1.72))


@pytest.fixture(scope="session")
def cohort(tmp_path_factory):
    """Twenty stick people, three cameras each: 12 to train, 3 to validate, 5 to test."""
    return write_cohort(tmp_path_factory.mktemp("sticks") / "cohort", subjects=20, seed=5)


@pytest.fixture(scope="session")
def few(tmp_path_factory):
    """Six stick people: 4 to train, 1 to validate, 1 to test."""
    return write_cohort(tmp_path_factory.mktemp("few") / "cohort", subjects=6, seed=6)


@pytest.fixture(scope="session")
def model_folder(cohort, tmp_path_factory):
    folder = tmp_path_factory.mktemp("estimator") / "model"
    train_estimator(cohort, folder, SMALL)
    return folder
