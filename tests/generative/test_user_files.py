"""Recordings made of gaits that are known, read back as training rows."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from benchmarks.reference_folder import reference_folder
from engine.core.conventions import (
    COORDINATE_INDEX,
    COORDINATES,
    GRAVITY_MPS2,
    LEG_COORDINATES,
    MUSCLE_GROUPS,
    SIDES,
    suffix,
)
from engine.gait.records import Proposal
from engine.musculoskeletal.storage import write_coordinates
from engine.people.conditions import available_cards, load_card
from engine.people.growth import typical_strength
from engine.stages import load_stage
from generative.gait_batch import GaitBatch
from generative.sources.people_table import read_people
from generative.sources.user_files import UserData, read_training_data
from render.body.locate import body_file
from render.body.model import load_body_model
from render.body.placement import pose_walk
from render.labels import write_motion
from tests.engine.motion_files.made_b3d import write_subject
from tests.generative.made_people import make_gaits, make_subject

CARDS = {name: load_card(name) for name in available_cards()}
LEGS = [COORDINATE_INDEX[name + suffix(side)] for side in SIDES for name in LEG_COORDINATES if name != "mtp_angle"]
RATE_HZ = 100.0


@dataclass(frozen=True)
class Made:
    """What was written and what was read."""

    walks: tuple[Proposal, ...]
    gaits: GaitBatch
    data: UserData
    heard: list[str]


def frames(walk, strides=2.3):
    time = np.arange(0, strides * walk.cycle.duration_s, 1 / RATE_HZ)
    return time, walk.cycle.at(0.4 + time / walk.cycle.duration_s)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A patient whose left side is affected as coordinates, a healthy woman as poses of SMPL-X, and somebody who stands."""
    folder = tmp_path_factory.mktemp("data")
    people, _, gaits = make_gaits([70, 30], individual=0.5)
    subjects = [make_subject(70.0, "female"), make_subject(30.0, "male")]
    walks = tuple(gaits.proposal(i, subject, people.hip_height[i]) for i, subject in enumerate(subjects))
    write_coordinates(folder / "patient.mot", *frames(walks[0]))
    shape = load_stage("body", "smplx").make(subjects[1])
    body = load_body_model(body_file("male"))
    poses = pose_walk(body, shape, frames(walks[1])[1])
    write_motion(folder / "man.npz", poses, body.shaped(shape.betas)[1], shape.betas, body.gender, RATE_HZ)
    still = np.zeros((300, len(COORDINATES)))
    write_coordinates(folder / "still.mot", np.arange(300) / RATE_HZ, still)
    lines = ["file,age_years,sex,height_m,mass_kg,condition,severity,side,modifiers"]
    sizes = [f"{s.height_m},{s.mass_kg}" for s in subjects]
    lines += [f"patient.mot,70,female,{sizes[0]},stroke,0.4,left,frailty=0.5", f"man.npz,30,male,{sizes[1]}"]
    (folder / "people.csv").write_text("\n".join([*lines, f"still.mot,30,male,{sizes[1]}"]) + "\n")
    heard = []
    data = read_training_data(read_people(folder, CARDS), say=lambda done, name: heard.append(f"{done} {name}"))
    return Made(walks, gaits, data, heard)


def test_every_recording_becomes_a_row_or_is_refused_with_the_reason(made):
    assert made.heard == ["0 patient.mot", "1 man.npz", "2 still.mot"]
    assert list(made.data.corpus.provenance) == ["measured:mot", "measured:npz"]
    (refused,) = made.data.refused
    assert (refused.line, refused.name) == (4, "still.mot")
    assert "not walking" in refused.reason


def test_the_gait_comes_back(made):
    """Physics may move the legs a little; the poses of SMPL-X lose a little more."""
    found = made.data.corpus.gaits
    np.testing.assert_allclose(found.speed, made.gaits.speed, rtol=0.03)
    np.testing.assert_allclose(found.duration, made.gaits.duration, rtol=0.01)
    right = found.mirrored().take([0])
    as_made = GaitBatch.joined([right, found.take([1])])
    error = np.degrees(as_made.coefficients[:, 1:, LEGS] - made.gaits.coefficients[:, 1:, LEGS])
    rms = np.sqrt((error**2).sum(axis=1).mean(axis=1) / 2)
    assert rms[0] < 4.5
    assert rms[1] < 4.5


def test_an_affected_left_side_is_learnt_as_the_right_one(made):
    assert list(made.data.corpus.people.side) == ["right", "none"]
    hips = made.data.corpus.gaits.coefficients[0, :, COORDINATE_INDEX["hip_flexion_r"]]
    other = made.data.corpus.gaits.coefficients[0, :, COORDINATE_INDEX["hip_flexion_l"]]
    theirs = made.walks[0].cycle.shifted(made.walks[0].contact.left_heel_strike).coefficients
    as_left = theirs[:, COORDINATE_INDEX["hip_flexion_l"]]
    assert np.abs(hips - as_left).max() < np.abs(other - as_left).max()


def test_muscles_are_usual_for_the_age_times_the_cards(made):
    found = made.data.corpus.gaits.muscles[:, 0]
    np.testing.assert_allclose(found[1], np.tile(typical_strength(30.0), (2, 1)))
    assert (found[0, 0] < found[0, 1] + 1e-9).all(), "the affected side, mirrored to the right, is not stronger"
    flexors = list(MUSCLE_GROUPS).index("plantarflexors")
    assert found[0, 0, flexors] < typical_strength(70.0)[flexors]


def test_rows_of_one_subject_are_one_family(made):
    corpus = made.data.corpus
    assert len(set(corpus.family)) == 2
    assert set(corpus.cards) == {"stroke", "frailty", "healthy"}
    assert list(corpus.people.modifiers) == ["frailty=0.5", ""]
    assert corpus.solved.all()


def test_what_physics_rejects_is_refused(tmp_path):
    """A walk with an elbow that no person has."""
    people, _, gaits = make_gaits([30])
    coefficients = gaits.coefficients.copy()
    coefficients[:, 0, COORDINATE_INDEX["elbow_flex_r"]] += np.radians(200)
    wild = replace(gaits, coefficients=coefficients)
    subject = make_subject(30.0, "female")
    write_coordinates(tmp_path / "wild.mot", *frames(wild.proposal(0, subject, people.hip_height[0])))
    row = f"wild.mot,30,female,{subject.height_m},{subject.mass_kg}"
    (tmp_path / "people.csv").write_text(f"file,age_years,sex,height_m,mass_kg\n{row}\n")
    data = read_training_data(read_people(tmp_path, CARDS))
    assert data.corpus is None
    assert data.refused[0].reason.startswith("the proposal is not a human walk (elbow_flex_r reaches 2")


def row_of(folder, cells):
    (folder / "people.csv").write_text("file,age_years,sex,height_m,mass_kg,model\n" + ",".join(map(str, cells)) + "\n")
    return read_training_data(read_people(folder, CARDS))


def test_a_trial_of_addbiomechanics_becomes_a_row(tmp_path):
    pytest.importorskip("nimblephysics")
    people, _, gaits = make_gaits([30], individual=0.5)
    subject = make_subject(30.0, "female")
    write_subject(tmp_path, {"walk": frames(gaits.proposal(0, subject, people.hip_height[0]))[1]})
    data = row_of(tmp_path, ("subject.b3d", 30, "", subject.height_m, subject.mass_kg, ""))
    assert not data.refused
    assert list(data.corpus.provenance) == ["measured:b3d"]
    np.testing.assert_allclose(data.corpus.gaits.speed, gaits.speed, rtol=0.03)


def measured_walk(tmp_path, file, model):
    """A walk from a laboratory, on our own body of his size (skipped where it is not at hand)."""
    source = reference_folder() / "opensim_walk"
    if not source.is_dir():
        pytest.skip("reference data are not here (GAITFORGE_REFERENCE)")
    for name in (file, "subject_walk_scaled.osim"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    data = row_of(tmp_path, (file, 40, "male", 1.752, 85.3, model))
    assert not data.refused
    speed_mps = data.corpus.gaits.speed[0] * np.sqrt(GRAVITY_MPS2 * data.corpus.people.hip_height[0])
    assert speed_mps == pytest.approx(1.25, abs=0.03)


def test_a_measured_walk_passes_physics_on_our_body(tmp_path):
    measured_walk(tmp_path, "coordinates.sto", "")


@pytest.mark.slow
def test_his_markers_do_so_too(tmp_path):
    measured_walk(tmp_path, "markers_walk.trc", "subject_walk_scaled.osim")
