"""Solids, refinement and ambient shading."""

import numpy as np
import pytest

from render.core.colour import linear_rgb
from render.figure.part import Material
from render.places.openness import form_factor, openness
from render.places.solids import block, cushion, sphere, tube
from render.places.subdivide import refined
from render.places.surfaces import Quad, Room, join, merge, placed

_GREY = linear_rgb("#808080")


def _volume(room: Room) -> float:
    a, b, c = np.moveaxis(room.vertices[room.faces].astype(float), 1, 0)
    return float(np.einsum("na,na->", a, np.cross(b, c))) / 6


def _area(room: Room) -> float:
    a, b, c = np.moveaxis(room.vertices[room.faces].astype(float), 1, 0)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2


@pytest.mark.parametrize(
    ("solid", "volume"),
    [
        (block((1, 2, 3), (0.5, 0.2, 0.1), _GREY), 0.08),
        (sphere((1, 1, 0), 0.5, _GREY), 4 / 3 * np.pi * 0.125),
        (tube([[0, 0, 0], [0, 2, 0]], 0.1, _GREY, around=40), 2 * np.pi * 0.01),
        (tube([[2, 0, 1], [0, 0, 1]], (0.3, 0.1), _GREY, around=40), 2 * np.pi * (0.09 + 0.03 + 0.01) / 3),
        (cushion((0, 0.5, 0), (0.5, 0.5, 0.5), _GREY, squareness=0.02), 1.0),
    ],
)
def test_solids_are_closed_and_face_outward(solid, volume):
    """The divergence theorem: only a closed skin whose faces all look outward has its own volume, wherever it lies."""
    assert _volume(solid) == pytest.approx(volume, rel=0.05)
    assert _volume(placed(solid, (3.0, -1.0, 2.0), 0.7)) == pytest.approx(_volume(solid), rel=1e-3)
    outward = np.einsum("na,na->n", solid.normals, solid.vertices - solid.vertices.mean(axis=0))
    assert (outward > -1e-4).mean() > 0.98


def test_turning_takes_z_towards_x():
    ahead = placed(block((0, 0.5, 2.0), (0.1, 0.1, 0.1), _GREY), (0, 0, 0), 0.5 * np.pi)
    np.testing.assert_allclose(ahead.vertices.mean(axis=0), [2.0, 0.5, 0.0], atol=1e-6)


def test_refined_surfaces_keep_their_area_and_have_no_cracks():
    room = merge([sphere((0, 1, 0), 1.0, _GREY), block((3, 0, 0), (2.0, 0.1, 0.4), _GREY)])
    owner = np.repeat([0, 1], [len(room.vertices) - 24, 24])[:, None]

    def longest(points: np.ndarray) -> np.ndarray:
        return 0.05 + 0.3 * np.abs(points[:, 0] - 1.0)

    fine, owners = refined(room, owner, longest)
    assert _area(fine) == pytest.approx(_area(room), rel=1e-5)
    assert _volume(fine) == pytest.approx(_volume(room), rel=1e-5)
    ends = fine.vertices[fine.faces[:, [[0, 1], [1, 2], [2, 0]]]].astype(float)
    assert (
        np.linalg.norm(ends[:, :, 1] - ends[:, :, 0], axis=2)
        <= longest(ends.mean(axis=2).reshape(-1, 3)).reshape(-1, 3) + 1e-5
    ).all()
    assert (owners[fine.faces] == owners[fine.faces[:, :1]]).all()
    _, edges = np.unique(
        np.sort(fine.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0, return_counts=True
    )
    _, before = np.unique(
        np.sort(room.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0, return_counts=True
    )
    assert edges.max() == before.max() == 2


def test_form_factors_of_all_that_is_around_sum_to_one():
    """Light that leaves a point of a box's floor must arrive on its other five sides."""
    (x0, y0, z0), (x1, y1, z1) = (-1.0, 0.0, -2.0), (2.0, 1.5, 1.0)
    sides = [
        [(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)],
        [(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)],
        [(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)],
        [(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)],
        [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)],
    ]
    points = np.array([[0.0, 0.0, 0.0], [1.9, 0.0, 0.9], [-0.5, 0.0, -1.2]])
    up = np.tile([0.0, 1.0, 0.0], (3, 1))
    total = sum(form_factor(points, up, np.array(side)) for side in sides)
    np.testing.assert_allclose(total, 1.0, atol=1e-6)


def test_floor_is_darker_beside_a_box_and_dark_boxes_take_more():
    points = np.array([[0.55, 0.0, 0.0], [0.8, 0.0, 0.0], [4.0, 0.0, 0.0]])
    up, owner = np.tile([0.0, 1.0, 0.0], (3, 1)), np.full(3, -1)
    dark, light = (block((0, 0.5, 0), (0.5, 0.5, 0.5), linear_rgb(colour)) for colour in ("#202020", "#e0e0e0"))
    left = openness(points, up, owner, [dark])
    assert left[0] < left[1] < left[2] == 1
    assert (openness(points, up, owner, [light])[:2] > left[:2]).all()
    np.testing.assert_array_equal(openness(points, up, np.zeros(3, int), [dark]), 1)


def test_grain_runs_in_metres_along_walls_of_all_directions():
    up, along = np.array([0.0, 2.0, 0.0]), np.array([3.0, 0.0, 0.0])
    for first, second in ((along, up), (up, np.array([0.0, 0.0, 3.0]))):
        wall = join([Quad(np.zeros(3), first, second, _GREY, Material.BRICK, 0.9)])
        np.testing.assert_allclose(np.ptp(wall.grain, axis=0), [3.0, 2.0])
