import json

import numpy as np
import pytest
from keypoint_files import openpose_folder
from typer.testing import CliRunner

from downstream.commands import app
from engine.core.errors import DataError

RUNNER = CliRunner()


def run(*arguments):
    return RUNNER.invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", ["train", "evaluate", "analyze"])
def test_help_teaches_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: gaitforge {command}" in result.output


def test_train_evaluate_analyze_one_after_the_other(few, tmp_path, side_walk):
    trained = run("train", few, "-o", tmp_path / "model", "--epochs", 1, "--seed", 4)
    assert trained.exit_code == 0, trained.output
    assert "4 subjects" in trained.output
    evaluated = run("evaluate", tmp_path / "model", few, "-o", tmp_path / "evaluation.json")
    assert evaluated.exit_code == 0, evaluated.output
    assert json.loads((tmp_path / "evaluation.json").read_text())["targets"]["speed_mps"]["n"] == 3
    np.savez(tmp_path / "walk.npz", keypoints2d=side_walk.keypoints2d, fps=30.0, image_size=[640, 480])
    analyzed = run("analyze", tmp_path / "walk.npz", "--height", 1.72, "--model", tmp_path / "model")
    assert analyzed.exit_code == 0, analyzed.output
    assert json.loads(analyzed.stdout)["speed_mps"]["value"] == pytest.approx(1.25, rel=0.1)


def test_a_folder_of_another_program_is_read_with_what_the_user_says(model_folder, tmp_path, side_walk):
    people = [[frame, frame * [0.5, 0.5, 1] + [20, 200, 0]] for frame in side_walk.keypoints2d]
    folder = openpose_folder(tmp_path / "frames", people)
    said = ("--fps", 30, "--image-size", "640x480", "--height", 1.72, "--person", 1)
    analyzed = run("analyze", folder, *said, "--model", model_folder)
    assert analyzed.exit_code == 0, analyzed.output
    report = json.loads(analyzed.stdout)
    assert report["geometry_only"]["speed_mps"] == pytest.approx(1.25, rel=0.03)
    assert report["input"]["image_size"] == [640, 480]
    assert "2 people (1, 2): person 1 is read, as asked" in report["input"]["chosen_and_put_right"]


@pytest.mark.parametrize("size", ["640", "640x", "wide x high", "0x480"])
def test_a_picture_size_that_is_none_is_one_line(size, tmp_path):
    result = run("analyze", tmp_path / "walk.npz", "--image-size", size)
    assert result.exit_code == 2
    assert "like 1920x1080" in result.output


def test_the_evaluation_lands_where_the_report_looks(few, model_folder):
    result = run("evaluate", model_folder, few, "--split", "validation")
    assert result.exit_code == 0, result.output
    assert json.loads((few / "evaluation.json").read_text())["split"] == "validation"


@pytest.mark.parametrize(
    "arguments", [("train", "nowhere", "-o", "model"), ("evaluate", "nowhere", "nowhere"), ("analyze", "nowhere.npz")]
)
def test_what_is_not_there_is_named_and_nothing_is_left_behind(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert isinstance(result.exception, DataError)
    assert "nowhere" in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_zero_epochs_are_refused(cohort, tmp_path):
    assert run("train", cohort, "-o", tmp_path / "model", "--epochs", 0).exit_code == 2
