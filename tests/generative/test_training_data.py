"""Who is learnt from, who is held out, and what the model card says of it."""

from dataclasses import replace

import numpy as np
import pytest

from engine.core.errors import DataError, SpecError
from engine.people.conditions import load_card
from generative.corpus import Corpus, card_fingerprint
from generative.denoiser import GaitDenoiser
from generative.memorisation import compare
from generative.model_card import CARD_FILE, TrainingFacts, model_card, write_model_card
from generative.noise import sampling_scheduler
from generative.own_data import require_learnt
from generative.pipeline import GaitPipeline
from generative.space import GaitSpace
from generative.train_denoiser import TrainingSettings
from generative.training_data import MOST_VIEWS, measured, prepare
from tests.generative.made_people import make_gaits


def corpus_of(n, provenance="atlas", families=None):
    """Healthy gaits, ``families`` of them different people."""
    people, _, gaits = make_gaits(np.linspace(10, 80, n))
    family = np.arange(n) % (families or n)
    mark = {"healthy": card_fingerprint(load_card("healthy"))}
    return Corpus(people, gaits, np.ones(n, bool), np.full(n, provenance, dtype="<U32"), family, mark)


@pytest.fixture(scope="module")
def both():
    return Corpus.joined([corpus_of(200), corpus_of(40, "measured:mot", families=10)])


@pytest.fixture(scope="module")
def tiny_pipeline():
    denoiser = GaitDenoiser(16, 32, 1, 16, conditions=("healthy",), cards=("abc",))
    return GaitPipeline(denoiser, GaitSpace(16), sampling_scheduler())


def test_a_person_is_learnt_from_or_held_out(both):
    data = prepare(both, 100)
    assert not set(data.training.family) & set(data.held_out.family)
    assert len(data.training) + len(data.held_out) == len(both)
    assert measured(data.held_out).sum() == 8, "two of ten recorded people, four gaits each"
    assert 2 <= (~measured(data.held_out)).sum() <= 20, "a twentieth of 200, by lot"


def test_whoever_is_held_out_stays_so_when_recordings_join(both):
    alone = prepare(corpus_of(200), 100).held_out.family
    assert set(alone) == set(prepare(both, 100).held_out.family[~measured(prepare(both, 100).held_out)])


def test_recordings_count_more_but_not_without_limit(both):
    data = prepare(both, 100)
    recorded = measured(data.training)
    assert set(data.repeats[~recorded]) == {1}
    assert set(data.repeats[recorded]) == {(~recorded).sum() // recorded.sum()}
    share = measured(data.shown).mean()
    assert 0.4 < share <= 0.5


def test_no_recording_is_seen_too_often(both):
    draws = 10**4
    data = prepare(both, draws)
    recorded = measured(data.training)
    views = draws * data.repeats[recorded][0] / len(data.shown)
    assert 1 < data.repeats[recorded][0] < (~recorded).sum() // recorded.sum()
    assert 0.5 * MOST_VIEWS < views <= MOST_VIEWS
    assert prepare(both, 10**9).repeats.max() == 1


def test_recordings_alone_count_once():
    data = prepare(corpus_of(20, "measured:npz"), 100)
    assert set(data.repeats) == {1}
    assert len(data.held_out) == 4


def facts(corpus, samples, **changes):
    rng = np.random.default_rng(0)
    points, others = rng.normal(size=(300, 6)), rng.normal(size=(60, 6))
    check = compare(samples(points, rng), points, others, np.arange(60), rng)
    made = TrainingFacts(corpus, 60, TrainingSettings(steps=12), 0.1234, 1000, {"all gaits": check})
    return replace(made, **changes)


def honest(points, rng):
    return rng.normal(size=(400, points.shape[1]))


def test_the_card_tells_what_was_learnt(both):
    text = model_card(facts(both, honest))
    assert "| measured:mot | healthy | 40 | 10 | 10 to 80 |" in text
    assert "| atlas | healthy | 200 | 200 | 10 to 80 |" in text
    assert "| steps | 12 |" in text
    assert "0.1234" in text
    assert "All gaits: no sign of it" in text
    assert "trained anew" in text
    assert "consent" in text, "recordings are somebody's"


def test_the_card_of_our_own_corpus_says_so():
    text = model_card(facts(corpus_of(20), honest))
    assert "own corpus alone: Apache-2.0" in text
    assert "consent" not in text


def test_the_card_warns_of_a_memoriser_and_counts_what_was_refused(both):
    text = model_card(facts(both, lambda points, _: points, started_from="abc", refused=["slides", "slides", "sinks"]))
    assert "copies its training gaits" in text
    assert "do not share these weights" in text
    assert "refined from the generator `abc`" in text
    assert "- 2 ×: slides" in text


def test_the_card_lies_beside_the_weights(both, tmp_path):
    assert write_model_card(facts(both, honest), tmp_path) == tmp_path / CARD_FILE
    with pytest.raises(DataError, match="cannot be written"):
        write_model_card(facts(both, honest), tmp_path / "nowhere")


def test_a_generator_cannot_go_on_with_conditions_it_does_not_know(tiny_pipeline):
    mark = dict(zip(tiny_pipeline.denoiser.config.conditions, tiny_pipeline.denoiser.config.cards, strict=True))
    require_learnt(mark, tiny_pipeline)
    with pytest.raises(SpecError, match=r"gout, healthy \(has changed since\); it knows healthy"):
        require_learnt({"healthy": "other", "gout": "new"}, tiny_pipeline)
