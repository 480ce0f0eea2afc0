"""The filmer: a walk in, videos and labels out."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

from engine.cohort.layout import WalkFiles
from engine.cohort.points_file import write_points
from engine.core.arrays import Array
from engine.core.errors import SpecError
from engine.gait.records import Dynamics, Walk
from engine.stages import BodyMaker, Shot
from render.backends.backend import check_backend, check_demands
from render.body.locate import VARIABLE, BodyFolder, bodies_fingerprint, body_file
from render.body.model import BodyModel, load_own_model
from render.body.placement import pose_walk
from render.body.planting import Standing
from render.body.shape import SmplxBodyMaker
from render.camera.cameras import choose_views
from render.film.look_file import DEFAULT, LookFile, look_fingerprint, read_look
from render.film.scene import draw_place, draw_scene, labels_feel_the_place
from render.film.shoot import make_figure, shoot
from render.film.take import BodyWalk, Take, dressed, frames_within
from render.labels import track_body, world_points, write_motion
from render.people.appearance import draw_appearance


class PyrenderFilmer:
    """Films walks with SMPL-X bodies and pyrender (role ``filmer``).

    ``look`` is the name of a look that ships (`render.film.look_file.shipped_looks`) or the path of a look file; ``smplx_folder`` as in
    `render.body.locate.body_file`. Both are the files that the body maker used, which `check` and `film` see to.
    """

    Settings = BodyFolder

    def __init__(self, smplx_folder: str | Path | None = None, look: str = DEFAULT) -> None:
        self._folder = smplx_folder
        self._look_name = look

    @cached_property
    def _look(self) -> LookFile:
        return read_look(self._look_name)

    def fingerprint(self) -> str:
        """Identifies the look, whatever it is called and wherever it lies, with the pictures that it names.

        Raises:
            SpecError: there is no such look, or it is wrong.
        """
        return look_fingerprint(self._look)

    def check(self, cameras: Sequence[str], body: BodyMaker, *, video: bool) -> None:
        """Refuses a look, a backend or cameras that are not there, for ``video`` what the backend cannot draw, and other bodies than those
        of its files.

        Raises:
            SpecError: names what is wrong and what there is.
        """
        own = bodies_fingerprint(self._folder)
        if isinstance(body, SmplxBodyMaker) and body.fingerprint() != own:
            raise SpecError(
                f"stages: body makes bodies of {body.fingerprint()}, filmer films {own}; "
                f"give both the same smplx_folder, or neither and set {VARIABLE}"
            )
        choose_views(self._look.cameras, cameras, seed=0)
        check_backend(self._look.backend)
        if video:
            asked = {f"camera {name}": self._look.cameras.demands(name) for name in cameras}
            check_demands(self._look.backend, asked | {"place": self._look.place.demands})

    def film(
        self,
        walk: Walk,
        cameras: Sequence[str],
        folder: Path,
        *,
        video: bool,
        seed: int,
        points: bool = False,
        motion: bool = True,
    ) -> list[Shot]:
        """Writes, per camera, ``<camera>.npz`` and with ``video`` ``<camera>.mp4`` into ``folder``; with ``motion`` also ``smplx.npz``,
        with ``points`` ``points.npz``.

        Raises:
            SpecError: there is no camera of that name.
            DataError: the walk's body was made for another body file.
            MissingDependencyError: ``video`` without a graphics library.
        """
        choose_views(self._look.cameras, cameras, seed)
        take = self.take(walk)
        pose, betas = take.motion().pose, walk.gait.body.betas
        if motion:
            rest = take.model.shaped(betas)[1]
            write_motion(folder / "smplx.npz", pose, rest, betas, take.model.gender, take.fps)
        if points:
            track = track_body(take.model, betas, pose)
            write_points(WalkFiles(folder).points, world_points(track, take.fps, start_s=float(walk.dynamics.time[0])))
        return film_take(take, self._look, cameras, folder, video=video, seed=seed)

    def take(self, walk: Walk) -> Take:
        """The whole walk as cameras will see it.

        Raises:
            DataError: the walk's body was made for another body file.
            SpecError: the look holds no clothes for the subject.
        """
        model, body, cameras = self._model(walk), walk.gait.body, self._look.cameras
        appearance = draw_appearance(walk.subject, self._look.people)
        times = frame_times(walk.dynamics, cameras.fps)
        pose = pose_walk(
            model,
            body,
            CubicSpline(walk.dynamics.time, walk.dynamics.q)(times),
            Standing.during(walk.events, times, cameras.fps),
            shod=appearance.shod,
        )
        return dressed(BodyWalk(walk.subject, model, body, pose, cameras.fps), appearance)

    def _model(self, walk: Walk) -> BodyModel:
        path = body_file(walk.subject.sex, self._folder)
        return load_own_model(path, walk.gait.body, f"subject {walk.subject.id}")


def film_take(
    take: Take, look: LookFile, cameras: Sequence[str], folder: Path, *, video: bool, seed: int
) -> list[Shot]:
    """Writes labels, and with ``video`` pictures, of each camera into ``folder``; what a camera shows depends on no other.

    Raises:
        SpecError: there is no camera of that name, or it cannot keep the person in its picture.
    """
    place = draw_place(take, look, seed) if video or labels_feel_the_place(look) else None
    figure = make_figure(take) if video else None
    return [
        shoot(take, draw_scene(take, look, place, name, seed), look, folder, figure=figure, seed=seed)
        for name in cameras
    ]


def frame_times(dynamics: Dynamics, fps: float) -> Array:
    """Instants ``(F,)`` of the frames of a video of the whole walk, s."""
    start, end = dynamics.time[[0, -1]]
    return np.minimum(start + np.arange(frames_within(end - start, fps)) / fps, end)
