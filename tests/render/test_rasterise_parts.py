"""Matrices, shader texts and compositing of the rasteriser, without drawing."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from render.camera.camera import Camera, look_rotation, make_intrinsics
from render.core.display import EXPOSURE, GAMMA
from render.core.frame import Image
from render.figure.body_parts import PARTS, part_of_vertex
from render.figure.part import Material
from render.places.surfaces import Quad, Room, join
from render.raster.composite import (
    BRIGHTEST,
    SHOWN_OVER,
    SHOWN_UNDER,
    dim,
    dimming,
    finer_to_one,
    lay_over,
    over_backdrop,
)
from render.raster.culling import in_chunks
from render.raster.cutting import LONGEST_M, LONGEST_SHARE, finely_cut
from render.raster.passing import room_velocity
from render.raster.shade import along_light, cast_on_floor, from_below, sheet, texture_of
from render.raster.shader_text import shader_text
from render.raster.view import Box, as_exposed, box_around, eye_to_clip, metres, same_view, world_to_eye

TO_LIGHT = np.array([0.4, 0.8, -0.2]) / np.linalg.norm([0.4, 0.8, -0.2])


def make_camera(**fields) -> Camera:
    rotation = look_rotation(np.array([-1.0, -0.2, 0.3]))
    return Camera(
        "x", make_intrinsics(0.9, (200, 120)), rotation, -rotation @ np.array([4.0, 1.6, -1.0]), (200, 120), **fields
    )


def points_ahead(rng: np.random.Generator) -> np.ndarray:
    return rng.uniform([-1, 0, -1], [1, 2, 1], (50, 3))


def seen_in_box(camera: Camera, box: Box, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of the whole picture and depths in [0, 1] by the matrices."""
    matrix = eye_to_clip(camera, box) @ world_to_eye(camera)
    clip = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    cube = clip[:, :3] / clip[:, 3:]
    across = box.left + (0.5 + 0.5 * cube[:, 0]) * box.width - 0.5
    down = box.top + (0.5 - 0.5 * cube[:, 1]) * box.height - 0.5
    return np.stack([across, down], axis=1), 0.5 + 0.5 * cube[:, 2]


def test_matrices_project_as_the_camera_does():
    camera, points = make_camera(), points_ahead(np.random.default_rng(0))
    pixels, depth = camera.project(points)
    for box in (Box(0, 0, 200, 120), Box(31, 17, 64, 50)):
        seen, raw = seen_in_box(camera, box, points)
        np.testing.assert_allclose(seen, pixels, atol=1e-9)
        np.testing.assert_allclose(metres(raw), depth, rtol=1e-9)
    assert metres(np.ones(1)) == 0


def test_a_box_holds_what_is_ahead():
    camera, points = make_camera(), points_ahead(np.random.default_rng(1))
    box = box_around(camera, points)
    pixels, _ = camera.project(points)
    inside = (pixels > -0.5).all(axis=1) & (pixels < np.array(camera.size) - 0.5).all(axis=1)
    assert inside.any()
    low, high = np.array([box.left, box.top]), np.array([box.left + box.width, box.top + box.height])
    assert ((pixels[inside] >= low) & (pixels[inside] <= high)).all()
    assert box_around(camera, points + 50 * (camera.position - points.mean(axis=0))) is None


@pytest.mark.parametrize("fields", [{"travel": np.array([0.0, 0.0, 3.0])}, {"turning": np.array([0.0, 2.0, 0.0])}, {}])
def test_points_as_exposed_are_seen_where_the_camera_says(fields):
    camera = make_camera(line_s=1e-4, **fields)
    rng = np.random.default_rng(2)
    points, velocity = points_ahead(rng), rng.normal(0, 2, (50, 3))
    pixels, depth = camera.project(points, velocity)
    still = make_camera()
    seen, seen_depth = still.project(as_exposed(camera, points, velocity))
    np.testing.assert_allclose(seen, pixels, atol=0.01)
    np.testing.assert_allclose(seen_depth, depth, atol=1e-3)
    assert np.abs(seen - still.project(points)[0]).max() > 0.05


def test_equal_views_are_found():
    assert same_view(make_camera(), make_camera())
    for other in (
        make_camera(line_s=1e-5),
        make_camera(distortion=np.array([0.1, 0, 0, 0, 0])),
        make_camera(travel=np.ones(3)),
    ):
        assert not same_view(make_camera(), other)


def test_what_the_light_meets_in_a_line_shares_a_place_of_its_map():
    point = np.array([[0.2, 1.1, 0.3]])
    floor = cast_on_floor(point, TO_LIGHT)
    assert floor[0, 1] == pytest.approx(0, abs=1e-12)
    matrix, (width, depth) = along_light(TO_LIGHT, np.array([0.1, 0.9, 0.2]), 1.8)
    first, second = (texture_of(matrix) @ np.append(p, 1.0) for p in (point[0], floor[0]))
    np.testing.assert_allclose(first[:2], second[:2], atol=1e-12)
    assert 0 < first[2] < second[2] < 1
    assert (second[2] - first[2]) * depth == pytest.approx(np.linalg.norm(point - floor))
    across = np.cross(TO_LIGHT, [0.0, 1.0, 0.0])
    moved = texture_of(matrix) @ np.append(point[0] + across / np.linalg.norm(across), 1.0)
    assert np.linalg.norm(moved[:2] - first[:2]) * width == pytest.approx(1.0)


def test_from_below_the_lowest_is_nearest():
    matrix = texture_of(from_below(np.array([-0.1, 0.0, 1.0]), np.array([0.3, 0.1, 1.4])))
    low, high, aside = (matrix @ [0.1, y, z, 1.0] for y, z in ((0.0, 1.2), (0.05, 1.2), (0.0, 1.4)))
    assert 0 < low[2] < high[2] < 1
    np.testing.assert_allclose(low[:2], 0.5)
    assert 0.5 < aside[1] < 1


def test_the_sheet_covers_its_square_and_looks_up():
    vertices, faces = sheet()
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    assert 0.5 * normals[:, 1].sum() == pytest.approx(1.0)
    assert (normals[:, 1] > 0).all()


def area(room: Room) -> float:
    a, b, c = (room.vertices[room.faces[:, k]].astype(float) for k in range(3))
    return float(0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())


def test_cut_surfaces_keep_their_area_and_leave_no_crack():
    """Every edge inside the square belongs to two triangles that share both of its ends."""
    square = join(
        [
            Quad(
                np.zeros(3),
                np.array([0.0, 0, 7.0]),
                np.array([5.0, 0, 0]),
                np.array([0.2, 0.4, 0.6]),
                Material.PLAIN,
                0.5,
            )
        ]
    )
    eye = np.array([1.0, 1.0, 2.0])
    cut = finely_cut(square, eye)
    assert area(cut) == pytest.approx(area(square))
    corners = cut.vertices[cut.faces].astype(float)
    ends = np.stack([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 2, 3)
    distance = np.linalg.norm(ends.mean(axis=1) - eye, axis=1)
    assert (
        np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) <= np.maximum(LONGEST_M, LONGEST_SHARE * distance) + 1e-6
    ).all()
    border = [np.isclose(ends[:, :, axis], at).all(axis=1) for axis, at in ((0, 0), (0, 5), (2, 0), (2, 7))]
    inner = np.round(ends[~np.any(border, axis=0)], 5)
    there, back = ({tuple(edge.ravel()) for edge in edges} for edges in (inner, inner[:, ::-1]))
    assert there == back
    np.testing.assert_allclose(cut.grain, cut.vertices[:, [2, 0]], atol=1e-5)
    np.testing.assert_allclose(cut.colours, np.broadcast_to(square.colours[0], cut.colours.shape), atol=1e-6)


def test_vertices_belong_to_the_part_that_moves_them_most():
    weights = np.zeros((3, 57))
    weights[0, [0, 15]] = 0.4, 0.6
    weights[1, 10] = 1.0
    weights[2, [20, 56]] = 0.2, 0.8
    assert [PARTS[k] for k in part_of_vertex(weights)] == ["head", "left_foot", "walking_aid"]
    assert [PARTS[k] for k in part_of_vertex(weights[:2, :55])] == ["head", "left_foot"]


def test_shader_texts_hold_what_they_include():
    text = shader_text("material.frag", {"MATERIAL": 3, "FIGURE": 1})
    assert text.splitlines()[:3] == ["#version 330 core", "#define MATERIAL 3", "#define FIGURE 1"]
    assert "#include" not in text
    assert text.count("vec3 surface_colour(int material") == text.count("vec3 dome_light(vec3 n)") == 1


def checker(rng: np.random.Generator) -> Image:
    return rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)


def test_dimming_is_in_linear_light():
    picture = np.full((2, 2, 3), 150, np.uint8)
    light = -np.log(1 - (150 / 255) ** GAMMA) / EXPOSURE
    dim(picture, np.full((2, 2), 128, np.uint8), np.array([[255, 255], [0, 255]], np.uint8))
    expected = 255 * (1 - np.exp(-EXPOSURE * light * 128 / 255)) ** (1 / GAMMA)
    assert abs(int(picture[0, 0, 0]) - expected) <= 0.5
    assert (picture[1, 0] == 150).all()
    assert (np.abs(dimming()[255].astype(int) - np.arange(256)) <= 1).all()
    assert (np.diff(dimming().astype(int), axis=0) >= 0).all()


def test_full_light_changes_nothing():
    picture = checker(np.random.default_rng(3))
    before = picture.copy()
    dim(picture, np.full((6, 8), 255, np.uint8), np.full((6, 8), 255, np.uint8))
    np.testing.assert_array_equal(picture, before)


def test_laying_over_is_the_over_operator():
    rng = np.random.default_rng(4)
    picture, colour = checker(rng), checker(rng)
    coverage = rng.integers(0, 256, (6, 8, 1))
    coverage[0], coverage[1] = 0, 255
    premultiplied = np.round(colour * (coverage / 255))
    before = picture.copy()
    lay_over(picture, np.concatenate([premultiplied, coverage], axis=2).astype(np.uint8))
    np.testing.assert_allclose(picture, premultiplied + before * (1 - coverage / 255), atol=1.0)
    np.testing.assert_array_equal(picture[0], before[0])
    np.testing.assert_array_equal(picture[1], colour[1])


def test_a_backdrop_shows_where_nothing_was_drawn():
    rng = np.random.default_rng(5)
    backdrop, covered = checker(rng), np.zeros((6, 8), np.uint8)
    covered[:3] = 255
    drawn = np.where(covered[..., None] > 0, checker(rng), 0).astype(np.uint8)
    picture = over_backdrop(drawn, covered, backdrop)
    np.testing.assert_array_equal(picture[:3], drawn[:3])
    np.testing.assert_array_equal(picture[3:], backdrop[3:])


def test_finer_pixels_are_averaged():
    picture = np.zeros((4, 6, 4), np.uint8)
    picture[:2, :2] = [[[10, 20, 30, 40], [30, 40, 50, 60]], [[10, 20, 30, 40], [30, 40, 50, 60]]]
    np.testing.assert_array_equal(finer_to_one(picture, 2)[0, 0], [20, 30, 40, 50])
    assert finer_to_one(picture, 2).shape == (2, 3, 4)


def test_light_is_shown_by_the_curve_within_a_fifth_of_a_level():
    light = np.geomspace(1e-6, BRIGHTEST, 5000)
    root = light**0.25
    over, under = (sum(c * root ** (k + 1) for k, c in enumerate(shown)) for shown in (SHOWN_OVER, SHOWN_UNDER))
    curve = (1 - np.exp(-EXPOSURE * light)) ** (1 / GAMMA)
    assert 255 * np.abs(over / (1 + under) - curve).max() < 0.2


@pytest.mark.parametrize("distortion", [np.zeros(5), np.array([-0.15, 0.0, 0.001, 0.0, 0.0])])
def test_nothing_that_is_seen_is_culled_and_half_of_what_is_not_is(distortion):
    rng = np.random.default_rng(4)
    camera = replace(make_camera(), distortion=distortion)
    corners = rng.uniform(-9, 9, (4000, 1, 3)) + rng.uniform(-0.3, 0.3, (4000, 3, 3))
    number, chunks = in_chunks(corners.reshape(-1, 3), np.arange(12000).reshape(-1, 3))
    pixels, depth = camera.project(corners)
    box = Box(40, 20, 100, 60)
    x, y = pixels[..., 0], pixels[..., 1]
    inside = (x > box.left) & (x < box.left + box.width) & (y > box.top) & (y < box.top + box.height) & (depth > 0.1)
    kept = chunks.seen(camera, box)[number]
    assert inside.any(axis=1).sum() > 20
    assert kept[inside.any(axis=1)].all()
    assert kept.mean() < 0.3
    assert chunks.seen(camera, box, 3.0)[number].sum() < 0.6 * kept.sum()
    assert chunks.seen(camera, box, 3.0)[number][(inside & (depth < 3.0)).any(axis=1)].all()


@pytest.mark.parametrize(("distortion", "most"), [(np.zeros(5), 2e-3), (np.array([-0.1, 0.0, 0.001, 0.0, 0.0]), 0.1)])
def test_the_rooms_velocity_is_where_its_points_go(distortion, most):
    camera = replace(make_camera(), distortion=distortion)
    turn = Rotation.from_rotvec([0.004, 0.012, 0.002]).as_matrix()
    following = replace(
        camera, rotation=turn @ camera.rotation, translation=turn @ camera.translation + [0.01, -0.004, 0.02]
    )
    width, height = camera.size
    depth = np.random.default_rng(2).uniform(2, 9, (height, width)).astype(np.float32)
    depth[:10] = 0
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(float)
    points = camera.position + camera.rays(pixels) * depth[..., None]
    way = following.project(points)[0] - pixels
    found = room_velocity(camera, following, depth)
    assert np.abs(way[10:]).max() > 2
    assert np.abs(found[10:] - way[10:]).max() < most
    assert not found[:10].any()
