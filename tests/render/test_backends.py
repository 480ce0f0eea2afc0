"""Painters: found by name, of one shape; Blender's pictures show the same person in the same place as the rasteriser's."""

import os
from dataclasses import replace

import numpy as np
import pytest

from engine.core.errors import DataError, MissingDependencyError, SpecError
from render.backends.backend import GROUP, Painter, available_painters, check_backend, find_painter
from render.backends.cycles.dome import dome_radiance
from render.backends.cycles.painter import VARIABLE, CyclesPainter
from render.body.posing import Pose
from render.body.smplx_joints import JOINT
from render.camera.camera import View, fit_camera
from render.core.light import Lamp, Light, even_dome, harmonics
from render.figure.body_parts import PARTS
from render.figure.mesh import vertex_normals
from render.figure.part import Material
from render.people.figure import Figure
from render.places.backgrounds import Photograph
from render.places.surfaces import Quad, join

needs_blender = pytest.mark.skipif(
    VARIABLE not in os.environ, reason=f"no Blender: name a Python that has bpy in {VARIABLE}"
)


def test_painters_are_found_by_name(rasterise):  # noqa: ARG001
    for name in available_painters():
        assert issubclass(find_painter(name), Painter)
    with pytest.raises(SpecError, match="no painter is called 'oil'; installed: cycles, pyrender"):
        find_painter("oil")


@pytest.fixture
def user_package(monkeypatch, tmp_path):
    """An installed package that adds two painters, one of which is none."""
    folder = tmp_path / "brushes-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: brushes\nVersion: 1\n")
    points = f"[{GROUP}]\nmine = {CyclesPainter.__module__}:CyclesPainter\nblank = builtins:object\n"
    (folder / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(tmp_path)


def test_a_users_package_brings_a_painter(user_package):  # noqa: ARG001
    check_backend("mine")
    assert find_painter("mine") is CyclesPainter
    assert available_painters() == ["blank", "cycles", "mine", "pyrender"]
    with pytest.raises(SpecError, match=r"backend: .* is no class with the methods of Painter"):
        find_painter("blank")


def test_a_dome_lights_as_it_says():
    """Radiance times cosine, over the sphere and over π, is the dome's irradiance for every normal."""
    rng = np.random.default_rng(0)
    dome = even_dome(np.array([1.0, 0.9, 0.8]), np.array([0.5, 0.4, 0.3]))
    dome[1:] += 0.02 * rng.normal(size=(8, 3))
    radiance = dome_radiance(dome)
    height, width, _ = radiance.shape
    polar = np.pi * (1 - (np.arange(height) + 0.5) / height)[:, None]
    azimuth = np.pi * (1 - 2 * (np.arange(width) + 0.5) / width)[None]
    z = np.broadcast_to(np.cos(polar), (height, width))
    to = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), z], axis=-1)
    area = np.sin(polar) * (np.pi / height) * (2 * np.pi / width)
    normals = rng.normal(size=(20, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    cosine = np.maximum(np.einsum("hwc,nc->nhw", to, normals), 0.0)
    irradiance = np.einsum("nhw,hw,hwk->nk", cosine, np.broadcast_to(area, z.shape), radiance) / np.pi
    np.testing.assert_allclose(irradiance, harmonics(normals) @ dome, rtol=0.01)


def _light(key: float) -> Light:
    """A lamp overhead, and a dome that shines from the walker's left only."""
    dome = np.zeros((9, 3))
    dome[0], dome[3] = 0.4, 0.4
    return Light(Lamp(np.array([0.0, 1.0, 0.0]), np.full(3, key)), 0.05, (), dome)


@pytest.fixture(scope="module")
def scene(model):
    """A grey mannequin that strides on a floor before a wall, seen from the front."""
    vertices, rest = model.shaped(np.zeros(model.betas))
    count = len(vertices)
    figure = Figure(
        joints=rest,
        vertices=vertices.astype(np.float32),
        normals=vertex_normals(vertices, model.faces).astype(np.float32),
        weights=model.weights.astype(np.float32),
        faces=model.faces,
        colours=np.tile(np.float32([0.5, 0.5, 0.5, 1.0]), (count, 1)),
        grain=np.zeros((count, 2), np.float32),
        surface=np.tile(np.float32([Material.PLAIN, 0.7]), (count, 1)),
    )
    deep, wide, up = np.array([0.0, 0.0, 12.0]), np.array([12.0, 0.0, 0.0]), np.array([0.0, 4.0, 0.0])
    corner, grey = np.array([-6.0, 0.0, -6.0]), np.full(3, 0.4)
    room = join(
        [Quad(corner, deep, wide, grey, Material.PLAIN, 0.9), Quad(corner, wide, up, grey, Material.PLAIN, 0.9)]
    )
    poses = np.zeros((2, 55, 3))
    poses[:, JOINT["left_shoulder"], 2], poses[:, JOINT["right_shoulder"], 2] = -1.2, 1.2
    poses[:, JOINT["left_hip"], 0], poses[:, JOINT["right_hip"], 0] = (-0.4, -0.5), 0.3
    standing = -vertices[:, 1].min()
    places = np.array([[0.0, standing, 0.0], [0.04, standing, 0.05]])
    transforms = Pose.from_axis_angles(poses.reshape(2, -1), places, rest).transforms(rest)
    points = np.concatenate([figure.posed(frame)[0] for frame in transforms])
    camera = fit_camera("front", View(0.3, 0.05, 0.8, 0.1, 2.0), (320, 384), points)
    return room, figure, transforms, camera


@pytest.fixture(scope="module")
def painted(scene):
    room, figure, transforms, camera = scene
    with CyclesPainter(room, figure, _light(0.5), samples=1, denoise=False) as painter:
        painter.aim(camera)
        return painter.draw(transforms[0], transforms[1]), painter.draw(transforms[1])


@needs_blender
def test_both_painters_see_the_same(rasterise, scene, painted):
    """Outlines agree but for pixels at their edge, depths to a centimetre, velocities to a tenth of a pixel."""
    room, figure, transforms, camera = scene
    with rasterise.Rasteriser(room, figure, _light(0.5)) as painter:
        painter.aim(camera)
        other = painter.draw(transforms[0], transforms[1])
    frame = painted[0]
    both, either = frame.person & other.person, frame.person | other.person
    assert both.sum() / either.sum() > 0.97
    assert np.percentile(np.abs(frame.depth - other.depth)[both], 95) < 0.01
    assert np.percentile(np.abs(frame.depth - other.depth)[~either & (other.depth > 0)], 95) < 0.05
    assert np.percentile(np.abs(frame.velocity - other.velocity)[both], 95) < 0.1
    assert (frame.parts == other.parts)[both].mean() > 0.95


@needs_blender
def test_velocity_leads_to_the_next_pose(scene, painted):
    """Seen points of the trunk move as the pelvis does; the room stands still."""
    _, figure, transforms, camera = scene
    moving, still = painted
    pelvis = [camera.project(frame[0, :, :3] @ figure.joints[0] + frame[0, :, 3])[0] for frame in transforms]
    trunk = moving.parts == PARTS.index("torso")
    np.testing.assert_allclose(np.median(moving.velocity[trunk], axis=0), pelvis[1] - pelvis[0], atol=1.0)
    assert not moving.velocity[~moving.person].any()
    assert not still.velocity.any()


@needs_blender
def test_light_comes_from_where_the_dome_says(painted):
    """The dome shines from the walker's left: in a picture from the front, the right half of the person is brighter."""
    frame = painted[0]
    columns = np.nonzero(frame.person)[1]
    middle = np.median(columns)
    grey = frame.colour.mean(axis=2)
    halves = [grey[frame.person & (np.arange(grey.shape[1]) * side > middle * side)].mean() for side in (-1, 1)]
    assert halves[1] > halves[0] + 10


@needs_blender
def test_cameras_that_blender_cannot_draw_are_refused(scene):
    room, figure, _, camera = scene
    with CyclesPainter(room, figure, _light(0.5), samples=1) as painter:
        with pytest.raises(ValueError, match="aim a camera first"):
            painter.draw(np.zeros((55, 3, 4)))
        for wrong in (replace(camera, distortion=np.array([-0.1, 0, 0, 0, 0])), replace(camera, line_s=1e-5)):
            with pytest.raises(DataError, match="camera 'front': cycles draws neither lens distortion nor rolling"):
                painter.aim(wrong)
        with pytest.raises(DataError, match="square pixels"):
            painter.aim(replace(camera, intrinsics=camera.intrinsics * [[1.0], [1.2], [1.0]]))


def test_photographs_behind_the_scene_are_refused(scene):
    room, figure, _, _ = scene
    with pytest.raises(DataError, match="cycles puts no photograph behind a scene"):
        CyclesPainter(room, figure, _light(0.5), Photograph("x", np.zeros((4, 4, 3), np.uint8), 4.0, 0.0, None))


def test_without_blender_the_error_says_what_to_install(scene, monkeypatch):
    room, figure, _, _ = scene
    monkeypatch.setenv(VARIABLE, "/nowhere/python")
    with pytest.raises(MissingDependencyError, match=r"/nowhere/python: no such Python.*pip install 'bpy"):
        CyclesPainter(room, figure, _light(0.5))
    monkeypatch.setenv(VARIABLE, "/bin/false")
    with pytest.raises(MissingDependencyError, match=r"Blender gave up at 'start' \(status 1\)"):
        CyclesPainter(room, figure, _light(0.5))
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(MissingDependencyError, match=r"Blender is missing.*GAITFORGE_CYCLES_PYTHON"):
        CyclesPainter(room, figure, _light(0.5))


@pytest.mark.parametrize("order", ["scene", "aim", "draw"])
def test_a_blender_that_breaks_at_work_is_no_missing_one(scene, monkeypatch, tmp_path, order):
    """Another subject may well be drawn: only what Blender meets while it starts concerns all."""
    room, figure, transforms, camera = scene
    python = tmp_path / "python"
    python.write_text(
        f"#!/bin/sh\necho done\nwhile read order; do [ $order = {order} ] && {{ echo out of memory >&2; exit 11; }}; echo done; done\n"
    )
    python.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(python))
    told = rf"^Blender gave up at '{order}' \(status 11\): out of memory$"
    with pytest.raises(DataError, match=told), CyclesPainter(room, figure, _light(0.5)) as painter:
        painter.aim(camera)
        painter.draw(transforms[0])
