import numpy as np
import pytest
import torch

from benchmarks.stick_walks import StickWalk, film


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
