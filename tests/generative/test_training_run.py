"""Training, going on with a recording of one's own, and what is told of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from rich.console import Console

from engine.core.errors import SpecError
from engine.musculoskeletal.storage import write_coordinates
from engine.people.conditions import load_card
from generative.corpus import build_corpus, save_corpus
from generative.memorisation import memorisation
from generative.model_card import CARD_FILE
from generative.pipeline import load_pipeline
from generative.training_data import measured, prepare
from generative.training_run import NEW, REFINING, TrainingRequest, run_training
from tests.generative.made_people import make_gaits, make_subject

QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "corpus.npz"
    save_corpus(build_corpus([load_card("healthy"), load_card("stroke")], 240, seed=0), path)
    return path


@pytest.fixture(scope="module")
def trained(corpus_file, tmp_path_factory):
    """A generator after three steps, and the facts of its training."""
    folder = tmp_path_factory.mktemp("weights")
    return folder, run_training(TrainingRequest(folder, [corpus_file], steps=3, size=0), QUIET)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """One woman's walk."""
    folder = tmp_path_factory.mktemp("data")
    people, _, gaits = make_gaits([30], individual=0.5)
    subject = make_subject(30.0, "female")
    walk = gaits.proposal(0, subject, people.hip_height[0])
    time = np.arange(0, 2.3 * walk.cycle.duration_s, 0.01)
    write_coordinates(folder / "walk.mot", time, walk.cycle.at(time / walk.cycle.duration_s))
    row = f"walk.mot,30,female,{subject.height_m},{subject.mass_kg}"
    (folder / "people.csv").write_text(f"file,age_years,sex,height_m,mass_kg\n{row}\n")
    return folder


def test_a_training_is_checked_and_told(trained):
    folder, facts = trained
    assert facts.loss > 0
    assert facts.settings.steps == 3
    assert 2 <= facts.held_out <= 30
    assert list(facts.checks) == ["all gaits"]
    learnt = facts.checks["all gaits"].training
    assert learnt == len(facts.training) == 240 - facts.held_out
    text = (folder / CARD_FILE).read_text()
    assert f"{learnt} gaits of {learnt} people, 0 of them recorded; {facts.held_out} more were held out" in text


def test_it_goes_on_from_weights_with_a_recording(trained, corpus_file, recordings, tmp_path):
    start, first = trained
    request = TrainingRequest(tmp_path, [corpus_file], data=recordings, init=str(start), steps=2, size=0)
    facts = run_training(request, QUIET)
    assert measured(facts.training).sum() == 1
    assert facts.settings.learning_rate == REFINING.learning_rate < NEW.learning_rate
    assert 0.3 < facts.settings.solved_share <= 0.5, "seen often in two steps, but not more than all others"
    assert len(facts.training) == len(first.training) + 1, "the same people are held out"
    before, after = load_pipeline(start), load_pipeline(tmp_path)
    assert torch.equal(before.space.components, after.space.components), "its space is kept"
    moved = [
        (a - b).abs().max() for a, b in zip(before.denoiser.parameters(), after.denoiser.parameters(), strict=True)
    ]
    assert 0 < max(moved) < 0.01, "it goes on from where it was"
    assert "refined from the generator" in (tmp_path / CARD_FILE).read_text()


def test_unknown_conditions_are_refused_before_physics_begins(trained, recordings, tmp_path):
    row = "walk.mot,30,female,1.6,60,parkinson,0.5,right"
    (tmp_path / "people.csv").write_text(f"file,age_years,sex,height_m,mass_kg,condition,severity,side\n{row}\n")
    (tmp_path / "walk.mot").write_bytes((recordings / "walk.mot").read_bytes())
    request = TrainingRequest(tmp_path / "out", data=tmp_path, init=str(trained[0]))
    with pytest.raises(SpecError, match="has not learnt the cards parkinson; it knows healthy, stroke"):
        run_training(request, QUIET)
    assert not (tmp_path / "out").exists()


def test_a_memoriser_is_told_apart(trained):
    """A pipeline whose samples are its training gaits."""
    folder, facts = trained
    data = prepare(facts.training, 100)
    pipeline = load_pipeline(folder)

    class Parrot:
        """Says what it was taught to whoever asks."""

        space, denoiser = pipeline.space, pipeline.denoiser

        def __call__(self, told, generator):
            rows = torch.randint(len(data.training), (len(told),), generator=generator)
            gaits = data.training.gaits.take(rows.numpy())
            return replace(gaits, duration=gaits.duration * 1.0001)

    assert memorisation(Parrot(), data.training, data.held_out, 200, 0).copies
