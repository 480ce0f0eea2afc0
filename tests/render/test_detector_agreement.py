"""How found keypoints are compared with labels (benchmarks/render_parts/agreement.py)."""

import numpy as np
import pytest

from benchmarks.render_parts.agreement import agree, found_here, offsets, torso_lengths
from benchmarks.render_parts.drawn_pictures import covered_share
from engine.core.conventions import COCO_KEYPOINTS
from render.core.frame import Frame

SEEN = np.ones((6, 17), bool)
SWAPPED = [
    COCO_KEYPOINTS.index(_mirrored)
    for _mirrored in (
        name.replace("left", "other").replace("right", "left").replace("other", "right") for name in COCO_KEYPOINTS
    )
]


@pytest.fixture
def walker():
    """Keypoints ``(6, 17, 2)`` of somebody seen from the front, 100 px of torso."""
    height = {
        "nose": -40,
        "eye": -45,
        "ear": -42,
        "shoulder": 0,
        "elbow": 50,
        "wrist": 90,
        "hip": 100,
        "knee": 190,
        "ankle": 280,
    }
    side = {"l": 30.0, "r": -30.0, "n": 0.0}
    points = np.array([[side[name[0]], height[name.split("_")[-1]]] for name in COCO_KEYPOINTS], float)
    return points + np.arange(6)[:, None, None] * [7.0, 1.0] + 200


def test_labels_agree_with_themselves(walker):
    result = agree(walker, walker, SEEN)
    assert (result.found, result.elsewhere, result.pck, result.swapped) == (1.0, 0.0, 1.0, 0.0)
    assert np.allclose(torso_lengths(walker), 100)


@pytest.mark.parametrize(("pixels", "pck"), [(19.9, 1.0), (20.1, 0.0)])
def test_a_fifth_of_the_torso_is_the_limit(walker, pixels, pck):
    assert agree(walker + np.array([pixels, 0.0]), walker, SEEN).pck == pck


def test_swapped_sides_are_all_counted(walker):
    body = SEEN & ~np.array([name.endswith(("eye", "ear")) for name in COCO_KEYPOINTS])
    result = agree(walker[:, SWAPPED], walker, body)
    assert (result.swapped, result.unsided) == (1.0, 1.0)
    assert result.pck == pytest.approx(1 / 13), "only the nose"


def test_nobody_and_somebody_else_are_not_found(walker):
    found = walker.copy()
    found[0] = np.nan
    found[1] += 500.0
    result = agree(found, walker, SEEN)
    assert found_here(found, walker).tolist() == [False, False, True, True, True, True]
    assert (result.found, result.elsewhere, result.pck) == (pytest.approx(4 / 6), pytest.approx(1 / 6), 1.0)


def test_hidden_points_do_not_count(walker):
    found, visible = walker.copy(), SEEN.copy()
    found[:, 5] += 60.0
    visible[:, 5] = False
    assert agree(found, walker, visible).pck == 1.0


@pytest.mark.parametrize("turn", [0.0, 0.7, np.pi])
@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_offsets_follow_the_body(walker, turn, scale):
    """Each hip found 0.1 torso lengths up and 0.05 outwards is reported so however the picture is turned, scaled or seen from behind."""
    found = walker.copy()
    for name, outwards in (("left_hip", 5.0), ("right_hip", -5.0)):
        found[:, COCO_KEYPOINTS.index(name)] += [outwards, -10.0]
    turned = scale * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    for mirror in ([1.0, 1.0], [-1.0, 1.0]):
        result = offsets(found * mirror @ turned, walker * mirror @ turned, SEEN)
        for name in ("left_hip", "right_hip"):
            assert (result[name].up, result[name].out) == (pytest.approx(0.1), pytest.approx(0.05))
            assert result[name].spread == pytest.approx(0.0, abs=1e-12)
        assert result["left_knee"].up == pytest.approx(0.0, abs=1e-12)


def test_only_what_hides_the_person_covers():
    parts = np.zeros((60, 60), np.uint8)
    parts[:30] = 1
    frame = Frame(np.zeros((60, 60, 3), np.uint8), np.ones((60, 60)), parts, np.zeros((60, 60, 2)))
    keypoints = np.tile([10.0, 10.0, 1.0], (17, 1))
    assert covered_share(keypoints, frame) == 0.0
    keypoints[5:8] = [10.0, 10.0, 0.0]
    assert covered_share(keypoints, frame) == 0.0, "hidden by the own body"
    keypoints[8:11] = [10.0, 40.0, 0.0]
    assert covered_share(keypoints, frame) == 3 / 12
    keypoints[11] = [10.0, 90.0, 0.0]
    assert covered_share(keypoints, frame) == 3 / 11, "outside the picture"
