"""Training from a cohort's folder: the same weights again, whoever draws the examples."""

import pandas as pd
import pytest
import torch
from made_folder import SOMEBODY, write_made_walk

from downstream.network.curve_network import load_network
from downstream.training.train_reader import ReaderSettings, train_reader
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
    other = train_reader(walks, tmp_path / "other", ReaderSettings(**{**vars(TINY), "workers": 2}))
    torch.set_num_threads(threads)
    for name, mine in one.state_dict().items():
        assert torch.equal(mine, other.state_dict()[name]), name
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
