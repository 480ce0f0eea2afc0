"""How two sets of scenes are compared (benchmarks/two_sample.py, render_parts/traits.py, footage.py)."""

import numpy as np
import pytest
from PIL import Image as Pillow
from scipy.ndimage import gaussian_filter

from benchmarks.render_parts.footage import read_scenes
from benchmarks.render_parts.naturalness import PERSON_PX, WHOLE_PX, picture_statistics
from benchmarks.render_parts.traits import TRAITS, picture_traits
from benchmarks.two_sample import distance, distance_within, order_share, telling_apart
from render.core.video import write_video


def scenes(count, shift, rng, features=5, own=1.0):
    """Scenes of 6 pictures that share a great deal of their own."""
    middles = own * rng.standard_normal((count, 1, features)) + shift
    return list(middles + 0.1 * rng.standard_normal((count, 6, features)))


def test_the_same_cannot_be_told_apart_though_each_scene_can_be_known():
    rng = np.random.default_rng(1)
    areas = [telling_apart(scenes(12, 0.0, rng), scenes(12, 0.0, rng), rng) for _ in range(4)]
    assert abs(np.mean([area.value for area in areas]) - 0.5) < 0.08
    assert np.mean([area.low <= 0.5 <= area.high for area in areas]) >= 0.75


def test_what_differs_is_told_apart_and_the_more_the_further():
    rng = np.random.default_rng(2)
    near, far = (telling_apart(scenes(12, 0.0, rng), scenes(20, shift, rng), rng) for shift in (0.4, 4.0))
    assert 0.5 < near.value < far.value
    assert far.value > 0.99
    assert near.low < near.value < near.high


def test_one_scene_is_not_enough():
    rng = np.random.default_rng(3)
    with pytest.raises(ValueError, match="1 real"):
        telling_apart(scenes(1, 0.0, rng), scenes(5, 0.0, rng), rng)


def test_order_counts_ties_half():
    shares = order_share([np.array([1.0, 2.0])], [np.array([2.0]), np.array([0.0]), np.array([3.0, 2.0])])
    assert shares.tolist() == [[0.75, 0.0, 0.875]]


def test_distance_is_none_within_a_set_and_grows_with_the_shift():
    rng = np.random.default_rng(4)
    real = scenes(30, 0.0, rng)
    apart = [distance(real, scenes(30, shift, rng), rng) for shift in (0.0, 0.5, 1.0)]
    within = distance_within(real, rng)
    assert within.low < 0.0 < within.high
    assert abs(within.value) < 0.1 * apart[2]
    assert apart[0] < apart[1] < apart[2]


def picture(seed=0):
    rng = np.random.default_rng(seed)
    smooth = gaussian_filter(rng.standard_normal((256, 300, 3)), (4, 4, 0))
    return np.clip(110 + 300 * smooth + 4 * rng.standard_normal(smooth.shape), 0, 255)


@pytest.mark.parametrize(
    ("trait", "change"),
    [
        ("brightness", lambda image: image + 30),
        ("contrast", lambda image: 110 + 1.5 * (image - 110)),
        (
            "saturation",
            lambda image: image.mean(axis=2, keepdims=True) + 2 * (image - image.mean(axis=2, keepdims=True)),
        ),
        ("warmth", lambda image: image * [1.2, 1.0, 0.8]),
        ("noise", lambda image: image + 8 * np.random.default_rng(1).standard_normal(image.shape[:2])[..., None]),
        ("flat area", lambda image: 110 + 0.05 * (image - 110)),
        ("fine detail", lambda image: image + 1.5 * (image - gaussian_filter(image, (1, 1, 0)))),
    ],
)
def test_traits_feel_what_they_are_called(trait, change):
    def value(image):
        return picture_traits(np.clip(image, 0, 255).astype(np.uint8))[TRAITS.index(trait)]

    assert value(change(picture())) > value(picture())


@pytest.mark.parametrize("heights", [WHOLE_PX, PERSON_PX])
def test_statistics_do_not_depend_on_the_number_of_pixels(heights):
    image = picture().astype(np.uint8)
    doubled = np.repeat(np.repeat(image, 2, axis=0), 2, axis=1)
    assert np.allclose(picture_statistics(image, heights), picture_statistics(doubled, heights))


def test_what_lies_in_one_folder_is_one_scene(tmp_path):
    image = picture().astype(np.uint8)
    for name in ("room/a.mp4", "room/b.mp4", "street/c.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_video(
            tmp_path / name, [np.ascontiguousarray(np.roll(image, k, axis=1)) for k in range(6)], (300, 256), 30.0
        )
    (tmp_path / "yard").mkdir()
    Pillow.fromarray(image).save(tmp_path / "yard" / "d.png")
    np.savez(tmp_path / "0007.npz", picture=image)
    found = {scene.name: [len(clip) for clip in scene.clips] for scene in read_scenes(tmp_path, 4)}
    assert found == {"0007": [1], "room": [2, 2], "street": [4], "yard": [1]}
