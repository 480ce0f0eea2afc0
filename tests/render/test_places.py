"""Every place: closed, lit from the right side, free where somebody walks, the same for the same seed."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from pydantic import ValidationError

from engine.core.arrays import Array
from render.body.posing import Pose
from render.places.belt import walk_on_belt
from render.places.catalogue import PLACES, PlaceSection
from render.places.openness import bounds
from render.places.place import WALKWAY_HALF_M, Place
from render.places.surfaces import Room

_START, _END = 0.4, 4.0
_BELT_HALF_M = 0.31


@cache
def _place(name: str, seed: int = 3) -> Place:
    return PLACES[name](_START, _END, np.random.default_rng(seed))


@pytest.fixture(params=PLACES)
def place(request) -> Place:
    return _place(request.param)


def _corners(room: Room) -> Array:
    return room.vertices[room.faces].astype(float)


def _nearest_front(room: Room, eye: Array, rays: Array) -> Array:
    """How far along each of ``rays (n, 3)`` the first face that looks at ``eye`` lies (Möller & Trumbore 1997); inf where none does."""
    a, b, c = np.moveaxis(_corners(room), 1, 0)
    first, second = b - a, c - a
    normal, from_a = np.cross(first, second), eye - a
    front = np.einsum("ma,ma->m", normal, from_a) > 0
    first, second, normal, from_a = first[front], second[front], normal[front], from_a[front]
    nearest = np.full(len(rays), np.inf)
    for k, ray in enumerate(rays):
        slope = -normal @ ray
        across = np.cross(from_a, ray)
        with np.errstate(divide="ignore", invalid="ignore"):
            far = np.einsum("ma,ma->m", normal, from_a) / slope
            u, v = np.einsum("ma,ma->m", second, across) / slope, -np.einsum("ma,ma->m", first, across) / slope
        hit = (slope > 0) & (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (far > 1e-6)
        nearest[k] = far[hit].min(initial=np.inf)
    return nearest


def test_normals_look_where_faces_look(place):
    a, b, c = np.moveaxis(_corners(place.room), 1, 0)
    facing = np.cross(b - a, c - a)
    area = np.linalg.norm(facing, axis=1)
    mean = place.room.normals[place.room.faces].mean(axis=1)
    agree = np.einsum("ma,ma->m", facing, mean) / np.maximum(area, 1e-12)
    assert (agree[area > 1e-7] > 0).all()
    np.testing.assert_allclose(np.linalg.norm(place.room.normals, axis=1), 1, atol=1e-3)


def test_nothing_stands_where_somebody_walks(place):
    half = _BELT_HALF_M if place.belt else WALKWAY_HALF_M
    start, end = place.walkway
    low, high = np.array([-half, 0.01, start]), np.array([half, 2.0, end])
    for piece in place.pieces:
        inside = (piece.boxes[:, 0] < high) & (piece.boxes[:, 1] > low)
        assert not inside.all(axis=1).any(), piece.name


def test_there_is_one_floor_at_height_zero_under_every_foot(place):
    half = _BELT_HALF_M if place.belt else WALKWAY_HALF_M
    start, end = place.walkway
    corners = _corners(place.room)
    level = corners[(np.abs(corners[..., 1]) < 0.05).all(axis=1)]
    up = np.cross(level[:, 1] - level[:, 0], level[:, 2] - level[:, 0])[:, 1]
    level = level[up > 1e-9]
    rng = np.random.default_rng(0)
    for point in rng.uniform((-half, start - 0.3), (half, end + 0.3), (15, 2)):
        to = level[..., [0, 2]] - point
        turns = [to[:, k, 0] * to[:, (k + 1) % 3, 1] - to[:, k, 1] * to[:, (k + 1) % 3, 0] for k in range(3)]
        under = (np.stack(turns) < 0).all(axis=0)
        assert under.sum() == 1
        np.testing.assert_allclose(level[under][..., 1], 0, atol=1e-6)


def test_a_camera_sees_no_hole_and_nothing_hides_the_walker(place):
    rng = np.random.default_rng(1)
    middle = np.array([0.0, 1.0, 0.5 * sum(place.walkway)])
    for bearing in (0.1, 1.6, 4.4):
        away = rng.uniform(5.0, 12.0) * np.array([np.sin(bearing), 0.0, np.cos(bearing)])
        eye = middle + away + [0.0, rng.uniform(-0.5, 3.5), 0.0]
        assert ((eye > place.eye_room[0]) & (eye < place.eye_room[1])).all()
        room = place.seen_from(eye[None])
        rays = (middle - eye) / np.linalg.norm(middle - eye) + rng.uniform(-0.5, 0.5, (6, 3))
        assert np.isfinite(_nearest_front(room, eye, rays)).all()
        if place.belt:
            continue  # its rails are before the walker, as in life
        seen = rng.uniform((-0.3, 0.1, place.walkway[0]), (0.3, 1.7, place.walkway[1]), (3, 3))
        assert (_nearest_front(room, eye, seen - eye) > 1 - 1e-6).all()


def test_light_is_bounded_and_comes_from_above(place):
    assert np.linalg.norm(place.light.key.to_light) == pytest.approx(1)
    assert place.light.key.to_light[1] > 0.2
    assert (place.light.key.colour > 0).all()
    brightness = place.light.key.colour.mean() + place.light.dome[0].mean()
    assert 0.8 < brightness < 3.5
    openness = place.room.colours[:, 3]
    assert openness.min() >= 0.25
    assert openness.max() <= 1


@pytest.mark.parametrize("name", ["studio", "living_room"])
def test_same_seed_same_place(name):
    again = PLACES[name](_START, _END, np.random.default_rng(3))
    for column in ("vertices", "normals", "faces", "colours", "grain", "surface"):
        np.testing.assert_array_equal(getattr(again.room, column), getattr(_place(name).room, column))
    np.testing.assert_array_equal(again.light.dome, _place(name).light.dome)
    assert not np.array_equal(PLACES[name](_START, _END, np.random.default_rng(4)).light.dome, again.light.dome)


def test_walls_make_way_for_cameras_behind_them():
    place = _place("corridor")
    outside, inside = np.array([[9.0, 3.5, 2.0]]), np.array([[0.2, 1.3, 7.5]])
    wide, narrow = place.seen_from(outside), place.seen_from(inside)
    np.testing.assert_array_equal(narrow.vertices, place.room.vertices)
    assert len(wide.faces) <= len(narrow.faces)
    low, high = bounds(replace(place, room=wide).part(_piece(place, "left wall")))
    assert low[0] > 9.0, "wall, doors and rails lie behind the camera"
    assert high[1] > 3.5
    assert bounds(replace(place, room=wide).part(_piece(place, "ceiling")))[0, 1] > 3.4
    right = _piece(place, "right wall")
    assert bounds(replace(place, room=wide).part(right))[0, 0] == bounds(place.part(right))[0, 0]


def test_what_is_left_out_leaves_no_shade():
    place = _place("living_room")
    sofa = _piece(place, "sofa")
    eye = np.array([[-6.0, 1.0, float(place.pieces[sofa].extent[:, 2].mean())]])
    assert place.hiding(eye)[sofa]
    under = place.pieces[sofa].extent
    shaded, open_ = (_floor_openness(room, under) for room in (place.room, place.seen_from(eye)))
    assert shaded.min() < 0.8
    assert open_.min() > 0.9


def _floor_openness(room: Room, within: Array) -> Array:
    level = (np.abs(room.vertices[:, 1]) < 1e-6) & (room.normals[:, 1] > 0.9)
    near = (room.vertices > within[0] - 0.05) & (room.vertices < within[1] + 0.05)
    return room.colours[level & near[:, 0] & near[:, 2], 3]


def _piece(place: Place, name: str) -> int:
    return [piece.name for piece in place.pieces].index(name)


def test_on_a_belt_the_walker_stays_where_they_are():
    fps, speed = 30.0, 1.3
    seconds = np.arange(61) / fps
    pelvis = np.column_stack([0.02 * np.sin(seconds), 0.9 + 0 * seconds, speed * seconds + 0.03 * np.sin(9 * seconds)])
    pose = Pose(np.tile(np.eye(3), (61, 55, 1, 1)), pelvis)
    moved, belt = walk_on_belt(pose, fps, 2.0)
    assert belt == pytest.approx(speed, rel=0.03)
    assert moved.pelvis[:, 2].mean() == pytest.approx(2.0)
    assert np.ptp(moved.pelvis[:, 2]) < 0.12
    np.testing.assert_array_equal(moved.pelvis[:, :2], pelvis[:, :2])
    np.testing.assert_allclose(np.diff(pelvis[:, 2] - moved.pelvis[:, 2]), belt / fps, atol=1e-12)


def test_section_draws_only_what_has_odds():
    section = PlaceSection(odds={"studio": 1.0, "street": 0.0}, intensity=(1.5, 1.5), contrast=(1, 1), mired=(0, 0))
    drawn = section.draw(np.random.default_rng(8), _START, _END)
    assert drawn.name == "studio"
    again = section.draw(np.random.default_rng(8), _START, _END)
    np.testing.assert_array_equal(drawn.room.colours, again.room.colours)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"odds": {"moon": 1.0}}, "moon"),
        ({"odds": {"street": 0.0}}, "above 0"),
        ({"odds": {"photograph": 1.0}}, "photographs"),
        ({"mired": (20.0, -20.0)}, "least, most"),
        ({"photographs": ({"file": "nowhere.jpg"},)}, r"nowhere\.jpg"),
        ({"fog": 1}, "fog"),
    ],
)
def test_section_refuses_what_cannot_be(wrong, said):
    with pytest.raises(ValidationError, match=said):
        PlaceSection(**wrong)


@pytest.mark.parametrize("seed", range(4))
def test_a_living_room_fits_a_very_short_walk(seed):
    """A child in severe crouch goes less than two metres in a clip."""
    assert len(PLACES["living_room"](0.0, 1.2, np.random.default_rng(seed)).room.faces)


def test_who_has_no_shoes_on_stays_indoors():
    section = PlaceSection(odds={"street": 5, "studio": 1})
    names = {section.draw(np.random.default_rng(seed), _START, _END, shod=False).name for seed in range(6)}
    assert names == {"studio"}
    street = PlaceSection(odds={"street": 1})
    assert street.draw(np.random.default_rng(0), _START, _END, shod=False).name == "street", "there is nowhere else"
