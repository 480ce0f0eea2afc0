"""The filmer: a walk in, videos and labels out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from engine.conventions import COORDINATE_INDEX, COORDINATES
from engine.cycle import Array
from engine.errors import DataError
from engine.records import BodyShape, Dynamics, Subject, Walk
from engine.seeds import stage_rng
from engine.stages import Shot
from render.body.locate import body_file
from render.body.model import BodyModel, load_body_model
from render.body.placement import pose_walk
from render.body.posing import Pose
from render.camera import Camera, fit_camera
from render.cameras import CamerasFile, choose_views, read_cameras
from render.figure.anatomy import Anatomy
from render.figure.figure import Figure, dress
from render.labels import (
    BodyTrack,
    label_camera,
    track_body,
    visible_keypoints,
    write_labels,
    write_motion,
)
from render.looks import choose_look
from render.places.corridor import clinic_corridor
from render.realism import Sensor
from render.video import write_video

_CELL_PIXELS = 0.75
"""Detail of the figure smaller than this many pixels is merged before it is drawn."""
_ARMS_OUT, _LEGS_OUT = np.radians(35.0), np.radians(12.0)
"""Pose in which shading by the surroundings is measured: limbs away from each other."""


@dataclass(frozen=True)
class Take:
    """All that a camera needs of one walk: who, which body and shape, and the pose in every frame."""

    subject: Subject
    model: BodyModel
    body: BodyShape
    pose: Pose
    fps: float


class PyrenderFilmer:
    """Films walks with SMPL-X bodies and pyrender (role ``filmer``).

    ``smplx_folder`` as in `render.body.locate.body_file`. The body must be the one that the body maker used.
    """

    def __init__(self, smplx_folder: str | None = None) -> None:
        self._folder = smplx_folder

    def check(self, cameras: Sequence[str]) -> None:
        """Refuses cameras that are not there.

        Raises:
            SpecError: names the camera and those there are.
        """
        choose_views(read_cameras(), cameras, seed=0)

    def film(self, walk: Walk, cameras: Sequence[str], folder: Path, *, video: bool, seed: int) -> list[Shot]:
        """Writes ``smplx.npz`` and, per camera, ``<camera>.npz`` and with ``video`` ``<camera>.mp4`` into ``folder``.

        Raises:
            SpecError: there is no camera of that name.
            DataError: the walk's body was made for another body file.
            MissingDependencyError: ``video`` without a graphics library.
        """
        settings = read_cameras()
        choose_views(settings, cameras, seed)
        model = self._model(walk)
        body = walk.gait.body
        pose = pose_walk(model, body, coordinates_at(walk.dynamics, settings))
        take = Take(walk.subject, model, body, pose, settings.fps)
        rest = model.shaped(body.betas)[1]
        write_motion(folder / "smplx.npz", pose, rest, body.betas, model.gender, take.fps)
        return film_take(take, settings, cameras, folder, video=video, seed=seed)

    def _model(self, walk: Walk) -> BodyModel:
        path = body_file(walk.subject.sex, self._folder)
        model = load_body_model(path)
        if walk.gait.body.betas.shape != (model.betas,):
            raise DataError(
                f"subject {walk.subject.id}: its shape has {walk.gait.body.betas.size} coefficients, {path} takes {model.betas}; "
                "film with the body file that made the shape"
            )
        return model


def coordinates_at(dynamics: Dynamics, settings: CamerasFile) -> Array:
    """Coordinates ``(F, 31)`` at the frames of a video, from the walk's first instant on (cubic splines)."""
    start, end = dynamics.time[[0, -1]]
    frames = int(np.floor(min(end - start, settings.seconds) * settings.fps + 1e-6)) + 1
    times = np.minimum(start + np.arange(frames) / settings.fps, end)
    return CubicSpline(dynamics.time, dynamics.q)(times)


def film_take(
    take: Take, settings: CamerasFile, cameras: Sequence[str], folder: Path, *, video: bool, seed: int
) -> list[Shot]:
    """Writes labels, and with ``video`` pictures, of each camera into ``folder``."""
    track = track_body(take.model, take.body.betas, take.pose)
    shots = []
    for name, view in choose_views(settings, cameras, seed).items():
        camera = fit_camera(name, view, settings.size, track.outline)
        visible = _shoot(take, track, camera, folder / f"{name}.mp4", seed) if video else None
        write_labels(folder / f"{name}.npz", label_camera(track, camera, take.fps, visible))
        shots.append(Shot(camera=name, video=f"{name}.mp4" if video else None, annotations=f"{name}.npz"))
    return shots


def _shoot(take: Take, track: BodyTrack, camera: Camera, path: Path, seed: int) -> NDArray[np.bool_]:
    """Draws and encodes the video; returns which keypoints ``(F, 17)`` were seen."""
    visible = np.zeros(track.keypoints.shape[:2], bool)
    write_video(path, draw_frames(take, track, camera, visible, seed), camera.size, take.fps)
    return visible


def draw_frames(
    take: Take, track: BodyTrack, camera: Camera, visible: NDArray[np.bool_], seed: int
) -> Iterator[NDArray[np.uint8]]:
    """Pictures ``(height, width, 3)`` one by one; fills ``visible (F, 17)`` on the way."""
    from render.rasterise import Rasteriser

    figure = _figure(take, _CELL_PIXELS * _finest_pixel(track, camera))
    sensor = Sensor(camera.size, stage_rng(seed, camera.name, "sensor"))
    ends = track.joints[[0, -1], 0, 2]
    transforms = take.pose.transforms(figure.joints)
    with Rasteriser(clinic_corridor(*ends), figure) as rasteriser:
        rasteriser.aim(camera)
        for k, frame_transforms in enumerate(transforms):
            frame = rasteriser.draw(frame_transforms)
            visible[k] = visible_keypoints(track.keypoints[k], camera, frame.depth, take.subject.height_m)
            yield sensor.expose(frame.colour)


def _finest_pixel(track: BodyTrack, camera: Camera) -> float:
    """Size in metres of a pixel where the person is nearest."""
    _, depth = camera.project(track.joints)
    return float(depth.min() / camera.intrinsics[0, 0])


def _figure(take: Take, cell: float) -> Figure:
    standing = np.zeros((1, len(COORDINATES)))
    for side in "rl":
        standing[0, COORDINATE_INDEX[f"arm_add_{side}"]] = -_ARMS_OUT
        standing[0, COORDINATE_INDEX[f"hip_adduction_{side}"]] = -_LEGS_OUT
    person = Anatomy.of(take.model, take.body)
    figure = dress(person, choose_look(take.subject), pose_walk(take.model, take.body, standing))
    return figure.simplified(cell)
