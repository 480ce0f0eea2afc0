"""The space of vectors: faithful, whitened, complete."""

import numpy as np
import pytest
import torch
from made_people import make_gaits, make_subject
from numpy.testing import assert_allclose

from engine.gait.cycle import basis, phase_grid
from engine.people.conditions import load_card
from generative.gait_batch import GaitBatch
from generative.sources.condition_effects import apply_card
from generative.space import FEATURES, GaitSpace, from_features, to_features


@pytest.fixture(scope="module")
def gaits():
    rng = np.random.default_rng(0)
    _, legs, healthy = make_gaits(rng.uniform(5, 85, 120), seed=2)
    stroke = apply_card(healthy, load_card("stroke"), rng.random(120), np.full(120, "right"), legs, rng)
    return GaitBatch.joined([healthy, stroke])


def test_features_and_gaits_are_inverse(gaits):
    features = to_features(gaits)
    assert features.shape == (240, FEATURES)
    back = from_features(features)
    for name in ("coefficients", "speed", "duration", "contact", "variability", "joint_stiffness", "segment_mass"):
        assert_allclose(getattr(back, name), getattr(gaits, name), atol=1e-9, err_msg=name)
    assert_allclose(back.muscles, gaits.muscles, atol=0.011)  # amounts below a hundredth become zero


def test_a_proposal_survives_the_vector(gaits):
    space = GaitSpace(200).fit(gaits)
    subject, hip_height = make_subject(), 0.9
    before = [gaits.proposal(row, subject, hip_height) for row in range(len(gaits))]
    decoded = space.decode(space.encode(GaitBatch.of(before, [hip_height] * len(before))))
    design = basis(phase_grid(50))
    change = [np.rad2deg(design @ (b - a)) for a, b in zip(gaits.coefficients, decoded.coefficients, strict=True)]
    assert np.sqrt(np.mean(np.square(change))) < 0.2
    assert_allclose(decoded.speed, gaits.speed, rtol=0.02)
    assert_allclose(decoded.muscles[:, 0], gaits.muscles[:, 0], rtol=0.1)


def test_vectors_have_unit_variance_and_more_dimensions_lose_less(gaits):
    few, many = (GaitSpace(d).fit(gaits) for d in (20, 100))
    assert_allclose(few.encode(gaits).std(dim=0, correction=0), torch.ones(20), atol=1e-3)
    assert float(many.residual) < float(few.residual)


def test_one_unit_of_a_curve_is_about_a_degree(gaits):
    moved = gaits.coefficients.copy()
    moved[:, 0, 9] += np.deg2rad(3)
    other = GaitBatch(**{**vars(gaits), "coefficients": moved})
    assert_allclose(np.linalg.norm(to_features(other) - to_features(gaits), axis=1), 3.0)


def test_saved_space_is_the_same_bit_for_bit(gaits, tmp_path):
    space = GaitSpace(30).fit(gaits)
    space.save_pretrained(str(tmp_path))
    back = GaitSpace.from_pretrained(str(tmp_path))
    assert torch.equal(back.encode(gaits), space.encode(gaits))
