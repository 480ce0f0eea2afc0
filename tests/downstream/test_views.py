"""Views drawn: cameras and clips that obey what they are drawn from."""

from dataclasses import replace

import numpy as np
import pytest
from made_folder import stick_points

from benchmarks.stick_walks import StickWalk
from downstream.views.camera_course import fit_course
from downstream.views.draw_clip import clip_rng, draw_clip, facing
from downstream.views.hidden import hidden_points
from downstream.views.view_odds import ViewOdds, draw_view
from downstream.walks.time_base import smooth
from engine.cohort.points_file import WalkPoints
from engine.core.conventions import COCO_KEYPOINTS

SPEED = 1.3
KINDS = ("standing", "panning", "following", "treadmill")


@pytest.fixture(scope="module")
def points():
    return stick_points(StickWalk(SPEED, 112.0, 1.72, seconds=12.0))


def only(kind, **changes):
    return ViewOdds(kinds=((kind, 1.0),), **changes)


def clips(points, odds, count=40, seed=3):
    return [draw_clip(points, COCO_KEYPOINTS, clip_rng(seed, 0, k), odds) for k in range(count)]


def test_the_same_clip_in_any_order_and_another_in_each_epoch(points):
    def draw(*place):
        return draw_clip(points, COCO_KEYPOINTS, clip_rng(*place))

    first = draw(1, 2, 3)
    draw(1, 2, 4)
    again = draw(1, 2, 3)
    np.testing.assert_array_equal(first.pixels, again.pixels)
    np.testing.assert_array_equal(first.time, again.time)
    assert len({float(draw(*place).camera.focal_px) for place in ((1, 2, 3), (2, 2, 3), (1, 3, 3), (1, 2, 4))}) == 4


def test_odds_of_kinds_change_nothing_else():
    views = [draw_view(only(kind), clip_rng(1, 0, 0)) for kind in KINDS]
    assert {view.kind for view in views} == set(KINDS)
    assert len({replace(view, kind="standing") for view in views}) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_clips_keep_to_their_ranges(points, kind):
    odds = only(kind)
    for clip in clips(points, odds):
        camera, size = clip.camera, clip.camera.size
        assert odds.seconds[0] - 0.05 <= clip.time[-1] - clip.time[0] <= odds.seconds[1]
        assert points.time[0] <= clip.time[0] < clip.time[-1] <= points.time[-1]
        np.testing.assert_allclose(np.diff(clip.time), 1 / clip.fps)
        assert (clip.fps in odds.fps, size in odds.sizes) == (True, True)
        lens = 2 * np.degrees(np.arctan(max(size) / 2 / camera.focal_px))
        assert odds.lens_deg[0] <= lens <= odds.lens_deg[1]
        assert camera.position[:, 1] == pytest.approx(camera.position[0, 1])
        assert odds.height_m[0] <= camera.position[0, 1] <= odds.height_m[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_person_is_in_the_picture_as_often_as_the_view_says(points, kind):
    shares = [clip.inside.all(axis=1).mean() for clip in clips(points, only(kind, whole=(0.9, 0.9)))]
    assert np.mean(shares) > 0.9
    assert min(shares) > 0.85
    assert min(clip.visible for clip in clips(points, only(kind))) > 0.75


def test_pixels_are_a_pinhole_s(points):
    """By OpenCV's convention: K (R x + t), x right, y down, pixel 0 in the middle of the first."""
    for clip in clips(points, ViewOdds(), 12):
        if clip.kind == "treadmill":
            continue
        camera = clip.camera
        places = smooth(points.of(clip.names), points.rate_hz, clip.time - points.time[0])
        for k in (0, len(clip) // 2, len(clip) - 1):
            rotation, position = camera.rotation[k], camera.position[k]
            np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
            assert np.linalg.det(rotation) == pytest.approx(1)
            seen = (places[k] - position) @ rotation.T
            matrix = np.array(
                [
                    [camera.focal_px, 0, (camera.size[0] - 1) / 2],
                    [0, camera.focal_px, (camera.size[1] - 1) / 2],
                    [0, 0, 1],
                ]
            )
            flat = seen @ matrix.T
            np.testing.assert_allclose(clip.pixels[k], flat[:, :2] / flat[:, 2:], atol=0.01)
            head = seen[COCO_KEYPOINTS.index("nose"), 1]
            assert head < seen[COCO_KEYPOINTS.index("left_ankle"), 1], "y is down"


def test_where_cameras_are(points):
    """Ahead, left, behind and right of the walker as the bearing says, and moved as the kind says."""
    straight = {"square_sd_deg": 0.0, "square": 1.0, "aim": (0.0, 0.0), "roll_sd_deg": 0.0}
    seen = set()
    for kind in KINDS:
        for clip in clips(points, only(kind, **straight), 24):
            middle = points.of(["left_hip"]).mean(axis=(0, 1))[[0, 2]]
            quarter = round(clip.bearing / (np.pi / 2)) % 4
            apart = clip.camera.position[:, [0, 2]] - middle
            moved = np.ptp(clip.camera.position, axis=0).max()
            turned = np.ptp(clip.camera.rotation, axis=0).max()
            travelled = SPEED * (clip.time[-1] - clip.time[0])
            assert (moved > 0.6 * travelled) if kind == "following" else (moved < 1e-9)
            assert turned < 1e-9 or kind == "panning"
            if kind == "panning" and quarter % 2:
                assert turned > 0.05, "from the side a walker is turned after"
            if kind == "treadmill":
                continue
            if quarter % 2:
                assert (apart[:, 0] > 0).all() == (quarter == 1), "x is to the walker's left"
            seen.add((kind, quarter))
    assert len(seen) == 12


def test_a_treadmill_keeps_the_walker_in_place_and_its_steps(points):
    for clip in clips(points, only("treadmill", roll_sd_deg=0.0), 12):
        hips = clip.pixels[:, [11, 12]].mean(axis=1)
        size = np.ptp(clip.pixels[..., 1], axis=1).mean()
        assert np.ptp(hips, axis=0).max() < 0.2 * size
        ankles = clip.pixels[:, 15] - clip.pixels[:, 16]
        assert np.ptp(ankles, axis=0).max() > 0.05 * size


def test_a_walk_in_any_direction_is_filmed_alike(points):
    """A turn of walk and camera together changes no pixel."""
    turn = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    turned = WalkPoints(points.time, points.names, (points.places @ turn.T).astype(np.float32))
    np.testing.assert_allclose(facing(points), [0, 0, 1], atol=0.02)
    np.testing.assert_allclose(facing(turned), turn @ facing(points), atol=1e-6)
    for k in range(8):
        one, other = (draw_clip(walk, COCO_KEYPOINTS, clip_rng(1, 0, k)) for walk in (points, turned))
        np.testing.assert_allclose(one.pixels, other.pixels, atol=0.1)


def turned_to(points, bearing, seconds=1.5):
    """Clips of a treadmill seen exactly from there, hidden points by name: the share of frames."""
    odds = only("treadmill", seconds=(seconds, seconds), height_m=(1.0, 1.0))
    view = replace(draw_view(odds, clip_rng(0, 0, 0)), bearing=bearing, fps=60.0)
    places = smooth(points.of(COCO_KEYPOINTS), points.rate_hz, np.arange(90) / 60)
    course = fit_course(view, places, facing(points))
    return dict(zip(COCO_KEYPOINTS, hidden_points(course, places, places[:, 3:]).mean(axis=0), strict=True))


def test_the_body_hides_what_is_behind_it(points):
    left, behind, ahead = (turned_to(points, angle) for angle in (np.pi / 2, np.pi, 0.0))
    for part in ("ear", "shoulder", "hip"):
        assert left[f"left_{part}"] < 0.4, "nothing but an arm swings before it"
        assert left[f"right_{part}"] == 1.0, part
        assert turned_to(points, -np.pi / 2)[f"left_{part}"] == 1.0
    assert 0.05 < left["right_knee"] < 0.6, "legs pass each other"
    assert min(behind[name] for name in ("nose", "left_eye", "right_eye")) == 1.0
    assert max(ahead[name] for name in COCO_KEYPOINTS if "wrist" not in name and "elbow" not in name) < 0.3


def test_clips_tell_what_is_hidden(points):
    """Half of the far side, in a clip from a side; never both shoulders."""
    for clip in clips(points, only("following", square=1.0, square_sd_deg=0.0), 24):
        shoulders = clip.hidden[:, [COCO_KEYPOINTS.index(f"{side}_shoulder") for side in ("left", "right")]]
        assert clip.hidden.shape == clip.inside.shape
        assert not shoulders.all(axis=1).any()
        if round(clip.bearing / (np.pi / 2)) % 2:
            assert shoulders.any(axis=1).mean() > 0.8


def test_a_short_walk_is_shown_whole():
    short = stick_points(StickWalk(1.2, 110.0, 1.5, seconds=2.0))
    for clip in clips(short, ViewOdds(), 20):
        assert clip.time[-1] <= short.time[-1] + 1e-9
        assert clip.time[-1] - clip.time[0] > 1.4


def test_long_clips_of_walks_across_are_cut_before_the_person_is_tiny(points):
    odds = only("standing", square=1.0, whole=(1.0, 1.0))
    drawn = clips(points, odds, 80)
    shares = [np.ptp(clip.pixels[..., 1], axis=1).mean() / clip.camera.size[1] for clip in drawn]
    assert min(shares) > 0.6 * odds.least_share
    assert max(clip.time[-1] - clip.time[0] for clip in drawn) > 8, "walks towards a camera are not cut"


def test_a_point_that_a_walk_lacks_is_named(points):
    with pytest.raises(KeyError, match="left_heel"):
        draw_clip(points, ["left_heel"], clip_rng(0, 0, 0))


def test_curves_between_samples_are_smooth():
    """Exact at samples and for straight lines; a sway of 2 Hz at 60 a second is met within a thousandth of its size."""
    time = np.arange(120) / 60
    sway = np.sin(4 * np.pi * time)[:, None, None] * np.ones((1, 2, 3))
    between = np.linspace(0.1, 1.8, 77)
    np.testing.assert_allclose(smooth(sway, 60.0, time), sway, atol=1e-6)
    np.testing.assert_allclose(smooth(sway, 60.0, between)[:, 1, 2], np.sin(4 * np.pi * between), atol=1e-3)
    np.testing.assert_allclose(smooth(3 * time[:, None], 60.0, between)[:, 0], 3 * between, atol=1e-5)


def test_a_camera_that_need_not_be_moved_back_fills_the_picture_as_the_view_says(points):
    odds = only("treadmill", share=(0.5, 0.5), aim=(0.0, 0.0))
    view = replace(draw_view(odds, clip_rng(0, 0, 0)), bearing=np.pi / 2, size=(1920, 1080), focal_px=1500.0)
    places = points.of(COCO_KEYPOINTS) - (SPEED * points.time)[:, None, None] * np.array([0.0, 0.0, 1.0])
    pixels, inside = fit_course(view, places, facing(points)).project(places)
    assert inside.all()
    assert np.ptp(pixels[..., 1], axis=1).max() / 1080 == pytest.approx(0.5, rel=0.05)
