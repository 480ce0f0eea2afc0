"""Labels and masks agree: pixels from samples, visible points on the person, joints of the drawn body inside its mask."""

import dataclasses

import numpy as np
import pytest

from engine.core.conventions import SMPLX_JOINTS
from render.body.placement import pose_walk
from render.body.smplx_joints import FINGERS
from render.camera.camera import Camera
from render.core.frame import Frame
from render.figure.body_parts import PARTS
from render.film.look_file import read_look
from render.film.scene import draw_place, draw_scene
from render.film.shoot import film, make_figure
from render.film.take import BodyWalk, dressed
from render.labels import Labeller
from render.labels.pictures import person_mask
from render.labels.section import LabelsSection
from render.labels.visibility import visible_points
from render.people.appearance import draw_appearance
from render.raster.samples import shown
from render.raster.view import metres
from tests.render.conftest import walking_coordinates

FPS, SIZE = 10.0, (224, 224)
NEAR, FAR = 0.97, 0.98
"""Depths in the buffer, decimetres and more apart."""


@pytest.fixture(scope="module")
def samples():
    """Samples of a random blob and the raw depths of two surfaces."""
    rng = np.random.default_rng(7)
    labels = np.where(rng.random((24, 32)) < 0.5, rng.integers(1, 5, (24, 32)), 0).astype(np.uint8)
    raw = np.where(labels > 2, NEAR, FAR) + 1e-5 * rng.random(labels.shape)
    return labels, np.where(labels > 0, raw, 1.0).astype(np.float32), rng.random((24, 32, 2)).astype(np.float32)


def _of_pixel(array, row, column):
    return array[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].reshape(4, *array.shape[2:])


def test_a_pixel_shows_what_half_of_its_samples_do(samples):
    labels, raw, velocity = samples
    seen, depth, motion = shown(labels, raw, velocity)
    for row, column in np.ndindex(seen.shape):
        own, deep = _of_pixel(labels, row, column), metres(_of_pixel(raw, row, column))
        assert (seen[row, column] > 0) == ((own > 0).sum() >= 2)
        if seen[row, column]:
            nearest = np.where(own > 0, deep, np.inf).argmin()
            same = (own > 0) & ((own > 2) == (own[nearest] > 2))
            assert seen[row, column] == own[nearest]
            assert depth[row, column] == pytest.approx(deep[same].mean(), rel=1e-5)
            np.testing.assert_allclose(motion[row, column], _of_pixel(velocity, row, column)[same].mean(axis=0), 1e-5)
        else:
            assert depth[row, column] == 0


def test_masks_lie_alike_to_all_sides(samples):
    """A mirrored figure has the mirrored mask."""
    labels, raw, _ = samples
    seen = shown(labels, raw, None)[0] > 0
    for axis in (0, 1):
        mirrored = shown(np.flip(labels, axis), np.flip(raw, axis), None)[0] > 0
        np.testing.assert_array_equal(np.flip(mirrored, axis), seen)


def test_what_is_visible_lies_on_the_person():
    rng = np.random.default_rng(0)
    person = rng.random((40, 60)) < 0.5
    frame = Frame(
        np.zeros((40, 60, 3), np.uint8), np.full((40, 60), 3.0), person.astype(np.uint8), np.zeros((40, 60, 2))
    )
    pixels = rng.uniform(-0.5, [59.49, 39.49], (300, 2))
    depth = rng.uniform(2.5, 3.5, 300)
    seen = visible_points(pixels, depth, np.full(300, 0.1), frame, person)
    column, row = np.rint(pixels).astype(int).T
    np.testing.assert_array_equal(seen, person[row, column] & (depth < 3.1))


@pytest.mark.parametrize("name", ["oblique", "handheld"])
def test_joints_project_into_the_mask_of_the_drawn_body(rasterise, subject, model, body, name):  # noqa: ARG001
    """Static and with lens and rolling shutter: every joint but those of fingers lies on the mask, hidden or not; so does all that is
    visible."""
    plain = read_look("plain")
    small = plain.cameras.model_copy(update={"size": SIZE, "fps": FPS})
    look = plain.model_copy(update={"cameras": small, "labels": LabelsSection(masks=True)})
    pose = pose_walk(model, body, walking_coordinates(np.arange(4) / FPS, body))
    take = dressed(BodyWalk(subject, model, body, pose, FPS), draw_appearance(subject, look.people))
    scene = draw_scene(take, look, draw_place(take, look, 0), name, 0)
    path: tuple[Camera, ...] = scene.path
    labeller = Labeller(scene.track, path, scene.fps, subject.height_m, look.labels)
    for _ in film(make_figure(take), scene, look, labeller, 0):
        pass
    labels, masks = labeller.labels(), labeller.masks()
    solid = [k for k, joint in enumerate(SMPLX_JOINTS) if not any(finger in joint for finger in FINGERS)]
    for k in range(len(labels)):
        mask = masks.mask(k)
        for set_name, points in labels.seen.items():
            column, row = np.rint(points.pixels[k]).astype(int).T
            on = mask[row.clip(0, mask.shape[0] - 1), column.clip(0, mask.shape[1] - 1)]
            assert on[points.visible[k]].all()
            if set_name == "smplx":
                assert on[solid].all()
                assert points.visible[k].mean() > 0.5


def test_an_aid_before_the_person_hides_them():
    frame = Frame(
        np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 3.0), np.full((4, 4), 2, np.uint8), np.zeros((4, 4, 2))
    )
    aid = dataclasses.replace(frame, parts=np.full((4, 4), PARTS.index("walking_aid"), np.uint8))
    where, margin = np.full((1, 2), 1.2), np.full(1, 0.1)
    assert visible_points(where, np.full(1, 3.05), margin, frame, person_mask(frame)).all()
    assert not visible_points(where, np.full(1, 3.05), margin, aid, person_mask(aid)).any()
