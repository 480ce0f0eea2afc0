"""A reader judged on a cohort, from the folder to the files that tell of it."""

import json

import pandas as pd
import pytest
import torch
from made_folder import SOMEBODY, write_made_walk
from typer.testing import CliRunner

from downstream.commands import app
from downstream.evaluation.error_figures import of, paired
from downstream.evaluation.evaluate_reader import NOTE, READER, SEEN, SET, evaluate
from downstream.evaluation.evaluation_file import write_evaluation, write_rows
from downstream.evaluation.judged_groups import GROUPS
from downstream.evaluation.reader_card import CARD_FILE, write_model_card
from downstream.network.curve_network import CurveNetwork, save_network
from downstream.walks.cohort_walks import cohort_hash, cohort_walks
from engine.cohort.layout import CohortFiles
from engine.core.errors import DataError
from engine.report.summary import read_evaluation
from tests.engine.made_walk import Recipe

CLIPS = 3


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """Four made walks: two teach, one checks, one is kept for the end."""
    folder = tmp_path_factory.mktemp("judged") / "cohort"
    people = (("a", 1.2, "train"), ("b", 0.8, "train"), ("c", 1.0, "validation"), ("d", 1.1, "test"))
    for name, speed, _ in people:
        write_made_walk(folder / "subjects" / name / "w00", Recipe(SOMEBODY, speed, stride_times=(1.1,) * 6))
    rows = [{"subject_id": name, "walk_id": "w00", "split": split, "condition": "healthy"} for name, _, split in people]
    pd.DataFrame(rows).to_parquet(folder / "manifest.parquet")
    (folder / "cohort.yaml").write_text("spec: {}\n")
    return folder


def network(**trained_on):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = CurveNetwork(width=32, groups=2, dilations=(1, 2), trained_on=trained_on).eval()
    with torch.no_grad():
        made.pooled[-1].bias[-1] = 3.0
    return made


@pytest.fixture(scope="module")
def evaluation(cohort):
    return evaluate(network(walks=2, subjects=2), "untrained", cohort, clips=CLIPS)


def test_the_recordings_of_the_split_are_judged(evaluation):
    assert (evaluation.recordings + evaluation.left_out, evaluation.people, evaluation.note) == (CLIPS, 1, NOTE)
    assert set(evaluation.rows["method"]) == {READER, "geometry", "spectrum", "regression", "mean"}
    assert set(GROUPS) <= set(evaluation.rows)
    assert evaluation.rows[list(GROUPS)].notna().all().all()


def test_untrained_it_errs_as_geometry_does(evaluation):
    own, geometry, count = paired(evaluation.rows, "cadence_spm", READER, "geometry")
    assert count == evaluation.recordings
    assert own == pytest.approx(geometry, abs=1.0)


def test_everybody_is_judged_on_the_same_recordings(evaluation, cohort):
    again = evaluate(network(), "another", cohort, clips=CLIPS + 1)
    columns = ["recording", "quantity", "true"]
    mine, theirs = (of(one.rows, "geometry", "cadence_spm")[columns] for one in (evaluation, again))
    assert mine.values.tolist() == theirs.values.tolist()[: len(mine)]


def test_it_says_so_when_people_were_learnt_from(cohort):
    same = network(cohort_hash=cohort_hash(cohort))
    notes = {split: evaluate(same, "same", cohort, split, clips=1).note for split in ("train", "validation", "test")}
    assert notes == {"train": SEEN, "validation": SET, "test": NOTE}
    assert evaluate(network(cohort_hash="other"), "other", cohort, "train", clips=1).note == NOTE


def test_the_report_of_the_cohort_finds_the_figures(evaluation, tmp_path):
    write_evaluation(evaluation, tmp_path / "evaluation.json")
    found = read_evaluation(CohortFiles(tmp_path))
    speed = next(line for line in found.lines if line.title == "walking speed")
    told = json.loads((tmp_path / "evaluation.json").read_text())
    assert (found.model, found.split, speed.unit) == ("untrained", "test", "m/s")
    assert [line.title for line in found.lines] == [line["title"] for line in told["quantities"]]
    assert set(told["by"]) == set(GROUPS)
    assert sum(line["events"]["n"] for line in told["by"]["view"].values()) == len(
        of(evaluation.rows, READER, "events").dropna(subset="true")
    )
    with pytest.raises(DataError, match="cannot be written"):
        write_evaluation(evaluation, tmp_path / "nowhere" / "evaluation.json")


def test_all_errors_are_a_table(evaluation, tmp_path):
    write_rows(evaluation, tmp_path / "rows.csv")
    told = pd.read_csv(tmp_path / "rows.csv", keep_default_na=False, na_values=[""])
    assert len(told) == len(evaluation.rows)
    assert told["error"].mean() == pytest.approx(evaluation.rows["error"].mean(), rel=1e-4)


def test_the_card_tells_figures_and_limits(evaluation, tmp_path):
    text = write_model_card(evaluation, tmp_path).read_text()
    assert NOTE in text
    assert "2 walks of 2 people" in text
    for heading in ("Learnt from", "Figures", "By group", "Calibration", "what must not be claimed"):
        assert heading in text
    assert f"{of(evaluation.rows, READER, 'cadence_spm')['error'].mean():.3f}" in text


def test_the_command_writes_what_it_says(cohort, tmp_path):
    save_network(network(walks=2, subjects=2), tmp_path / "reader")
    options = ["--clips", "1", "--rows", str(tmp_path / "rows.csv"), "--card"]
    result = CliRunner().invoke(app, ["evaluate", str(tmp_path / "reader"), str(cohort), *options])
    assert result.exit_code == 0, result.output
    assert read_evaluation(CohortFiles(cohort)).split == "test"
    assert (tmp_path / "rows.csv").is_file()
    assert (tmp_path / "reader" / CARD_FILE).is_file()


def test_a_cohort_without_such_people_is_an_error(cohort, tmp_path):
    with pytest.raises(DataError, match="not a finished cohort"):
        evaluate(network(), "lost", tmp_path)
    assert list(cohort_walks(cohort, "all"))
