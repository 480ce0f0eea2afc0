"""Laws of physics within the generator: what stands comes to rest, what is feasible stays, and without a correction nothing changes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_people import body_of, make_gaits, make_subject
from numpy.testing import assert_allclose

from benchmarks.generator_parts.still_soles import StillSoles, soles
from engine.core.conventions import COORDINATE_INDEX
from engine.gait.cycle import basis, phase_grid
from engine.gait.records import Gait, Subject
from engine.people.conditions import load_card
from engine.physics.figures import motion_change_deg
from engine.roles.enforcer import OpenSimEnforcer
from generative.conditioning import encode_conditions
from generative.corpus import build_corpus
from generative.gait_batch import GaitBatch
from generative.projected import ShortProjection
from generative.standing import slip_per_stance
from generative.train_denoiser import TrainingSettings, train

AGES = [6, 30, 75]
TINY = TrainingSettings(steps=5, batch=16, dimensions=12, width=16, blocks=1)


@pytest.fixture(scope="module")
def walk():
    """Gaits whose feet slide: the root moves evenly."""
    _, legs, gaits = make_gaits(AGES)
    coefficients = gaits.coefficients.copy()
    coefficients[:, 1:, COORDINATE_INDEX["pelvis_tx"]] = 0.0
    return legs, replace(gaits, coefficients=coefficients, duration=1.03 * gaits.duration)


def test_still_soles_lower_slip_of_every_gait(walk):
    legs, gaits = walk
    stilled = StillSoles(legs)(gaits)
    assert (slip_per_stance(stilled, legs).mean(axis=1) < 0.7 * slip_per_stance(gaits, legs).mean(axis=1)).all()
    moved = [motion_change_deg(a, b) for a, b in zip(_q(stilled), _q(gaits), strict=True)]
    assert max(moved) < 4


def test_the_derivatives_of_still_soles_are_those_of_its_residuals(walk):
    legs, gaits = walk
    gaits, legs, rng = gaits.take([0]), legs.take(np.array([0])), np.random.default_rng(0)
    stilled = StillSoles(legs)(gaits)
    way = stilled.coefficients - gaits.coefficients
    columns = np.flatnonzero(np.abs(way[0]).max(axis=0) > 0)
    assert len(columns) == 18
    residual, slope = soles(gaits, legs)
    step = 1e-5 * rng.normal(size=(17, 18))
    coefficients = gaits.coefficients.copy()
    coefficients[0][:, columns] += step
    nearby, _ = soles(replace(gaits, coefficients=coefficients), legs)
    predicted = slope[0] @ step.ravel()
    assert np.corrcoef(predicted, (nearby - residual)[0])[0, 1] > 0.99


def test_gaits_are_stilled_each_for_itself(walk):
    legs, gaits = walk
    together = StillSoles(legs)(gaits)
    for row in range(len(gaits)):
        alone = StillSoles(legs.take(np.array([row])))(gaits.take([row]))
        assert_allclose(alone.coefficients[0], together.coefficients[row], atol=1e-9)


@pytest.fixture(scope="module")
def adult() -> Subject:
    return make_subject(30.0)


@pytest.fixture(scope="module")
def proposed():
    _, _, gaits = make_gaits([30])
    return gaits


@pytest.fixture(scope="module")
def accepted(adult, proposed) -> Gait:
    body = body_of(adult)
    gait = OpenSimEnforcer().enforce(proposed.proposal(0, adult, body.lengths_m["hip_height"]), body)
    assert isinstance(gait, Gait)
    return gait


def test_a_feasible_gait_hardly_moves(adult, accepted):
    size = accepted.body.lengths_m["hip_height"]
    feasible = GaitBatch.of([replace(accepted.proposal, cycle=accepted.cycle)], [size])
    again = ShortProjection([adult], [accepted.body])(feasible)
    assert motion_change_deg(_q(again)[0], _q(feasible)[0]) < 0.6
    assert_allclose(again.speed, feasible.speed, rtol=0.01)
    assert_allclose(again.muscles, feasible.muscles, atol=0)


def test_a_short_projection_lowers_slip_and_residual_force(adult, proposed):
    body, enforcer = body_of(adult), OpenSimEnforcer()
    found = [proposed, ShortProjection([adult], [body])(proposed)]
    before, after = (
        enforcer.judge(gaits.proposal(0, adult, body.lengths_m["hip_height"]), body).result.figures for gaits in found
    )
    assert after.skate_mm < before.skate_mm
    assert after.residual_force_peak_pct < 0.5 * before.residual_force_peak_pct


def test_what_is_no_walk_is_left_to_the_enforcer(adult, proposed):
    wild = replace(proposed, speed=proposed.speed * 20)
    same = ShortProjection([adult], [body_of(adult)])(wild)
    assert_allclose(same.coefficients, wild.coefficients, atol=1e-12)
    assert_allclose(same.speed, wild.speed)


@pytest.fixture(scope="module")
def pipeline():
    return train(build_corpus([load_card("healthy")], 120, seed=0), TINY).pipeline


def test_only_a_correction_that_moves_gaits_changes_samples(pipeline):
    people, legs, _ = make_gaits(AGES)
    told = encode_conditions(people, None, ["healthy"])

    def sampled(**options) -> GaitBatch:
        return pipeline(told, torch.Generator().manual_seed(1), steps=6, **options)

    plain = sampled()
    assert_allclose(sampled(correct=StillSoles(legs), corrected=0.0).coefficients, plain.coefficients, atol=0)
    assert_allclose(sampled(correct=lambda gaits: gaits).coefficients, plain.coefficients, atol=1e-4)
    assert np.abs(sampled(correct=StillSoles(legs)).coefficients - plain.coefficients).max() > 1e-3


def test_a_correction_sees_the_last_steps_alone(pipeline):
    people, _, _ = make_gaits(AGES)
    seen: list[GaitBatch] = []

    def watched(gaits: GaitBatch) -> GaitBatch:
        seen.append(gaits)
        return gaits

    told = encode_conditions(people, None, ["healthy"])
    pipeline(told, torch.Generator().manual_seed(1), steps=20, correct=watched, corrected=0.15)
    assert len(seen) == 3


def _q(gaits: GaitBatch) -> np.ndarray:
    return basis(phase_grid(50)) @ gaits.coefficients
