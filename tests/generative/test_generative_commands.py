"""The generator's commands."""

import numpy as np
import pytest
import typer
from numpy.testing import assert_allclose
from typer.testing import CliRunner

from engine.people.conditions import available_cards, load_card
from generative.commands import app
from generative.corpus import build_corpus, save_corpus
from tests.made_cards import user_card, write_card

runner = CliRunner()


def run(*words):
    return runner.invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("name", ["corpus", "train-generator", "sample"])
def test_help_teaches_with_an_example(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"gaitforge {name}" in " ".join(result.output.split())


def test_training_then_sampling(tmp_path):
    weights, file = tmp_path / "weights", tmp_path / "some.npz"
    drawn = build_corpus([load_card(name) for name in available_cards()], 200, seed=0)
    save_corpus(drawn, tmp_path / "corpus.npz")
    words = ("--corpus", tmp_path / "corpus.npz", "--size", 0, "--steps", 5)
    assert run("train-generator", "-o", weights, *words).exit_code == 0
    result = run("sample", "--age", 8, "--weights", weights, "--speed", 1.0, "-n", 3, "--plot", "-o", file)
    assert result.exit_code == 0, result.output
    assert "1.00" in result.output
    assert file.with_suffix(".png").stat().st_size > 10_000
    with np.load(file, allow_pickle=False) as data:
        assert data["coordinates"].shape == (3, 101, len(data["names"]))
        assert_allclose(data["speed_mps"], 1.0)
        assert_allclose(data["step_length_m"], data["speed_mps"] * data["duration_s"] / 2)
        assert_allclose(data["coordinates"][:, 0], data["coordinates"][:, -1], atol=1e-9)
        assert data["parameters.max_isometric_force"].shape == (3, 2, 8)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("--condition", "{mine}"), "Shuffling gait, severity 0.5, female, 68 years"),
        (("--condition", "{mine}", "--severity", 0.0), "Shuffling gait, severity 0, female, 68 years"),
        (("--condition", "parkinson", "--severity", 0.7), "Parkinson's disease, severity 0.7, female, 68 years"),
        (("--modifier", "frailty=0.3"), "Healthy, frailty 0.3, female, 68 years"),
    ],
)
def test_the_title_says_what_they_have_and_how_severely(words, title, tmp_path):
    """A card's severity is the middle one if none is asked for."""
    mine = write_card(tmp_path / "mine.yaml", user_card("parkinson", name="mine", title="Shuffling gait"))
    result = run("sample", "--age", 68, *(str(word).format(mine=mine) for word in words))
    assert result.exit_code == 0, result.output
    assert title in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--age", 200), "age_years"),
        (("--mass", -3), "mass_kg"),
        (("--condition", "nothing"), "nothing"),
        (("--sex", "x"), "sex"),
        (("--modifier", "obesity"), "obesity=0.5"),
        (("--modifier", "stroke=0.5"), "'stroke' is no modifier; there are frailty, obesity"),
        (("--condition", "obesity"), "obesity is a modifier"),
        (("-o", "sample.csv"), ".npz"),
    ],
)
def test_impossible_people_are_refused(words, named):
    result = run("sample", *words)
    assert result.exit_code != 0
    assert named in f"{result.output} {result.exception}"


def test_it_is_one_typer_application():
    assert isinstance(app, typer.Typer)
