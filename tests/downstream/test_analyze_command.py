"""`gaitforge analyze`: a file or a folder in; a table, JSON or files out."""

import json

import numpy as np
import pandas as pd
import pytest
from keypoint_files import alphapose_file, openpose_folder
from typer.testing import CliRunner

from benchmarks.stick_walks import StickWalk, film
from downstream.analysis.recordings_in import is_one_recording, recordings_in
from downstream.analysis.walkers_table import read_walkers_table, walker_of
from downstream.commands import app
from downstream.readings.quantities import NUMBERS
from downstream.readings.walker import Walker
from downstream.reports.reading_json import reading_of_json
from engine.core.errors import DataError

RUNNER = CliRunner()
FILES = {"reading.json", "numbers.csv", "curves.csv", "events.csv", "reading.html"}


def run(*arguments):
    return RUNNER.invoke(app, ["analyze", *map(str, arguments)], env={"COLUMNS": "200"})


def save(path, walk, **more):
    np.savez(path, keypoints2d=film(walk).keypoints2d, fps=30.0, image_size=[640, 480], **more)
    return path


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Two that can be read, one of them further down; one of somebody who stands; and a table of people."""
    folder = tmp_path_factory.mktemp("recordings")
    (folder / "more").mkdir()
    save(folder / "fast.npz", StickWalk(1.4, 118.0, 1.7))
    save(folder / "more" / "slow.npz", StickWalk(0.9, 95.0, 1.7))
    still = np.repeat(film(StickWalk(1.0, 100.0, 1.7)).keypoints2d[:1], 90, axis=0)
    np.savez(folder / "standing.npz", keypoints2d=still, fps=30.0)
    (folder / "people.csv").write_text("file,age_years,sex,height_m\nfast.npz,30,F,1.70\nmore/slow,71,male,\n")
    return folder


def test_help_teaches_with_examples():
    result = run("--help")
    assert result.exit_code == 0
    assert "Example: gaitforge analyze" in result.output
    for option in ("--age", "--people", "--json", "--output"):
        assert option in result.output


def test_a_file_gives_a_table_and_what_to_mind(tmp_path):
    result = run(save(tmp_path / "walk.npz", StickWalk(1.25, 112.0, 1.72)), "--age", 40, "--sex", "female")
    assert result.exit_code == 0, result.output
    for part in (
        "walk.npz",
        "cadence",
        "steps/min",
        "step width: lengths need a scale",
        "height is not known",
        "synthetic",
    ):
        assert part in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["walk.npz"]


def test_json_can_be_piped(tmp_path):
    result = run(save(tmp_path / "walk.npz", StickWalk(1.25, 112.0, 1.72)), "--height", 1.72, "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert set(data["numbers"]) == set(NUMBERS)
    assert len(reading_of_json(data).time) > 100
    assert any("synthetic" in words for words in data["mind"])


def test_a_folder_for_what_is_read_gets_all_of_it(tmp_path):
    result = run(save(tmp_path / "walk.npz", StickWalk(1.25, 112.0, 1.72)), "-o", tmp_path / "out" / "walk")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "out" / "walk").iterdir()} == FILES
    assert "reading.html" in result.output


def test_a_folder_is_read_to_its_end_and_what_failed_is_named(recordings, tmp_path):
    result = run(recordings, "--people", recordings / "people.csv", "-o", tmp_path / "out")
    assert result.exit_code == 1, result.output
    assert "Not read, 1 of 3" in result.output
    assert "standing.npz" in result.output
    for name in ("fast", "more/slow"):
        assert {path.name for path in (tmp_path / "out" / name).iterdir()} == FILES
    table = pd.read_csv(tmp_path / "out" / "numbers.csv")
    assert len(table) == 2 * len(NUMBERS)
    assert not table.duplicated(["recording", "quantity"]).any()
    people = [
        json.loads((tmp_path / "out" / name / "reading.json").read_text())["person"] for name in ("fast", "more/slow")
    ]
    assert [person["age_years"] for person in people] == [30, 71]
    assert [person["height_m"] for person in people] == [1.7, None]
    page = (tmp_path / "out" / "index.html").read_text()
    for part in ("fast/reading.html", "more/slow/reading.html", "the person stands"):
        assert part in page


def test_json_of_a_folder_is_a_line_for_each_recording(recordings):
    result = run(recordings, "--people", recordings / "people.csv", "--json", "--height", 1.7)
    assert result.exit_code == 1
    read = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["file"] for one in read] == ["fast", "more/slow"]
    assert [one["person"]["height_m"] for one in read] == [1.7, 1.7]
    assert "standing.npz" in result.stderr


def test_results_do_not_lie_among_recordings(recordings):
    result = run(recordings, "-o", recordings)
    assert isinstance(result.exception, DataError)
    assert "another folder" in str(result.exception)


def test_a_folder_of_frames_is_one_recording(tmp_path, side_walk):
    people = [[frame, frame * [0.5, 0.5, 1] + [20, 200, 0]] for frame in side_walk.keypoints2d]
    folder = openpose_folder(tmp_path / "frames", people)
    said = ("--fps", 30, "--image-size", "640x480", "--height", 1.72, "--person", 1)
    result = run(folder, *said, "--json")
    assert result.exit_code == 0, result.output
    recording = json.loads(result.stdout)["recording"]
    assert recording["image_size"] == [640, 480]
    assert "2 people (1, 2): person 1 is read, as asked" in recording["chosen_and_put_right"]


def test_folders_of_recordings_are_told_from_folders_of_frames(tmp_path, side_walk):
    people = [[frame] for frame in side_walk.keypoints2d[:4]]
    frames = openpose_folder(tmp_path / "frames", people)
    for name in ("a", "b"):
        alphapose_file(tmp_path / f"{name}.json", people)
    (tmp_path / "a.csv").touch()
    (tmp_path / "notes.md").touch()
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "reading.json").touch()
    (tmp_path / "earlier" / "numbers.csv").touch()
    assert is_one_recording(frames)
    assert not is_one_recording(tmp_path)
    assert recordings_in(tmp_path) == {
        "a.csv": tmp_path / "a.csv",
        "a.json": tmp_path / "a.json",
        "b": tmp_path / "b.json",
        "frames": frames,
    }
    assert "a.csv" not in recordings_in(tmp_path, [tmp_path / "a.csv"])


def test_a_folder_without_recordings_is_refused(tmp_path):
    (tmp_path / "notes.md").touch()
    with pytest.raises(DataError, match="holds no recording"):
        recordings_in(tmp_path)


def test_people_are_found_by_name_or_file(tmp_path):
    table = tmp_path / "people.csv"
    table.write_text(
        "file;Age (years);sex;height_m\nwalk.npz;7,5;f;1,25\nmore/b;;;1,8\n".replace("Age (years)", "age_years")
    )
    people = read_walkers_table(table)
    assert walker_of(people, "x/walk", tmp_path / "x" / "walk.npz") == Walker(7.5, "female", 1.25)
    assert walker_of(people, "more/b", tmp_path / "more" / "b.csv") == Walker(None, None, 1.8)
    assert walker_of(people, "c", tmp_path / "c.csv") == Walker()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,age_years\na,3\n", "expected file"),
        ("file,age_years\na,old\n", "age_years, row 1: 'old'"),
        ("file,sex\na,f\nb,x\n", "sex, row 2: 'x'"),
        ("file,height_m\na,172\n", "height_m, row 1: 172 is outside"),
        ("file,age_years\na,3\na,4\n", "'a' twice"),
    ],
)
def test_tables_of_people_that_mean_nothing_are_refused(tmp_path, text, says):
    (tmp_path / "people.csv").write_text(text)
    with pytest.raises(DataError, match=rf"people\.csv: .*{says}"):
        read_walkers_table(tmp_path / "people.csv")


@pytest.mark.parametrize("size", ["640", "640x", "wide x high", "0x480"])
def test_a_picture_size_that_is_none_is_one_line(size, tmp_path):
    result = run(tmp_path / "walk.npz", "--image-size", size)
    assert result.exit_code == 2
    assert "like 1920x1080" in result.output


def test_what_is_not_there_is_named_and_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments in (("nowhere.npz", "-o", "out"), ("walk.npz", "--model", "nowhere")):
        result = run(*arguments)
        assert isinstance(result.exception, DataError)
        assert "nowhere" in str(result.exception)
    assert not list(tmp_path.iterdir())
