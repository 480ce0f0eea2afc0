"""What becomes of a cohort whose subjects raise, die or are made in parts."""

import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pandas as pd
import pytest
import stub_stages
from stub_stages import CARE, DIES, DIES_AT_FIRST, FILLS, LACKS, RAISES, REFUSES, SLIPS

from engine.cli import build, run
from engine.cohort.layout import CohortFiles
from engine.report.report import write_report

TROUBLED = (60.0, RAISES, 61.0, DIES, REFUSES, 62.0, DIES_AT_FIRST, SLIPS)
"""Masses: subjects 0, 2, 5 and 6 can be made, 1, 3 and 4 fail, 7 is rejected."""

SOME = (60.0, RAISES, 61.0, 62.0, REFUSES, 63.0, 64.0, SLIPS)


@pytest.fixture(scope="module", autouse=True)
def care(tmp_path_factory):
    """The stubs are installed; the folder tells them how to behave."""
    folder = tmp_path_factory.mktemp("care")
    stub_stages.install(folder / "installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder / "installed")
        patch.setenv(CARE, str(folder))
        yield folder


def command(*arguments):
    """Exit status of a command, and what it printed."""
    with io.StringIO() as printed, redirect_stdout(printed), redirect_stderr(printed):
        with pytest.raises(SystemExit) as end:
            run(build(), [*map(str, arguments)])
        return end.value.code or 0, " ".join(printed.getvalue().split())


def cohort(masses, folder, *options, executor="here"):
    """Makes a cohort by the command line: its files, exit status and what was printed."""
    spec = folder.with_suffix(".yaml")
    spec.write_text(stub_stages.spec_text(masses))
    return CohortFiles(folder), *command("cohort", spec, "-o", folder, "--executor", executor, *options)


def ids(table):
    return list(pd.read_parquet(table).subject_id)


@pytest.fixture(autouse=True)
def _as_it_was(care):
    (care / "mended").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def troubled_by_workers(care, tmp_path_factory):
    """The same cohort, made by one worker and by two."""
    made = {}
    for workers in (1, 2):
        (care / "died").unlink(missing_ok=True)
        folder = tmp_path_factory.mktemp("troubled") / "cohort"
        made[workers] = cohort(TROUBLED, folder, "--workers", workers, executor="local")
    return made


@pytest.fixture
def troubled(troubled_by_workers):
    return troubled_by_workers[2]


def test_a_poison_subject_is_an_outcome(troubled):
    files, status, told = troubled
    assert status == 1
    assert ids(files.manifest) == ["s00000", "s00002", "s00005", "s00006"]
    assert ids(files.rejections) == ["s00007", "s00007"]
    failures = pd.read_parquet(files.failures).set_index("subject_id")
    assert list(failures.index) == ["s00001", "s00003", "s00004"]
    assert failures.reason["s00001"] == "ValueError: a hole in the trousers"
    assert "killed by signal 9" in failures.reason["s00003"]
    assert failures.reason["s00004"] == "nobody of this size walks at this speed"
    assert set(failures.condition) == {"healthy"}
    assert "4 of 8 subjects made" in told
    assert "3 failed" in told
    assert all(name in told for name in failures.index)
    assert "in _trouble" in (files.folder / failures.file["s00001"]).read_text()
    assert "killed by signal 9" in (files.folder / failures.file["s00003"]).read_text()


def test_nothing_but_the_error_is_kept_of_a_failed_subject(troubled):
    files, *_ = troubled
    assert {path.name for path in files.subject("s00001").folder.iterdir()} == {"outcome.json", "failure.txt"}


def test_the_report_tells_of_failures(troubled):
    files, *_ = troubled
    page = write_report(files.folder).read_text(encoding="utf-8")
    assert "<b>3</b> failed" in page
    assert "a hole in the trousers" in page
    assert "subjects/s00001/failure.txt" in page


def test_the_number_of_workers_does_not_matter(troubled_by_workers):
    one, two = (files for files, *_ in troubled_by_workers.values())
    for name in ("manifest", "rejections", "failures", "spec"):
        assert getattr(one, name).read_bytes() == getattr(two, name).read_bytes()


def test_failed_subjects_stay_failed_unless_they_are_to_be_tried_again(care, tmp_path):
    files, *_ = cohort((60.0, RAISES, REFUSES), tmp_path / "c")
    again = ("cohort", tmp_path / "c.yaml", "-o", files.folder, "--executor", "here")
    (care / "mended").touch()
    times = {path: path.stat().st_mtime_ns for path in files.folder.glob("subjects/*/outcome.json")}
    status, told = command(*again)
    assert status == 1
    assert "2 failed" in told
    assert "--retry-failed" in told
    assert {path: path.stat().st_mtime_ns for path in times} == times
    status, told = command(*again, "--retry-failed")
    assert (status, ids(files.manifest), ids(files.failures)) == (1, ["s00000", "s00001"], ["s00002"])
    assert not files.subject("s00001").failure.exists()
    kept = files.subject("s00000").outcome
    assert kept.stat().st_mtime_ns == times[kept]


def test_a_cohort_with_work_to_do_has_no_tables(tmp_path):
    """A run that is stopped while it tries failed subjects again leaves no manifest that counts none of them."""
    files, *_ = cohort((60.0, RAISES, 61.0), tmp_path / "c")
    again = ("cohort", tmp_path / "c.yaml", "-o", files.folder, "--retry-failed", "--executor")
    before = {path: path.read_bytes() for path in (files.manifest, files.failures, files.rejections)}
    status, told = command(*again, "forgetful")
    assert (status, "1 of 1 subjects: s00001" in told) == (2, True)
    assert not any(path.exists() for path in before)
    assert files.subject("s00000").outcome.is_file()
    assert not files.subject("s00001").outcome.exists()
    assert command(*again, "here")[0] == 1
    assert {path: path.read_bytes() for path in before} == before
    shutil.rmtree(files.subject("s00002").folder)
    assert command(*again[:-2], "--executor", "forgetful")[0] == 2
    assert not files.manifest.exists(), "likewise when a subject was taken away"


def test_an_executor_that_loses_subjects_is_told_of(tmp_path):
    files, status, told = cohort((60.0, 61.0, 62.0), tmp_path / "c", executor="forgetful")
    assert status == 2
    assert "the executor told nothing of 1 of 3 subjects: s00000; the same command goes on" in told
    assert files.subject("s00001").outcome.is_file()
    assert not files.manifest.exists()


def test_what_resists_removal_does_not_hinder_a_failure(care, tmp_path):
    """Here a folder that is a link, which is not removed as a folder is."""
    files, *_ = cohort((RAISES,), tmp_path / "c", "--part", "1/1")
    folder = files.subject("s00000").folder
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert command("cohort", tmp_path / "c.yaml", "-o", files.folder, "--executor", "here", "--retry-failed")[0] == 1
    assert ids(files.failures) == ["s00000"]
    (care / "mended").touch()
    assert command("cohort", tmp_path / "c.yaml", "-o", files.folder, "--executor", "here", "--retry-failed")[0] == 0
    assert ids(files.manifest) == ["s00000"]


@pytest.mark.parametrize("executor", ["local", "here"])
def test_a_full_disk_stops_the_run_with_one_line(tmp_path, executor):
    files, status, told = cohort((FILLS, FILLS), tmp_path / "c", "--workers", 1, executor=executor)
    assert status == 2
    assert told.endswith(
        "Error: [Errno 28] No space left on device: 'walk.mot'; make room, then run the same command again"
    )
    assert not list(files.folder.glob("subjects/*/outcome.json"))


def test_what_every_subject_would_lack_stops_the_run(tmp_path):
    files, status, told = cohort((60.0, LACKS, 61.0), tmp_path / "c", "--workers", 1, executor="local")
    assert status == 2
    assert told.endswith("Error: no body model: pip install one")
    assert files.subject("s00000").outcome.is_file()
    assert not files.subject("s00001").outcome.exists()
    assert not files.manifest.exists()


def test_an_executor_that_nobody_installed_leaves_nothing(tmp_path):
    files, status, told = cohort((60.0,), tmp_path / "c", executor="abacus")
    assert status == 2
    assert "abacus" in told
    assert "local" in told
    assert not files.folder.exists()


@pytest.mark.parametrize("part", ["0/3", "4/3", "1", "a/b", "1/0"])
def test_no_part(tmp_path, part):
    files, status, told = cohort((60.0,), tmp_path / "c", "--part", part)
    assert status == 2
    assert part in told
    assert not files.folder.exists()


def test_parts_in_a_shared_folder_join_to_one_run(tmp_path):
    whole, shared = cohort(SOME, tmp_path / "whole")[0], tmp_path / "shared"
    for part, expected in (("2/3", 1), ("1/3", 0)):
        files, status, told = cohort(SOME, shared, "--part", part)
        assert status == expected, "only subjects of this part count"
        assert f"Part {part}" in told
        assert "gaitforge join" in told
    assert {path.name for path in (shared / "subjects").iterdir()} == {f"s0000{k}" for k in (0, 3, 6, 1, 4, 7)}
    assert not files.manifest.exists()
    status, told = command("join", shared)
    assert status == 2
    assert "2 of 8 subjects are missing: s00002, s00005" in told
    assert f"gaitforge cohort SPEC -o {shared}" in told
    cohort(SOME, shared, "--part", "3/3")
    assert command("join", shared)[0] == 1
    for name in ("manifest", "rejections", "failures"):
        assert getattr(files, name).read_bytes() == getattr(whole, name).read_bytes()


def test_reasons_are_where_a_run_says(tmp_path):
    """Of more failures than are printed: of a part with each subject, since only a run of the whole writes a table."""
    masses, folder = (RAISES,) * 7, tmp_path / "c"
    files, _, told = cohort(masses, folder, "--part", "1/1")
    assert f"and 2 more in {files.failures}" in told
    files, _, told = cohort((*masses, *masses), tmp_path / "d", "--part", "2/2")
    assert f"and 2 more in {tmp_path / 'd'}/subjects/*/failure.txt" in told
    assert not files.failures.exists()


def test_parts_in_their_own_folders_are_copied(tmp_path):
    masses, parts = (60.0, 61.0, 62.0), (tmp_path / "one", tmp_path / "two")
    whole, *_ = cohort(masses, tmp_path / "whole")
    for number, folder in enumerate(parts, start=1):
        assert cohort(masses, folder, "--part", f"{number}/2")[1] == 0
    before = {path: path.stat().st_mtime_ns for folder in parts for path in folder.rglob("*")}
    joined = CohortFiles(tmp_path / "joined")
    assert command("join", *parts)[0] == 2
    assert command("join", *parts, "-o", joined.folder)[0] == 0
    assert {path: path.stat().st_mtime_ns for folder in parts for path in folder.rglob("*")} == before
    here, there = ({str(p.relative_to(f.folder)) for p in f.folder.rglob("*")} for f in (joined, whole))
    assert here == there
    assert joined.manifest.read_bytes() == whole.manifest.read_bytes()
    assert joined.spec.read_bytes() == whole.spec.read_bytes()


def test_a_subject_that_was_made_anywhere_counts(care, tmp_path):
    masses = (RAISES, 60.0)
    failed, *_ = cohort(masses, tmp_path / "failed")
    shutil.copytree(failed.folder, tmp_path / "made")
    (care / "mended").touch()
    assert (
        command(
            "cohort",
            failed.folder.with_suffix(".yaml"),
            "-o",
            tmp_path / "made",
            "--executor",
            "here",
            "--retry-failed",
        )[0]
        == 0
    )
    for parts in ((failed.folder, tmp_path / "made"), (tmp_path / "made", failed.folder)):
        out = CohortFiles(tmp_path / f"out of {parts[0].name}")
        assert command("join", *parts, "-o", out.folder)[0] == 0
        assert ids(out.manifest) == ["s00000", "s00001"]


def test_parts_of_different_cohorts_are_not_joined(tmp_path):
    one, *_ = cohort((60.0,), tmp_path / "one")
    two, *_ = cohort((61.0,), tmp_path / "two")
    status, told = command("join", one.folder, two.folder, "-o", tmp_path / "out")
    assert status == 2
    assert "another spec" in told
    assert not (tmp_path / "out").exists()
    assert "no part of a cohort" in command("join", tmp_path)[1]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    assert command("join", one.folder, "-o", tmp_path / "full")[0] == 2


def test_a_folder_that_another_part_begins_meanwhile_is_no_stranger(tmp_path, monkeypatch):
    """The other part's spec appears after it has been looked for, before the folder is listed."""
    other, *_ = cohort((60.0, 61.0), tmp_path / "other", "--part", "1/2")
    (tmp_path / "c").mkdir()
    listed = Path.iterdir

    def meanwhile(folder):
        if folder == tmp_path / "c":
            shutil.copyfile(other.spec, folder / other.spec.name)
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", meanwhile)
    assert cohort((60.0, 61.0), tmp_path / "c", "--part", "2/2")[1] == 0
    assert cohort((60.0, 62.0), tmp_path / "c", "--part", "2/2")[1] == 2


def filmed(folder, look, *options):
    """A cohort of two people filmed in a look that lies beside its spec."""
    folder.mkdir(exist_ok=True)
    (folder / "evening.yaml").write_text(look)
    text = stub_stages.spec_text((60.0, 61.0)).replace("enforcer: stub", "enforcer: stub, filmer: stub")
    (folder / "spec.yaml").write_text(text + "cameras: [side]\nlook: evening.yaml\n")
    return command("cohort", folder / "spec.yaml", "-o", folder / "made", "--executor", "here", *options)


def test_a_cohort_is_not_finished_in_another_look(tmp_path):
    """That a file says something else is seen, whatever the file is called."""
    assert filmed(tmp_path, "odds: 1", "--part", "1/2")[0] == 0
    status, told = filmed(tmp_path, "odds: 2")
    assert status == 2
    assert "made from another look" in told
    assert filmed(tmp_path, "odds: 1")[0] == 0


def test_a_look_that_changes_while_the_cohort_is_made_ends_the_run(tmp_path, monkeypatch):
    """A process that begins later, or on another machine, would film in it."""
    begin = stub_stages.HereExecutor.run

    def run(executor, *arguments, **options):
        (tmp_path / "evening.yaml").write_text("odds: 2")
        return begin(executor, *arguments, **options)

    monkeypatch.setattr(stub_stages.HereExecutor, "run", run)
    status, told = filmed(tmp_path, "odds: 1")
    assert status == 2
    assert "made from another look" in told


def test_parts_filmed_in_one_look_are_joined_wherever_it_lies(tmp_path):
    places = [tmp_path / name for name in ("here", "there", "elsewhere")]
    for number, (place, look) in enumerate(zip(places, ("odds: 1", "odds: 1", "odds: 2"), strict=True), start=1):
        assert filmed(place, look, "--part", f"{min(number, 2)}/2")[0] == 0
    here, there, elsewhere = (place / "made" for place in places)
    assert command("join", here, there, "-o", tmp_path / "joined")[0] == 0
    status, told = command("join", here, elsewhere, "-o", tmp_path / "other")
    assert status == 2
    assert "another look or filmer than in" in told


def with_points(folder, name, *options, points="true", keep="everything"):
    """Nobody is filmed, but where the body is shall be kept."""
    (folder / "evening.yaml").write_text("odds: 1")
    text = stub_stages.spec_text((60.0, 61.0)).replace("enforcer: stub", "enforcer: stub, filmer: stub")
    text = text.replace("mass_kg: 61.0", "mass_kg: 61.0, walks: 3")
    (folder / "spec.yaml").write_text(
        f"{text}walks_per_subject: 2\npoints: {points}\nkeep: {keep}\nlook: evening.yaml\n"
    )
    return command("cohort", folder / "spec.yaml", "-o", folder / name, "--executor", "here", *options)


def kept_points(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.glob("subjects/*/*/points.npz")}


def test_points_are_kept_of_each_walk_without_cameras(tmp_path):
    assert with_points(tmp_path, "whole")[0] == 0
    kept = kept_points(tmp_path / "whole")
    walks = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]
    assert sorted(kept) == [f"subjects/s0000{person}/w0{walk}/points.npz" for person, walk in walks]
    manifest = pd.read_parquet(tmp_path / "whole" / "manifest.parquet")
    assert len(manifest) == len(walks)
    assert (manifest.camera == "").all()
    status, told = with_points(tmp_path, "whole", points="false")
    assert status == 2
    assert "another spec" in told


def test_points_of_parts_are_those_of_the_whole(tmp_path):
    assert with_points(tmp_path, "whole")[0] == 0
    for k in (1, 2):
        assert with_points(tmp_path, f"part{k}", "--part", f"{k}/2")[0] == 0
    assert command("join", tmp_path / "part1", tmp_path / "part2", "-o", tmp_path / "joined")[0] == 0
    assert kept_points(tmp_path / "joined") == kept_points(tmp_path / "whole")
    with_points(tmp_path, "none", points="false")
    assert not kept_points(tmp_path / "none")


def files_and_tables(folder):
    """Names of all files, and all that tables and outcomes tell."""
    names = {str(path.relative_to(folder)) for path in folder.glob("subjects/**/*") if path.is_file()}
    outcomes = [path.read_text() for path in sorted(folder.glob("subjects/*/outcome.json"))]
    return names, [pd.read_parquet(folder / "manifest.parquet").to_csv(), *outcomes]


def test_what_is_kept_changes_no_figure(tmp_path):
    """A cohort to learn from holds the same people and walks, in fewer files."""
    assert with_points(tmp_path, "all")[0] == 0
    assert with_points(tmp_path, "slim", keep="learning")[0] == 0
    (every, told), (few, told_too) = (files_and_tables(tmp_path / name) for name in ("all", "slim"))
    assert told_too == told
    walk = "subjects/s00001/w02/"
    assert {name for name in few if name.startswith(walk)} == {
        walk + name for name in ("dynamics.npz", "events.json", "points.npz")
    }
    assert {Path(name).name for name in every - few} == {
        *("model.osim", "coordinates.mot", "grf.mot", "grf.xml", "activations.sto", "moments.sto", "imu.parquet"),
    }
    assert kept_points(tmp_path / "slim") == kept_points(tmp_path / "all")
    status, said = with_points(tmp_path, "slim")
    assert status == 2
    assert "another spec" in said


def test_a_cohort_to_learn_from_goes_on_and_joins(tmp_path):
    assert with_points(tmp_path, "whole", keep="learning")[0] == 0
    for k in (1, 2):
        assert with_points(tmp_path, f"part{k}", "--part", f"{k}/2", keep="learning")[0] == 0
    assert command("join", tmp_path / "part1", tmp_path / "part2", "-o", tmp_path / "joined")[0] == 0
    shutil.copytree(tmp_path / "part1", tmp_path / "half")
    assert with_points(tmp_path, "half", keep="learning")[0] == 0
    whole = dynamics_of(tmp_path / "whole")
    assert len(whole) == 5
    assert dynamics_of(tmp_path / "joined") == dynamics_of(tmp_path / "half") == whole


def dynamics_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("subjects/*/*/dynamics.npz")}


def test_parts_may_start_at_the_same_time(care, tmp_path):
    spec = tmp_path / "spec.yaml"
    spec.write_text(stub_stages.spec_text((60.0, 61.0)))
    paths = os.pathsep.join(filter(None, sys.path))
    parts = [
        subprocess.Popen(
            [sys.executable, "-m", "engine.cli", "cohort", spec, "-o", tmp_path / "c", "--part", f"{k}/2"],
            env={**os.environ, "PYTHONPATH": paths, CARE: str(care)},
            cwd=Path(__file__).parents[2],
        )
        for k in (1, 2)
    ]
    assert [part.wait(120) for part in parts] == [0, 0]
