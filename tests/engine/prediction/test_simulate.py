"""Files and jobs of ``gaitforge simulate``."""

import json
from dataclasses import replace

import pytest

from engine.cohort.subject_file import read_subject
from engine.cohort.write import write_subject
from engine.errors import DataError, SpecError
from engine.prediction.fleet import simulate_jobs
from engine.prediction.jobs import find_jobs
from engine.prediction.write import is_finished, read_simulation, write_simulation
from engine.records import Rejection, RejectionReason

SPEC = "name: three\ngroups: [{condition: healthy, subjects: 3, age_years: 30}]\n"


@pytest.fixture
def subject_folder(tmp_path, gait):
    folder = tmp_path / "cohort" / "subjects" / "s00007"
    folder.mkdir(parents=True)
    write_subject(folder / "subject.json", gait, "healthy")
    return folder


def test_a_subject_of_a_cohort_comes_back_as_it_was(subject_folder, gait):
    (job,) = find_jobs((subject_folder,))
    proposal, shape = read_subject(job.subject_file)
    assert job.name == "s00007"
    assert proposal.subject == gait.subject
    assert proposal.parameters.to_dict() == gait.proposal.parameters.to_dict()
    assert proposal.cycle.coefficients == pytest.approx(gait.cycle.coefficients)
    assert shape.lengths_m == gait.body.lengths_m


def test_a_spec_gives_a_job_per_subject(tmp_path):
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC)
    assert [job.name for job in find_jobs((spec,))] == ["s00000", "s00001", "s00002"]
    with pytest.raises(SpecError, match="named twice"):
        find_jobs((spec, spec))


def test_folders_without_a_subject_and_broken_subjects_are_named(tmp_path, subject_folder):
    with pytest.raises(SpecError, match=r"holds no subject\.json"):
        find_jobs((tmp_path,))
    file = subject_folder / "subject.json"
    data = json.loads(file.read_text())
    del data["cycle"]
    file.write_text(json.dumps(data))
    with pytest.raises(DataError, match="cycle"):
        read_subject(file)


def test_what_is_finished_is_not_done_again(tmp_path, gait):
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC)
    jobs, folder = find_jobs((spec,)), tmp_path / "out"
    for job in jobs:
        rejection = Rejection(replace(gait.subject, id=job.name), RejectionReason.DIVERGED, None, "stopped")
        write_simulation(folder / job.name, gait.proposal, rejection)
    seen = []
    simulate_jobs(jobs, folder, workers=2, on_job=lambda job: seen.append(job.name))
    assert seen == [job.name for job in jobs]
    assert read_simulation(folder / "s00001")["detail"] == "stopped"


def test_a_simulation_holds_opensim_files(tmp_path, gait):
    """Any record can be written; this one is the enforcer's."""
    write_simulation(tmp_path / "s", gait.proposal, gait)
    names = {path.name for path in (tmp_path / "s").iterdir()}
    assert is_finished(tmp_path / "s")
    assert {"coordinates.mot", "grf.mot", "grf.xml", "activations.sto", "moments.sto", "planar_model.osim"} <= names
    assert read_simulation(tmp_path / "s")["cycle"]["speed_mps"] == pytest.approx(gait.cycle.speed_mps)
