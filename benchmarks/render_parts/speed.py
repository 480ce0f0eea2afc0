"""How fast pictures are made, and how fast a plain loop over pyrender makes them that builds its mesh anew for each frame."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np

from benchmarks.render_parts.plain_loop import plain_pictures
from benchmarks.render_parts.walks import DrawnWalk, cohort_walks
from render.camera.camera import Camera
from render.core.frame import Image
from render.core.light import ceiling_light
from render.core.video import write_video
from render.places.clinic import corridor
from render.places.surfaces import Room

_SIZES, _CAMERAS = ((512, 512), (1280, 720)), ("side", "oblique")
_STEP_M = 0.004
"""How far the moving camera goes in a frame."""
_PASSES = 4
"""How often `pace` draws its frames."""
_LONGEST_WAIT_S = 600


@dataclass(frozen=True)
class Pace:
    """Processor seconds a frame: ``drawn``; drawn and ``encoded``; drawn ``with_velocities``; drawn by a ``moving`` camera."""

    drawn: float
    encoded: float
    with_velocities: float
    moving: float


def speed(walks: Iterator[DrawnWalk], frames: int) -> Iterator[str]:
    """Frames a processor second of one walk. The plain loop comes last, since it ends the connection to EGL that the process has."""
    walk = next(walks)
    views = [(name, size) for size in _SIZES for name in _CAMERAS]
    ours = [pace(walk, walk.camera(*view), frames) for view in views]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    yield "| camera | size | drawn, frames/s | and encoded | with velocities | moving camera | plain pyrender loop | faster by |"
    yield "|---|---|---|---|---|---|---|---|"
    for (name, size), own in zip(views, ours, strict=True):
        plain = _plain(walk, walk.camera(name, size), max(3, frames // 5))
        paces = " | ".join(f"{1 / seconds:.1f}" for seconds in (*astuple(own), plain))
        yield f"| {name} | {size[0]} × {size[1]} | {paces} | {plain / own.drawn:.1f} |"
    yield f"\nlargest memory of the process before the plain loop: {memory:.2f} GB"


def pace(walk: DrawnWalk, camera: Camera, frames: int) -> Pace:
    """How fast pictures are made. The empty room and the shaders are made ready beforehand."""
    from render.raster.rasterise import Rasteriser

    poses = walk.transforms
    chosen = np.linspace(0, len(poses) - 2, frames).astype(int)
    path = [replace(camera, translation=np.add(camera.translation, [_STEP_M * k, 0.0, 0.0])) for k in range(frames + 1)]
    with (
        Rasteriser(_room(walk, camera), walk.figure_for(camera), ceiling_light()) as drawing,
        tempfile.TemporaryDirectory() as folder,
    ):

        def draw_moving() -> None:
            for k, now, upcoming in zip(chosen, path, path[1:], strict=False):
                drawing.aim(now, upcoming)
                drawing.draw(poses[k], poses[k + 1])

        def draw() -> Iterator[Image]:
            for k in chosen:
                yield drawing.draw(poses[k]).colour

        drawing.aim(camera, path[1])
        drawing.draw(poses[0], poses[1])
        moving = _seconds(draw_moving)
        drawing.aim(camera)
        drawing.draw(poses[0])
        return Pace(
            drawn=_seconds(lambda: list(draw())) / frames,
            encoded=_seconds(lambda: write_video(Path(folder) / "x.mp4", draw(), camera.size, walk.fps)) / frames,
            with_velocities=_seconds(lambda: [drawing.draw(poses[k], poses[k + 1]) for k in chosen]) / frames,
            moving=moving / frames,
        )


def _room(walk: DrawnWalk, camera: Camera) -> Room:
    place = corridor(*walk.track.joints[[0, -1], 0, 2], np.random.default_rng(0))
    return place.seen_from(camera.position[None])


def _plain(walk: DrawnWalk, camera: Camera, frames: int) -> float:
    chosen = np.linspace(0, len(walk.transforms) - 2, frames).astype(int)
    figure, light = walk.figure_for(camera), ceiling_light()
    pictures = plain_pictures(_room(walk, camera), figure, camera, light, walk.transforms[[0, *chosen]])
    next(pictures)
    return _seconds(lambda: list(pictures)) / frames


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def scaling(cohort: Path, frames: int) -> Iterator[str]:
    """Frames a second of wall time of one worker and of two that draw at the same time."""
    pace = [workers * _PASSES * frames / _drawn_together(cohort, frames, workers) for workers in (1, 2)]
    yield f"workers: one {pace[0]:.1f} frames/s of wall time, two {pace[1]:.1f} ({pace[1] / pace[0]:.2f} times)"


def _drawn_together(cohort: Path, frames: int, workers: int) -> float:
    """Seconds of wall time in which so many processes, each with its walk and shaders ready, draw."""
    context = get_context("spawn")
    line = context.Barrier(workers + 1)
    processes = [context.Process(target=_draw_some, args=(cohort, frames, line), daemon=True) for _ in range(workers)]
    for process in processes:
        process.start()
    line.wait(_LONGEST_WAIT_S)
    began = time.perf_counter()
    line.wait(_LONGEST_WAIT_S)
    return time.perf_counter() - began


def _draw_some(cohort: Path, frames: int, line: Barrier) -> None:
    """Draws between the first and the second time that all have come to the ``line``."""
    walk = next(cohort_walks(cohort, 1))
    camera = walk.camera("oblique", (512, 512))
    pace(walk, camera, 1)
    line.wait(_LONGEST_WAIT_S)
    pace(walk, camera, frames)
    line.wait(_LONGEST_WAIT_S)
