"""The commands `render` and `contact-sheet`."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from engine.cohort.subject_file import subject_record
from engine.core.errors import DataError
from render.commands import app
from render.core.video import write_video
from render.film.filmer import PyrenderFilmer


@pytest.fixture
def walk_folder(walk, tmp_path):
    folder = tmp_path / "s000" / "w00"
    folder.mkdir(parents=True)
    PyrenderFilmer().film(walk, ["side"], folder, video=False, seed=1)
    record = {**subject_record(walk.subject), "segment_lengths_m": walk.gait.body.lengths_m}
    (folder.parent / "subject.json").write_text(json.dumps(record))
    return folder


def _run(*arguments: str):
    return CliRunner().invoke(app, arguments, catch_exceptions=True)


def test_films_again_what_a_cohort_holds(walk_folder, tmp_path):
    out = tmp_path / "again"
    result = _run("render", str(walk_folder), "--camera", "side", "--no-video", "-o", str(out), "--seed", "1")
    assert result.exit_code == 0, result.output
    with np.load(walk_folder / "side.npz") as first, np.load(out / "side.npz") as again:
        np.testing.assert_allclose(first["keypoints2d"], again["keypoints2d"], atol=1e-3)
        np.testing.assert_allclose(first["t"], again["t"], atol=1e-5)


def test_missing_files_are_named(walk_folder):
    (walk_folder.parent / "subject.json").unlink()
    assert "subject.json" in str(_run("render", str(walk_folder), "--no-video").exception)
    (walk_folder.parent / "subject.json").write_text("{}")
    assert isinstance(_run("render", str(walk_folder), "--no-video").exception, DataError)
    (walk_folder / "smplx.npz").unlink()
    assert "smplx.npz" in str(_run("render", str(walk_folder), "--no-video").exception)


def test_contact_sheet_of_a_cohort(tmp_path):
    """One row per video, its frames from first to last."""
    for name in ("w00/side", "w01/side"):
        (tmp_path / name).parent.mkdir()
        frames = [np.full((32, 48, 3), 10 + 20 * k, np.uint8) for k in range(10)]
        write_video((tmp_path / name).with_suffix(".mp4"), frames, (48, 32), 10.0)
    sheet = tmp_path / "out" / "sheet.png"
    result = _run("contact-sheet", str(tmp_path), "-o", str(sheet), "--frames", "4", "--height", "64")
    assert result.exit_code == 0, result.output
    picture = np.asarray(Image.open(sheet)).astype(int)
    assert picture.shape == (2 * (64 + 16 + 2), 4 * (96 + 2), 3)
    middles = picture[48, [48 + 98 * k for k in range(4)], 0]
    assert (np.abs(middles - [10, 70, 130, 190]) < 8).all()


def test_nothing_to_show_is_said(tmp_path):
    result = _run("contact-sheet", str(tmp_path))
    assert isinstance(result.exception, DataError)
    assert "gaitforge render" in str(result.exception)


@pytest.mark.parametrize("command", ["render", "contact-sheet"])
def test_help_teaches_by_example(command):
    result = _run(command, "--help")
    assert result.exit_code == 0
    assert f"gaitforge {command}" in result.output
