"""The generator's commands."""

import pytest
import typer
from typer.testing import CliRunner

from generative.commands import app
from generative.corpus import load_corpus

runner = CliRunner()


def run(*words):
    return runner.invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("name", ["corpus", "train-generator", "propose"])
def test_help_teaches_with_an_example(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"gaitforge {name}" in " ".join(result.output.split())


def test_corpus_then_training_then_proposal(tmp_path):
    corpus, weights, picture = tmp_path / "corpus.npz", tmp_path / "weights", tmp_path / "gait.png"
    assert run("corpus", "-o", corpus, "--size", 160).exit_code == 0
    assert len(load_corpus(corpus)) >= 150
    assert run("train-generator", "-o", weights, "--corpus", corpus, "--steps", 5).exit_code == 0
    result = run("propose", "--age", 8, "--weights", weights, "--speed", 1.0, "--plot", picture)
    assert result.exit_code == 0
    assert "1.00 m/s" in result.output
    assert picture.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--age", 200), "age_years"),
        (("--mass", -3), "mass_kg"),
        (("--condition", "nothing"), "nothing"),
        (("--sex", "x"), "sex"),
    ],
)
def test_impossible_people_are_refused(words, named):
    result = run("propose", *words)
    assert result.exit_code != 0
    assert named in str(result.exception)


def test_it_is_one_typer_application():
    assert isinstance(app, typer.Typer)
