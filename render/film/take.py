"""One walk before the cameras: who walks, in which body, how they look, posed at any frame rate."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation, RotationSpline

from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.gait.records import BodyShape, Subject
from render.aids.use import use_aid
from render.body.footwear import sole_thickness_m
from render.body.model import BodyModel
from render.body.placement import stands_shod
from render.body.posing import Pose
from render.figure.anatomy import Anatomy
from render.people.appearance import Appearance
from render.places.belt import walk_on_belt


@frozen
class Motion:
    """Poses of the body, and the transforms ``carried (F, A, 3, 4)`` of what it holds, at ``fps``."""

    pose: Pose
    carried: Array
    fps: float

    def __len__(self) -> int:
        return len(self.pose)

    def first(self, seconds: float) -> "Motion":
        """What a camera films that looks on so long."""
        frames = frames_within(seconds, self.fps)
        return Motion(Pose(self.pose.rotations[:frames], self.pose.pelvis[:frames]), self.carried[:frames], self.fps)

    def transforms(self, rest: Array) -> Array:
        """Matrices ``(F, 55 + A, 3, 4)`` for the body with rest joints ``rest (55, 3)`` and what it holds."""
        return np.concatenate([self.pose.transforms(rest), self.carried], axis=1)


@dataclass(frozen=True, eq=False)
class BodyWalk:
    """One walk of one body: its motion ``pose`` at ``fps`` as physics has it. Whoever walks is not dressed yet."""

    subject: Subject
    model: BodyModel
    body: BodyShape
    pose: Pose
    fps: float


@dataclass(frozen=True, eq=False)
class Take(BodyWalk):
    """All that a camera needs of one walk: beside it the walker's ``appearance``, and ``person``, the body in its rest pose. Made by
    `dressed` alone, so that all cameras see the same person. With a walking aid the arms move otherwise than in ``pose``."""

    appearance: Appearance
    person: Anatomy

    def way(self, seconds: float) -> tuple[float, float]:
        """Where along z the first ``seconds`` of the walk begin and end, m."""
        along = self.pose.pelvis[: frames_within(seconds, self.fps), 2]
        return float(along[0]), float(along[-1])

    def motion(self, fps: float | None = None) -> Motion:
        """The walk at ``fps`` frames per second (its own if not given), hands on the aid if there is one.

        Raises:
            DataError: the walk is too short for its aid.
        """
        fps = fps or self.fps
        pose, aid = resampled(self.pose, self.fps, fps), self.appearance.aid
        if aid is None:
            return Motion(pose, np.zeros((len(pose), 0, 3, 4)), fps)
        return Motion(*use_aid(aid, self.person, pose, fps), fps)


def dressed(walk: BodyWalk, appearance: Appearance) -> Take:
    """The walk of somebody who looks like ``appearance``: on the soles that they have on, and without their walking aid if the walk is too
    short to show a whole step that the aid could move with."""
    person = Anatomy.of(walk.model, walk.body)
    walk = on_soles(walk, person.stature, shod=appearance.shod)
    take = Take(walk.subject, walk.model, walk.body, walk.pose, walk.fps, appearance, person)
    return take if _leaves_room_for_aid(take) else replace(take, appearance=replace(appearance, aid=None))


def on_soles(walk: BodyWalk, stature_m: float, *, shod: bool) -> BodyWalk:
    """The walk with or without shoes: if it was posed otherwise, the body is raised or lowered by a sole's thickness."""
    if stands_shod(walk.model, walk.body, walk.pose) == shod:
        return walk
    rise = np.array([0.0, sole_thickness_m(stature_m) * (1 if shod else -1), 0.0])
    return replace(walk, pose=Pose(walk.pose.rotations, walk.pose.pelvis + rise))


def frames_within(seconds: float, fps: float) -> int:
    """How many frames lie within ``seconds``, both ends included."""
    return int(np.floor(seconds * fps + 1e-6)) + 1


def _leaves_room_for_aid(take: Take) -> bool:
    try:
        take.motion()
    except DataError:
        return False
    return True


def resampled(pose: Pose, fps: float, wanted: float) -> Pose:
    """The poses at another frame rate, on smooth curves through those that are there (cubic, rotations too: Kang & Park 1999,
    as SciPy has it)."""
    if wanted == fps or len(pose) < 2:
        return pose
    known = np.arange(len(pose)) / fps
    times = np.arange(frames_within(float(known[-1]), wanted)) / wanted
    splines = (
        RotationSpline(known, Rotation.from_matrix(pose.rotations[:, joint]))
        for joint in range(pose.rotations.shape[1])
    )
    rotations = np.stack([spline(times).as_matrix() for spline in splines], axis=1)
    return Pose(rotations, CubicSpline(known, pose.pelvis)(times))


def on_belt(motion: Motion, middle: float) -> Motion:
    """The walk on a belt that runs as fast as it goes, about z = ``middle`` m."""
    pose, _ = walk_on_belt(motion.pose, motion.fps, middle)
    carried = motion.carried.copy()
    carried[..., 3] += (pose.pelvis - motion.pose.pelvis)[:, None]
    return replace(motion, pose=pose, carried=carried)
