"""Training from a cohort's folder: the same weights again, whoever draws the examples and however often it was stopped."""

import shutil
from contextlib import contextmanager
from dataclasses import replace

import pandas as pd
import pytest
import torch
from made_folder import SOMEBODY, write_made_walk
from typer.testing import CliRunner

from downstream.commands import app
from downstream.network.curve_network import load_network
from downstream.training.checkpoint import CHECKPOINT_FILE
from downstream.training.reader_settings import ReaderSettings
from downstream.training.train_reader import train_reader
from downstream.training.visits import Visits, batches_by_length
from engine.core.errors import DataError
from tests.engine.made_walk import Recipe

TINY = ReaderSettings(epochs=2, clips=2, batch_size=2, batches=2, seed=4, calibration=4, workers=0)


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    """A cohort of three made walks; two teach."""
    folder = tmp_path_factory.mktemp("reader") / "cohort"
    rows = []
    for name, speed, split in (("a", 1.2, "train"), ("b", 0.8, "train"), ("c", 1.0, "validation")):
        recipe = Recipe(SOMEBODY, speed, stride_times=(1.1,) * 4)
        write_made_walk(folder / "subjects" / name / "w00", recipe)
        rows.append({"subject_id": name, "walk_id": "w00", "split": split, "condition": "healthy", "speed_mps": speed})
    pd.DataFrame(rows).to_parquet(folder / "manifest.parquet")
    (folder / "cohort.yaml").write_text("spec: {}\n")
    return folder


def assert_same_weights(one, other):
    for name, mine in one.state_dict().items():
        assert torch.equal(mine, other.state_dict()[name]), name


@contextmanager
def away(path):
    """Meanwhile the file is elsewhere."""
    moved = path.rename(path.with_suffix(".away"))
    yield
    moved.rename(path)


def test_a_visit_depends_on_its_place_alone(walks):
    folders = [walks / "subjects" / name / "w00" for name in "ab"]
    visits, longer = Visits(folders, 2, 2, seed=1), Visits(folders, 3, 2, seed=1)
    last = visits[3]
    again = longer[3]
    assert [len(one.events) for one in last] == [len(one.events) for one in again]
    assert (last[0].signals.frames == again[0].signals.frames).all()
    assert sorted(visits.order[:2]) == sorted(visits.order[2:]) == [0, 1]
    batches = batches_by_length([visits[0], last], parts=2)
    lengths = [batch.signals.mask.sum(dim=1) for batch in batches]
    assert lengths[0].max() <= lengths[1].min()


def test_the_same_weights_again_with_processes(walks, tmp_path):
    one = train_reader(walks, tmp_path / "one", TINY)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    other = train_reader(walks, tmp_path / "other", replace(TINY, workers=2))
    torch.set_num_threads(threads)
    assert_same_weights(one, other)
    told = load_network(tmp_path / "one").config["trained_on"]
    assert told == dict(load_network(tmp_path / "other").config["trained_on"])
    assert (told["subjects"], told["walks"], told["examples"]) == (2, 2, 8)
    assert told["ranges"]["speed_mps"] == [0.8, 1.2]
    assert told["uncertainty_set_by_examples"] == 0, "one validation walk is too little"
    assert (tmp_path / "one" / "diffusion_pytorch_model.safetensors").stat().st_size < 5e6


def test_what_cannot_teach_is_refused(walks, tmp_path):
    with pytest.raises(DataError, match="not a finished cohort"):
        train_reader(tmp_path, tmp_path / "out", TINY)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        train_reader(walks, tmp_path / "file", TINY)


def test_a_stopped_training_goes_on_to_the_same_weights(walks, tmp_path):
    """The second of two walks cannot be read at first; then the first one, which is not visited again, is gone."""
    settings = replace(TINY, epochs=1, batches=1, checkpoint_s=0.0)
    whole = train_reader(walks, tmp_path / "whole", settings)
    order = Visits([walks, walks], 1, TINY.clips, TINY.seed).order
    first, second = (walks / "subjects" / "ab"[index] / "w00" / "points.npz" for index in order)
    with away(second), pytest.raises(DataError, match="missing"):
        train_reader(walks, tmp_path / "stopped", settings)
    assert (tmp_path / "stopped" / CHECKPOINT_FILE).is_file()
    with away(first):
        again = train_reader(walks, tmp_path / "stopped", replace(settings, workers=1))
    assert_same_weights(whole, again)
    assert not list(tmp_path.glob(f"*/{CHECKPOINT_FILE}")), "what is learnt is saved, and what is on its way is not"


def test_no_training_goes_on_from_another(walks, tmp_path):
    settings = replace(TINY, epochs=1, batches=1, checkpoint_s=0.0)
    last = Visits([walks, walks], 1, TINY.clips, TINY.seed).order[-1]
    with away(walks / "subjects" / "ab"[last] / "w00" / "points.npz"), pytest.raises(DataError, match="missing"):
        train_reader(walks, tmp_path, settings)
    with pytest.raises(DataError, match="of other settings"):
        train_reader(walks, tmp_path, replace(settings, seed=5))
    shutil.copytree(walks, tmp_path / "grown")
    (tmp_path / "grown" / "cohort.yaml").write_text("spec: {seed: 1}\n")
    with pytest.raises(DataError, match="of other cohort, cohort_hash"):
        train_reader(tmp_path / "grown", tmp_path, settings)
    (tmp_path / CHECKPOINT_FILE).write_bytes(b"nonsense")
    with pytest.raises(DataError, match="remove it to begin anew"):
        train_reader(walks, tmp_path, settings)


def test_the_command_tells_on_whom_and_how_to_go_on(walks, tmp_path):
    asked = ["train", str(walks), "-o", str(tmp_path), "--examples", "9", "--clips", "2", "--workers", "1"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert "8 views of 2 walks of 2 people" in result.output, "the same number of each walk"
    assert "0.8 to 1.2 m/s" in result.output
    assert "healthy 2" in result.output
    assert f"gaitforge evaluate {tmp_path} {walks}" in result.output
    assert load_network(tmp_path).config["trained_on"]["settings"]["epochs"] == 2
