"""The main job on real input: a small cohort, made twice, replayed in plain OpenSim, learnt from, and what happens when input is wrong."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from downstream.views.draw_clip import clip_rng, draw_clip
from downstream.walks.cohort_walks import cohort_walks
from downstream.walks.read_folder import read_folder
from engine.cohort.layout import CohortFiles
from engine.cohort.subject_file import read_subject
from engine.core.conventions import COCO_KEYPOINTS, FOOT_KEYPOINTS, GRAVITY_MPS2, ROOT_COORDINATES, TRANSLATIONS
from engine.musculoskeletal.replay import replay_exported
from engine.musculoskeletal.storage import read_storage
from engine.report.report import write_report
from tests.made_cards import user_card, write_card

ROOT = Path(__file__).parent.parent
TINY = ROOT / "configs" / "cohorts" / "tiny.yaml"


def gaitforge(*arguments):
    command = [sys.executable, "-m", "engine.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=570, check=False, cwd=ROOT)


@pytest.fixture(scope="session")
def cohort(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort") / "tiny"
    result = gaitforge("cohort", TINY, "-o", folder, "--workers", 2)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope="session")
def manifest(cohort):
    return pd.read_parquet(cohort / "manifest.parquet")


def test_every_subject_walks_and_every_file_is_there(cohort, manifest):
    assert set(manifest.condition) == {"healthy", "parkinson", "cp_crouch"}
    for row in manifest.itertuples():
        folder = cohort / "subjects" / row.subject_id
        assert json.loads((folder / "subject.json").read_text())["subject"]["condition"] == row.condition
        names = (
            "coordinates.mot grf.mot grf.xml activations.sto moments.sto events.json imu.parquet smplx.npz points.npz"
        )
        for name in [*names.split(), f"{row.camera}.npz"]:
            assert (folder / row.walk_id / name).is_file(), name
        strikes = json.loads((folder / row.walk_id / "events.json").read_text())
        assert all(len(strikes[side]["heel_strikes"]) >= 7 for side in ("left", "right")), (
            "six strides need seven strikes"
        )


def test_plain_opensim_finds_the_figures_of_the_manifest(cohort, manifest):
    """From the exported files alone: what was judged is what was written."""
    for row in manifest.itertuples():
        subject = cohort / "subjects" / row.subject_id
        time, forces = replay_exported(subject / "model.osim", subject / row.walk_id)
        ground = read_storage(subject / row.walk_id / "grf.mot")
        feet = [ground.column(f"ground_force_{side}_vy") for side in "rl"]
        residuals = {name: forces[:, i] for i, name in enumerate(ROOT_COORDINATES)}
        force = np.linalg.norm([residuals[name] for name in TRANSLATIONS], axis=0)
        moment = np.linalg.norm([v for name, v in residuals.items() if name not in TRANSLATIONS], axis=0)
        # The tool fits splines that are free at the record's ends; a tenth of a second there says nothing about the motion.
        inside = (time > time[0] + 0.1) & (time < time[-1] - 0.1)
        largest, centre_of_mass_height = sum(feet).max(), 0.55 * row.height_m
        force_pct = 100 * force[inside].max() / largest
        moment_pct = 100 * moment[inside].max() / (largest * centre_of_mass_height)
        assert force_pct == pytest.approx(row.residual_force_peak_pct, abs=0.05), row.subject_id
        assert moment_pct == pytest.approx(row.residual_moment_peak_pct, abs=0.02), row.subject_id
        assert np.max(feet) == pytest.approx(row.vertical_force_peak_bw * row.mass_kg * GRAVITY_MPS2), row.subject_id


def test_the_number_of_workers_does_not_matter(manifest, tmp_path):
    assert gaitforge("cohort", TINY, "-o", tmp_path / "again", "--workers", 1).returncode == 0
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "again" / "manifest.parquet"), manifest, check_exact=True)


def test_an_interrupted_cohort_goes_on(cohort, manifest, tmp_path):
    files = CohortFiles(tmp_path / "copy")
    shutil.copytree(cohort, files.folder)
    files.manifest.unlink()
    shutil.rmtree(files.subject("s00001").walk("w00").folder)
    files.subject("s00001").outcome.unlink()
    kept = files.subject("s00000").outcome.stat().st_mtime_ns
    assert gaitforge("cohort", TINY, "-o", files.folder, "--workers", 1).returncode == 0
    assert files.subject("s00000").outcome.stat().st_mtime_ns == kept
    again, first = (one.subject("s00001").walk("w00").points for one in (files, CohortFiles(cohort)))
    assert again.read_bytes() == first.read_bytes()
    pd.testing.assert_frame_equal(pd.read_parquet(files.manifest), manifest, check_exact=True)


def test_walks_are_read_with_all_that_is_learnt_from_them(cohort):
    """Points and OpenSim's files tell of the same walk: who stands on a foot has its heel down, floor and weight agree, steps of the points
    are as many as the events."""
    for folder in cohort_walks(cohort):
        walk = read_folder(folder)
        stride, height_m = walk.strides[0][0], walk.subject.height_m
        during = (walk.time >= stride.heel_strike) & (walk.time < stride.next_heel_strike)
        assert walk.ground_force[during, :, 1].sum(axis=1).mean() == pytest.approx(1, abs=0.05)
        assert walk.activity.min() >= 0
        assert walk.activity.max() <= 1
        for side, name in enumerate(("right", "left")):
            foot = walk.points.of([f"{name}_heel", f"{name}_big_toe"])
            borne = walk.ground_force[:, side, 1] > 0.5
            assert foot[borne, :, 1].min(axis=1).max() < 0.04 * height_m
            assert foot[~borne, :, 1].min(axis=1).max() > foot[borne, :, 1].min(axis=1).max()
        clip = draw_clip(walk.points, COCO_KEYPOINTS + FOOT_KEYPOINTS, clip_rng(0, 0, 0))
        assert clip.visible > 0.75


def test_report_is_one_page(cohort):
    result = gaitforge("report", cohort)
    assert result.returncode == 0, result.stderr
    page = (cohort / "report.html").read_text()
    assert "parkinson" in page.lower()
    assert 'src="http' not in page
    assert "<link" not in page


def test_cards_of_a_user_go_all_the_way(tmp_path):
    """A changed card that keeps a shipped name, and a modifier of the user's own; nobody else has such a card. An orthosis on the affected
    leg and a rollator are told without video too."""
    write_card(tmp_path / "mine.yaml", user_card("parkinson", title="Shuffling gait"))
    write_card(tmp_path / "weak.yaml", user_card("frailty", name="weakness", title="Weakness", aids=[]))
    group = "{condition: mine.yaml, modifiers: {weak.yaml: 0.3}, subjects: 1, age_years: 68, severity: 0.4}"
    (tmp_path / "spec.yaml").write_text(f"name: mine\nseed: 1\nstrides: 2\ncameras: [side]\ngroups: [{group}]\n")
    made = gaitforge("cohort", tmp_path / "spec.yaml", "-o", tmp_path / "out", "--workers", 1)
    assert made.returncode == 0, made.stdout + made.stderr
    files = CohortFiles(tmp_path / "out")
    (row,) = pd.read_parquet(files.manifest).itertuples()
    assert (row.condition, row.modifiers) == ("parkinson", '{"weakness": 0.3}')
    with np.load(files.folder / row.annotations, allow_pickle=False) as labels:
        assert (str(labels["aid"]), str(labels["orthoses"])) == ("rollator", row.side)
    assert (row.aid, row.orthoses, row.video) == ("rollator", row.side, "")
    told = yaml.safe_load(files.spec.read_text())
    assert {name: card["title"] for name, card in told["cards"].items()} == {
        "parkinson": "Shuffling gait",
        "weakness": "Weakness",
    }
    subject = read_subject(files.subject(row.subject_id).subject)[0].subject
    assert subject.condition == user_card("parkinson", title="Shuffling gait")
    page = write_report(files.folder).read_text()
    assert "Shuffling gait" in page
    assert "weakness 0.30" in page
    write_card(tmp_path / "mine.yaml", user_card("parkinson", title="Another"))
    again = gaitforge("cohort", tmp_path / "spec.yaml", "-o", tmp_path / "out")
    expect_one_clear_error(again, "made from other cards")


def expect_one_clear_error(result, *words):
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert all(word in result.stderr for word in words), result.stderr


def test_a_bad_spec_leaves_nothing(tmp_path):
    spec = tmp_path / "bad.yaml"
    spec.write_text(TINY.read_text().replace("age_years: 30", "age_years: 200"))
    result = gaitforge("cohort", spec, "-o", tmp_path / "out")
    expect_one_clear_error(result, "bad.yaml", "age_years", "200")
    assert not (tmp_path / "out").exists()


def test_an_unknown_stage_leaves_nothing(tmp_path):
    spec = tmp_path / "bad.yaml"
    spec.write_text(TINY.read_text() + "stages: {proposer: oracle}\n")
    expect_one_clear_error(gaitforge("cohort", spec, "-o", tmp_path / "out"), "oracle", "diffusion")
    assert not (tmp_path / "out").exists()


def test_an_unknown_camera_leaves_nothing(tmp_path):
    spec = tmp_path / "bad.yaml"
    spec.write_text(TINY.read_text().replace("[side]", "[drone]"))
    expect_one_clear_error(gaitforge("cohort", spec, "-o", tmp_path / "out"), "drone", "side")
    assert not (tmp_path / "out").exists()


def test_a_foreign_folder_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    expect_one_clear_error(gaitforge("cohort", TINY, "-o", tmp_path), "not a cohort")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_output_that_cannot_be_a_folder(tmp_path):
    (tmp_path / "file").touch()
    expect_one_clear_error(gaitforge("cohort", TINY, "-o", tmp_path / "file" / "out"), "cannot be written")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    expect_one_clear_error(gaitforge("cohort", TINY, "-o", tmp_path / "out"), "cannot be written")


def test_another_seed_needs_another_folder(cohort):
    expect_one_clear_error(gaitforge("cohort", TINY, "-o", cohort, "--seed", 99), "another")


@pytest.mark.parametrize("command", [("report",), ("train", "-o", "model")], ids=lambda c: c[0])
def test_a_truncated_cohort_is_said(command, tmp_path):
    (tmp_path / "cohort.yaml").write_text("spec: {}\n")
    name, *options = command
    options = [str(tmp_path / o) if o == "model" else o for o in options]
    expect_one_clear_error(gaitforge(name, tmp_path, *options), "manifest.parquet")
