"""The plain way with pyrender: one scene, the figure's mesh rebuilt for each frame, all of the picture drawn.

The same room, figure, size, key light with a shadow, and four samples a pixel. Its shaders are pyrender's own, which know neither surface
detail nor soft shadows, so that the loop has less to draw.
"""

from collections.abc import Iterator

import numpy as np
import pyrender

from engine.core.arrays import Array
from render.camera.camera import Camera
from render.core.light import Light
from render.people.figure import Figure
from render.places.surfaces import Room
from render.raster.view import FAR_M, NEAR_M, world_to_eye


def plain_pictures(room: Room, figure: Figure, camera: Camera, light: Light, transforms: Array) -> Iterator[Array]:
    """Pictures ``(height, width, 3)`` of poses ``transforms (F, 55, 3, 4)``."""
    k = camera.intrinsics
    scene = pyrender.Scene(ambient_light=light.dome[0])
    lens = pyrender.IntrinsicsCamera(k[0, 0], k[1, 1], k[0, 2], k[1, 2], znear=NEAR_M, zfar=FAR_M)
    scene.add(lens, pose=np.linalg.inv(world_to_eye(camera)))
    scene.add(pyrender.DirectionalLight(light.key.colour, 1.0), pose=_shining_from(light.key.to_light))
    scene.add(_mesh(room, room.vertices, room.normals))
    renderer = pyrender.OffscreenRenderer(*camera.size)
    try:
        for frame in transforms:
            node = scene.add(_mesh(figure, *figure.posed(frame)))
            yield renderer.render(scene, pyrender.RenderFlags.SHADOWS_DIRECTIONAL)[0]
            scene.remove_node(node)
    finally:
        renderer.delete()


def _mesh(surfaces: Figure | Room, vertices: Array, normals: Array) -> pyrender.Mesh:
    primitive = pyrender.Primitive(
        positions=vertices, normals=normals, color_0=np.column_stack([surfaces.colours[:, :3], np.ones(len(vertices))]),
        indices=surfaces.faces.astype(np.uint32), material=pyrender.MetallicRoughnessMaterial(metallicFactor=0.0), mode=4,
    )  # fmt: skip
    return pyrender.Mesh([primitive])


def _shining_from(to_light: Array) -> Array:
    right = np.cross([0.0, 0.0, 1.0], to_light)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(to_light, right), to_light], axis=1)
    return pose
