"""What is kept stays, and says as much about the rest as it should."""

import numpy as np
import pytest
import torch
from made_people import make_gaits
from numpy.testing import assert_allclose

from engine.core.errors import SpecError
from generative.clamp import GROUPS, Clamp, clamp_hint, hint, kept_features, random_hint
from generative.space import FEATURES, VARIABLES, GaitSpace, to_features


@pytest.fixture(scope="module")
def gaits():
    return make_gaits(np.linspace(20, 80, 60).tolist())[2]


@pytest.fixture(scope="module")
def space(gaits):
    return GaitSpace(20).fit(gaits)


def nothing_expected(features):
    return torch.zeros(len(features), 20)


def test_a_hint_tells_how_what_is_kept_deviates_from_what_is_expected(gaits, space):
    vectors = space.encode(gaits)
    features = torch.from_numpy(to_features(space.decode(vectors))).float()
    assert hint(space, features, kept_features(["legs"]), vectors).mean.abs().max() < 0.05
    assert hint(space, features, kept_features(["legs"]), nothing_expected(features)).mean.abs().mean() > 0.4


def test_variables_share_out_all_features():
    everything = np.concatenate(list(VARIABLES.values()))
    assert sorted(everything.tolist()) == list(range(FEATURES))


def test_kept_variables_are_put_back_exactly(gaits):
    others = gaits.take(np.arange(60)[::-1])
    mixed = Clamp(gaits, ("body", "knee_angle_r")).put_back(others)
    assert_allclose(mixed.muscles, gaits.muscles, rtol=1e-12)
    assert_allclose(mixed.duration, others.duration)
    kept, changed = to_features(mixed) - to_features(gaits), to_features(mixed) - to_features(others)
    assert_allclose(kept[:, VARIABLES["knee_angle_r"]], 0, atol=1e-9)
    assert_allclose(changed[:, VARIABLES["knee_angle_l"]], 0, atol=1e-9)


def test_nothing_kept_says_nothing_and_everything_says_all(gaits, space):
    features = torch.from_numpy(to_features(gaits)).float()
    nothing = hint(space, features, np.zeros(FEATURES, bool), nothing_expected(features))
    assert_allclose(nothing.mean.numpy(), 0, atol=1e-6)
    assert_allclose(nothing.sure.numpy(), 0, atol=1e-6)
    everything = clamp_hint(
        space, Clamp(gaits, ("motion", "body", "timing", "variability")), nothing_expected(features)
    )
    assert_allclose(everything.mean.numpy(), space.encode(gaits).numpy(), atol=0.25)
    assert everything.sure.min() > 0.7


def test_more_kept_is_more_sure(gaits, space):
    features = torch.from_numpy(to_features(gaits)).float()
    legs, motion = (
        hint(space, features, kept_features([name]), nothing_expected(features)).sure[0] for name in ("legs", "motion")
    )
    assert (motion >= legs - 1e-5).all()


def test_unknown_names_are_refused():
    with pytest.raises(SpecError, match="knee"):
        kept_features(["knee"])
    assert "body" in GROUPS


def test_training_sees_hints_and_none(gaits, space):
    features = torch.from_numpy(to_features(gaits)).float()
    usual = nothing_expected(features)
    drawn = [random_hint(space, features, usual, torch.Generator().manual_seed(seed)).sure for seed in range(12)]
    told = (torch.stack(drawn).amax(dim=2) > 0.01).float().mean()
    assert 0.3 < told < 0.9
