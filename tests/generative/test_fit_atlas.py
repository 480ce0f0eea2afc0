"""The coefficients that ship are those that the reference data give."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from benchmarks.reference_folder import reference_folder
from generative.sources.atlas import ATLAS_FILE

REFERENCE = reference_folder()


@pytest.mark.skipif(not (REFERENCE / "norms" / "schwartz2008.npz").is_file(), reason="no reference data here")
def test_refitting_gives_the_shipped_file():
    from generative.sources.fit_atlas import fit_atlas

    fitted = fit_atlas(REFERENCE)
    with np.load(ATLAS_FILE, allow_pickle=False) as shipped:
        assert set(shipped.files) == set(fitted)
        for name in shipped.files:
            assert_allclose(np.abs(shipped[name]), np.abs(fitted[name]), atol=2e-5, err_msg=name)
