"""Examples to learn from: signals and labels at the same instants, the same again from the same seed, and in a mirror."""

from dataclasses import replace

import numpy as np
import pytest
from stick_walks_labelled import labelled

from benchmarks.stick_walks import STANCE, StickWalk, film
from downstream.geometry.walk_geometry import measure
from downstream.network.frame_signals import CHANNELS, RATE_HZ, SCALARS, frame_signals
from downstream.network.reading_targets import (
    CURVE_SCALES,
    CURVE_TARGETS,
    NUMBER_TARGETS,
    join_curves,
    mirrored_curves,
    split_curves,
)
from downstream.network.view_kinds import VIEW_KINDS, view_kind
from downstream.readings.pick_events import pick_events
from downstream.readings.quantities import CURVES, NUMBERS
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import BODY, JOINT
from downstream.training.draw_example import ExampleOdds, draw_example, draw_recording
from downstream.views.detector_noise import DetectorNoise
from downstream.views.draw_clip import clip_rng
from downstream.views.view_odds import ViewOdds
from downstream.walks.mirror import mirrored

WALK = StickWalk(1.25, 112.0, 1.68, seconds=9.0)
SIDE = ViewOdds(kinds=(("standing", 1.0),), square=1.0, square_sd_deg=0.0, seconds=(4.0, 5.0))
EXACT = DetectorNoise(
    offset=0, jitter=0, swap_rate=0, wild_share=0, blackout_rate=0, gap_rate=0, never_found=0, stature_error=0,
    forget_height=0, forget_focal=0, forget_image=0,
)  # fmt: skip
PLAIN = ExampleOdds(SIDE, EXACT, mirrored=0.0)


@pytest.fixture(scope="module")
def walk():
    return labelled(WALK)


def signals_of(recording):
    clean_walk = clean(recording)
    return frame_signals(clean_walk, measure(clean_walk))


def numbers(example):
    return {
        target.name: target.told(value, 0.0, 1.68)[0]
        for target, value in zip(NUMBER_TARGETS, example.numbers, strict=True)
    }


def test_every_quantity_that_is_learnt_is_in_the_shared_tables(walk):
    assert [target.name for target in CURVE_TARGETS] == list(CURVES)
    for target in CURVE_TARGETS:
        parts, sides = CURVES[target.name].parts, (2,) * CURVES[target.name].sided
        assert target.shape == (*sides, *(len(parts),) * bool(parts))
        assert target.read(walk).shape[1:] == target.shape
    assert {target.name for target in NUMBER_TARGETS} <= set(NUMBERS)


def test_the_same_example_again_and_another_in_each_epoch(walk):
    one, again, other = (draw_example(walk, clip_rng(*place)) for place in ((1, 2, 3), (1, 2, 3), (1, 3, 3)))
    np.testing.assert_array_equal(one.signals.frames, again.signals.frames)
    np.testing.assert_array_equal(one.curves, again.curves)
    assert one.signals.frames.shape != other.signals.frames.shape or not np.allclose(
        one.signals.frames, other.signals.frames
    )


def test_shapes_and_finite_signals(walk):
    for k in range(12):
        example = draw_example(walk, clip_rng(3, 0, k))
        frames = len(example.signals.time)
        assert example.signals.frames.shape == (frames, CHANNELS)
        assert example.signals.scalars.shape == (len(SCALARS),)
        assert (example.curves.shape, example.events.shape) == ((frames, len(CURVE_SCALES)), (frames, 4))
        assert np.isfinite(example.signals.frames).all()
        assert np.abs(example.signals.frames).max() < 6
        np.testing.assert_allclose(np.diff(example.signals.time), 1 / RATE_HZ)
        assert np.isnan(example.numbers[0]) == (not example.overground)
        assert np.isfinite(example.numbers[[1, 4, 5]]).all()


def test_labels_are_those_of_the_instants_that_are_seen(walk):
    """From the side ankles are farthest apart from where a foot strikes until the other one leaves."""
    examples = [draw_example(walk, clip_rng(5, 0, k), PLAIN) for k in range(12)]
    sides = [example for example in examples if VIEW_KINDS[view_kind(example.signals)] == "side"]
    assert len(sides) >= 3
    for example in sides:
        points = example.signals.frames[:, : len(JOINT) * 3].reshape(-1, len(JOINT), 3)
        ahead = np.abs(points[:, JOINT["right_ankle"], 0] - points[:, JOINT["left_ankle"], 0])
        events, _ = pick_events(example.events, example.signals.time)
        strikes = np.sort(np.concatenate(events.heel_strikes))
        frames = np.rint((strikes - example.signals.time[0]) * RATE_HZ).astype(int)
        inner = frames[(frames > 6) & (frames < len(ahead) - 4)]
        assert len(inner) >= 3
        for frame in inner:
            assert ahead[frame] > 0.95 * ahead[frame - 3 : frame + 4].max()
            assert ahead[frame - 6] < 0.8 * ahead[frame]
        force = split_curves(example.curves * CURVE_SCALES)["ground_force"][:, 0, 1]
        for strike in events.heel_strikes[0]:
            before, after = np.interp([strike - 0.05, strike + 0.12], example.signals.time, force)
            assert before < 0.1 or strike - 0.05 < example.signals.time[0]
            assert after > 0.4 or strike + 0.12 > example.signals.time[-1]


def test_numbers_are_the_figures_of_the_walk(walk):
    read = numbers(draw_example(walk, clip_rng(5, 0, 1), PLAIN))
    assert read["speed_mps"] == pytest.approx(WALK.speed_mps, rel=0.01)
    assert read["cadence_spm"] == pytest.approx(WALK.cadence_spm, rel=1e-3)
    assert read["step_length_m"] == pytest.approx(WALK.step_length_m, rel=0.01)
    assert read["stance_pct"] == pytest.approx(100 * STANCE, abs=0.01)
    assert read["double_support_pct"] == pytest.approx(100 * (2 * STANCE - 1), abs=0.01)
    assert read["step_time_asymmetry_pct"] == pytest.approx(0, abs=0.01)
    assert read["step_width_m"] == pytest.approx(2 * 0.055 * 1.68, rel=0.02)


def test_in_a_mirror_labels_are_those_of_the_mirrored_walk(walk):
    lame = replace(walk, leg_angles=walk.leg_angles * np.array([1.0, 0.6], np.float32)[:, None])
    for k in range(3):
        example = draw_example(lame, clip_rng(5, 0, k), PLAIN)
        shown = mirrored(lame)
        again = join_curves({t.name: shown.at(t.read(shown), _instants(lame, example, k)) for t in CURVE_TARGETS})
        np.testing.assert_allclose(example.mirrored().curves * CURVE_SCALES, again, atol=1e-4)
        twice = example.mirrored().mirrored()
        np.testing.assert_array_equal(twice.curves, example.curves)
        np.testing.assert_array_equal(twice.signals.frames, example.signals.frames)


def _instants(walk, example, k):
    clip, _ = draw_recording(walk, clip_rng(5, 0, k), PLAIN)
    return clip.time[0] + example.signals.time


def test_signals_of_a_mirrored_recording_are_the_mirrored_signals():
    recording = film(WALK, yaw_deg=30)
    own, other = signals_of(recording), signals_of(recording.mirrored())
    np.testing.assert_allclose(own.mirrored().frames, other.frames, atol=1e-6)
    np.testing.assert_allclose(own.mirrored().scalars, other.scalars, atol=1e-6)
    assert view_kind(own) == view_kind(other)


@pytest.mark.parametrize(("yaw", "kind"), [(0, "side"), (35, "oblique"), (90, "along"), (180, "side")])
def test_kinds_of_views(yaw, kind):
    assert VIEW_KINDS[view_kind(signals_of(film(WALK, yaw_deg=yaw)))] == kind


def test_signals_tell_neither_the_frame_rate_nor_the_length():
    fast = signals_of(film(replace(WALK, fps=60.0)))
    slow = signals_of(film(WALK))
    np.testing.assert_allclose(
        fast.frames[: len(slow.frames) - 2], slow.frames[: len(slow.frames) - 2][: len(fast.frames)], atol=0.06
    )
    assert len(SCALARS) == len(slow.scalars)


def test_time_counts_from_the_first_frame_of_the_recording():
    recording = film(WALK)
    points = recording.keypoints2d.copy()
    points[:12, :, 2] = 0
    late = signals_of(replace(recording, keypoints2d=points))
    assert late.time[0] == pytest.approx(12 / recording.fps)


def test_mirrored_deviations_have_no_sign():
    sds = np.random.default_rng(0).random((4, len(CURVE_SCALES)))
    assert (mirrored_curves(sds, signed=False) > 0).all()
    np.testing.assert_array_equal(mirrored_curves(mirrored_curves(sds, signed=False), signed=False), sds)


def test_feet_that_are_not_sought_leave_their_channels_empty(walk):
    example = draw_example(walk, clip_rng(5, 0, 1), PLAIN)
    points = example.signals.frames[:, : len(JOINT) * 3].reshape(-1, len(JOINT), 3)
    assert not points[:, BODY:].any()
    assert example.signals.scalar("feet_known") == pytest.approx(0)
