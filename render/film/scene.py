"""What one walk is filmed in: its place, and each camera with what it records and what stands before it. Everything drawn from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.core.arrays import Array
from engine.core.seeds import stage_rng
from render.aids.aid_parts import aid_parts
from render.camera.camera import Camera
from render.camera.camera_paths import camera_path
from render.camera.cameras import choose_views
from render.figure.anatomy import Anatomy
from render.film.look_file import LookFile
from render.film.take import Motion, Take, on_belt
from render.labels import BodyTrack, track_body
from render.people.aid import Aid
from render.places.backgrounds import Photograph
from render.places.catalogue import PHOTOGRAPH
from render.places.occluders import with_occluders
from render.places.place import Place
from render.sensor.kinds import SensorSettings

_FELT_BY_LABELS = ("treadmill", PHOTOGRAPH)
"""Places that change where people are in the picture: a belt moves them back, a photograph fits some views only."""
_AID_STEP = 23
"""Every so many vertices of an aid stand for it where only its outline matters."""


@dataclass(frozen=True)
class CameraScene:
    """What one camera films: the ``motion`` at its frame rate and the ``track`` of it, the camera of each frame, the place around it."""

    name: str
    motion: Motion
    track: BodyTrack
    path: tuple[Camera, ...]
    place: Place | None
    sensor: SensorSettings

    @property
    def fps(self) -> float:
        return self.motion.fps


def labels_feel_the_place(look: LookFile) -> bool:
    """Whether labels depend on the place that is drawn, so that it is built even if nothing is to be seen of it."""
    return any(look.place.odds.get(name, 0) > 0 for name in _FELT_BY_LABELS)


def draw_place(take: Take, look: LookFile, seed: int) -> Place:
    """Where the walk is filmed, the same for all its cameras."""
    return look.place.draw(stage_rng(seed, "place", "draw"), *take.way(look.cameras.seconds), shod=take.appearance.shod)


def draw_scene(take: Take, look: LookFile, place: Place | None, name: str, seed: int) -> CameraScene:
    """The scene of the camera called ``name``; depends on nothing that other cameras draw.

    Raises:
        SpecError: there is no camera of that name, or it cannot keep the person in its picture.
        DataError: the walk is too short for its walking aid.
    """
    view = choose_views(look.cameras, [name], seed)[name]
    motion = take.motion(view.fps).first(look.cameras.seconds)
    if place is not None and place.belt:
        motion = on_belt(motion, 0.5 * sum(place.walkway))
    track = track_body(take.model, take.body.betas, motion.pose)
    if place is not None and isinstance(place.backdrop, Photograph):
        view = place.backdrop.view(view, view.size)
    path = camera_path(name, view, outline(take, motion, track), stage_rng(seed, name, "path"))
    around = None if place is None else _seen_by(place, path[len(path) // 2], look, stage_rng(seed, name, "occluders"))
    return CameraScene(name, motion, track, path, around, look.sensors.draw(stage_rng(seed, name, "sensor")))


def _seen_by(place: Place, camera: Camera, look: LookFile, rng: np.random.Generator) -> Place:
    """The place with what stands before this camera; a photograph is nailed to where it looks."""
    if isinstance(place.backdrop, Photograph):
        place = replace(place, backdrop=place.backdrop.facing(camera))
    return with_occluders(place, camera, look.place.occluder_rate, rng)


def outline(take: Take, motion: Motion, track: BodyTrack) -> Array:
    """Points ``(F, P, 3)`` that a camera must keep in its picture: of the skin, and of what is carried."""
    points, aid = [track.surface, track.keypoints], take.appearance.aid
    if aid is not None:
        points.append(_aid_points(aid, take.person, motion))
    return np.concatenate(points, axis=1)


def _aid_points(aid: Aid, person: Anatomy, motion: Motion) -> Array:
    """Some points ``(F, P, 3)`` of the walking aid."""
    joints = len(person.joints)
    placed = []
    for part in aid_parts(aid, person):
        some = part.vertices[::_AID_STEP]
        owner = part.weights[::_AID_STEP].argmax(axis=1) - joints
        transforms = motion.carried[:, owner]
        placed.append(np.einsum("fpab,pb->fpa", transforms[..., :3], some) + transforms[..., 3])
    return np.concatenate(placed, axis=1)


def eyes(path: Sequence[Camera]) -> Array:
    """Where the camera is, once if it stands still ``(n, 3)``."""
    return np.unique(np.stack([camera.position for camera in path]).round(3), axis=0)
