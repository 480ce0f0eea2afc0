"""Motion blur where everything around moves alike."""

import numpy as np
import pytest

from render.sensor.motion_blur import blur_motion
from render.sensor.sweep import even_paths, of_pixels

HEIGHT, WIDTH = 90, 150


def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def even(across: float, down: float) -> np.ndarray:
    return np.broadcast_to(np.array([across, down], np.float32), (HEIGHT, WIDTH, 2)).copy()


def test_a_camera_that_turns_leaves_the_mean_light_along_its_way():
    picture, length = noise(), 5
    blurred = blur_motion(picture, np.full((HEIGHT, WIDTH), 3.0, np.float32), even(length, 0), 1.0)
    light = picture.astype(float) ** 2
    mean = sum(np.roll(light, shift, axis=1) for shift in (-2, -1, 0, 1, 2)) / length
    inside = slice(4, -4)
    assert np.abs(blurred.astype(float) - np.sqrt(mean))[:, inside].max() <= 1


def test_even_motion_is_blurred_alike_with_and_without_uneven_motion_elsewhere():
    picture, depth = noise(), np.full((HEIGHT, WIDTH), 3.0, np.float32)
    alone = blur_motion(picture, depth, even(6.0, 3.0), 0.8)
    with_someone, nearer = even(6.0, 3.0), depth.copy()
    with_someone[30:60, 100:130], nearer[30:60, 100:130] = -4.0, 2.0
    together = blur_motion(picture, nearer, with_someone, 0.8)
    far = slice(0, 64)
    assert np.array_equal(alone[:, far], together[:, far])
    assert not np.array_equal(alone[:, 100:130], together[:, 100:130])


@pytest.mark.parametrize("steepness", [0.002, 0.2])
def test_tiles_are_even_where_paths_hardly_change(steepness):
    path = even(3.0, 0.0)
    path[..., 0] += steepness * np.arange(WIDTH)
    paths = even_paths(path)
    assert np.isnan(paths[..., 0]).all() == (steepness > 0.1)
    if steepness < 0.1:
        assert np.abs(of_pixels(paths[..., 0], (HEIGHT, WIDTH)) - path[..., 0]).max() < 0.4


def test_what_stands_still_stays_as_it_is():
    picture, path = noise(), even(0.0, 0.0)
    path[40:60, 40:60] = 5.0
    blurred = blur_motion(picture, np.full((HEIGHT, WIDTH), 3.0, np.float32), path, 1.0)
    assert np.array_equal(blurred[:, 96:], picture[:, 96:])
    assert not np.array_equal(blurred[40:60, 40:60], picture[40:60, 40:60])
