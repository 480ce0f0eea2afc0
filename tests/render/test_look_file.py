"""Scene descriptions: what ships reads, what a file names replaces, what is wrong is named; places and previews drawn from them."""

import dataclasses
import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from engine.cohort.subject_file import subject_record
from engine.errors import SpecError
from render.aids.aid import Aid
from render.commands import app
from render.filmer import PyrenderFilmer
from render.look_file import read_look, shipped_looks
from render.scene import draw_place
from render.take import with_aid


@pytest.mark.parametrize("name", shipped_looks())
def test_looks_that_ship_can_be_read(name):
    look = read_look(name)
    assert sum(look.place.odds.values()) > 0
    assert "side" in look.cameras.named


def test_a_file_replaces_the_fields_that_it_names(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("cameras: {fps: 60, seconds: 2}\nplace: {odds: {street: 1}}\n")
    mine, shipped = read_look(str(path)), read_look()
    assert (mine.cameras.fps, mine.cameras.seconds) == (60, 2)
    assert mine.cameras.named == shipped.cameras.named
    assert mine.people == shipped.people
    assert mine.place.odds == {"street": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("camera: {fps: 60}", r"mine\.yaml: camera: Extra inputs"),
        ("cameras: {fps: -1}", r"mine\.yaml: cameras\.fps"),
        ("cameras: 3", r"mine\.yaml: cameras: expected fields, found int"),
        ("place: {odds: {beach: 1}}", r"no place is called 'beach'; there are corridor"),
        ("backend: 7", r"mine\.yaml: backend"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(SpecError, match=message):
        read_look(str(path))


def test_an_unknown_look_names_those_there_are():
    with pytest.raises(SpecError, match="no look is called 'nice'; there are clinic, default"):
        read_look("nice")


def test_an_unknown_backend_is_refused_before_work_starts(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("backend: oils")
    with pytest.raises(SpecError, match="no painter is called 'oils'"):
        PyrenderFilmer(look=str(path)).check(["side"])


def test_without_video_only_places_that_labels_feel_are_built(walk, tmp_path):
    take = PyrenderFilmer().take(walk)
    assert draw_place(take, read_look("plain"), 0, video=False) is None
    path = tmp_path / "belt.yaml"
    path.write_text("place: {odds: {treadmill: 1}}")
    assert draw_place(take, read_look(str(path)), 0, video=False).belt


def test_a_treadmill_keeps_the_walker_in_place(walk, tmp_path):
    path = tmp_path / "belt.yaml"
    path.write_text("place: {odds: {treadmill: 1}}")
    PyrenderFilmer(look=str(path)).film(walk, ["side"], tmp_path, video=False, seed=0)
    with np.load(tmp_path / "side.npz") as labels:
        pelvis = labels["joints3d"][:, 0, 2]
    assert np.ptp(pelvis) < 0.2 < np.ptp(walk.dynamics.q[:, 3])


def test_a_clip_without_a_whole_step_is_filmed_without_the_aid(walk):
    take = PyrenderFilmer().take(walk)
    assert with_aid(take, Aid("rollator", ("left", "right"))).aid is not None
    still = dataclasses.replace(take, pose=take.pose.frame(0))
    assert with_aid(still, Aid("cane", ("right",))).aid is None


def test_a_preview_shows_each_draw(rasterise, walk, tmp_path):  # noqa: ARG001
    folder = tmp_path / "s000" / "w00"
    folder.mkdir(parents=True)
    PyrenderFilmer().film(walk, ["side"], folder, video=False, seed=1)
    record = {**subject_record(walk.subject), "segment_lengths_m": walk.gait.body.lengths_m}
    (folder.parent / "subject.json").write_text(json.dumps(record))
    sheet = tmp_path / "preview.png"
    run = CliRunner().invoke(
        app, ["render", str(folder), "--look", "plain", "--preview", "--tiles", "2", "-o", str(sheet)]
    )
    assert run.exit_code == 0, run.output
    left, right = np.array_split(np.asarray(Image.open(sheet)).astype(int), 2, axis=1)
    assert left.shape == right.shape
    assert np.abs(left - right).mean() > 1
