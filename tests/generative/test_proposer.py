"""The proposer with the weights that ship."""

import logging
from dataclasses import replace

import numpy as np
import pytest
from made_people import body_of, make_subject, usual_side
from numpy.testing import assert_allclose

from engine.core.conventions import COORDINATE_INDEX
from engine.core.errors import DataError, SpecError
from engine.gait.cycle import basis, phase_grid
from engine.people.conditions import available_cards, load_card
from engine.stages import Proposer
from generative.evaluation.groups import with_card
from generative.feet import leg_geometry
from generative.gait_batch import GaitBatch
from generative.proposer import DiffusionProposer
from generative.standing import observe
from tests.made_cards import user_card

CARDS = available_cards()
AGES = {"cp_crouch": 10.0, "cp_hemiplegia": 9.0, "healthy": 30.0}


@pytest.fixture(scope="module")
def proposer():
    return DiffusionProposer()


def propose(proposer, name="healthy", *, age=None, severity=0.7, side=None, speed=None, seed=0, card=None):
    """For a person with the card, a modifier joining somebody healthy."""
    card, person = card or load_card(name), make_subject(AGES.get(name, 68.0) if age is None else age)
    subject = with_card(person, card, severity)
    subject = replace(subject, side=side or usual_side(card))
    return proposer.propose(subject, body_of(subject), speed_mps=speed, seed=seed)


def curve(proposal, name):
    return np.rad2deg(basis(phase_grid(100)) @ proposal.cycle.coefficients[:, COORDINATE_INDEX[name]])


def test_it_fills_the_role(proposer):
    assert isinstance(proposer, Proposer)
    assert proposer.fingerprint() == DiffusionProposer().fingerprint()


@pytest.mark.parametrize("name", CARDS)
def test_the_shipped_weights_know_the_shipped_cards(proposer, name):
    assert proposer.learnt(load_card(name)), "a card changed: run `gaitforge train-generator -o generative/weights`"


@pytest.mark.parametrize("name", CARDS)
def test_the_result_depends_on_the_arguments_alone(proposer, name):
    first = propose(proposer, name, seed=5)
    propose(proposer, "stroke", seed=9)
    again = propose(proposer, name, seed=5)
    assert_allclose(again.cycle.coefficients, first.cycle.coefficients, atol=0)
    other = propose(proposer, name, seed=6)
    assert np.abs(other.cycle.coefficients - first.cycle.coefficients).max() > 0.01


@pytest.mark.parametrize(
    "card", [*map(load_card, CARDS), user_card("cp_crouch", name="mine")], ids=lambda card: card.name
)
def test_asked_speed_is_met_and_feet_carry_the_body_there(proposer, card):
    """Exactly by the network, within the promised 0.5 % by least effort."""
    proposal = propose(proposer, card.name, card=card, speed=0.7, severity=0.5)
    assert_allclose(proposal.cycle.speed_mps, 0.7, rtol=1e-7 if proposer.learnt(card) else 5e-3)
    body = body_of(proposal.subject)
    legs, gait = leg_geometry([body]), GaitBatch.of([proposal], [body.lengths_m["hip_height"]])
    assert_allclose(observe(gait, legs).stride, gait.speed * gait.duration, rtol=0.05)


def test_left_is_the_mirror_image_of_right(proposer):
    right, left = (propose(proposer, "stroke", side=side, seed=2) for side in ("right", "left"))
    back = GaitBatch.of([left], [1.0]).mirrored().proposal(0, left.subject, 1.0)
    assert_allclose(back.cycle.coefficients, right.cycle.coefficients, atol=2e-3)
    assert_allclose(back.cycle.duration_s, right.cycle.duration_s, rtol=1e-3)
    assert_allclose(back.parameters.max_isometric_force, right.parameters.max_isometric_force)
    assert back.parameters.max_isometric_force[0].mean() < back.parameters.max_isometric_force[1].mean()


def test_free_speed_suits_age_and_severity(proposer):
    def mean_speed(name, **details):
        return np.mean([propose(proposer, name, seed=seed, **details).cycle.speed_mps for seed in range(6)])

    adult, old = mean_speed("healthy", age=30), mean_speed("healthy", age=88)
    assert 1.1 < adult < 1.55
    assert old < adult - 0.15
    mild, severe = mean_speed("parkinson", severity=0.2), mean_speed("parkinson", severity=0.9)
    assert severe < mild - 0.15


def test_children_step_faster_and_shorter(proposer):
    child, adult = ([propose(proposer, age=age, seed=seed).cycle for seed in range(8)] for age in (5, 30))
    assert np.mean([c.duration_s for c in child]) < np.mean([c.duration_s for c in adult]) - 0.1
    step = [[c.speed_mps * c.duration_s for c in group] for group in (child, adult)]
    assert np.mean(step[0]) < np.mean(step[1]) - 0.3


def test_knee_swing_peak_rises_with_speed(proposer):
    peaks = [
        np.mean([curve(propose(proposer, speed=speed, seed=seed), "knee_angle_r").max() for seed in range(6)])
        for speed in (0.5, 0.8, 1.2)
    ]
    assert (np.diff(peaks) > 0).all()


def test_strength_falls_with_severity(proposer):
    strength = [
        np.mean(
            [propose(proposer, "stroke", severity=s, seed=k).parameters.max_isometric_force[0].mean() for k in range(6)]
        )
        for s in (0.1, 0.5, 1.0)
    ]
    assert (np.diff(strength) < -0.05).all()


def test_a_card_that_was_not_learnt_changes_a_healthy_gait(proposer, caplog):
    stroke = load_card("stroke")
    own = stroke.model_copy(update={"name": "my_condition"})
    assert not proposer.learnt(own)
    with caplog.at_level(logging.INFO, logger="generative.proposer"):
        proposal = propose(proposer, "my_condition", card=own, age=68.0)
    assert "my_condition" in caplog.text
    healthy = propose(proposer, age=68.0, speed=proposal.cycle.speed_mps)
    assert curve(proposal, "knee_angle_r").max() < curve(healthy, "knee_angle_r").max() - 5
    assert proposal.parameters.max_isometric_force[0].mean() < healthy.parameters.max_isometric_force[0].mean()


def test_a_changed_card_of_a_learnt_name_counts_as_it_is(proposer):
    """Without effects and mechanisms, whatever its name, a card changes nothing in a healthy gait."""
    stroke = load_card("stroke")
    empty = stroke.model_copy(
        update={"mechanisms": (), "motion": (), "spatiotemporal": load_card("healthy").spatiotemporal}
    )
    learnt, own = (propose(proposer, "stroke", card=card, age=68.0, speed=0.9) for card in (stroke, empty))
    healthy = propose(proposer, age=68.0, speed=0.9)
    assert own.subject.condition == empty
    assert np.abs(curve(own, "knee_angle_r") - curve(healthy, "knee_angle_r")).max() < 1.0
    assert curve(learnt, "knee_angle_r").max() < curve(healthy, "knee_angle_r").max() - 5


def test_each_of_many_has_the_own_card_and_the_gait_of_being_asked_alone(proposer):
    unknown = load_card("stroke").model_copy(update={"name": "my_condition"})
    people = [
        make_subject(68.0, condition=card, severity=0.7, side=usual_side(card))
        for card in (load_card("parkinson"), unknown, load_card("cp_crouch"))
    ]
    bodies = [body_of(person) for person in people]
    together = proposer.propose_many(people, bodies, speed_mps=None, seeds=[1, 2, 3])
    for seed, (person, body, found) in enumerate(zip(people, bodies, together, strict=True), start=1):
        alone = proposer.propose(person, body, speed_mps=None, seed=seed)
        assert found.subject == person
        assert_allclose(found.cycle.coefficients, alone.cycle.coefficients, atol=1e-4)


def test_running_speeds_are_refused(proposer):
    with pytest.raises(SpecError, match="speed_mps 3"):
        propose(proposer, speed=3.0)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(DataError, match="train-generator"):
        propose(DiffusionProposer(str(tmp_path / "nowhere")))
    with pytest.raises(DataError, match="train-generator"):
        DiffusionProposer(str(tmp_path)).fingerprint()
