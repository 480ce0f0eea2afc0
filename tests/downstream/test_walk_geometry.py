from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick_walks import FOCAL, StickWalk, film, random_walk
from downstream.geometry.walk_geometry import measure
from downstream.recordings.cleaning import clean


def read(sequence):
    return measure(clean(sequence))


def errors(rng, yaw, pitch=0.0, walks=8):
    """Relative errors of speed and cadence of walks of textbook proportions."""
    made = [replace(random_walk(rng), leg_share=1.0) for _ in range(walks)]
    found = [read(film(walk, yaw, pitch)) for walk in made]
    speed = [gait.speed_mps / walk.speed_mps - 1 for gait, walk in zip(found, made, strict=True)]
    cadence = [gait.cadence_spm / walk.cadence_spm - 1 for gait, walk in zip(found, made, strict=True)]
    return np.abs(speed).max(), np.abs(cadence).max()


@pytest.mark.parametrize("yaw", [0, 180])
def test_side_view_is_exact(rng, yaw):
    speed, cadence = errors(rng, yaw)
    assert speed < 0.015
    assert cadence < 0.002


@pytest.mark.parametrize(("yaw", "pitch"), [(30, 0), (45, 5), (135, 0), (-45, 10)])
def test_oblique_view(rng, yaw, pitch):
    speed, cadence = errors(rng, yaw, pitch)
    assert speed < 0.05
    assert cadence < 0.01


@pytest.mark.parametrize(("yaw", "pitch"), [(90, 0), (-90, 0), (90, 10)])
def test_frontal_view_with_known_focal_length(rng, yaw, pitch):
    """Here the body is foreshortened and its picture changes shape while it grows: a few per cent are the method's limit."""
    speed, cadence = errors(rng, yaw, pitch)
    assert speed < 0.07
    assert cadence < 0.03


@pytest.mark.parametrize("yaw", [0, 45, 90])
def test_a_mirror_changes_neither_speed_nor_cadence(yaw):
    walk = film(StickWalk(1.1, 105, 1.6), yaw, 5)
    one, other = read(walk), read(walk.mirrored())
    assert other.speed_mps == pytest.approx(one.speed_mps, rel=1e-6)
    assert other.cadence_spm == pytest.approx(one.cadence_spm, rel=1e-9)
    assert other.velocity_mps[0] == pytest.approx(-one.velocity_mps[0], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("yaw", [0, 45, 90])
def test_the_number_of_pixels_does_not_matter(yaw):
    walk = film(StickWalk(1.1, 105, 1.6), yaw)
    points = walk.keypoints2d * [2.5, 2.5, 1]
    larger = replace(walk, keypoints2d=points, image_size=(1600.0, 1200.0), focal_px=2.5 * FOCAL)
    assert read(larger).speed_mps == pytest.approx(read(walk).speed_mps, rel=1e-6)
    assert read(larger).cadence_spm == pytest.approx(read(walk).cadence_spm, rel=1e-6)


@pytest.mark.parametrize("yaw", [0, 45, 90])
def test_played_twice_as_fast_everything_but_the_step_doubles(yaw):
    walk = film(StickWalk(0.6, 80, 1.6), yaw)
    one, fast = read(walk), read(replace(walk, fps=60.0))
    assert fast.speed_mps == pytest.approx(2 * one.speed_mps, rel=1e-4)
    assert fast.cadence_spm == pytest.approx(2 * one.cadence_spm, rel=1e-4)
    assert fast.step_length_m == pytest.approx(one.step_length_m, rel=1e-4)


def test_speed_is_proportional_to_the_height_given(side_walk):
    half = read(replace(side_walk, height_m=0.86)).speed_mps
    assert half == pytest.approx(read(side_walk).speed_mps / 2, rel=1e-9)


def test_unknown_focal_length_hardly_matters_from_the_side_and_much_from_the_front():
    walk = StickWalk(1.2, 110, 1.7)

    def change(yaw):
        known = film(walk, yaw)
        return abs(read(replace(known, focal_px=1.5 * FOCAL)).speed_mps / read(known).speed_mps - 1)

    assert change(0) < 0.01
    assert change(90) == pytest.approx(0.5, abs=0.01)


def test_step_length_follows_from_speed_and_cadence(side_walk):
    gait = read(side_walk)
    assert gait.step_length_m * gait.cadence_spm / 60 == pytest.approx(gait.speed_mps)
