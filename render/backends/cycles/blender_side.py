"""The other side of `painter.py`: holds the scene in Blender and draws on order. Runs in the Python that has `bpy`, as

``python blender_side.py FOLDER``, with one order a line on standard input (``scene``, ``aim``, ``draw``). Each reads
``FOLDER/<order>.npz``; ``draw`` writes ``FOLDER/drawn.npz``. Each is answered by one line, ``done``, on standard output; what Blender
prints goes to the error output. World axes are GaitForge's, with y up; Blender does not mind.
"""

import os
import sys
from pathlib import Path
from typing import Any

replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import bpy  # noqa: E402 - its messages must not get between the replies
import numpy as np  # noqa: E402
from finishes import STEP_ZERO, make_label_material, make_material  # noqa: E402
from mathutils import Matrix  # noqa: E402

_SENSOR_MM = 36.0
_EXACT_FILTER, _SOFT_FILTER = 0.01, 1.5
"""Width in pixels of what a pixel gathers: for labels its middle alone."""
_BOUNCES = 4


class Studio:
    """One scene: a room, a figure, lights, a camera."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._scene = bpy.context.scene
        self._labels = {name: make_label_material(name) for name in ("depth_and_part", "step")}

    def scene(self, given: dict[str, np.ndarray]) -> None:
        finishes = [make_material(str(name)) for name in given["materials"]]
        room = self._add_mesh("room", given, finishes)
        # The dome and the key light hold what a room sends back already, as in the rasteriser: walls and ceiling must not block them.
        room.visible_shadow = room.visible_diffuse = False
        self._figure = self._add_mesh("figure", given, finishes)
        for k, (direction, colour) in enumerate(zip(given["to_light"], given["lamp_colour"], strict=True)):
            self._add_lamp(direction, colour, angle=2 * np.arctan(0.5 * float(given["softness"])), shadow=k == 0)
        self._add_dome(given["dome"])
        self._camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
        self._scene.collection.objects.link(self._camera)
        self._scene.camera = self._camera
        self._samples, self._denoise = int(given["samples"]), bool(given["denoise"])
        self._set_up(int(given["threads"]))

    def aim(self, given: dict[str, np.ndarray]) -> None:
        width, height = (int(n) for n in given["size"])
        lens, intrinsics = self._camera.data, given["intrinsics"]
        lens.sensor_fit, lens.sensor_width = "HORIZONTAL", _SENSOR_MM
        lens.lens = _SENSOR_MM * intrinsics[0, 0] / width
        lens.shift_x = (0.5 * (width - 1) - intrinsics[0, 2]) / width
        lens.shift_y = (intrinsics[1, 2] - 0.5 * (height - 1)) / width
        lens.clip_start, lens.clip_end = 0.05, 200.0
        self._camera.matrix_world = _matrix(given["rotation"].T * [1.0, -1.0, -1.0], given["position"])
        self._scene.render.resolution_x, self._scene.render.resolution_y = width, height

    def draw(self, given: dict[str, np.ndarray]) -> None:
        mesh = self._figure.data
        mesh.vertices.foreach_set("co", given["vertices"].astype(np.float32).ravel())
        mesh.attributes["step"].data.foreach_set("vector", given["step"].astype(np.float32).ravel())
        mesh.normals_split_custom_set_from_vertices(given["normals"])
        mesh.update()
        colour = self._render()
        depth_and_part = self._render_label("depth_and_part")
        drawn: dict[str, Any] = {
            "colour": colour[..., :3],
            "depth": depth_and_part[..., 0],
            "part": depth_and_part[..., 1],
        }
        if given["step"].any():
            step = self._render_label("step")
            drawn["step"] = np.where(step[..., 3:] > 0, step[..., :3] - STEP_ZERO, 0.0)
        np.savez(self._folder / "drawn.npz", **drawn)

    def _set_up(self, threads: int) -> None:
        scene, render, cycles = self._scene, self._scene.render, self._scene.cycles
        render.engine, render.resolution_percentage, render.film_transparent = "CYCLES", 100, True
        render.use_persistent_data = True
        render.threads_mode, render.threads = "FIXED", threads
        render.image_settings.file_format, render.image_settings.color_depth = "OPEN_EXR", "32"
        render.image_settings.color_mode = "RGBA"
        scene.view_settings.view_transform = "Raw"
        cycles.max_bounces, cycles.denoiser, cycles.seed = _BOUNCES, "OPENIMAGEDENOISE", 0

    def _render(self) -> np.ndarray:
        cycles = self._scene.cycles
        cycles.samples, cycles.use_denoising, cycles.use_adaptive_sampling = self._samples, self._denoise, True
        cycles.pixel_filter_type, cycles.filter_width = "BLACKMAN_HARRIS", _SOFT_FILTER
        self._scene.view_layers[0].material_override = None
        return self._take()

    def _render_label(self, name: str) -> np.ndarray:
        """One ray through the middle of each pixel, which returns what the label material says."""
        cycles = self._scene.cycles
        cycles.samples, cycles.use_denoising, cycles.use_adaptive_sampling = 1, False, False
        cycles.pixel_filter_type, cycles.filter_width = "BOX", _EXACT_FILTER
        self._scene.view_layers[0].material_override = self._labels[name]
        return self._take()

    def _take(self) -> np.ndarray:
        """The scene's linear colours and opacity ``(height, width, 4)``."""
        path = self._folder / "picture.exr"
        self._scene.render.filepath = str(path)
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(str(path), check_existing=False)
        width, height = image.size
        pixels = np.empty(4 * width * height, np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
        return pixels.reshape(height, width, 4)[::-1]

    def _add_mesh(self, name: str, given: dict[str, np.ndarray], finishes: list) -> bpy.types.Object:
        vertices, faces = given[f"{name}_vertices"], given[f"{name}_faces"].astype(np.int32)
        mesh = bpy.data.meshes.new(name)
        mesh.vertices.add(len(vertices))
        mesh.loops.add(3 * len(faces))
        mesh.polygons.add(len(faces))
        mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
        mesh.loops.foreach_set("vertex_index", faces.ravel())
        mesh.polygons.foreach_set("loop_start", np.arange(0, 3 * len(faces), 3, dtype=np.int32))
        mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
        for finish in finishes:
            mesh.materials.append(finish)
        mesh.polygons.foreach_set("material_index", given[f"{name}_material"].astype(np.int32))
        for kind, attribute, member in (
            ("FLOAT_COLOR", "paint", "color"),
            ("FLOAT_VECTOR", "grain", "vector"),
            ("FLOAT_VECTOR", "step", "vector"),
            ("FLOAT", "polish", "value"),
        ):
            layer = mesh.attributes.new(attribute, kind, "POINT")
            layer.data.foreach_set(member, given[f"{name}_{attribute}"].astype(np.float32).ravel())
        mesh.attributes.new("part", "FLOAT", "FACE").data.foreach_set("value", given[f"{name}_part"].astype(np.float32))
        mesh.update()
        mesh.normals_split_custom_set_from_vertices(given[f"{name}_normals"])
        thing = bpy.data.objects.new(name, mesh)
        self._scene.collection.objects.link(thing)
        return thing

    def _add_lamp(self, to_light: np.ndarray, colour: np.ndarray, *, angle: float, shadow: bool) -> None:
        """A far lamp. A surface of albedo a that faces it sends back a × colour, so its irradiance is π times the colour."""
        lamp = bpy.data.lights.new("lamp", "SUN")
        lamp.energy, lamp.angle, lamp.use_shadow = float(np.pi * colour.max()), angle, shadow
        lamp.color = colour / max(colour.max(), 1e-9)
        thing = bpy.data.objects.new("lamp", lamp)
        side = np.cross(to_light, [0.0, 0.0, 1.0] if abs(to_light[2]) < 0.9 else [1.0, 0.0, 0.0])
        side /= np.linalg.norm(side)
        thing.matrix_world = _matrix(np.stack([side, np.cross(to_light, side), to_light], axis=1), np.zeros(3))
        self._scene.collection.objects.link(thing)

    def _add_dome(self, radiance: np.ndarray) -> None:
        """Light from everywhere: ``radiance (height, width, 3)`` laid out as Blender's environments are, from the bottom line up."""
        height, width, _ = radiance.shape
        image = bpy.data.images.new("dome", width, height, float_buffer=True)
        image.colorspace_settings.name = "Non-Color"
        opaque = np.concatenate([radiance, np.ones((height, width, 1))], axis=-1)
        image.pixels.foreach_set(opaque.astype(np.float32).ravel())
        world = bpy.data.worlds.new("dome")
        world.use_nodes = True
        environment = world.node_tree.nodes.new("ShaderNodeTexEnvironment")
        environment.image = image
        world.node_tree.links.new(environment.outputs["Color"], world.node_tree.nodes["Background"].inputs["Color"])
        self._scene.world = world


def _matrix(rotation: np.ndarray, position: np.ndarray) -> Matrix:
    """A pose: the columns of ``rotation (3, 3)`` are the thing's axes."""
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, position
    return Matrix(pose.tolist())


def main(folder: Path) -> None:
    studio = Studio(folder)
    print("done", file=replies, flush=True)
    for line in sys.stdin:
        order = line.strip()
        with np.load(folder / f"{order}.npz", allow_pickle=False) as data:
            getattr(studio, order)(dict(data))
        print("done", file=replies, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
