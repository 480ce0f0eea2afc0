"""The corpus: deterministic, covering, readable again."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from engine.core.errors import DataError
from engine.people.conditions import available_cards, load_card
from generative.corpus import (
    SPEED_RANGE,
    Corpus,
    build_corpus,
    card_fingerprint,
    draw_severities,
    load_corpus,
    save_corpus,
)

CARDS = [load_card(name) for name in available_cards()]


@pytest.fixture(scope="module")
def corpus():
    return build_corpus(CARDS, 150, seed=1)


def test_same_seed_same_corpus_whatever_the_order_of_cards(corpus):
    again = build_corpus(CARDS[::-1], 150, seed=1)
    assert_allclose(again.gaits.coefficients, corpus.gaits.coefficients, atol=0)
    other = build_corpus(CARDS, 150, seed=2)
    assert np.abs(other.gaits.coefficients - corpus.gaits.coefficients).max() > 0.01


def test_who_is_in_it(corpus):
    assert set(corpus.people.condition) == {card.name for card in CARDS if card.role == "condition"}
    assert {card.name for card in CARDS} == set(corpus.cards)
    assert any("obesity=" in text for text in corpus.people.modifiers)
    healthy = corpus.people.condition == "healthy"
    assert_array_equal(corpus.provenance == "atlas", healthy)
    assert (corpus.people.severity[healthy] == 0).all()
    assert set(corpus.people.side) <= {"none", "both", "right"}
    assert (corpus.gaits.speed >= SPEED_RANGE[0]).all()
    assert (corpus.gaits.speed <= SPEED_RANGE[1]).all()
    assert 0.5 < corpus.free_speed.mean() < 0.9


def test_ends_of_severity_are_drawn_more_often():
    severity = draw_severities(load_card("stroke"), 4000, np.random.default_rng(0))
    share = np.histogram(severity, np.linspace(0, 1, 11))[0] / 4000
    assert share[[0, -1]].min() > 1.5 * share[1:-1].max()


def test_saved_and_loaded_is_the_same(corpus, tmp_path):
    file = tmp_path / "corpus.npz"
    save_corpus(corpus, file)
    back = load_corpus(file)
    assert_allclose(back.gaits.coefficients, corpus.gaits.coefficients, atol=1e-6)
    assert_array_equal(back.people.condition, corpus.people.condition)
    assert back.cards == corpus.cards


def test_parts_join(corpus):
    both = Corpus.joined([corpus.take(np.arange(10)), corpus.take(np.arange(10, 30))])
    assert len(both) == 30
    assert_allclose(both.gaits.speed, corpus.gaits.speed[:30])


def test_fingerprint_follows_what_shapes_gaits():
    card = load_card("stroke")
    assert card_fingerprint(card) == card_fingerprint(card.model_copy(update={"summary": "other words"}))
    assert card_fingerprint(card) != card_fingerprint(card.model_copy(update={"motion": card.motion[1:]}))
    assert card.aids
    assert card_fingerprint(card) == card_fingerprint(card.model_copy(update={"aids": ()}))


def test_a_damaged_file_is_named(tmp_path):
    file = tmp_path / "corpus.npz"
    file.write_bytes(b"not a corpus")
    with pytest.raises(DataError, match=r"corpus\.npz"):
        load_corpus(file)
