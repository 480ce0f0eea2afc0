"""Pictures by Blender's path tracer Cycles: slower than the rasteriser, with light that bounces. For stills and short clips.

Blender runs in a process of its own, in the Python that `GAITFORGE_CYCLES_PYTHON` names: its package `bpy` serves one version of Python
only, asks for NumPy 1 and is under the GPL.
"""

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array, Labels, Single
from engine.core.errors import DataError, MissingDependencyError
from render.backends.cycles.dome import dome_radiance
from render.camera.camera import Camera
from render.camera.demands import Demand
from render.core.display import shown
from render.core.frame import Frame, Image
from render.core.light import Light
from render.figure.body_parts import part_of_vertex
from render.figure.mesh import Faces
from render.figure.part import Material
from render.people.figure import Figure
from render.places.backgrounds import Backdrop
from render.places.surfaces import Room

VARIABLE = "GAITFORGE_CYCLES_PYTHON"
INSTALL_BLENDER = (
    f"python3.11 -m venv blender && blender/bin/pip install 'bpy>=4.2,<4.6', then set {VARIABLE}=blender/bin/python"
)
_TOLD = 3
"""Lines of Blender's log that an error shows."""
_STUDIO = Path(__file__).with_name("blender_side.py")


class CyclesPainter:
    """Draws a figure in a room with ``samples`` paths a pixel (a `render.backends.backend.Painter`). ``denoise``: by Intel's Open Image
    Denoise, which ships in Blender. As many threads as ``OMP_NUM_THREADS`` says, else as there are cores.

    Raises:
        MissingDependencyError: there is no Blender.
        DataError: a ``backdrop`` is given.
    """

    def __init__(
        self,
        room: Room,
        figure: Figure,
        light: Light,
        backdrop: Backdrop | None = None,
        *,
        samples: int = 32,
        denoise: bool = True,
    ) -> None:
        if backdrop is not None:
            raise DataError(
                "cycles puts no photograph behind a scene; choose a place that is built, or draw with pyrender"
            )
        self._figure = figure
        self._part = part_of_vertex(figure.weights)
        self._cameras: tuple[Camera, Camera] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="gaitforge-cycles-")
        self._path = Path(self._folder.name)
        self._log = (self._path / "blender.log").open("w")
        self._studio = _start_studio(self._path, self._log)
        self._wait("start")
        faces = _single(figure.faces, figure.vertices)
        self._order(
            "scene",
            **_mesh(
                "room",
                room,
                room.faces,
                room.colours[:, :3] * room.colours[:, 3:],
                np.zeros(len(room.vertices), np.uint8),
            ),
            **_mesh("figure", figure, faces, figure.colours[:, :3], self._part),
            **_lamps(light),
            materials=np.array([material.name for material in Material]),
            samples=samples,
            denoise=denoise,
            threads=int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)),
        )

    @staticmethod
    def draws() -> frozenset[Demand]:
        """None of them."""
        return frozenset()

    def __enter__(self) -> "CyclesPainter":
        return self

    def __exit__(self, *_: object) -> None:
        self._studio.communicate()
        self._log.close()
        self._folder.cleanup()

    def aim(self, camera: Camera, following: Camera | None = None) -> None:
        """Looks through ``camera`` from now on, through ``following`` in the next frame (``None``: the same).

        Raises:
            DataError: the camera has a distorting lens, a rolling shutter or pixels that are not square.
        """
        if camera.distortion.any() or camera.line_s != 0:
            raise DataError(
                f"camera {camera.name!r}: cycles draws neither lens distortion nor rolling shutter; "
                "set both to zero or draw with pyrender"
            )
        if not np.isclose(camera.intrinsics[0, 0], camera.intrinsics[1, 1]) or camera.intrinsics[0, 1] != 0:
            raise DataError(f"camera {camera.name!r}: cycles draws square pixels without skew only")
        self._cameras = camera, camera if following is None else following
        self._order(
            "aim",
            intrinsics=camera.intrinsics,
            rotation=camera.rotation,
            position=camera.position,
            size=np.array(camera.size),
        )

    def draw(self, transforms: Array, following: Array | None = None, rates: Array | None = None) -> Frame:  # noqa: ARG002
        """The figure posed by one frame's ``transforms (55, 3, 4)``; those of the next frame are ``following`` (``None``: it stands still).
        ``rates`` would show in a rolling shutter, which is refused.

        Raises:
            ValueError: no camera has been aimed.
        """
        if self._cameras is None:
            raise ValueError("aim a camera first")
        vertices, normals = self._figure.posed(transforms)
        step = np.zeros_like(vertices) if following is None else self._figure.posed(following)[0] - vertices
        self._order("draw", vertices=vertices, normals=normals, step=step)
        with np.load(self._path / "drawn.npz") as drawn:
            depth = drawn["depth"].astype(np.float32)
            step = drawn["step"].astype(np.float32) if "step" in drawn else np.zeros((*depth.shape, 3), np.float32)
            parts = np.rint(drawn["part"]).astype(np.uint8)
            return Frame(_displayed(drawn["colour"]), depth, parts, _velocity(*self._cameras, depth, step))

    def _order(self, name: str, **given: Any) -> None:
        np.savez(self._path / f"{name}.npz", **given)
        with suppress(BrokenPipeError):  # said by what waits for the answer
            print(name, file=self._studio.stdin, flush=True)
        self._wait(name)

    def _wait(self, order: str) -> None:
        replies = self._studio.stdout
        if replies is not None and replies.readline().strip() == "done":
            return
        status = self._studio.wait()
        log = (self._path / "blender.log").read_text(errors="replace").strip().splitlines()
        told = f"Blender gave up at {order!r} (status {status}): {' | '.join(log[-_TOLD:])}"
        if order == "start":
            raise MissingDependencyError(f"{told}; install it: {INSTALL_BLENDER}")
        raise DataError(told)


def _start_studio(folder: Path, log: IO[str]) -> "subprocess.Popen[str]":
    python = os.environ.get(VARIABLE)
    if python is None:
        raise MissingDependencyError(f"Blender is missing, cycles cannot draw; install it: {INSTALL_BLENDER}")
    command = [python, "-E", str(_STUDIO), str(folder)]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    except OSError as error:
        raise MissingDependencyError(f"{VARIABLE}={python}: no such Python ({error}); {INSTALL_BLENDER}") from error


def _mesh(name: str, surface: Room | Figure, faces: Faces, paint: Single, part: Labels) -> dict[str, NDArray]:
    """What the studio needs of a mesh; material and part of a face are those of its first corner."""
    count = len(surface.vertices)
    return {
        f"{name}_vertices": surface.vertices,
        f"{name}_normals": surface.normals,
        f"{name}_faces": faces,
        f"{name}_paint": np.column_stack([paint, np.ones(count)]),
        f"{name}_grain": np.column_stack([surface.grain, np.zeros(count)]),
        f"{name}_polish": surface.surface[:, 1],
        f"{name}_step": np.zeros((count, 3)),
        f"{name}_material": surface.surface[faces[:, 0], 0].astype(np.int32),
        f"{name}_part": part[faces[:, 0]],
    }


def _single(faces: Faces, vertices: Single) -> Faces:
    """The faces without linings: Blender shades both sides, and two faces in one place would fight."""
    _, place = np.unique(vertices.round(5), axis=0, return_inverse=True)
    _, first = np.unique(np.sort(place.ravel()[faces], axis=1), axis=0, return_index=True)
    return faces[np.sort(first)]


def _lamps(light: Light) -> dict[str, Array]:
    lamps = (light.key, *light.fills)
    return {
        "to_light": np.stack([lamp.to_light for lamp in lamps]),
        "lamp_colour": np.stack([lamp.colour for lamp in lamps]),
        "softness": np.array(light.softness),
        "dome": dome_radiance(light.dome),
    }


def _displayed(linear: Single) -> Image:
    """Display values of linear colours, by the rasteriser's curve."""
    return np.rint(255 * shown(np.maximum(linear, 0.0))).astype(np.uint8)


def _velocity(camera: Camera, following: Camera, depth: Single, step: Single) -> Single:
    """Pixels ``(height, width, 2)`` that what is seen at ``depth (height, width)`` moves by its ``step (height, width, 3)`` m and by the
    camera's; 0 where nothing is seen."""
    row, column = np.indices(depth.shape)
    pixels = np.stack([column, row], axis=-1).astype(float)
    there = camera.position + depth[..., None] * camera.rays(pixels)
    moved, _ = following.project(there + step)
    moves = step.any(axis=-1) | (following is not camera)
    return np.where(((depth > 0) & moves)[..., None], moved - pixels, 0.0).astype(np.float32)
