from dataclasses import replace

import keypoint_files as files
import numpy as np
import pytest

from benchmarks.stick_walks import StickWalk, film
from downstream.recordings.reading import Said, read_recording
from engine.core.errors import DataError

WALK = StickWalk(1.2, 110, 1.7, seconds=4)
SAID = Said(fps=30)


@pytest.fixture
def patient():
    return film(WALK).keypoints2d


@pytest.fixture
def bystander(patient):
    """Somebody who stands, smaller in the picture, where the patient passes."""
    stands = patient[60] * [0.8, 0.8, 1] + [80, 40, 0]
    return np.repeat(stands[None], len(patient), axis=0)


def shuffled(rng, *people):
    """Frames with people in any order, as detectors give them."""
    return [[people[k][frame] for k in rng.permutation(len(people))] for frame in range(len(people[0]))]


def test_the_one_who_walks_is_read_and_it_is_said(tmp_path, rng, patient, bystander):
    read = read_recording(files.coco_results(tmp_path / "two.json", shuffled(rng, bystander, patient)), SAID)
    np.testing.assert_allclose(read.recording.keypoints2d, patient)
    assert len(read.words) == 1
    assert "2 people (1, 2): person " in read.words[0]
    assert "walks through most of the picture; --person" in read.words[0]


def test_another_person_may_be_asked_for(tmp_path, rng, patient, bystander):
    path = files.coco_results(tmp_path / "two.json", shuffled(rng, bystander, patient))
    read = [read_recording(path, SAID._replace(person=name)).recording.keypoints2d for name in ("1", "2")]
    still = [np.ptp(points[:, 0, 0]) < 1 for points in read]
    assert sorted(still) == [False, True]
    np.testing.assert_allclose(read[still.index(True)], bystander)
    with pytest.raises(DataError, match=r"--person 7: nobody is called so; there are 1, 2"):
        read_recording(path, SAID._replace(person="7"))


def test_two_who_cross_are_told_apart(tmp_path, rng, patient):
    """They walk towards each other, one behind the other, and meet in the middle."""
    other = film(replace(WALK, height_m=1.5), 180).keypoints2d
    path = files.openpose_folder(tmp_path / "cross", shuffled(rng, patient, other), "coco18")
    for name in ("1", "2"):
        found = read_recording(path, SAID._replace(person=name)).recording.keypoints2d
        towards = patient if found[-1, 0, 0] > found[0, 0, 0] else other
        np.testing.assert_allclose(found, towards)


def test_tracks_that_the_file_names_are_kept(tmp_path, patient, bystander):
    frames = [[patient[k], bystander[k]] for k in range(len(patient))]
    path = files.alphapose_file(tmp_path / "alphapose-results.json", frames, "coco17", tracks=[4, 9])
    read = read_recording(path, SAID._replace(person="9"))
    np.testing.assert_allclose(read.recording.keypoints2d, bystander)
    assert "2 people (4, 9): person 9 is read, as asked" in read.words


def test_names_that_tell_nobody_apart_are_not_believed(tmp_path, patient, bystander):
    """AlphaPose without tracking gives everybody the same index."""
    frames = [[bystander[k], patient[k]] for k in range(len(patient))]
    path = files.alphapose_file(tmp_path / "alphapose-results.json", frames, "coco17", tracks=[0, 0])
    np.testing.assert_allclose(read_recording(path, SAID).recording.keypoints2d, patient)


def test_somebody_hidden_for_a_moment_stays_one_person(tmp_path, rng, patient, bystander):
    frames = shuffled(rng, bystander, patient)
    for number in range(50, 62):
        frames[number] = [bystander[number]]
    found = read_recording(files.coco_results(tmp_path / "hidden.json", frames), SAID).recording.keypoints2d
    assert (found[50:62, :, 2] == 0).all()
    np.testing.assert_allclose(found[62:], patient[62:])


def test_passing_errors_of_the_detector_are_nobody(tmp_path, rng, patient):
    frames = shuffled(rng, patient)
    for number in (20, 21, 77):
        frames[number].append(patient[number] * [0.3, 0.3, 1] + [500, 20, 0])
    read = read_recording(files.coco_results(tmp_path / "ghost.json", frames), SAID)
    np.testing.assert_allclose(read.recording.keypoints2d, patient)
    assert read.words == ()
