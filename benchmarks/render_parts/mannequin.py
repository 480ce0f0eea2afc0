"""The control of the detector's figures: the same walk and camera, but a smooth grey body in an empty grey room."""

import numpy as np

from render.backends.backend import find_painter
from render.core.frame import Image
from render.core.light import Lamp, Light, even_dome
from render.figure.mesh import vertex_normals
from render.figure.part import Material
from render.film.scene import CameraScene
from render.film.take import Take
from render.people.figure import Figure
from render.places.surfaces import Quad, Room, join

_GREY, _ROOM_M, _HEIGHT_M = 0.4, 40.0, 6.0


def draw_mannequin(take: Take, scene: CameraScene, index: int) -> Image:
    """The picture of frame ``index`` as the scene's camera sees it, without sensor and walking aid."""
    vertices, rest = take.model.shaped(take.body.betas)
    figure = _grey_figure(vertices, rest, take.model.weights, take.model.faces)
    transforms = scene.motion.pose.transforms(rest)
    rates = np.gradient(transforms, 1 / scene.fps, axis=0) if len(transforms) > 1 else np.zeros_like(transforms)
    with find_painter("pyrender")(_empty_room(), figure, _lamp(), None) as painter:
        painter.aim(scene.path[index])
        return painter.draw(transforms[index], rates=rates[index]).colour


def _grey_figure(vertices: np.ndarray, rest: np.ndarray, weights: np.ndarray, faces: np.ndarray) -> Figure:
    count = len(vertices)
    return Figure(
        joints=rest,
        vertices=vertices.astype(np.float32),
        normals=vertex_normals(vertices, faces).astype(np.float32),
        weights=weights.astype(np.float32),
        faces=faces,
        colours=np.tile(np.float32([_GREY, _GREY, _GREY, 1.0]), (count, 1)),
        grain=np.zeros((count, 2), np.float32),
        surface=np.tile(np.float32([Material.PLAIN, 0.8]), (count, 1)),
    )


def _empty_room() -> Room:
    corner = np.array([-0.5 * _ROOM_M, 0.0, -0.5 * _ROOM_M])
    deep, wide, up = np.array([0, 0, _ROOM_M]), np.array([_ROOM_M, 0, 0]), np.array([0, _HEIGHT_M, 0])
    grey = np.full(3, 0.6)
    return join(
        [
            Quad(corner, deep, wide, grey, Material.PLAIN, 0.9),
            Quad(corner, wide, up, grey, Material.PLAIN, 0.9),
            Quad(corner, up, deep, grey, Material.PLAIN, 0.9),
            Quad(corner + wide, deep, up, grey, Material.PLAIN, 0.9),
            Quad(corner + deep, up, wide, grey, Material.PLAIN, 0.9),
        ]
    )


def _lamp() -> Light:
    to_light = np.array([0.4, 0.8, 0.45]) / np.linalg.norm([0.4, 0.8, 0.45])
    return Light(Lamp(to_light, np.full(3, 0.8)), 0.1, (), even_dome(np.full(3, 0.6), np.full(3, 0.4)))
