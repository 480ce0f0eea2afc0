"""What the rasteriser draws, by a box of known size instead of a person: every pixel can be computed."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from render.body.smplx_joints import JOINT
from render.camera.camera import Camera, look_rotation, make_intrinsics
from render.core.display import EXPOSURE, GAMMA
from render.core.light import Lamp, Light, even_dome
from render.figure.body_parts import PARTS
from render.figure.part import Material
from render.people.figure import Figure
from render.places.surfaces import Quad, Room, box, join, merge

pytestmark = pytest.mark.usefixtures("rasterise")
SIZE = (120, 160)
LOW, HIGH = np.array([-0.3, 0.0, -0.2]), np.array([0.3, 1.6, 0.2])
CELLS = np.array([5, 13, 4])
ALBEDO = 0.4
LENS = np.array([-0.25, 0.08, 0.003, -0.002, -0.01])
DARK = Lamp(np.array([0.0, 1.0, 0.0]), np.zeros(3))
EVEN = even_dome(np.full(3, 0.7), np.full(3, 0.7))
_COLUMNS = ("vertices", "normals", "faces", "colours", "grain", "surface")
SUN = Lamp(np.array([-0.6, 0.8, 0.0]), np.ones(3))


def on_surface(side: Quad) -> bool:
    """Whether a square belongs to the outside of the box."""
    middle = side.corner + 0.5 * (side.first + side.second)
    return bool(np.isclose(middle, LOW).any() or np.isclose(middle, HIGH).any())


@pytest.fixture(scope="module")
def figure() -> Figure:
    """A box that stands on the floor; its lowest quarter is moved by the left foot, the rest by the pelvis."""
    middle, half = 0.5 * (LOW + HIGH), 0.5 * (HIGH - LOW)
    cubes = itertools.product(*(np.linspace(-1, 1, 2 * n + 1)[1::2] for n in CELLS))
    sides = [side for cube in cubes for side in box(middle + half * cube, half / CELLS, np.full(3, ALBEDO), 0.9)]
    mesh = join([side for side in sides if on_surface(side)])
    weights = np.zeros((len(mesh.vertices), 55))
    foot = mesh.vertices[:, 1] < 0.4
    weights[foot, 10], weights[~foot, 0] = 1.0, 1.0
    return Figure(
        np.zeros((55, 3)), mesh.vertices, mesh.normals, weights, mesh.faces, mesh.colours, mesh.grain, mesh.surface
    )


def ground(material: Material = Material.PLAIN) -> Quad:
    return Quad(
        np.array([-8.0, 0.0, -8.0]),
        np.array([0.0, 0.0, 16.0]),
        np.array([16.0, 0.0, 0.0]),
        np.full(3, 0.5),
        material,
        0.9,
    )


@pytest.fixture(scope="module")
def hall() -> Room:
    wall = Quad(
        np.array([-3.0, 0.0, -8.0]),
        np.array([0.0, 6.0, 0.0]),
        np.array([0.0, 0.0, 16.0]),
        np.full(3, 0.5),
        Material.PLAIN,
        0.9,
    )
    return join([ground(), wall])


def camera_at(position: tuple[float, float, float], **fields) -> Camera:
    eye = np.array(position)
    rotation = look_rotation(np.array([0.0, 0.8, 0.0]) - eye)
    return Camera("x", make_intrinsics(0.7, SIZE), rotation, -rotation @ eye, SIZE, **fields)


def moved(*shift: float) -> np.ndarray:
    """Transforms ``(55, 3, 4)`` that move everything by ``shift``."""
    return np.tile(np.column_stack([np.eye(3), shift]), (55, 1, 1))


def pixels_of(camera: Camera) -> np.ndarray:
    columns, lines = np.meshgrid(np.arange(camera.size[0]), np.arange(camera.size[1]))
    return np.stack([columns, lines], axis=-1).astype(float)


def hit(camera: Camera, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Depth ``(h, w)`` at which each pixel's ray enters a box, infinite where it misses (slab method)."""
    rays = camera.rays(pixels_of(camera))
    rays = np.where(np.abs(rays) < 1e-9, 1e-9, rays)
    one, other = (low - camera.position) / rays, (high - camera.position) / rays
    enter, leave = np.minimum(one, other).max(axis=-1), np.maximum(one, other).min(axis=-1)
    return np.where((enter < leave) & (leave > 0), enter, np.inf)


def away_from_edges(mask: np.ndarray) -> np.ndarray:
    """Pixels whose eight neighbours are all as they are."""
    around = [np.roll(mask, shift, axis=(0, 1)) for shift in np.ndindex(3, 3)]
    rolled = [np.roll(picture, (-1, -1), axis=(0, 1)) for picture in around]
    return np.all([picture == mask for picture in rolled], axis=0)


@pytest.mark.parametrize("lens", [np.zeros(5), LENS])
def test_the_figure_is_drawn_where_its_surface_is(rasterise, hall, figure, lens):
    camera = camera_at((4.0, 1.8, 2.5), distortion=lens)
    with rasterise.Rasteriser(hall, figure) as drawing:
        drawing.aim(camera)
        frame = drawing.draw(moved(0.1, 0.0, -0.2))
    depth = hit(camera, *np.add([LOW, HIGH], [0.1, 0.0, -0.2]))
    inside = away_from_edges(np.isfinite(depth))
    np.testing.assert_array_equal(frame.person[inside], np.isfinite(depth)[inside])
    person = inside & frame.person
    assert person.sum() > 1000
    assert np.median(np.abs(frame.depth - depth)[person]) < 0.003
    assert np.abs(frame.depth - depth)[person].max() < 0.02
    height = (camera.position + camera.rays(pixels_of(camera)) * depth[..., None])[..., 1]
    assert (frame.parts[person & (height > 0.5)] == PARTS.index("torso")).all()
    assert (frame.parts[person & (height < 0.3)] == PARTS.index("left_foot")).all()
    floor = (frame.depth > 0) & ~frame.person & inside
    spots = camera.position + camera.rays(pixels_of(camera)) * frame.depth[..., None]
    assert np.abs(np.minimum(np.abs(spots[..., 1]), np.abs(spots[..., 0] + 3.0)))[floor].max() < 0.03


@pytest.mark.parametrize("lens", [np.zeros(5), LENS])
def test_velocities_lead_to_the_next_frame(rasterise, hall, figure, lens):
    camera, upcoming = camera_at((4.0, 1.8, 2.5), distortion=lens), camera_at((4.05, 1.8, 2.42), distortion=lens)
    shift = np.array([0.0, 0.02, 0.06])
    with rasterise.Rasteriser(hall, figure) as drawing:
        drawing.aim(camera, upcoming)
        frame = drawing.draw(moved(0, 0, 0), following=moved(*shift))
    pixels = pixels_of(camera)
    spots = camera.position + camera.rays(pixels) * frame.depth[..., None]
    expected = upcoming.project(spots + shift * frame.person[..., None])[0] - pixels
    known = away_from_edges(frame.person) & (frame.depth > 0) & (frame.depth < 20)
    assert np.abs(expected[known]).max() > 1
    assert np.percentile(np.abs(frame.velocity - expected)[known], 99) < 0.1


def test_without_a_next_frame_nothing_moves(rasterise, hall, figure):
    with rasterise.Rasteriser(hall, figure) as drawing:
        drawing.aim(camera_at((4.0, 1.8, 2.5)))
        assert not drawing.draw(moved(0, 0, 0)).velocity.any()


def test_what_stands_nearer_hides_the_figure(rasterise, hall, figure):
    low, high = np.array([0.8, 0.0, 0.0]), np.array([1.0, 0.9, 1.2])
    table = join(box(0.5 * (low + high), 0.5 * (high - low), np.array([0.6, 0.1, 0.1]), 0.9))
    both = replace(
        hall,
        **{
            name: np.concatenate([getattr(hall, name), getattr(table, name)])
            for name in ("vertices", "normals", "colours", "grain", "surface")
        },
        faces=np.concatenate([hall.faces, table.faces + len(hall.vertices)]),
    )
    camera = camera_at((4.0, 1.3, 0.5))
    with rasterise.Rasteriser(both, figure) as drawing:
        drawing.aim(camera)
        frame, empty = drawing.draw(moved(0, 0, 0)), drawing.draw(moved(0, 0, 500.0))
    table_depth, box_depth = hit(camera, low, high), hit(camera, LOW, HIGH)
    hidden = away_from_edges(table_depth < box_depth) & (table_depth < box_depth) & np.isfinite(box_depth)
    seen = away_from_edges(box_depth < table_depth) & (box_depth < table_depth)
    assert hidden.sum() > 300
    assert seen.sum() > 300
    assert not frame.person[hidden].any()
    assert frame.person[seen].all()
    np.testing.assert_array_equal(frame.colour[hidden], empty.colour[hidden])
    np.testing.assert_array_equal(frame.depth[hidden], empty.depth[hidden])


def test_an_evenly_lit_surface_shows_what_it_receives(rasterise, hall, figure):
    with rasterise.Rasteriser(hall, figure, Light(DARK, 0.1, (), EVEN)) as drawing:
        drawing.aim(camera_at((4.0, 0.8, 0.0)))
        frame = drawing.draw(moved(0, 0, 0))
    value = 255 * (1 - np.exp(-EXPOSURE * ALBEDO * 0.7)) ** (1 / GAMMA)
    inside = away_from_edges(frame.person) & frame.person
    assert np.abs(frame.colour[inside].astype(float) - value).max() < 1.5


def test_fills_light_the_side_that_they_shine_on(rasterise, hall, figure):
    fill = Lamp(np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.25, 0.0]))
    with rasterise.Rasteriser(hall, figure, Light(DARK, 0.1, (fill,), 0.2 * EVEN)) as drawing:
        drawing.aim(camera_at((4.0, 0.8, 0.0)))
        frame = drawing.draw(moved(0, 0, 0))
    middle = frame.colour[80, 60].astype(float)
    expected = 255 * (1 - np.exp(-EXPOSURE * ALBEDO * (0.14 + fill.colour))) ** (1 / GAMMA)
    np.testing.assert_allclose(middle, expected, atol=1.5)
    with pytest.raises(ValueError, match="at most 2 fills, not 3"):
        rasterise.Rasteriser(hall, figure, Light(DARK, 0.1, (fill,) * 3, EVEN))


def column(x: float, joint: str) -> tuple[Room, np.ndarray]:
    """A pillar beside the z axis that belongs to one joint."""
    half, cells = np.array([0.1, 0.8, 0.1]), (4, 12, 4)
    cubes = itertools.product(*(np.linspace(-1, 1, 2 * n + 1)[1::2] for n in cells))
    sides = [side for cube in cubes for side in box([x, 0.8, 0] + half * cube, half / cells, np.full(3, ALBEDO), 0.9)]
    low, high = [x - 0.1, 0.0, -0.1], [x + 0.1, 1.6, 0.1]
    outer = [
        q
        for q in sides
        if np.isclose(m := q.corner + 0.5 * (q.first + q.second), low).any() or np.isclose(m, high).any()
    ]
    mesh = join(outer)
    weights = np.zeros((len(mesh.vertices), 55))
    weights[:, JOINT[joint]] = 1.0
    return mesh, weights


def test_a_leg_keeps_light_off_the_leg_beside_it(rasterise, hall):
    left, right = column(0.0, "left_hip"), column(0.45, "right_hip")
    mesh, joints = merge([left[0], right[0]]), np.zeros((55, 3))
    for side, x in (("left", 0.0), ("right", 0.45)):
        joints[[JOINT[f"{side}_hip"], JOINT[f"{side}_knee"]]] = [[x, 1.6, 0], [x, 0, 0]]
    legs = Figure(
        joints, weights=np.concatenate([left[1], right[1]]), **{name: getattr(mesh, name) for name in _COLUMNS}
    )
    camera = camera_at((-1.2, 0.8, 3.0))
    inner, front = np.array([0.35, 0.8, 0.0]), np.array([0.45, 0.8, 0.1])
    with rasterise.Rasteriser(hall, legs, Light(DARK, 0.1, (), EVEN)) as drawing:
        drawing.aim(camera)
        colour = drawing.draw(moved(0, 0, 0)).colour
        radius = drawing._limbs.posed(moved(0, 0, 0))["limb_kind"][0, 0]
    assert 0.1 < radius < 0.15
    for point, share in ((inner, 1 - radius / 0.35), (front, 1.0)):
        column_, row = np.rint(camera.project(point[None])[0][0]).astype(int)
        expected = 255 * (1 - np.exp(-EXPOSURE * ALBEDO * 0.7 * share)) ** (1 / GAMMA)
        assert colour[row, column_, 0] == pytest.approx(expected, abs=3.0)


def shaded(
    rasterise, hall, figure, light: Light, height: float = 0.0, eye: tuple = (2.0, 4.0, 3.5)
) -> tuple[np.ndarray, np.ndarray]:
    """Share of its brightness that each pixel beside the figure keeps, and where on the floor it lies."""
    camera = camera_at(eye)
    with rasterise.Rasteriser(hall, figure, light) as drawing:
        drawing.aim(camera)
        frame, empty = drawing.draw(moved(0, height, 0)), drawing.draw(moved(0, 0, 500.0))
    spots = camera.position + camera.rays(pixels_of(camera)) * empty.depth[..., None]
    floor = (np.abs(spots[..., 1]) < 0.01) & away_from_edges(frame.person) & ~frame.person
    share = frame.colour[floor].mean(axis=-1) / empty.colour[floor].mean(axis=-1)
    return share, spots[floor]


def test_the_shadow_falls_away_from_the_light_and_is_wider_the_wider_the_lamp(rasterise, hall, figure):
    narrow, spots = shaded(rasterise, hall, figure, Light(SUN, 0.01, (), 0.3 * EVEN))
    wide, _ = shaded(rasterise, hall, figure, Light(SUN, 0.25, (), 0.3 * EVEN))
    throw = 1.6 * 0.6 / 0.8
    inside = (spots[:, 0] > 0.45) & (spots[:, 0] < 0.2 + throw) & (np.abs(spots[:, 2]) < 0.1)
    outside = (np.abs(spots[:, 2]) > 0.32) | (spots[:, 0] < -0.4) | (spots[:, 0] > 0.45 + throw)
    assert inside.sum() > 50
    assert narrow[inside].max() < 0.75
    assert narrow[outside].min() > 0.97
    edge = [((share > 0.62) & (share < 0.93)).sum() for share in (narrow, wide)]
    assert edge[1] > 2 * edge[0]


def test_the_floor_is_darker_where_something_stands_on_it(rasterise, hall, figure):
    light = Light(DARK, 0.1, (), EVEN)
    standing, spots = shaded(rasterise, hall, figure, light, eye=(2.0, 2.0, 1.6))
    gap = np.linalg.norm(np.maximum(np.abs(spots[:, [0, 2]]) - HIGH[[0, 2]], 0.0), axis=1)
    assert standing[gap < 0.04].mean() < 0.94
    assert standing[gap > 0.12].min() > 0.99
    lifted, _ = shaded(rasterise, hall, figure, light, height=0.3, eye=(2.0, 2.0, 1.6))
    assert lifted.min() > 0.99


def test_a_rolling_shutter_slants_what_moves(rasterise, hall, figure):
    """By as much as `Camera.project` says."""
    camera, speed = camera_at((4.0, 0.8, 0.0), line_s=2e-4), 3.0
    rates = np.zeros((55, 3, 4))
    rates[:, 2, 3] = speed
    with rasterise.Rasteriser(hall, figure) as drawing:
        drawing.aim(camera)
        slanted, upright = drawing.draw(moved(0, 0, 0), rates=rates), drawing.draw(moved(0, 0, 0))
    corners = np.array([[HIGH[0], y, HIGH[2]] for y in (1.5, 0.1)])
    pixels, _ = camera.project(corners, np.tile([0.0, 0.0, speed], (2, 1)))
    left = [np.flatnonzero(slanted.person[round(line)])[0] for line in pixels[:, 1]]
    np.testing.assert_allclose(left, pixels[:, 0], atol=1.0)
    straight = [np.flatnonzero(upright.person[round(line)])[0] for line in pixels[:, 1]]
    assert abs((left[0] - left[1]) - (straight[0] - straight[1])) > 1


def test_a_moved_camera_sees_another_room(rasterise, hall, figure):
    first, second = camera_at((4.0, 1.8, 2.5)), camera_at((3.0, 1.8, 2.5))
    with rasterise.Rasteriser(hall, figure) as drawing:
        frames = []
        for camera in (first, second, replace(first)):
            drawing.aim(camera)
            frames.append(drawing.draw(moved(0, 0, 0)))
    np.testing.assert_array_equal(frames[0].colour, frames[2].colour)
    assert (frames[0].depth != frames[1].depth).mean() > 0.5


class Plain:
    """A backdrop of one colour."""

    colour = (40, 90, 160)

    def picture(self, camera: Camera) -> np.ndarray:
        return np.full((camera.size[1], camera.size[0], 3), self.colour, np.uint8)


def test_a_backdrop_takes_the_shadow_of_the_figure(rasterise, figure):
    with rasterise.Rasteriser(
        join([ground(Material.SHADOW)]), figure, Light(SUN, 0.01, (), 0.3 * EVEN), Plain()
    ) as drawing:
        drawing.aim(camera_at((2.0, 4.0, 3.5)))
        frame, empty = drawing.draw(moved(0, 0, 0)), drawing.draw(moved(0, 0, 500.0))
    assert (empty.colour == (40, 90, 160)).all()
    darker = (frame.colour < empty.colour).all(axis=-1) & ~frame.person
    assert darker.sum() > 200
    assert (frame.colour == empty.colour)[~frame.person].mean() > 0.7


def test_edges_over_a_backdrop_leave_no_fringe(rasterise, figure):
    """A box as bright as what lies behind it cannot be seen."""
    value = round(255 * (1 - np.exp(-EXPOSURE * 0.5 * 0.7)) ** (1 / GAMMA))
    backdrop = Plain()
    backdrop.colour = (value, value, value)
    room = join([ground(Material.SHADOW), *box([0.5, 0.8, 0.3], [0.3, 0.5, 0.3], np.full(3, 0.5), 0.9)])
    with rasterise.Rasteriser(room, figure, Light(DARK, 0.1, (), EVEN), backdrop) as drawing:
        drawing.aim(camera_at((2.0, 1.7, 3.5)))
        frame = drawing.draw(moved(0, 0, 500.0))
    assert (frame.depth > 0).any()
    assert np.abs(frame.colour.astype(int) - value).max() <= 2


def test_drawing_needs_a_camera(rasterise, hall, figure):
    with rasterise.Rasteriser(hall, figure) as drawing, pytest.raises(ValueError, match="aim a camera first"):
        drawing.draw(moved(0, 0, 0))
