import pytest
from typer.testing import CliRunner

from downstream.commands import app
from engine.core.errors import DataError

RUNNER = CliRunner()


def run(*arguments):
    return RUNNER.invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_help_teaches_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: gaitforge {command}" in result.output


@pytest.mark.parametrize("arguments", [("train", "nowhere", "-o", "model"), ("evaluate", "nowhere", "nowhere")])
def test_what_is_not_there_is_named_and_nothing_is_left_behind(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert isinstance(result.exception, DataError)
    assert "nowhere" in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_no_examples_are_no_training(tmp_path):
    assert run("train", tmp_path, "-o", tmp_path / "model", "--examples", 0).exit_code == 2
