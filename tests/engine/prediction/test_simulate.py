"""Files and jobs of ``gaitforge simulate``."""

import json
import os
import shutil
from dataclasses import replace

import pytest
import stub_stages
from norm_gait import norm_proposal

from engine.cohort.subject_file import read_subject
from engine.cohort.write import write_subject
from engine.core.errors import DataError, SpecError
from engine.gait.records import Rejection, RejectionReason
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.conditions import load_card
from engine.run.make_subject import Stages
from engine.run.workers import LocalExecutor
from engine.tools.prediction.jobs import find_jobs, propose
from engine.tools.prediction.simulate import simulate_jobs
from engine.tools.prediction.simulation_files import FAILURE, is_finished, read_simulation, write_simulation
from tests.made_cards import user_card, write_card

SPEC = "name: three\nseed: 4\ngroups: [{condition: healthy, subjects: 3, age_years: 30}]\n"


@pytest.fixture
def subject_folder(tmp_path, gait):
    folder = tmp_path / "cohort" / "subjects" / "s00007"
    folder.mkdir(parents=True)
    write_subject(folder / "subject.json", gait)
    return folder


def test_a_subject_of_a_cohort_comes_back_as_it_was(subject_folder, gait):
    (job,) = find_jobs((subject_folder,))
    proposal, shape = read_subject(job.subject_file)
    assert job.name == "s00007"
    assert proposal.subject == gait.subject
    assert proposal.parameters.to_dict() == gait.proposal.parameters.to_dict()
    assert proposal.cycle.coefficients == pytest.approx(gait.cycle.coefficients)
    assert shape.lengths_m == gait.body.lengths_m


def jobs_of(folder, spec=SPEC):
    file = folder / "spec.yaml"
    file.write_text(spec)
    return find_jobs((file,))


def test_a_subject_may_be_named_by_its_cohort_and_id(subject_folder):
    cohort = subject_folder.parent.parent
    assert find_jobs((cohort / "s00007",)) == find_jobs((subject_folder,))


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


def stopped(jobs, folder, gait):
    """Results of all jobs, none of which converged."""
    for job in jobs:
        rejection = Rejection(replace(gait.subject, id=job.name), RejectionReason.DIVERGED, None, "stopped")
        write_simulation(folder / job.name, job, gait.proposal, rejection)


def test_what_is_finished_is_not_done_again(tmp_path, gait):
    jobs, folder, seen = jobs_of(tmp_path), tmp_path / "out", []
    stopped(jobs, folder, gait)
    simulate_jobs(jobs, folder, executor=LocalExecutor(), workers=2, on_job=lambda job: seen.append(job.name))
    assert seen == [job.name for job in jobs]
    assert read_simulation(folder / "s00001")["detail"] == "stopped"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 4", "seed: 5"),
        ("age_years: 30", "age_years: 31"),
        ("age_years: 30", "age_years: 30, speed_mps: 1.1"),
        ("condition: healthy", "condition: stroke"),
        ("seed: 4", "seed: 4\nstages: {adapter: effort}"),
    ],
)
def test_results_of_another_spec_are_not_taken(tmp_path, gait, old, new):
    folder = tmp_path / "out"
    stopped(jobs_of(tmp_path), folder, gait)
    others = jobs_of(tmp_path, SPEC.replace(old, new))
    with pytest.raises(SpecError, match=r"out/s00000: holds a simulation of another"):
        simulate_jobs(others, folder, executor=LocalExecutor(), workers=1, on_job=lambda job: pytest.fail(job.name))


def test_what_a_card_says_of_body_and_gait_tells_results_apart(tmp_path):
    """Also where the name stays; aids are seen, not felt."""

    def fingerprint(card, modifier):
        write_card(tmp_path / "card.yaml", card)
        write_card(tmp_path / "modifier.yaml", modifier)
        group = "{condition: card.yaml, modifiers: {modifier.yaml: 0.5}, subjects: 1, age_years: 60}"
        return jobs_of(tmp_path, f"name: one\ngroups: [{group}]\n")[0].fingerprint()

    stroke, frailty = load_card("stroke"), load_card("frailty")
    shipped = fingerprint(stroke, frailty)
    assert fingerprint(user_card("stroke"), user_card("frailty", aids=[])) == shipped
    assert fingerprint(user_card("stroke", motion=stroke.motion[1:]), frailty) != shipped
    assert fingerprint(stroke, user_card("frailty", aids=[], mechanisms=frailty.mechanisms[1:])) != shipped


def test_results_of_another_cohort_are_not_taken(tmp_path, subject_folder, gait):
    folder, jobs = tmp_path / "out", find_jobs((subject_folder,))
    stopped(jobs, folder, gait)
    slower = replace(gait, cycle=replace(gait.cycle, speed_mps=0.9 * gait.cycle.speed_mps))
    write_subject(subject_folder / "subject.json", slower)
    with pytest.raises(SpecError, match="s00007"):
        simulate_jobs(jobs, folder, executor=LocalExecutor(), workers=1, on_job=lambda job: pytest.fail(job.name))


def test_a_job_that_meets_an_error_fails_alone(tmp_path, subject_folder, gait):
    """The others are simulated, and the next run takes up what failed."""
    jobs = find_jobs((subject_folder,))
    broken = subject_folder.parent / "s00008"
    shutil.copytree(subject_folder, broken)
    (broken / "subject.json").write_text("{}")
    jobs, folder, seen = [*find_jobs((broken,)), *jobs], tmp_path / "out", []
    stopped(jobs[1:], folder, gait)
    failures = simulate_jobs(
        jobs, folder, executor=LocalExecutor(), workers=1, on_job=lambda job: seen.append(job.name)
    )
    assert list(failures) == ["s00008"]
    assert "subject.json" in failures["s00008"].reason
    assert "Traceback" in (folder / "s00008" / FAILURE).read_text()
    assert sorted(seen) == ["s00007", "s00008"]
    assert not is_finished(folder / "s00008", jobs[0])


def test_stages_are_loaded_once_per_process_and_spec(tmp_path, monkeypatch):
    """Six subjects of two specs, whose proposals fail."""
    stub_stages.install(tmp_path / "installed")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    monkeypatch.setenv(stub_stages.CARE, str(tmp_path))
    jobs = []
    for folder, changed in (("one", "enforcer: stub"), ("two", "enforcer: opensim")):
        (tmp_path / folder).mkdir()
        text = stub_stages.spec_text((stub_stages.RAISES,) * 3).replace("enforcer: stub", changed)
        jobs += [replace(job, name=f"{folder} {job.name}") for job in jobs_of(tmp_path / folder, text)]
    failures = simulate_jobs(jobs, tmp_path / "out", executor=LocalExecutor(), workers=1, on_job=lambda _: None)
    assert {failure.reason for failure in failures.values()} == {"ValueError: a hole in the trousers"}
    assert len(failures) == 6
    loaded = [path.name.split("-")[1] for path in tmp_path.glob("loaded-*") if f"-{os.getpid()}-" not in path.name]
    assert len(loaded) == 2
    assert len(set(loaded)) == 1


class _Norms:
    """A proposer and a body maker: everybody walks as the norms say."""

    def make(self, subject):
        return anthropometric_body(subject.age_years, subject.sex, subject.height_m)

    def fingerprint(self):
        return "norms"

    def propose(self, subject, body, *, speed_mps, seed):  # noqa: ARG002
        return norm_proposal(subject)[0]


class _Slower:
    """An adapter: everybody walks at half the speed."""

    def adapt(self, proposal, body, baseline=None):  # noqa: ARG002
        return replace(proposal, cycle=replace(proposal.cycle, speed_mps=proposal.cycle.speed_mps / 2))


def test_a_spec_that_asks_for_adaptation_gets_it(tmp_path, enforcer):
    job, norms = jobs_of(tmp_path)[0], _Norms()
    plain, shape = propose(job, Stages(norms, norms, None, enforcer, None))
    adapted, _ = propose(job, Stages(norms, norms, _Slower(), enforcer, None))
    assert shape.lengths_m == norms.make(job.plan.subject).lengths_m
    assert adapted.cycle.speed_mps == pytest.approx(plain.cycle.speed_mps / 2)


def test_a_simulation_holds_opensim_files(tmp_path, subject_folder, gait):
    """Any record can be written; this one is the enforcer's."""
    (job,) = find_jobs((subject_folder,))
    assert not is_finished(tmp_path / "s", job)
    write_simulation(tmp_path / "s", job, gait.proposal, gait)
    names = {path.name for path in (tmp_path / "s").iterdir()}
    assert is_finished(tmp_path / "s", job)
    assert {"coordinates.mot", "grf.mot", "grf.xml", "activations.sto", "moments.sto", "planar_model.osim"} <= names
    assert read_simulation(tmp_path / "s")["cycle"]["speed_mps"] == pytest.approx(gait.cycle.speed_mps)
