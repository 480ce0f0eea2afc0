import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from stick_cohort import write_cohort

from downstream.evaluate import NOTE, SEEN, evaluate, figures, pearson, write_evaluation
from downstream.targets import TARGETS
from downstream.train_estimator import TrainingSettings, train_estimator
from engine.core.errors import DataError


@pytest.fixture(scope="module")
def evaluation(model_folder, cohort):
    return evaluate(model_folder, cohort)


def test_it_beats_the_training_mean_on_people_it_has_not_seen(evaluation):
    for name, line in evaluation.to_dict()["targets"].items():
        assert line["mae"] < 0.5 * line["baseline_mae"], name
        assert line["r"] > 0.9, name
        assert line["n"] == 15


def test_the_network_adds_to_geometry_where_the_height_is_not_known(evaluation):
    line = evaluation.to_dict()["by_knowledge"]["height unknown"]["speed_mps"]
    assert line["mae"] < line["geometry_mae"]


def test_the_file_holds_what_the_report_reads(evaluation, tmp_path):
    write_evaluation(evaluation, tmp_path / "evaluation.json")
    data = json.loads((tmp_path / "evaluation.json").read_text())
    assert (data["split"], data["note"], data["model"]) == ("test", "synthetic validation", "model")
    assert set(data["targets"]) == set(TARGETS)
    for line in data["targets"].values():
        assert {"r", "mae", "baseline_mae", "geometry_mae", "n"} <= set(line)
    assert set(data["by_camera"]) == {"side", "oblique", "front"}
    assert sum(lines["speed_mps"]["n"] for lines in data["by_camera"].values()) == 15
    assert data["subject_means"]["speed_mps"]["n"] == 5


def test_figures_are_what_their_names_say():
    rows = pd.DataFrame({"x:true": [1.0, 2.0, 4.0], "x:estimate": [1.5, 2.0, 3.0], "x:geometry": [0.0, 2.0, 4.0]})
    line = figures(rows, "x", 2.0)
    assert (line["mae"], line["baseline_mae"], line["geometry_mae"]) == (0.5, 1.0, pytest.approx(1 / 3))
    assert line["r"] == pytest.approx(np.corrcoef([1, 2, 4], [1.5, 2, 3])[0, 1])


def test_r_is_not_made_up_where_there_is_none():
    assert pearson(np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None
    assert pearson(np.array([1.0, 2.0, 3.0]), np.ones(3)) is None


def test_evaluating_twice_gives_the_same_figures(evaluation, model_folder, cohort):
    assert evaluate(model_folder, cohort).to_dict() == evaluation.to_dict()


def test_it_says_so_when_people_were_seen_in_training(few, tmp_path):
    train_estimator(few, tmp_path / "model", TrainingSettings(epochs=1, noisy_walks=24))
    assert evaluate(tmp_path / "model", few, "test").note == NOTE
    assert evaluate(tmp_path / "model", few, "all").note == SEEN


def test_a_split_without_subjects_is_an_error(model_folder, tmp_path):
    cohort = write_cohort(tmp_path / "c", subjects=3, split=(1.0, 0.0, 0.0))
    with pytest.raises(DataError, match="split 'test'"):
        evaluate(model_folder, cohort)


@pytest.mark.slow
def test_uncertainties_are_as_large_as_errors_and_grow_with_what_is_not_known(tmp_path):
    train = write_cohort(tmp_path / "train", subjects=40, seed=1)
    new = write_cohort(tmp_path / "new", subjects=40, seed=2, split=(0.0, 0.0, 1.0))
    train_estimator(train, tmp_path / "model", replace(TrainingSettings(), epochs=20, noisy_walks=1000))
    evaluation = evaluate(tmp_path / "model", new)
    covered = evaluation.to_dict()["within_two_sd"]
    assert all(0.85 <= share <= 0.999 for share in covered.values()), covered
    sd = {key: rows.groupby("camera")["speed_mps:sd"].mean() for key, rows in evaluation.by_knowledge.items()}
    known = evaluation.rows.groupby("camera")["speed_mps:sd"].mean()
    assert (sd["height unknown"] > 1.25 * known).all()
    assert sd["focal length unknown"]["front"] > 1.25 * known["front"]
