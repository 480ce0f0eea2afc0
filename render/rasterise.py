"""The only door to pyrender: pictures of a figure in a room, on the graphics card or on the processor (EGL, Mesa llvmpipe).

Per camera the empty room is drawn once; per frame only the neighbourhood of the figure is drawn again and laid over it. The figure is one
vertex buffer, rewritten in place.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from engine.cycle import Array
from engine.errors import MissingDependencyError
from render.camera import Camera
from render.figure.figure import Figure
from render.places.surfaces import Room, floor_sheet

os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
os.environ.setdefault("LP_NUM_THREADS", "1")
if not hasattr(np, "infty"):
    np.infty = np.inf  # noqa: NPY201 - pyrender 0.1.45 still asks for the name that NumPy 2 dropped

INSTALL_MESA = "sudo apt-get install -y libegl1 libgl1 libgl1-mesa-dri libegl-mesa0 libgles2"

try:
    import pyrender
    import pyrender.renderer as pyrender_renderer
    from OpenGL import GL
    from pyrender.shader_program import ShaderProgramCache
except (ImportError, OSError, AttributeError) as error:
    raise MissingDependencyError(
        f"EGL is missing, pictures cannot be drawn ({error}); install it: {INSTALL_MESA}"
    ) from error

Image = NDArray[np.uint8]

_SHADERS = Path(__file__).parent / "shaders"
_SHADOW_PIXELS = 640
_SHADOW_HALF_SHARE, _SHADOW_DEPTH_SHARE = 0.8, 2.4
"""Half width and depth of the light's view, in statures."""
TO_LIGHT = np.array([0.42, 1.0, 0.25]) / np.linalg.norm([0.42, 1.0, 0.25])
_KEY_INTENSITY, _AMBIENT = 1.35, 0.62
_CROP_STEP, _CROP_BORDER = 32, 6
_NEAR_M, _FAR_M = 0.1, 80.0
_FINER = 2
"""Pixels are drawn this many times finer in both directions and averaged."""
_SPARSE = 5
"""Every so many vertices are enough to find where the figure and its shadow are."""
_SHEET_BORDER_M, _FLOOR_GAP_M = 0.12, 0.01


@dataclass(frozen=True)
class Frame:
    """``colour (height, width, 3)``; ``depth (height, width)`` metres along the view axis; ``person`` where the figure is seen."""

    colour: Image
    depth: Array
    person: NDArray[np.bool_]


class _Renderer(pyrender_renderer.Renderer):
    """Pyrender's renderer with our shaders, and a shadow map that follows the figure and holds nothing else."""

    def __init__(self, figure: Any, stature: float) -> None:
        super().__init__(64, 64)
        self._program_cache = ShaderProgramCache(shader_dir=str(_SHADERS))
        self._figure, self._stature = figure, stature
        self.figure_centre = np.zeros(3)

    def _get_light_cam_matrices(self, scene: Any, light_node: Any, flags: int) -> tuple[Array, Array]:  # noqa: ARG002
        half, depth = _SHADOW_HALF_SHARE * self._stature, _SHADOW_DEPTH_SHARE * self._stature
        pose = scene.get_pose(light_node).copy()
        pose[:3, 3] = self.figure_centre + 0.5 * depth * pose[:3, 2]
        camera = pyrender.OrthographicCamera(xmag=half, ymag=half, znear=1e-3, zfar=depth)
        return np.linalg.inv(pose), camera.get_projection_matrix()

    def _read_main_framebuffer(self, scene: Any, flags: int) -> tuple[Image, Array]:  # noqa: ARG002
        """Colours with opacity ``(height, width, 4)`` and raw depths in [0, 1], the top line first."""
        width, height = self._main_fb_dims
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._main_fb_ms)
        depth = GL.glReadPixels(0, 0, width, height, GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT)
        colour = GL.glReadPixels(0, 0, width, height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
        depth = np.frombuffer(depth, np.float32).reshape(height, width)
        return np.frombuffer(colour, np.uint8).reshape(height, width, 4)[::-1], depth[::-1]

    def _configure_shadow_mapping_viewport(self, light: Any, flags: int) -> None:
        super()._configure_shadow_mapping_viewport(light, flags)
        GL.glEnable(GL.GL_CULL_FACE)
        GL.glCullFace(GL.GL_BACK)

    def _shadow_mapping_pass(self, scene: Any, light_node: Any, flags: int) -> None:
        others = [mesh for mesh in scene.meshes if mesh is not self._figure and mesh.is_visible]
        _show(others, False)
        super()._shadow_mapping_pass(scene, light_node, flags)
        _show(others, True)


def _show(meshes: list[Any], visible: bool) -> None:
    for mesh in meshes:
        mesh.is_visible = visible


class Rasteriser:
    """Draws one figure in one room. Use as a context manager: graphics memory is freed at the end.

    Raises:
        MissingDependencyError: no graphics context can be made.
    """

    def __init__(self, room: Room, figure: Figure) -> None:
        self._posed = figure.posed
        self._canvas = _make_canvas()
        self._room = _Surface(room)
        self._figure = _Surface(figure)
        self._floor = _Surface(floor_sheet())
        self._renderer = _Renderer(self._figure.mesh, float(np.ptp(figure.vertices[:, 1])))
        self._canvas._renderer = self._renderer
        pyrender_renderer.SHADOW_TEX_SZ = _SHADOW_PIXELS
        pyrender_renderer.glRenderbufferStorageMultisample = _store_one_sample
        self._scene = pyrender.Scene(bg_color=np.zeros(4), ambient_light=np.full(3, _AMBIENT))
        light = pyrender.DirectionalLight(color=np.array([1.0, 0.97, 0.92]), intensity=_KEY_INTENSITY)
        light._generate_shadow_texture(_SHADOW_PIXELS)
        self._scene.add(light, pose=_look_along(-TO_LIGHT))
        for surface in (self._room, self._figure, self._floor):
            self._scene.add(surface.mesh)
        self._lens = pyrender.IntrinsicsCamera(1.0, 1.0, 0.0, 0.0, znear=_NEAR_M, zfar=_FAR_M)
        self._lens_node = self._scene.add(self._lens)
        self._camera: Camera | None = None
        self._plate: tuple[Image, Array] | None = None

    def __enter__(self) -> "Rasteriser":
        return self

    def __exit__(self, *_: object) -> None:
        self._canvas.delete()

    def aim(self, camera: Camera) -> None:
        """Looks through ``camera`` from now on; draws the empty room."""
        self._camera = camera
        pose = np.eye(4)
        pose[:3, :3] = camera.rotation.T * [1.0, -1.0, -1.0]
        pose[:3, 3] = camera.position
        self._scene.set_pose(self._lens_node, pose)
        self._show(room=True)
        colour, depth = self._draw((0, 0, *camera.size), pyrender.RenderFlags.NONE)
        self._plate = colour[..., :3], depth
        self._show(room=False)

    def draw(self, transforms: Array) -> Frame:
        """The figure posed by one frame's ``transforms (55, 3, 4)``.

        Raises:
            ValueError: no camera has been aimed.
        """
        if self._camera is None or self._plate is None:
            raise ValueError("aim a camera first")
        vertices, normals = self._posed(transforms)
        some = vertices[::_SPARSE]
        shadow = some - TO_LIGHT * (some[:, 1:2] / TO_LIGHT[1])
        self._renderer.figure_centre = 0.5 * (some.min(axis=0) + some.max(axis=0))
        self._figure.move(vertices, normals)
        self._floor.move(*_sheet_under(shadow))
        colour, depth = (picture.copy() for picture in self._plate)
        person = np.zeros(depth.shape, bool)
        box = self._crop(np.concatenate([some, shadow]))
        if box is not None:
            part = slice(box[1], box[1] + box[3]), slice(box[0], box[0] + box[2])
            drawn, near = self._draw(box, pyrender.RenderFlags.SHADOWS_DIRECTIONAL)
            colour[part] = _over(drawn, colour[part])
            person[part] = (near > 0) & (near < depth[part] - _FLOOR_GAP_M)
            depth[part] = np.where(person[part], near, depth[part])
        return Frame(colour, depth, person)

    def _show(self, *, room: bool) -> None:
        self._room.mesh.is_visible = room
        self._figure.mesh.is_visible = self._floor.mesh.is_visible = not room

    def _crop(self, points: Array) -> tuple[int, int, int, int] | None:
        """Left, top, width and height of the part of the picture that holds ``points (n, 3)``; ``None`` if it holds none."""
        pixels, depth = self._camera.project(points.astype(float))
        pixels = pixels[depth > _NEAR_M]
        size = np.array(self._camera.size)
        if not len(pixels):
            return None
        low = np.clip(np.floor(pixels.min(axis=0)) - _CROP_BORDER, 0, size).astype(int)
        high = np.clip(np.ceil(pixels.max(axis=0)) + _CROP_BORDER, 0, size).astype(int)
        if (high <= low).any():
            return None
        extent = np.minimum(-(-(high - low) // _CROP_STEP) * _CROP_STEP, size)
        low = np.minimum(low, size - extent)
        return int(low[0]), int(low[1]), int(extent[0]), int(extent[1])

    def _draw(self, box: tuple[int, int, int, int], flags: int) -> tuple[Image, Array]:
        """Colours with opacity ``(height, width, 4)`` and depths of a part of the picture, each pixel the mean of finer ones."""
        x, y, width, height = box
        intrinsics, fine = self._camera.intrinsics, _FINER
        self._lens.fx, self._lens.fy = fine * intrinsics[0, 0], fine * intrinsics[1, 1]
        self._lens.cx, self._lens.cy = fine * (intrinsics[0, 2] + 0.5 - x), fine * (intrinsics[1, 2] + 0.5 - y)
        self._canvas.viewport_width, self._canvas.viewport_height = fine * width, fine * height
        colour, depth = self._canvas.render(self._scene, flags)
        mean = np.asarray(Pillow.fromarray(np.ascontiguousarray(colour)).reduce(fine))
        return mean, _metres(depth[fine // 2 :: fine, fine // 2 :: fine])


class _Surface:
    """A pyrender mesh whose vertex buffer is rewritten in place."""

    def __init__(self, surface: Figure | Room) -> None:
        self._primitive = pyrender.Primitive(
            positions=surface.vertices,
            normals=surface.normals,
            texcoord_0=surface.grain,
            texcoord_1=surface.surface,
            color_0=surface.colours,
            indices=surface.faces.astype(np.uint32),
            material=pyrender.MetallicRoughnessMaterial(),
            mode=GL.GL_TRIANGLES,
        )
        self.mesh = pyrender.Mesh([self._primitive])
        columns = (surface.vertices, surface.normals, surface.grain, surface.surface, surface.colours)
        self._buffer = np.hstack(columns).astype(np.float32)

    def move(self, vertices: Array, normals: Array) -> None:
        """Puts ``vertices`` and ``normals (n, 3)`` in place of the old ones (once the mesh has been drawn)."""
        self._buffer[:, :3], self._buffer[:, 3:6] = vertices, normals
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._primitive._buffers[0])
        GL.glBufferSubData(GL.GL_ARRAY_BUFFER, 0, self._buffer.nbytes, self._buffer)


def _metres(raw: Array) -> Array:
    """Depths in metres of what the depth buffer holds; 0 where nothing was drawn."""
    metres = 2 * _NEAR_M * _FAR_M / (_FAR_M + _NEAR_M - (2 * raw - 1) * (_FAR_M - _NEAR_M))
    return np.where(raw == 1.0, 0.0, metres)


def _over(drawn: Image, plate: Image) -> Image:
    """``drawn (h, w, 4)`` laid over ``plate (h, w, 3)``."""
    opacity = drawn[..., 3:].astype(np.uint16)
    return ((drawn[..., :3] * opacity + plate * (255 - opacity) + 127) // 255).astype(np.uint8)


def _sheet_under(shadow: Array) -> tuple[Array, Array]:
    """Corners and normals ``(4, 3)`` of a sheet on the floor under ``shadow (n, 3)``."""
    (x0, _, z0), (x1, _, z1) = shadow.min(axis=0) - _SHEET_BORDER_M, shadow.max(axis=0) + _SHEET_BORDER_M
    corners = np.array([[x0, 0.0, z0], [x0, 0.0, z1], [x1, 0.0, z1], [x1, 0.0, z0]])
    return corners, np.tile([0.0, 1.0, 0.0], (4, 1))


def _store_one_sample(target: int, samples: int, kind: int, width: int, height: int) -> None:  # noqa: ARG001
    """Pyrender asks for four samples a pixel, which doubles the time on a processor; finer pixels do the same for less."""
    GL.glRenderbufferStorageMultisample(target, 0, kind, width, height)


def _make_canvas() -> Any:
    try:
        return pyrender.OffscreenRenderer(64, 64)
    except Exception as error:
        raise MissingDependencyError(
            f"no graphics context can be made ({error!r}); install one: {INSTALL_MESA}"
        ) from error


def _look_along(direction: Array) -> Array:
    """Pose ``(4, 4)`` of an OpenGL node that looks along ``direction``."""
    back = -direction
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(back, right), back], axis=1)
    return pose
