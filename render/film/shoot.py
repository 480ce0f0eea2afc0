"""Films one camera's scene: figure, painter, sensor, video, labels."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.core.seeds import stage_rng
from engine.gait.records import BodyShape
from engine.stages import Shot
from render.aids.aid_parts import aid_parts, carry
from render.backends.backend import Painter, find_painter
from render.body.model import BodyModel
from render.body.placement import pose_walk
from render.body.posing import Pose
from render.camera.camera import Camera
from render.core.frame import Frame, Image
from render.core.video import write_video
from render.film.look_file import LookFile
from render.film.scene import CameraScene, eyes
from render.film.take import Take
from render.labels import BodyTrack, Labeller
from render.people.figure import Figure, dress
from render.sensor.sensor import Sensor

_CELL_PIXELS = 1.25
"""Detail of the figure smaller than this many pixels is merged before it is drawn."""
_ARMS_OUT, _LEGS_OUT = np.radians(35.0), np.radians(12.0)
"""Pose in which shading by the surroundings is measured: limbs away from each other."""


def shoot(take: Take, scene: CameraScene, look: LookFile, folder: Path, *, figure: Figure | None, seed: int) -> Shot:
    """Writes labels, and with a ``figure`` pictures, of one camera into ``folder``.

    Raises:
        MissingDependencyError: a figure without what the painter draws with.
    """
    name, stature_m = scene.name, take.subject.height_m
    aids = {"aid": take.appearance.aid_kind, "orthoses": take.appearance.braced_legs}
    labeller = Labeller(scene.track, scene.path, scene.fps, stature_m, look.labels, **aids)
    if figure is not None:
        frames = film(figure, scene, look, labeller, seed)
        write_video(folder / f"{name}.mp4", frames, scene.path[0].size, scene.fps, crf=scene.sensor.crf)
    labeller.write(folder)
    return Shot(camera=name, video=None if figure is None else f"{name}.mp4", annotations=f"{name}.npz", **aids)


def film(figure: Figure, scene: CameraScene, look: LookFile, labeller: Labeller, seed: int) -> Iterator[Image]:
    """Pictures ``(height, width, 3)`` one by one, as the camera records them; ``labeller`` sees what is drawn."""
    sensor = Sensor(scene.sensor, scene.path[0], scene.fps, stage_rng(seed, scene.name, "noise"))
    for index, frame in enumerate(paint(figure, scene, look.backend)):
        labeller.take(index, frame)
        yield sensor.expose(frame)


def paint(figure: Figure, scene: CameraScene, backend: str, wanted: Sequence[int] | None = None) -> Iterator[Frame]:
    """Clean frames of the scene: all, or those ``wanted``. Detail of the figure that would be too fine to be seen is merged."""
    figure = figure.simplified(_CELL_PIXELS * _finest_pixel(scene.track, scene.path))
    transforms = scene.motion.transforms(figure.joints)
    rates = np.gradient(transforms, 1 / scene.fps, axis=0) if len(transforms) > 1 else np.zeros_like(transforms)
    with _make_painter(scene, figure, backend) as painter:
        for k in range(len(transforms)) if wanted is None else wanted:
            following = min(k + 1, len(transforms) - 1)
            painter.aim(scene.path[k], scene.path[following])
            yield painter.draw(transforms[k], transforms[following], rates[k])


def _make_painter(scene: CameraScene, figure: Figure, backend: str) -> Painter:
    place = scene.place
    if place is None:
        raise ValueError(f"camera {scene.name}: a scene without a place cannot be drawn")
    return find_painter(backend)(place.seen_from(eyes(scene.path)), figure, place.light, place.backdrop)


def make_figure(take: Take) -> Figure:
    """The dressed person, with a walking aid if there is one."""
    person, aid = take.person, take.appearance.aid
    figure = dress(person, take.appearance, standing_pose(take.model, take.body))
    return figure if aid is None else carry(figure, aid_parts(aid, person), person.stature)


def standing_pose(model: BodyModel, body: BodyShape) -> Pose:
    """Standing, limbs away from each other."""
    standing = np.zeros((1, len(COORDINATES)))
    for side in "rl":
        standing[0, COORDINATE_INDEX[f"arm_add_{side}"]] = -_ARMS_OUT
        standing[0, COORDINATE_INDEX[f"hip_adduction_{side}"]] = -_LEGS_OUT
    return pose_walk(model, body, standing)


def _finest_pixel(track: BodyTrack, path: tuple[Camera, ...]) -> float:
    """Size in metres of a pixel where the person is nearest."""
    depths = [camera.in_camera(joints)[:, 2].min() for camera, joints in zip(path, track.joints, strict=True)]
    return float(min(depths) / path[0].intrinsics[0, 0])
