from dataclasses import replace

import numpy as np
import pytest

from downstream.geometry.walk_geometry import measure
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import JOINT
from downstream.views.detector_noise import SPREAD, DetectorNoise, corrupt, forget, without_focal

SILENT = DetectorNoise(
    offset=0, jitter=0, swap_rate=0, wild_share=0, blackout_rate=0, gap_rate=0, never_found=0, stature_error=0
)
VISIBLE = np.ones((150, 17), dtype=bool)


def moved(sequence, noise, rng, visible=VISIBLE):
    difference = corrupt(sequence, visible, rng, noise).keypoints2d - sequence.keypoints2d
    height = np.ptp(sequence.keypoints2d[..., 1], axis=1)
    return difference[..., :2] / height[:, None, None]


def test_the_same_generator_makes_the_same_noise(side_walk):
    one, other, third = (corrupt(side_walk, VISIBLE, np.random.default_rng(s)).keypoints2d for s in (4, 4, 5))
    np.testing.assert_array_equal(one, other)
    assert not np.array_equal(one, third)


def test_without_noise_no_keypoint_moves(side_walk, rng):
    noisy = corrupt(side_walk, VISIBLE, rng, SILENT)
    np.testing.assert_array_equal(noisy.keypoints2d[..., :2], side_walk.keypoints2d[..., :2])
    assert ((noisy.keypoints2d[..., 2] > 0.7) & (noisy.keypoints2d[..., 2] <= 1)).all()


def test_offsets_stay_for_the_whole_walk_and_have_the_said_size(side_walk, rng):
    offsets = [moved(side_walk, replace(SILENT, offset=0.2), rng) for _ in range(200)]
    np.testing.assert_allclose(offsets[0], np.broadcast_to(offsets[0][0], offsets[0].shape), atol=1e-12)
    spread = np.std([o[0] for o in offsets], axis=(0, 2))
    np.testing.assert_allclose(spread, 0.2 * SPREAD[:17], rtol=0.25)


def test_common_offsets_are_those_of_both_sides(side_walk, rng):
    offsets = np.stack([moved(side_walk, replace(SILENT, common_offset=0.2), rng)[0] for _ in range(200)])
    np.testing.assert_allclose(offsets[:, JOINT["left_hip"]], offsets[:, JOINT["right_hip"]], atol=1e-12)
    assert np.abs(np.corrcoef(offsets[:, JOINT["left_hip"], 0], offsets[:, JOINT["left_knee"], 0])[0, 1]) < 0.3
    np.testing.assert_allclose(offsets.std(axis=(0, 2)), 0.2 * SPREAD[:17], rtol=0.25)


def test_some_detectors_seek_no_feet(side_walk, rng):
    feet = np.repeat(side_walk.keypoints2d[:, -1:], 6, axis=1)
    whole = replace(side_walk, keypoints2d=np.concatenate([side_walk.keypoints2d, feet], axis=1))
    seen, noise = np.ones((150, 23), dtype=bool), replace(SILENT, without_feet=0.4)
    joints = [corrupt(whole, seen, rng, noise).keypoints2d.shape[1] for _ in range(200)]
    assert set(joints) == {17, 23}
    assert np.mean(np.array(joints) == 17) == pytest.approx(0.4, abs=0.1)


def test_some_recordings_lack_frames_one_by_one(side_walk, rng):
    noise = replace(SILENT, dropping=0.5, dropped_share=0.2)
    lacking = np.array(
        [(corrupt(side_walk, VISIBLE, rng, noise).keypoints2d[..., 2] == 0).all(axis=1).mean() for _ in range(200)]
    )
    assert (lacking > 0).mean() == pytest.approx(0.5, abs=0.1)
    assert lacking[lacking > 0].mean() == pytest.approx(0.2, abs=0.02)


def test_trembling_has_the_said_size_and_memory(side_walk, rng):
    noise = replace(SILENT, jitter=0.1, quality_sd=0)
    tremble = np.stack([moved(side_walk, noise, rng) for _ in range(60)])
    np.testing.assert_allclose(tremble.std(axis=(0, 1, 3)), 0.1 * SPREAD[:17], rtol=0.15)
    lagged = [np.mean(tremble[:, :-lag] * tremble[:, lag:]) / np.mean(tremble**2) for lag in (1, 30)]
    expected = [np.mean([np.exp(-lag / (30 * s)) if s else 0 for s in noise.bands_s]) for lag in (1, 30)]
    np.testing.assert_allclose(lagged, expected, atol=0.06)


def test_hidden_keypoints_tremble_more_and_are_less_certain(side_walk, rng):
    noise, visible = replace(SILENT, jitter=0.1), VISIBLE.copy()
    visible[:, JOINT["left_knee"]] = False
    tremble = moved(side_walk, noise, rng, visible).std(axis=(0, 2))
    assert tremble[JOINT["left_knee"]] > 1.4 * tremble[JOINT["right_knee"]]
    certain = corrupt(side_walk, visible, rng, noise).keypoints2d[..., 2].mean(axis=0)
    assert certain[JOINT["left_knee"]] < certain[JOINT["right_knee"]] - 0.1


def test_rates_are_kept(side_walk, rng):
    noise = replace(SILENT, blackout_rate=0.5, blackout_s=0.2)
    black = [(corrupt(side_walk, VISIBLE, rng, noise).keypoints2d[..., 2] == 0).all(axis=1).mean() for _ in range(200)]
    assert np.mean(black) == pytest.approx(0.5 * 0.2, rel=0.3)


def test_forgetting_follows_its_shares_and_never_invents(side_walk, rng):
    noise = replace(SILENT, forget_height=0.3, forget_focal=0.5, forget_image=0.2)
    made = [forget(side_walk, rng, noise) for _ in range(1000)]
    assert np.mean([m.height_m is None for m in made]) == pytest.approx(0.3, abs=0.05)
    assert np.mean([m.focal_px is None for m in made]) == pytest.approx(0.5, abs=0.05)
    assert np.mean([m.image_size is None for m in made]) == pytest.approx(0.1, abs=0.04)
    bare = replace(side_walk, height_m=None, focal_px=None, image_size=None)
    assert forget(bare, rng, noise).height_m is None


def test_without_the_focal_length_the_picture_is_reframed_about_its_middle(side_walk, rng):
    made = [without_focal(side_walk, rng) for _ in range(200)]
    for other in made[:5]:
        assert other.focal_px is None
        middles = [s.keypoints2d[..., :2] - np.array(s.image_size) / 2 for s in (other, side_walk)]
        np.testing.assert_allclose(middles[0], middles[1], atol=1e-9)
    widths = np.log([other.image_size[0] / 640 for other in made])
    assert widths.std() == pytest.approx(0.35 / np.sqrt(3), rel=0.15)


def test_geometry_withstands_the_noise(side_walk, rng):
    speeds = [measure(clean(corrupt(side_walk, VISIBLE, rng))).speed_mps for _ in range(15)]
    assert np.median(np.abs(np.array(speeds) / 1.25 - 1)) < 0.06
